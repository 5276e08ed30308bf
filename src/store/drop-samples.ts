import type { Micros } from '#base/time.ts'
import type { Database, Queryable } from './database.ts'
import { dropSealedRows, measurementsLayout } from './hypertable.ts'
import { dropPartition, listPartitions } from './partitions.ts'
import { sqlTime } from './time.ts'

/** Of a block besides what it holds: its header in the table and the indexes. */
export const HEADER_BYTES = 260
/** What led to an alarm is looked at as long as it stands. */
const BEFORE_ALARM = `interval '1 day'`

export interface DroppedSamples {
  readonly samples: number
  readonly bytes: number
  /** Blocks that stay because of an alarm that stands. */
  readonly kept: number
}

/**
 * Takes away samples older than `before`, a day at a time, each day a transaction of its own: cut short it goes on where it was. What a
 * standing alarm or an open case shows stays, from a day before the alarm on.
 * @param onDay called after each day
 */
export async function dropSamplesBefore(
  db: Database,
  before: Micros,
  options: { signal?: AbortSignal; onDay?: (day: Micros) => void } = {},
): Promise<DroppedSamples> {
  let [samples, bytes] = [0, 0]
  for (const day of await daysBefore(db, before)) {
    options.signal?.throwIfAborted()
    const [gone] = await db.query<{ samples: number; bytes: number }>(
      `with needed as (${NEEDED}),
         gone as (delete from measurement_blocks b where t0 >= $1 and t0 < $1::timestamptz + interval '1 day' and t1 <= $2
           and not exists (select from needed where needed.tag_id = b.tag_id and b.t1 > needed.since)
           returning n, ${BLOCK_BYTES} as bytes)
       select coalesce(sum(n), 0)::int8 as samples, coalesce(sum(bytes), 0)::int8 as bytes from gone`,
      [sqlTime(day), sqlTime(before)],
    )
    samples += gone?.samples ?? 0
    bytes += gone?.bytes ?? 0
    options.onDay?.(day)
  }
  await db.query('delete from late_samples where time_stamp < $1 and received_at < $1', [sqlTime(before)])
  const open = await dropOpenRows(db, before)
  const [kept] = await db.query<{ blocks: number }>('select count(*)::int8 as blocks from measurement_blocks where t0 < $1 and t1 <= $1', [
    sqlTime(before),
  ])
  return { samples: samples + open.samples, bytes: bytes + open.bytes, kept: kept?.blocks ?? 0 }
}

/** Of a row of `measurement_blocks`; what lies out of line is not read for it. */
export const BLOCK_BYTES = `(pg_column_size(data) + coalesce(pg_column_size(outline), 0) + ${HEADER_BYTES})`

/** Tags that an alarm still speaks of, and since when. */
const NEEDED = `select tag_id, min(raised_at) - ${BEFORE_ALARM} as since from alarm_events e
  where tag_id is not null and (closed_at is null
    or exists (select from notify_cases c where c.alarm_event_id = e.id and c.state = 'open'))
  group by tag_id`

/** Days of UTC that begin before an instant and have blocks, oldest first: one probe of the index a day. */
async function daysBefore(db: Queryable, before: Micros): Promise<readonly Micros[]> {
  const rows = await db.query<{ day: Micros }>(
    `with recursive days as (
       select (select date_trunc('day', min(t0), 'UTC') from measurement_blocks) as day
       union all
       select (select date_trunc('day', min(t0), 'UTC') from measurement_blocks where t0 >= days.day + interval '1 day') from days
       where days.day is not null)
     select day from days where day < $1 order by day`,
    [sqlTime(before)],
  )
  return rows.map((row) => row.day)
}

/** Rows: chunks of a hypertable, whose samples lie in blocks, and hours that could not be sealed for all that time. */
async function dropOpenRows(db: Database, before: Micros): Promise<{ samples: number; bytes: number }> {
  if ((await measurementsLayout(db)) === 'hypertable') return { samples: 0, bytes: await dropSealedRows(db, before) }
  const [needed] = await db.query<{ since: Micros | null }>(`select min(since) as since from (${NEEDED}) needed`)
  const horizon = Math.min(before, needed?.since ?? Infinity)
  let [samples, bytes] = [0, 0]
  for (const partition of await listPartitions(db, 'measurements')) {
    if (partition.to > horizon) break
    const [held] = await db.query<{ samples: number; bytes: number }>(
      `select count(*)::int8 as samples, pg_total_relation_size($1::regclass) as bytes from ${partition.name}`,
      [partition.name],
    )
    if (!(await dropPartition(db, partition.name))) break
    samples += held?.samples ?? 0
    bytes += held?.bytes ?? 0
  }
  return { samples, bytes }
}
