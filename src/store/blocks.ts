import type { Micros } from '#base/time.ts'
import type { Aggregate } from '#calc/aggregate.ts'
import type { SampleColumns } from './core/sample-columns.ts'
import type { Queryable } from './database.ts'
import { unpackColumns } from './pack-block.ts'
import { sqlTime } from './time.ts'

/** A sealed window of one tag. */
export interface Block {
  readonly tagId: number
  /** The window, the end exclusive. */
  readonly from: Micros
  readonly to: Micros
  readonly columns: SampleColumns
}

/** The packed outlines of a tag's blocks that begin at these instants, for blocks that have one. */
export async function readOutlines(db: Queryable, tagId: number, starts: readonly Micros[]): Promise<ReadonlyMap<Micros, Uint8Array>> {
  if (starts.length === 0) return new Map()
  const rows = await db.query<{ from: Micros; outline: Buffer }>(
    `select t0 as "from", outline from measurement_blocks where tag_id = $1 and t0 = any($2::timestamptz[]) and outline is not null`,
    [tagId, starts.map((at) => sqlTime(at))],
  )
  return new Map(rows.map((row) => [row.from, row.outline]))
}

/**
 * Blocks of a tag that touch [from, to), oldest first.
 * @param since only those with a sample after it
 */
export async function readBlocks(
  db: Queryable,
  tagId: number,
  from: Micros,
  to: Micros,
  since = Number.NEGATIVE_INFINITY,
): Promise<readonly Block[]> {
  const rows = await db.query<{ from: Micros; to: Micros; data: Buffer }>(
    `select t0 as "from", t1 as "to", data from measurement_blocks
     where tag_id = $1 and t0 < $3 and t0 > $2::timestamptz - interval '1 day' and t1 > $2 and ends_at > $4 order by t0`,
    [tagId, sqlTime(from), sqlTime(to), Number.isFinite(since) ? sqlTime(since) : '-infinity'],
  )
  return rows.map((row) => ({ tagId, from: row.from, to: row.to, columns: unpackColumns(row.data) }))
}

/** The header of a sealed window. */
export interface BlockHeader {
  readonly from: Micros
  readonly to: Micros
  /** Samples of any quality. */
  readonly n: number
  readonly known: Aggregate
}

interface HeaderRow extends Omit<Aggregate, 'firstAt' | 'firstValue' | 'lastAt' | 'lastValue' | 'least' | 'greatest'> {
  readonly from: Micros
  readonly to: Micros
  readonly n: number
  readonly firstAt: Micros | null
  readonly firstValue: number | null
  readonly lastAt: Micros | null
  readonly lastValue: number | null
  readonly least: number | null
  readonly greatest: number | null
}

const HEADER_FIELDS = `t0 as "from", t1 as "to", n, starts_at as "startsAt", ends_at as "endsAt", holds, numbers, first_at as "firstAt",
  first_value as "firstValue", last_at as "lastAt", last_value as "lastValue", least, greatest, sum, integral,
  known_seconds as "knownSeconds", rise`

/** Headers of the blocks of a tag that touch [from, to), oldest first. */
export async function readHeaders(db: Queryable, tagId: number, from: Micros, to: Micros): Promise<readonly BlockHeader[]> {
  const rows = await db.query<HeaderRow>(
    `select ${HEADER_FIELDS} from measurement_blocks
     where tag_id = $1 and t0 < $3 and t0 > $2::timestamptz - interval '1 day' and t1 > $2 order by t0`,
    [tagId, sqlTime(from), sqlTime(to)],
  )
  return rows.map(headerOf)
}

/** The header of the last block of a tag that ends before an instant; undefined when there is none. */
export async function readHeaderBefore(db: Queryable, tagId: number, at: Micros): Promise<BlockHeader | undefined> {
  const rows = await db.query<HeaderRow>(
    `select ${HEADER_FIELDS} from measurement_blocks where tag_id = $1 and t0 < $2 and ends_at < $2 order by t0 desc limit 1`,
    [tagId, sqlTime(at)],
  )
  return rows.map(headerOf)[0]
}

function headerOf({ from, to, n, ...row }: HeaderRow): BlockHeader {
  const { firstAt, firstValue, lastAt, lastValue, least, greatest } = row
  const known = {
    ...row,
    firstAt: firstAt ?? 0,
    firstValue: firstValue ?? 0,
    lastAt: lastAt ?? 0,
    lastValue: lastValue ?? 0,
    least: least ?? Infinity,
    greatest: greatest ?? -Infinity,
  }
  return { from, to, n, known }
}

/** Days that ended before an instant and still lie there hour by hour, oldest first. */
export async function daysInPieces(db: Queryable, before: Micros, limit: number): Promise<readonly { tagId: number; day: Micros }[]> {
  return await db.query<{ tagId: number; day: Micros }>(
    `select tag_id as "tagId", date_trunc('day', t0, 'UTC') as day from measurement_blocks
     where t0 < $1 and t1 - t0 < interval '1 day' and date_trunc('day', t0, 'UTC') + interval '1 day' <= $1
     group by 1, 2 order by 2, 1 limit $2`,
    [sqlTime(before), limit],
  )
}
