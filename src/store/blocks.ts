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

/** Blocks of a tag that touch [from, to), oldest first. */
export async function readBlocks(db: Queryable, tagId: number, from: Micros, to: Micros): Promise<readonly Block[]> {
  const rows = await db.query<{ from: Micros; to: Micros; data: Buffer }>(
    `select t0 as "from", t1 as "to", data from measurement_blocks
     where tag_id = $1 and t0 < $3 and t0 > $2::timestamptz - interval '1 day' and t1 > $2 order by t0`,
    [tagId, sqlTime(from), sqlTime(to)],
  )
  return rows.map((row) => ({ tagId, from: row.from, to: row.to, columns: unpackColumns(row.data) }))
}

/** The header of a sealed window. */
export interface BlockHeader {
  readonly from: Micros
  readonly to: Micros
  readonly tagId: number
  /** Samples of any quality. */
  readonly n: number
  readonly hasOutline: boolean
  readonly known: Aggregate
}

interface HeaderRow extends Omit<Aggregate, 'firstAt' | 'firstValue' | 'lastAt' | 'lastValue' | 'least' | 'greatest'> {
  readonly tagId: number
  readonly from: Micros
  readonly to: Micros
  readonly n: number
  readonly hasOutline: boolean
  readonly firstAt: Micros | null
  readonly firstValue: number | null
  readonly lastAt: Micros | null
  readonly lastValue: number | null
  readonly least: number | null
  readonly greatest: number | null
}

const HEADER_FIELDS = `tag_id as "tagId", t0 as "from", t1 as "to", n, outline is not null as "hasOutline", starts_at as "startsAt",
  ends_at as "endsAt", holds, numbers, first_at as "firstAt", first_value as "firstValue", last_at as "lastAt", last_value as "lastValue",
  least, greatest, sum, integral, known_seconds as "knownSeconds", rise`

/** Headers of the blocks of these tags that touch [from, to), oldest first. */
export async function readHeaders(db: Queryable, tagIds: readonly number[], from: Micros, to: Micros): Promise<HeadersByTag> {
  const rows = await db.query<HeaderRow>(
    `select ${HEADER_FIELDS} from measurement_blocks
     where tag_id = any($1) and t0 < $3 and t0 > $2::timestamptz - interval '1 day' and t1 > $2 order by t0`,
    [tagIds, sqlTime(from), sqlTime(to)],
  )
  return Map.groupBy(rows.map(headerOf), (header) => header.tagId)
}

/** The header of the last block of each tag that ends before an instant, where there is one. */
export async function readHeadersBefore(db: Queryable, tagIds: readonly number[], at: Micros): Promise<ReadonlyMap<number, BlockHeader>> {
  const rows = await db.query<HeaderRow>(
    `select last.* from unnest($1::int[]) tag cross join lateral (
       select ${HEADER_FIELDS} from measurement_blocks where tag_id = tag and t0 < $2 and ends_at < $2 order by t0 desc limit 1) last`,
    [tagIds, sqlTime(at)],
  )
  return new Map(rows.map((row) => [row.tagId, headerOf(row)] as const))
}

/** Blocks of one day that may overlap: the day, and hours that came late. */
const OF_ONE_DAY = 25

/** The header of the block of each tag that begins first at an instant or after it, where there is one. */
export async function readHeadersAfter(db: Queryable, tagIds: readonly number[], at: Micros): Promise<ReadonlyMap<number, BlockHeader>> {
  const rows = await db.query<HeaderRow>(
    `select next.* from unnest($1::int[]) tag cross join lateral (
       select ${HEADER_FIELDS} from (select * from measurement_blocks where tag_id = tag and t0 > $2::timestamptz - interval '1 day'
         and starts_at >= $2 order by t0 limit ${OF_ONE_DAY}) day order by starts_at limit 1) next`,
    [tagIds, sqlTime(at)],
  )
  return new Map(rows.map((row) => [row.tagId, headerOf(row)] as const))
}

type HeadersByTag = ReadonlyMap<number, readonly BlockHeader[]>

/** Which bytes of a block are read; of an outline its beginning tells hours and quarters. */
export const BlockPart = {
  Samples: 'data',
  Outline: 'outline',
  OutlineBeginning: 'substr(outline, 1, 4000)',
} as const
export type BlockPart = (typeof BlockPart)[keyof typeof BlockPart]

/** @returns the packed part of each block in the order given; undefined where the block is no longer what its header said */
export async function readParts(db: Queryable, part: BlockPart, headers: readonly BlockHeader[]): Promise<(Uint8Array | undefined)[]> {
  const rows = await db.query<{ at: number; bytes: Buffer }>(
    `select at, ${part} as bytes from unnest($1::int[], $2::timestamptz[], $3::timestamptz[], $4::int[]) with ordinality as h(tag, f, t, m, at)
     join measurement_blocks on tag_id = tag and t0 = f and t1 = t and n = m`,
    [
      headers.map((one) => one.tagId),
      headers.map((one) => sqlTime(one.from)),
      headers.map((one) => sqlTime(one.to)),
      headers.map((one) => one.n),
    ],
  )
  const parts = new Map(rows.map((row) => [row.at, row.bytes] as const))
  return headers.map((_, index) => parts.get(index + 1))
}

function headerOf({ tagId, from, to, n, hasOutline, ...row }: HeaderRow): BlockHeader {
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
  return { tagId, from, to, n, hasOutline, known }
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
