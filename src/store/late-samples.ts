import type { Micros } from '#base/time.ts'
import type { Block } from './blocks.ts'
import { columnsOf, mergeColumns, type SampleRow } from './core/sample-columns.ts'
import type { Database, Transaction } from './database.ts'
import { measurementsLayout } from './hypertable.ts'
import { FUTURE_LIMIT, PAST_LIMIT, listPartitions } from './partitions.ts'
import { sqlTime } from './time.ts'
import { addToBlocks } from './write-blocks.ts'

const HOUR = 3_600_000_000
const DAY = 24 * HOUR
/** A clock that never was set says 1970 or 1980: such samples stay where somebody can look at them. */
const NEVER_SET = Date.parse('1990-01-01T00:00:00Z') * 1000

/** What is moved in one transaction; by tag and time, so that a block is opened once for all that belongs to it. */
export const LATE_AT_ONCE = 50_000

interface LateRow extends SampleRow {
  readonly tagId: number
}

/**
 * Moves samples that came too late for their window, or too early, to where they belong: into the rows of a window that is still open,
 * else into its blocks, where the last to arrive stays; a hypertable gets them as rows as well, for people's own SQL. Those stamped in the
 * future wait until their time is near.
 * @returns how many were moved
 */
export async function mergeLateSamples(db: Database, now: Micros, limit = LATE_AT_ONCE): Promise<number> {
  const hypertable = (await measurementsLayout(db)) === 'hypertable'
  const open = (await listPartitions(db, 'measurements')).filter((one) => !one.frozen)
  return await db.transaction(async (tx) => {
    const rows = await tx.query<LateRow>(
      `with taken as (
         delete from late_samples where ctid in (select ctid from late_samples where time_stamp > $1 and time_stamp < $2
           order by tag_id, time_stamp limit $3)
         returning *)
       select tag_id as "tagId", time_stamp as at, value, quality, value_text as "valueText", status_code as "statusCode"
       from taken order by tag_id, time_stamp, received_at`,
      [sqlTime(NEVER_SET), sqlTime(now + FUTURE_LIMIT), limit],
    )
    const fits = (row: LateRow): boolean => open.some((one) => row.at >= one.from && row.at < one.to)
    const current = rows.filter(fits)
    await insertRows(tx, current)
    await tx.query('select refuse_frozen($1)', [current.length === 0 ? null : sqlTime(earliestOf(current))])
    if (hypertable)
      await insertRows(
        tx,
        rows.filter((row) => !fits(row) && row.at > now - PAST_LIMIT),
      )
    await addToBlocks(
      tx,
      blocksOf(
        rows.filter((row) => !fits(row)),
        now,
      ),
      'added',
    )
    return rows.length
  })
}

async function insertRows(tx: Transaction, rows: readonly LateRow[]): Promise<void> {
  if (rows.length === 0) return
  await tx.query(
    `insert into measurements (tag_id, time_stamp, value, quality, value_text, status_code)
     select * from unnest($1::int[], $2::timestamptz[], $3::float8[], $4::int2[], $5::text[], $6::int[])`,
    [
      rows.map((row) => row.tagId),
      rows.map((row) => sqlTime(row.at)),
      rows.map((row) => row.value),
      rows.map((row) => row.quality),
      rows.map((row) => row.valueText),
      rows.map((row) => row.statusCode),
    ],
  )
}

function earliestOf(rows: readonly LateRow[]): Micros {
  return rows.reduce((least, row) => Math.min(least, row.at), Infinity)
}

/** @param rows by tag and time, of equal times the last to arrive last */
function blocksOf(rows: readonly LateRow[], now: Micros): Block[] {
  const blocks: Block[] = []
  const windows = Map.groupBy(rows, (row) => `${row.tagId} ${windowOf(row.at, now).from}`)
  for (const [first, ...others] of windows.values()) {
    if (first === undefined) continue
    // one sample after the other, so that of equal times the later one stays
    const columns = mergeColumns(distinct([first, ...others]).map((one) => columnsOf(one)))
    blocks.push({ tagId: first.tagId, ...windowOf(first.at, now), columns })
  }
  return blocks
}

/** Parts rows so that in each part every time occurs once, the later ones in later parts. */
function distinct(rows: readonly LateRow[]): LateRow[][] {
  const parts: LateRow[][] = []
  let depth = 0
  for (const [index, row] of rows.entries()) {
    depth = rows[index - 1]?.at === row.at ? depth + 1 : 0
    const part = parts[depth]
    if (part === undefined) parts[depth] = [row]
    else part.push(row)
  }
  return parts
}

/** A day that is long over is kept whole, one of today hour by hour. */
function windowOf(at: Micros, now: Micros): { from: Micros; to: Micros } {
  const day = Math.floor(at / DAY) * DAY
  if (day + 2 * DAY <= now) return { from: day, to: day + DAY }
  const hour = Math.floor(at / HOUR) * HOUR
  return { from: hour, to: hour + HOUR }
}
