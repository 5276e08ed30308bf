import type { Micros } from '#base/time.ts'
import type { DeviceScope } from '#domain/user.ts'
import { readBlocks } from './blocks.ts'
import { columnsOf, mergeColumns, rowAt, type SampleColumns, type SampleRow } from './core/sample-columns.ts'
import type { Queryable } from './database.ts'
import { idsOf } from './devices.ts'
import { sqlTime } from './time.ts'

/** A stored sample: text and integers beyond 2^53 as text, booleans as 0 and 1. */
export interface StoredSample {
  readonly at: Micros
  readonly value: number | string | null
  readonly quality: number
}

/** Blocks that are opened at a time: a year of a fast tag never lies in memory as a whole. */
const BLOCKS_AT_ONCE = 8

/**
 * Samples of a tag in [from, to), oldest first; of several with the same time only one.
 * @returns empty when there is no such tag in scope; `truncated` when there are more than `limit`
 */
export async function readSamples(
  db: Queryable,
  scope: DeviceScope,
  tagId: number,
  from: Micros,
  to: Micros,
  limit: number,
): Promise<{ samples: readonly StoredSample[]; truncated: boolean }> {
  const samples: StoredSample[] = []
  for await (const columns of readHistory(db, scope, tagId, from, to)) {
    for (let index = 0; index < columns.times.length; index++) {
      if (samples.length === limit) return { samples, truncated: true }
      const { at, value, valueText, quality } = rowAt(columns, index)
      samples.push({ at, value: valueText ?? value, quality })
    }
  }
  return { samples, truncated: false }
}

/**
 * The history of a tag in [from, to) as columns, piece by piece in order of time, each time once. While a window is sealed its samples are
 * among the rows, in the blocks, or in both: the rows are read first, so that none is missed, and what is in both counts once.
 */
export async function* readHistory(
  db: Queryable,
  scope: DeviceScope,
  tagId: number,
  from: Micros,
  to: Micros,
): AsyncGenerator<SampleColumns> {
  const inScope = await db.query('select from tags where id = $1 and ($2::int[] is null or device_id = any($2))', [tagId, idsOf(scope)])
  if (inScope.length === 0) return
  for (let begin = from; begin < to;) {
    const end = Math.min(to, await endOfPiece(db, tagId, begin, to))
    const rows = await readRows(db, 'measurements', tagId, begin, end)
    const late = await readRows(db, 'late_samples', tagId, begin, end)
    const blocks = await readBlocks(db, tagId, begin, end)
    const columns = mergeColumns([rows, ...blocks.map((block) => block.columns), late])
    const piece = slice(columns, begin, end)
    if (piece.times.length > 0) yield piece
    begin = end
  }
}

async function endOfPiece(db: Queryable, tagId: number, from: Micros, to: Micros): Promise<Micros> {
  const ends = await db.query<{ end: Micros }>(
    `select t1 as end from measurement_blocks where tag_id = $1 and t0 > $2::timestamptz - interval '1 day' and t0 < $3 and t1 > $2
     order by t0 limit $4`,
    [tagId, sqlTime(from), sqlTime(to), BLOCKS_AT_ONCE],
  )
  return ends.length < BLOCKS_AT_ONCE ? to : (ends.at(-1)?.end ?? to)
}

/** Of equal times the first to arrive counts among the live rows, the last among the late ones. */
async function readRows(
  db: Queryable,
  table: 'measurements' | 'late_samples',
  tagId: number,
  from: Micros,
  to: Micros,
): Promise<SampleColumns> {
  const order = table === 'measurements' ? 'tableoid, ctid' : 'received_at desc, ctid desc'
  const rows = await db.query<SampleRow>(
    `select time_stamp as at, value, quality, value_text as "valueText", status_code as "statusCode"
     from ${table} where tag_id = $1 and time_stamp >= $2 and time_stamp < $3 order by time_stamp, ${order}`,
    [tagId, sqlTime(from), sqlTime(to)],
  )
  return columnsOf(rows.filter((row, index) => rows[index - 1]?.at !== row.at))
}

function slice(columns: SampleColumns, from: Micros, to: Micros): SampleColumns {
  const { times } = columns
  let start = 0
  while (start < times.length && (times[start] ?? 0) < from) start += 1
  let end = times.length
  while (end > start && (times[end - 1] ?? 0) >= to) end -= 1
  if (start === 0 && end === times.length) return columns
  const moved = <T>(map: ReadonlyMap<number, T>): Map<number, T> =>
    new Map([...map].flatMap(([index, value]) => (index >= start && index < end ? [[index - start, value] as const] : [])))
  return {
    times: times.subarray(start, end),
    values: columns.values.subarray(start, end),
    kinds: columns.kinds.subarray(start, end),
    qualities: columns.qualities.subarray(start, end),
    texts: moved(columns.texts),
    statusCodes: moved(columns.statusCodes),
  }
}
