import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { BugError } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'
import { type Aggregate, Aggregator } from '#calc/aggregate.ts'
import { decodeBlock, encodeBlock } from './core/block-codec.ts'
import { decodeOutline, encodeOutline, outlineOf } from './core/outline-codec.ts'
import { type SampleColumns, mergeColumns, numberAt } from './core/sample-columns.ts'
import type { Queryable } from './database.ts'
import { sqlTime } from './time.ts'

/** A sealed window of one tag. */
export interface Block {
  readonly tagId: number
  /** The window, the end exclusive. */
  readonly from: Micros
  readonly to: Micros
  readonly columns: SampleColumns
}

/** Windows are counted in UTC, where every day is as long. */
const DAY: Micros = 86_400_000_000

const COMPRESSION = {
  params: { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_checksumFlag]: 1 },
}

/** @returns what {@link SampleColumns} become on disk; read back and compared before it is returned */
export function packColumns(columns: SampleColumns): Uint8Array {
  const plain = encodeBlock(columns)
  const packed = zstdCompressSync(plain, COMPRESSION)
  const again = encodeBlock(decodeBlock(zstdDecompressSync(packed)))
  if (Buffer.compare(plain, again) !== 0) throw new BugError('A block does not read as it was written; its rows stay')
  return packed
}

/** @throws BugError when the bytes are damaged */
export function unpackColumns(packed: Uint8Array): SampleColumns {
  try {
    return decodeBlock(zstdDecompressSync(packed))
  } catch (cause) {
    throw cause instanceof BugError ? cause : new BugError('A block of samples is damaged', { cause })
  }
}

function packOutline(columns: SampleColumns): Uint8Array | null {
  const minutes = outlineOf(columns)
  return minutes.length === 0 ? null : zstdCompressSync(encodeOutline(minutes), COMPRESSION)
}

/** The minutes of a tag's blocks that begin at these instants, oldest first, for blocks that have an outline. */
export async function readOutlines(
  db: Queryable,
  tagId: number,
  starts: readonly Micros[],
): Promise<ReadonlyMap<Micros, readonly Aggregate[]>> {
  if (starts.length === 0) return new Map()
  const rows = await db.query<{ from: Micros; outline: Buffer }>(
    `select t0 as "from", outline from measurement_blocks where tag_id = $1 and t0 = any($2::timestamptz[]) and outline is not null`,
    [tagId, starts.map((at) => sqlTime(at))],
  )
  return new Map(rows.map((row) => [row.from, unpackOutline(row.outline)]))
}

function unpackOutline(packed: Uint8Array): Aggregate[] {
  try {
    return decodeOutline(zstdDecompressSync(packed))
  } catch (cause) {
    throw cause instanceof BugError ? cause : new BugError('The outline of a block is damaged', { cause })
  }
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

/**
 * Until the transaction ends nobody else writes blocks: who merges must see what is there. The keeper alone writes blocks, but for a while
 * there may be two of it.
 */
async function lockBlocks(tx: Queryable): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtext('synctide blocks'))`)
}

/**
 * Adds samples to the history of their tags: to the block of the window where there is one. In the caller's transaction.
 * @param winner which of two samples with one time stays: a late one corrects what is stored, a row sealed twice does not
 */
export async function addToBlocks(tx: Queryable, additions: readonly Block[], winner: 'added' | 'stored'): Promise<void> {
  if (additions.length > 0) await lockBlocks(tx)
  for (const { tagId, from, to, columns } of additions) {
    if (columns.times.length === 0) continue
    const [before] = await tx.query<{ data: Buffer }>('select data from measurement_blocks where tag_id = $1 and t0 = $2', [
      tagId,
      sqlTime(from),
    ])
    const stored = before === undefined ? [] : [unpackColumns(before.data)]
    await saveBlock(tx, { tagId, from, to, columns: mergeColumns(winner === 'added' ? [...stored, columns] : [columns, ...stored]) })
  }
}

/** Columns of the header in the order of {@link headerValues}. */
const HEADER = [
  'starts_at',
  'ends_at',
  'holds',
  'numbers',
  'first_at',
  'first_value',
  'last_at',
  'last_value',
  'least',
  'greatest',
  'sum',
  'integral',
  'known_seconds',
  'rise',
] as const

async function saveBlock(tx: Queryable, { tagId, from, to, columns }: Block): Promise<void> {
  const known = aggregateOf(columns)
  if (known === undefined) return
  await tx.query(
    `insert into measurement_blocks (tag_id, t0, t1, n, data, outline, ${HEADER.join(', ')})
     values ($1, $2, $3, $4, $5, $6, ${HEADER.map((_, index) => `$${index + 7}`).join(', ')})
     on conflict (tag_id, t0) do update set t1 = greatest(measurement_blocks.t1, excluded.t1), n = excluded.n, data = excluded.data,
       outline = excluded.outline, ${HEADER.map((name) => `${name} = excluded.${name}`).join(', ')}`,
    [tagId, sqlTime(from), sqlTime(to), columns.times.length, packColumns(columns), packOutline(columns), ...headerValues(known)],
  )
}

function headerValues(known: Aggregate): unknown[] {
  const some = known.numbers > 0
  return [
    sqlTime(known.startsAt),
    sqlTime(known.endsAt),
    known.holds,
    known.numbers,
    some ? sqlTime(known.firstAt) : null,
    some ? known.firstValue : null,
    some ? sqlTime(known.lastAt) : null,
    some ? known.lastValue : null,
    some ? known.least : null,
    some ? known.greatest : null,
    known.sum,
    known.integral,
    known.knownSeconds,
    known.rise,
  ]
}

/** The header of a sealed window. */
export interface BlockHeader {
  readonly from: Micros
  readonly to: Micros
  readonly known: Aggregate
}

interface HeaderRow extends Omit<Aggregate, 'firstAt' | 'firstValue' | 'lastAt' | 'lastValue' | 'least' | 'greatest'> {
  readonly from: Micros
  readonly to: Micros
  readonly firstAt: Micros | null
  readonly firstValue: number | null
  readonly lastAt: Micros | null
  readonly lastValue: number | null
  readonly least: number | null
  readonly greatest: number | null
}

const HEADER_FIELDS = `t0 as "from", t1 as "to", starts_at as "startsAt", ends_at as "endsAt", holds, numbers, first_at as "firstAt",
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

function headerOf({ from, to, ...row }: HeaderRow): BlockHeader {
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
  return { from, to, known }
}

function aggregateOf(columns: SampleColumns): Aggregate | undefined {
  const sum = new Aggregator()
  for (let index = 0; index < columns.times.length; index++) sum.add(columns.times[index] ?? 0, numberAt(columns, index))
  return sum.result()
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

/** Makes one block of a tag's day. In the caller's transaction. */
export async function joinDay(tx: Queryable, tagId: number, day: Micros): Promise<void> {
  const end = day + DAY
  await lockBlocks(tx)
  const rows = await tx.query<{ data: Buffer }>(
    `with gone as (delete from measurement_blocks where tag_id = $1 and t0 >= $2 and t0 < $3 returning t0, data)
     select data from gone order by t0`,
    [tagId, sqlTime(day), sqlTime(end)],
  )
  if (rows.length > 0) await saveBlock(tx, { tagId, from: day, to: end, columns: mergeColumns(rows.map((row) => unpackColumns(row.data))) })
}
