import { z } from 'zod'
import type { Download } from '../download.ts'
import { suppressionEntry } from './alarm.ts'
import type { Endpoint, EndpointKey } from './endpoint.ts'
import * as s from './shapes.ts'

const millis = z.number().nullable().meta({ description: 'Milliseconds; null: nothing was measured' })

/** What narrows down a list of alarms. */
export const alarmFilter = {
  severity: s.severity.optional(),
  deviceId: z.coerce.number().int().optional(),
  category: z.string().max(200).optional(),
  text: z.string().max(200).optional(),
  from: z.coerce.number().optional(),
  to: z.coerce.number().optional(),
  is: z
    .enum(['standing', 'returned', 'unacknowledged', 'acknowledged', 'closed'])
    .optional()
    .meta({ description: 'How an occurrence stands' }),
}

const exported = {
  state: z.enum(['active', 'suppressed', 'history']).default('history'),
  ...alarmFilter,
  timeZone: z.string().max(64).optional().meta({ description: 'That of the site when left out.' }),
}

/** One occurrence with everything that is known of it, and how long alarms take on their way. */
export const occurrenceContract = {
  'GET /api/alarms/:id': {
    summary: 'One occurrence: its way with every time, who was told of it, comments, the rule as it was, what hid it.',
    access: 'viewer',
    params: s.idParams,
    reply: z.object({
      alarm: s.alarm,
      messages: z.array(s.message),
      path: z.object({
        sourceAt: s.instant,
        receivedAt: s.instant.nullable(),
        committedAt: s.instant,
        queuedAt: s.instant.nullable(),
        handedAt: s.instant.nullable(),
        acknowledgedAt: s.instant.nullable(),
      }),
      timeline: z.array(
        z.object({
          at: s.instant,
          kind: z.enum(['raised', 'returned', 'resumed', 'cleared', 'released', 'acknowledged', 're_alarmed', 'comment', 'closed']),
          who: z.string().nullable(),
          text: z.string().nullable(),
          value: z.number().nullable(),
        }),
      ),
      suppressions: z.array(suppressionEntry),
      told: z
        .object({
          state: z.string(),
          untold: z.boolean(),
          reason: z.string().nullable(),
          chainName: z.string().nullable(),
          nextActionAt: s.instant.nullable(),
        })
        .nullable(),
      ruleVersion: z.number().int(),
      /** Beside kind, operator, limit, severity and category, which the alarm says; what is off is left out. */
      rule: s.jsonObject,
    }),
  },
  'POST /api/alarms/:id/comments': {
    summary: 'Writes a comment at an occurrence, open or closed.',
    access: 'operator',
    params: s.idParams,
    body: z.strictObject({ text: z.string().trim().min(1).max(2000) }),
    reply: s.nothing,
  },
  'GET /api/alarm-path': {
    summary: 'How long alarms took from the source to people: percentiles of each leg, and the ten that took longest.',
    access: 'viewer',
    query: z.object({ span: z.enum(['hour', 'day', 'week']).default('hour') }),
    reply: z.object({
      from: s.instant,
      to: s.instant,
      alarms: z.number().int(),
      /** Replayed long after they were true: counted, not measured. */
      late: z.number().int(),
      legs: z.array(
        z.object({
          leg: z.enum(['ingest', 'raise', 'enqueue', 'accept', 'whole', 'acknowledge']),
          count: z.number().int(),
          p50: millis,
          p95: millis,
          p99: millis,
        }),
      ),
      worst: z.array(
        z.object({
          id: s.id,
          displayNumber: z.number().int(),
          kind: z.string(),
          name: z.string(),
          severity: s.severity,
          deviceCode: z.string(),
          raisedAt: s.instant,
          whole: z.number(),
        }),
      ),
    }),
  },
  'GET /api/alarms.csv': {
    summary: 'A list of alarms as a CSV file, in its order, sent while it is read; times in the zone of the site.',
    access: 'viewer',
    query: z.object({
      ...exported,
      delimiter: z.enum(['comma', 'semicolon', 'tab']).default('comma'),
      decimal: z.enum(['point', 'comma']).default('point'),
    }),
    reply: z.custom<Download>().meta({ description: 'text/csv in UTF-8' }),
  },
  'GET /api/alarms.xlsx': {
    summary: 'A list of alarms as an Excel workbook, in its order, sent while it is read; times on the wall clock of the site.',
    access: 'viewer',
    query: z.object(exported),
    reply: z.custom<Download>().meta({ description: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' }),
  },
  'GET /api/alarm-categories': {
    summary: 'Categories that rules in scope carry, as paths; their parents are those before each slash.',
    access: 'viewer',
    reply: z.object({ categories: z.array(z.string()) }),
  },
} as const satisfies Readonly<Record<EndpointKey, Endpoint>>
