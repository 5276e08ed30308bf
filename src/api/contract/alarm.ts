import { z } from 'zod'
import type { Endpoint, EndpointKey } from './endpoint.ts'
import * as s from './shapes.ts'

const ruleIds = z.array(s.id).min(1).max(1000)
const reason = z.string().trim().min(1, 'Say why.').max(2000)

/** A rule that nobody is told of. */
const quietRule = z.object({
  ruleId: s.id,
  kind: z.string(),
  name: z.string(),
  severity: s.severity,
  category: z.string(),
  deviceId: s.id,
  deviceCode: z.string(),
  tagName: z.string().nullable(),
  /** Its newest occurrence that is still open, and whether that has not returned to normal. */
  eventId: s.id.nullable(),
  standing: z.boolean(),
})
export const suppressionEntry = z.object({
  id: s.id,
  at: s.instant,
  act: z.string(),
  ruleId: s.id.nullable(),
  deviceId: s.id,
  deviceCode: z.string().nullable(),
  name: z.string(),
  who: z.string(),
  reason: z.string().nullable(),
  until: s.instant.nullable(),
})

/** Putting alarms aside, resetting them, and trying a rule on history. */
export const alarmContract = {
  'POST /api/rules/shelve': {
    summary: 'Puts rules aside until a time, at most 7 days, all or none: they are judged and recorded, and nobody is told.',
    access: 'operator',
    body: z.strictObject({ ruleIds, until: s.instant, reason }),
    reply: s.nothing,
  },
  'POST /api/rules/unshelve': {
    summary: 'Ends shelves; what still stands without an acknowledgement is told. Answers with the rules that were shelved.',
    access: 'operator',
    body: z.strictObject({ ruleIds }),
    reply: z.object({ ruleIds: z.array(s.id) }),
  },
  'POST /api/rules/:id/reset': {
    summary: 'Resets a latched alarm whose value has returned, within a second.',
    access: 'operator',
    params: s.idParams,
    reply: s.nothing,
  },
  'PUT /api/devices/:id/maintenance': {
    summary: 'Takes a device out of service; its alarms are recorded and told to nobody.',
    access: 'engineer',
    params: s.idParams,
    body: z.strictObject({ until: s.instant.nullable().default(null), reason }),
    reply: s.nothing,
  },
  'DELETE /api/devices/:id/maintenance': {
    summary: 'Puts a device back in service; what still stands without an acknowledgement is told.',
    access: 'engineer',
    params: s.idParams,
    reply: s.nothing,
  },
  'GET /api/suppressions': {
    summary: 'What nobody is told of now and why, who put what aside, newest first; the flood that is under way.',
    access: 'viewer',
    reply: z.object({
      shelves: z.array(z.object({ ...quietRule.shape, until: s.instant, reason: z.string(), who: z.string(), at: s.instant })),
      maintenance: z.array(
        z.object({
          deviceId: s.id,
          deviceCode: z.string(),
          deviceName: z.string(),
          until: s.instant.nullable(),
          reason: z.string(),
          who: z.string(),
          at: s.instant,
          /** Open alarms that nobody is told of. */
          open: z.number().int(),
        }),
      ),
      /** Suppressed by design, while another tag is on. */
      designed: z.array(z.object({ ...quietRule.shape, byTag: z.string().nullable(), since: s.instant.nullable() })),
      /** Came and went so often that only what stands is told. */
      chattering: z.array(z.object({ ...quietRule.shape, raises: z.number().int(), until: s.instant })),
      history: z.array(suppressionEntry),
      flood: z
        .object({
          startedAt: s.instant,
          alarms: z.number().int(),
          firstOut: z.object({ eventId: s.id, name: z.string(), deviceCode: z.string() }).nullable(),
        })
        .nullable(),
    }),
  },
  'GET /api/devices/:id/status-history': {
    summary: 'States of a device over a period, oldest first, with the one that held before.',
    access: 'viewer',
    params: s.idParams,
    query: z.object({ from: z.coerce.number(), to: z.coerce.number() }),
    reply: z.array(
      z.object({
        at: s.instant,
        status: z.enum(['ok', 'warning', 'error', 'no_communication', 'disabled', 'unknown']),
        problem: z.string().nullable(),
      }),
    ),
  },
  'POST /api/rules/back-test': {
    summary: 'Runs a rule as it stands in its form over stored history, by the engine itself; nothing is saved.',
    access: 'engineer',
    body: z.strictObject({
      rule: s.ruleBody,
      /** The curve as it stands in its form, instead of the one that the rule names. */
      curve: s.curveBody.nullable().default(null),
      from: s.instant,
      to: s.instant,
    }),
    reply: z.object({
      count: z.number().int(),
      occurrences: z.array(z.object({ raisedAt: s.instant, clearedAt: s.instant.nullable(), value: z.number().nullable() })),
      /** Microseconds. */
      timeInAlarm: z.number(),
      longest: z.number(),
      chattering: z.number().int(),
      floods: z.number().int(),
    }),
  },
} as const satisfies Readonly<Record<EndpointKey, Endpoint>>
