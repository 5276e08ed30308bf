import { z } from 'zod'
import { Interpolation } from '#domain/interpolation.ts'
import type { Endpoint, EndpointKey } from './endpoint.ts'
import { alarmFilter } from './occurrence.ts'
import * as s from './shapes.ts'

/** What operators look at. */
export const monitorContract = {
  'GET /api/alarms': {
    summary: 'Alarms: those still open, the most urgent first; those suppressed; or the history, newest first.',
    access: 'viewer',
    query: z.object({
      state: z.enum(['active', 'suppressed', 'history']).default('active'),
      ...alarmFilter,
      ...s.page,
    }),
    reply: z.object({ alarms: z.array(s.alarm), cursor: z.string().nullable(), counts: s.alarmCounts }),
  },
  'POST /api/alarms/acknowledge': {
    summary: 'Acknowledges; the first one wins.',
    access: 'operator',
    body: z.strictObject({ ids: z.array(s.id).min(1).max(1000), comment: z.string().max(2000).nullable().default(null) }),
    reply: z.object({
      results: z.array(
        z.object({ id: s.id, result: z.enum(['acknowledged', 'already', 'not_found']), acknowledgedBy: z.string().nullable() }),
      ),
    }),
  },
  'GET /api/tags/:id/samples': {
    summary: 'Stored samples of a tag, oldest first.',
    access: 'viewer',
    params: s.idParams,
    query: z.object({
      from: z.coerce.number(),
      to: z.coerce.number(),
      limit: z.coerce.number().int().min(1).max(20_000).default(5000),
      /** Also what held when the period began. */
      held: z.literal('true').optional(),
    }),
    reply: z.object({
      samples: z.array(z.tuple([s.instant, s.value, z.number().int()])),
      /** What the tag was between two of them: the earlier value, or on the line to the later one. */
      interpolation: z.enum(Interpolation),
      /** The number that held when the period began; null when none was known, and unless asked for. */
      held: z.number().nullable(),
      truncated: z.boolean(),
    }),
  },
  'GET /api/messages': {
    summary: 'Messaging history, newest first.',
    access: 'operator',
    query: z.object(s.page),
    reply: z.object({ messages: z.array(s.message), cursor: z.string().nullable() }),
  },
} as const satisfies Readonly<Record<EndpointKey, Endpoint>>
