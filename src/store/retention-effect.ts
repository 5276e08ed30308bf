import type { Micros } from '#base/time.ts'
import { daysAgo } from '#calc/nightly.ts'
import { BLOCK_BYTES } from './drop-samples.ts'
import type { Queryable } from './database.ts'
import { listSealedChunks } from './hypertable.ts'

/** What keeping so many days would take away now; alarms that stand are not reckoned with. */
export interface Effect {
  readonly days: number
  /** The beginning of the oldest day that would be kept. */
  readonly before: Micros
  readonly rows: number
  readonly bytes: number
}

export interface KeptRecords {
  /** null when there is none. */
  readonly oldest: Micros | null
  readonly rows: number
  readonly bytes: number
  readonly effects: readonly Effect[]
}

interface Portion {
  /** What ends at or before the beginning of a day that is kept goes with it. */
  readonly end: Micros
  readonly rows: number
  readonly bytes: number
}

/**
 * What each number of days would take away, reckoned from the headers of blocks and from counts: nothing is opened.
 * @param steps numbers of days
 */
export async function retentionEffects(
  db: Queryable,
  now: Micros,
  timeZone: string,
  steps: readonly number[],
): Promise<{ samples: KeptRecords; alarms: KeptRecords; messages: KeptRecords }> {
  const samples = await db.query<Portion>(
    `select t1 as end, sum(n)::int8 as rows, sum${BLOCK_BYTES}::int8 as bytes from measurement_blocks group by t1 order by t1`,
  )
  // the same samples once more
  const rows = (await listSealedChunks(db)).map((chunk): Portion => ({ ...chunk, rows: 0 }))
  const alarms = await portionsOf(db, timeZone, 'alarm_events', 'greatest(closed_at, raised_at)', ['alarm_comments', 'notify_cases'])
  const messages = await portionsOf(db, timeZone, 'messaging_history', 'created_at', ['message_targets', 'outbox', 'inbound_messages'])
  const [oldest] = await db.query<{ samples: Micros | null; alarms: Micros | null; messages: Micros | null }>(
    `select (select min(t0) from measurement_blocks) as samples, (select min(raised_at) from alarm_events) as alarms,
       (select created_at from messaging_history order by id limit 1) as messages`,
  )
  const horizons = steps.map((days) => [days, daysAgo(now, days, timeZone)] as const)
  return {
    samples: cumulated([...samples, ...rows], oldest?.samples ?? null, horizons),
    alarms: cumulated(alarms, oldest?.alarms ?? null, horizons),
    messages: cumulated(messages, oldest?.messages ?? null, horizons),
  }
}

/** Rows of a table by the day of the site, with an equal share each of its bytes and of those that go with it. */
async function portionsOf(
  db: Queryable,
  timeZone: string,
  table: string,
  instant: string,
  others: readonly string[],
): Promise<readonly Portion[]> {
  const size = [table, ...others].map((one) => `pg_total_relation_size('${one}')`).join(' + ')
  return await db.query<Portion>(
    `with days as (
       select date_trunc('day', ${instant}, $1) + interval '1 day' as end, count(*)::int8 as rows from ${table}
       where ${instant} is not null group by 1)
     select days.end, rows, (rows * (${size}) / sum(rows) over ())::int8 as bytes from days order by days.end`,
    [timeZone],
  )
}

function cumulated(portions: readonly Portion[], oldest: Micros | null, horizons: readonly (readonly [number, Micros])[]): KeptRecords {
  const upTo = (horizon: Micros): { rows: number; bytes: number } => {
    const gone = portions.filter((one) => one.end <= horizon)
    return { rows: gone.reduce((sum, one) => sum + one.rows, 0), bytes: gone.reduce((sum, one) => sum + one.bytes, 0) }
  }
  return { oldest, ...upTo(Infinity), effects: horizons.map(([days, horizon]) => ({ days, before: horizon, ...upTo(horizon) })) }
}
