import type { Micros } from '#base/time.ts'
import { columnsOf, type SampleColumns, type SampleRow } from './core/sample-columns.ts'
import type { Queryable } from './database.ts'
import { sqlState } from './devices.ts'
import { sealedUntil } from './hypertable.ts'
import { sqlTime } from './time.ts'

/** What TimescaleDB answers who asks in which order compressed rows came: nobody sealed them for as long as rows are kept as they are. */
const COMPRESSED = ['42P10', '0A000']
/** How far back an open row may lie; older ones are in blocks. */
export const OPEN_BEHIND: Micros = 2 * 86_400_000_000
/** How far before the last row a number is looked for: the row itself may be Bad. */
const NUMBER_BEHIND = '10 minutes'

/** Later than whatever is stored: the end of the year 2999. */
const NEVER: Micros = 32_503_679_999_000_000

/** Of tags that have some. */
export type ColumnsByTag = ReadonlyMap<number, SampleColumns>

/** Samples of windows that are not sealed yet; of equal times the first to arrive, which was the live one. */
export async function readHotRows(db: Queryable, tagId: number, from: Micros, to: Micros): Promise<SampleColumns> {
  return (await readHotRowsOf(db, [tagId], from, to)).get(tagId) ?? columnsOf([])
}

/** As {@link readHotRows}, of several tags. */
export async function readHotRowsOf(db: Queryable, tagIds: readonly number[], from: Micros, to: Micros): Promise<ColumnsByTag> {
  const since = Math.max(from, await sealedUntil(db))
  if (since >= to) return new Map()
  return await inOrderOfArrival(async (order) => await readRows(db, 'measurements', order, tagIds, { from: since, to }))
}

/** The last rows before an instant, as far back as a number of theirs may lie. */
export async function readNewestRowsOf(db: Queryable, tagIds: readonly number[], before: Micros): Promise<ColumnsByTag> {
  const since = Math.max(before - OPEN_BEHIND, await sealedUntil(db))
  if (since >= before) return new Map()
  return await inOrderOfArrival(
    async (order) => await readRows(db, 'measurements', order, tagIds, { from: since, to: before, newest: true }),
  )
}

/** The first row of each tag at an instant or after it, of those that are open and of those that came late: live ones first. */
export async function readNextRowsOf(db: Queryable, tagIds: readonly number[], at: Micros): Promise<readonly ColumnsByTag[]> {
  const span = { to: NEVER, first: true }
  const since = Math.max(at, await sealedUntil(db))
  return [
    await readRows(db, 'measurements', 'tableoid', tagIds, { ...span, from: since }),
    await readRows(db, 'late_samples', 'received_at desc', tagIds, { ...span, from: at }),
  ]
}

/** Samples that came too late for their window and wait to be merged; of equal times the last to arrive, which corrects. */
export async function readLateRows(db: Queryable, tagId: number, from: Micros, to: Micros): Promise<SampleColumns> {
  return (await readLateRowsOf(db, [tagId], from, to)).get(tagId) ?? columnsOf([])
}

/** As {@link readLateRows}, of several tags. */
export async function readLateRowsOf(db: Queryable, tagIds: readonly number[], from: Micros, to: Micros): Promise<ColumnsByTag> {
  return await readRows(db, 'late_samples', 'received_at desc, ctid desc', tagIds, { from, to })
}

/** What arrived earlier stands earlier in its partition, and in the earlier one. */
async function inOrderOfArrival(read: (order: string) => Promise<ColumnsByTag>): Promise<ColumnsByTag> {
  try {
    return await read('tableoid, ctid')
  } catch (error) {
    if (!COMPRESSED.includes(sqlState(error) ?? '')) throw error
    return await read('tableoid')
  }
}

interface Span {
  readonly from: Micros
  readonly to: Micros
  /** Only from shortly before the newest one. */
  readonly newest?: boolean
  /** Only the first one. */
  readonly first?: boolean
}

type Row = SampleRow & { readonly tagId: number }

/** Tag by tag, `offset 0`: each by the index, whatever the planner thinks of a table that it never looked at. */
async function readRows(db: Queryable, table: string, order: string, tagIds: readonly number[], span: Span): Promise<ColumnsByTag> {
  const newest = `cross join lateral (select time_stamp - interval '${NUMBER_BEHIND}' as since from ${table}
       where tag_id = tag and time_stamp >= $2 and time_stamp < $3 order by time_stamp desc limit 1) newest`
  const rows = await db.query<Row>(
    `select tag as "tagId", m.* from unnest($1::int[]) tag ${span.newest === true ? newest : ''}
     cross join lateral (
       select time_stamp as at, value, quality, value_text as "valueText", status_code as "statusCode" from ${table}
       where tag_id = tag and time_stamp >= ${span.newest === true ? 'greatest(since, $2::timestamptz)' : '$2'} and time_stamp < $3
       order by time_stamp, ${order} ${span.first === true ? 'limit 1' : 'offset 0'}) m`,
    [tagIds, sqlTime(span.from), sqlTime(span.to)],
  )
  const byTag = Map.groupBy(rows, (row) => row.tagId)
  return new Map([...byTag].map(([tagId, own]) => [tagId, columnsOf(own.filter((row, index) => own[index - 1]?.at !== row.at))] as const))
}
