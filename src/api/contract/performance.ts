import { z } from 'zod'
import type { Endpoint, EndpointKey } from './endpoint.ts'
import * as s from './shapes.ts'

const count = z.number().int()
const alarm = z.object({
  ruleId: s.id.nullable(),
  deviceId: s.id,
  deviceCode: z.string(),
  kind: z.string(),
  name: z.string(),
  severity: s.severity,
})

/** How the alarm system itself is doing. */
export const performanceContract = {
  'GET /api/alarm-performance': {
    summary: 'Figures of ISA-18.2 and EEMUA 191 over whole days of the site, up to now. Suppressed alarms are not counted.',
    access: 'viewer',
    query: z.object({
      days: z.coerce.number().int().min(1).max(92).default(7).meta({ description: 'Calendar days, today included.' }),
      area: z.string().max(200).optional().meta({ description: 'Only devices of this area.' }),
    }),
    reply: z.object({
      /** In which the days begin at midnight. */
      timeZone: z.string(),
      /** Midnights, one more than there are days. */
      days: z.array(s.instant),
      now: s.instant,
      /** What is counted begins here: at the first midnight, or when alarms began to be judged. */
      from: s.instant,
      alarms: count,
      perTenMinutes: z.number(),
      perHour: z.number(),
      perDay: z.number(),
      peak: z.object({ minute: count, tenMinutes: count, hour: count }),
      /** Of ten minutes, from each midnight; above: with more than ten alarms. */
      blocks: z.object({ all: count, above: count }),
      floods: z.array(z.object({ from: s.instant, to: s.instant, alarms: count })),
      floodShare: z.number(),
      chattering: z.object({ rules: count, times: count }),
      fleeting: count,
      badActors: z.array(alarm.extend({ alarms: count, chattering: count })),
      topShare: z.number(),
      split: z.object({ info: count, warning: count, critical: count }),
      /** Seconds. */
      acknowledged: z.object({ count, p50: z.number().nullable(), p95: z.number().nullable() }),
      /** Not acknowledged within an hour. */
      slow: count,
      /** Standing for more than a day now. */
      stale: z.array(alarm.extend({ raisedAt: s.instant })),
      shelved: count,
      /** Alarms of each [edge, next edge): blocks of a day, hours of a week, days of more. */
      bars: z.object({ unit: z.enum(['block', 'hour', 'day']), edges: z.array(s.instant), counts: z.array(count) }),
      /** A flood that is under way by the sliding window of the banner. */
      flood: z.object({ startedAt: s.instant, alarms: count }).nullable(),
      /** There were more alarms than are looked at here: only the oldest are counted. */
      truncated: z.boolean(),
    }),
  },
} as const satisfies Readonly<Record<EndpointKey, Endpoint>>
