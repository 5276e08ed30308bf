import type { Micros } from '#base/time.ts'
import type { Severity } from '#domain/alarm.ts'
import type { DeviceScope } from '#domain/user.ts'
import type { Queryable } from './database.ts'
import { idsOf } from './devices.ts'
import { sqlTime } from './time.ts'

/** When an occurrence passed each station on its way to people; null where it never did, or nobody noted it. */
export interface PathTimes {
  /** At the source. */
  readonly sourceAt: Micros
  readonly receivedAt: Micros | null
  readonly committedAt: Micros
  /** The first message to anybody was put into the queue. */
  readonly queuedAt: Micros | null
  /** The first provider took one. */
  readonly handedAt: Micros | null
  /** A person acknowledged. */
  readonly acknowledgedAt: Micros | null
}

const PATH = `e.raised_at as "sourceAt", e.received_at as "receivedAt", e.committed_at as "committedAt", m."queuedAt", m."handedAt",
  case when e.attribution ->> 'by' <> 'system' then e.acknowledged_at end as "acknowledgedAt"`
const MESSAGES = `left join lateral (select min(h.created_at) as "queuedAt", min(h.handed_at) as "handedAt" from messaging_history h
  where h.alarm_event_id = e.id and h.kind = 'alarm') as m on true`

/** @returns undefined when there is none or it is out of scope */
export async function pathOf(db: Queryable, scope: DeviceScope, id: number): Promise<PathTimes | undefined> {
  const rows = await db.query<PathTimes>(
    `select ${PATH} from alarm_events e ${MESSAGES} where e.id = $1 and ($2::int[] is null or e.device_id = any($2))`,
    [id, idsOf(scope)],
  )
  return rows[0]
}

/**
 * The way of an alarm: `ingest` source to us, `raise` until it is a fact, `enqueue` until the first message waits, `accept` until a provider
 * took it, `whole` all of these, `acknowledge` from the first message taken to the person's answer.
 */
export const LEGS = ['ingest', 'raise', 'enqueue', 'accept', 'whole', 'acknowledge'] as const
export type Leg = (typeof LEGS)[number]

/** Milliseconds; null percentiles: nothing was measured. */
export interface LegFigures {
  readonly leg: Leg
  readonly count: number
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
}

export interface SlowAlarm {
  readonly id: number
  readonly displayNumber: number
  readonly kind: string
  readonly name: string
  readonly severity: Severity
  readonly deviceCode: string
  readonly raisedAt: Micros
  /** Milliseconds from the source until a provider took the first message. */
  readonly whole: number
}

/** Spans in milliseconds; what would be negative was not measured: clocks of two machines, or an answer before the message. */
const SPANS = `select e.id, e.display_number as "displayNumber", e.kind, e.name, e.severity, e.device_code as "deviceCode", e.late, p.*,
    extract(epoch from p."receivedAt" - p."sourceAt")::float8 * 1000 as ingest,
    extract(epoch from p."committedAt" - p."receivedAt")::float8 * 1000 as raise,
    extract(epoch from p."queuedAt" - p."committedAt")::float8 * 1000 as enqueue,
    extract(epoch from p."handedAt" - p."queuedAt")::float8 * 1000 as accept,
    extract(epoch from p."handedAt" - p."sourceAt")::float8 * 1000 as whole,
    extract(epoch from p."acknowledgedAt" - p."handedAt")::float8 * 1000 as acknowledge
  from alarm_events e ${MESSAGES} cross join lateral (select ${PATH}) as p
  where e.raised_at >= $1 and e.raised_at < $2 and ($3::int[] is null or e.device_id = any($3))`

/** Percentiles of each leg over occurrences raised in [from, to); what was replayed late is counted, not measured. */
export async function measurePath(
  db: Queryable,
  scope: DeviceScope,
  from: Micros,
  to: Micros,
): Promise<{ alarms: number; late: number; legs: readonly LegFigures[]; worst: readonly SlowAlarm[] }> {
  const values = [sqlTime(from), sqlTime(to), idsOf(scope)]
  const figures = LEGS.map((leg) => {
    const which = `filter (where ${leg} >= 0 and not late)`
    return `count(*) ${which} as "${leg}Count", percentile_cont(array[0.5, 0.95, 0.99]) within group (order by ${leg}) ${which} as "${leg}"`
  })
  const [row] = await db.query<Readonly<Record<string, unknown>>>(
    `select count(*) as alarms, count(*) filter (where late) as late, ${figures.join(', ')} from (${SPANS}) as spans`,
    values,
  )
  const worst = await db.query<SlowAlarm>(
    `select id, "displayNumber", kind, name, severity, "deviceCode", "sourceAt" as "raisedAt", whole from (${SPANS}) as spans
     where whole >= 0 and not late order by whole desc, id limit 10`,
    values,
  )
  return {
    alarms: Number(row?.['alarms'] ?? 0),
    late: Number(row?.['late'] ?? 0),
    legs: LEGS.map((leg) => {
      // an array of three, or null without a row
      const [p50 = null, p95 = null, p99 = null] = (row?.[leg] ?? []) as readonly number[]
      return { leg, count: Number(row?.[`${leg}Count`] ?? 0), p50, p95, p99 }
    }),
    worst,
  }
}
