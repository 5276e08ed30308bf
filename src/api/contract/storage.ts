import { z } from 'zod'
import { FEWEST_DAYS, MOST_DAYS } from '#domain/retention.ts'
import type { Endpoint, EndpointKey } from './endpoint.ts'
import * as s from './shapes.ts'

const keptFor = z
  .number()
  .int()
  .min(FEWEST_DAYS)
  .max(MOST_DAYS)
  .nullable()
  .meta({ description: 'Days of the site that are kept; null keeps everything.' })

const kept = z.object({
  oldest: s.instant.nullable(),
  rows: z.number(),
  bytes: z.number(),
  /** What keeping so many days would take away now. */
  effects: z.array(z.object({ days: z.number(), rows: z.number(), bytes: z.number() })),
})

const policy = z.strictObject({ samplesDays: keptFor, alarmsDays: keptFor, messagesDays: keptFor, csvFilesDays: keptFor })

/** What is kept, for how long, and where. */
export const storageContract = {
  'GET /api/retention': {
    summary: 'For how long records are kept, and what other numbers of days would take away.',
    access: 'engineer',
    wholeSite: true,
    reply: z.object({
      policy,
      nextRun: s.instant,
      lastRun: z.object({ dueAt: s.instant, endedAt: s.instant.nullable(), report: s.jsonObject }).nullable(),
      samples: kept,
      alarms: kept,
      messages: kept,
    }),
  },
  'PUT /api/retention': {
    summary: 'Changes for how long records are kept; the next night acts on it.',
    access: 'administrator',
    wholeSite: true,
    body: policy,
    reply: s.nothing,
  },
} as const satisfies Readonly<Record<EndpointKey, Endpoint>>
