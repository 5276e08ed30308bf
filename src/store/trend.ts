import type { Micros } from '#base/time.ts'
import type { Aggregate } from '#calc/aggregate.ts'
import type { Interpolation, Point } from '#domain/interpolation.ts'
import type { DeviceScope } from '#domain/user.ts'
import { type BlockHeader, readBlocks, readHeaders, readHeadersAfter, readHeadersBefore } from './blocks.ts'
import { type Bucket, BucketFilling } from './core/bucket-filling.ts'
import { type OutlineStep, outlineStep, tellsMinutes } from './core/outline-codec.ts'
import { type SampleColumns, mergeColumns, numberAt, numbersOf, sliceColumns } from './core/sample-columns.ts'
import type { Queryable } from './database.ts'
import { sealedUntil } from './hypertable.ts'
import { readHistory } from './measurements.ts'
import { OPEN_BEHIND, readHotRowsOf, readLateRowsOf, readNewestRowsOf, readNextRowsOf } from './open-rows.ts'
import { unpackNumbers, unpackOutline } from './pack-block.ts'
import { PartsAhead } from './parts-ahead.ts'
import { idsInScope, isInScope } from './tags.ts'
import { sqlTime } from './time.ts'

/** A tag in buckets, see {@link readManyBuckets}. @returns empty when there is no such tag in scope */
export async function readBuckets(
  db: Queryable,
  scope: DeviceScope,
  tagId: number,
  edges: Float64Array,
  now: Micros,
): Promise<readonly Bucket[]> {
  return (await readManyBuckets(db, scope, [tagId], edges, now)).get(tagId) ?? []
}

/**
 * Tags in buckets, with the same figures whether a bucket lies in open rows, in blocks or in both: a block that fits into one bucket is
 * not opened, one that lies in several is looked at hour by hour or minute by minute. All tags are asked for at once, however many.
 * A value holds over the edge of its bucket, but never beyond `now`.
 * @param edges ascending; one more than there are buckets
 * @param interpolations of tags whose value at the start of each bucket is asked for
 * @returns those of the tags that are in scope
 */
export async function readManyBuckets(
  db: Queryable,
  scope: DeviceScope,
  tagIds: readonly number[],
  edges: Float64Array,
  now: Micros,
  interpolations: ReadonlyMap<number, Interpolation> = new Map(),
): Promise<ReadonlyMap<number, readonly Bucket[]>> {
  const [from, to] = [edges[0], edges.at(-1)]
  const known = await idsInScope(db, scope, tagIds)
  if (from === undefined || to === undefined || known.length === 0) return new Map()
  // the way that samples wander: what is merged or sealed meanwhile is then in both, never in neither
  const late = await readLateRowsOf(db, known, from - OPEN_BEHIND, to)
  const newest = await readNewestRowsOf(db, known, from)
  const hot = await readHotRowsOf(db, known, from, to)
  const before = await readHeadersBefore(db, known, from)
  const headers = await readHeaders(db, known, from, to)
  const beyond = await readBeyond(
    db,
    known.filter((tagId) => interpolations.get(tagId) === 'sloped'),
    to,
  )
  const histories = known.map((tagId) => {
    const filling = new BucketFilling(edges, now, interpolations.get(tagId))
    const rows = mergeColumns([newest.get(tagId) ?? NOTHING, hot.get(tagId) ?? NOTHING])
    const pieces = piecesOf(filling, before.get(tagId)?.known, headers.get(tagId) ?? [], rows, late.get(tagId) ?? NOTHING)
    return { tagId, filling, pieces }
  })
  const parts = new PartsAhead(
    db,
    histories.flatMap(({ pieces }) => pieces.filter((piece) => 'header' in piece)),
  )
  const filled = new Map<number, readonly Bucket[]>()
  for (const { tagId, filling, pieces } of histories) {
    for (const piece of pieces) await fill(db, tagId, filling, piece, parts)
    for (const point of beyond.get(tagId) ?? []) filling.addBeyond(point)
    filled.set(tagId, filling.end())
  }
  return filled
}

const NOTHING = mergeColumns([])

/** What may be the first sample of each tag at an instant or after it, wherever it lies; of equal times the last one counts. */
async function readBeyond(db: Queryable, tagIds: readonly number[], at: Micros): Promise<ReadonlyMap<number, readonly Point[]>> {
  if (tagIds.length === 0) return new Map()
  const [rows, late] = await readNextRowsOf(db, tagIds, at)
  const headers = await readHeadersAfter(db, tagIds, at)
  const first = (columns: SampleColumns | undefined): Point[] =>
    columns === undefined ? [] : [{ at: columns.times[0] ?? 0, value: numberAt(columns, 0) }]
  const begin = (header: BlockHeader | undefined): Point[] => {
    if (header === undefined) return []
    const { numbers, startsAt, firstAt, firstValue } = header.known
    return [{ at: startsAt, value: numbers > 0 && firstAt === startsAt ? firstValue : null }]
  }
  return new Map(
    tagIds.map((tagId) => [tagId, [...first(rows?.get(tagId)), ...begin(headers.get(tagId)), ...first(late?.get(tagId))]] as const),
  )
}

/** What the history of a tag is told from, piece by piece. */
type Piece =
  /** Samples that were read already. */
  | { readonly columns: SampleColumns }
  /** A block that its header tells. */
  | { readonly known: Aggregate }
  /** A block that its outline tells, or that is opened. */
  | { readonly header: BlockHeader; readonly step: OutlineStep | undefined }
  /** Blocks whose windows overlap, or with rows that belong among their samples. */
  | { readonly from: Micros; readonly to: Micros; readonly rows: SampleColumns; readonly corrections: SampleColumns }

/** @param last of the last block before the first edge */
function piecesOf(
  filling: BucketFilling,
  last: Aggregate | undefined,
  headers: readonly BlockHeader[],
  rows: SampleColumns,
  late: SampleColumns,
): Piece[] {
  const pieces: Piece[] = last === undefined ? [] : [{ known: last }]
  let done = last === undefined ? Number.NEGATIVE_INFINITY : last.endsAt + 1
  const between = (to: Micros): void => {
    const columns = mergeColumns([sliceColumns(rows, done, to), sliceColumns(late, done, to)])
    if (columns.times.length > 0) pieces.push({ columns })
  }
  for (const { from, to, only } of clustersOf(headers)) {
    between(from)
    done = to
    const [own, corrections] = [sliceColumns(rows, from, to), sliceColumns(late, from, to)]
    if (only === undefined || own.times.length > 0 || corrections.times.length > 0) pieces.push({ from, to, rows: own, corrections })
    else if (filling.fits(only.known)) pieces.push({ known: only.known })
    else pieces.push({ header: only, step: stepOf(only, filling.edgesWithin(only.known)) })
  }
  between(Number.POSITIVE_INFINITY)
  return pieces
}

/** How finely the outline of a block is looked at; undefined when the block is opened. */
function stepOf({ hasOutline, n, known }: BlockHeader, edges: Float64Array): OutlineStep | undefined {
  const step = hasOutline ? outlineStep(edges) : undefined
  return step === 'minute' && !tellsMinutes(n, known) ? undefined : step
}

async function fill(db: Queryable, tagId: number, filling: BucketFilling, piece: Piece, parts: PartsAhead): Promise<void> {
  if ('columns' in piece) return filling.addNumbers(piece.columns.times, numbersOf(piece.columns))
  if ('known' in piece) return filling.addStretch(piece.known)
  if ('header' in piece) {
    const { header, step } = piece
    const part = await parts.next()
    if (part !== undefined && step === undefined) {
      return unpackNumbers(part.bytes, (times, numbers) => filling.addNumbers(times, numbers))
    }
    const stretches = part === undefined || step === undefined ? undefined : unpackOutline(part.bytes, part.isWhole, step)
    if (stretches !== undefined) return stretches((stretch) => filling.addStretch(stretch))
    return await fill(db, tagId, filling, { from: header.from, to: header.to, rows: NOTHING, corrections: NOTHING }, parts)
  }
  // of this window alone: its hours may have become a day meanwhile
  const { from, to, rows, corrections } = piece
  const blocks = await readBlocks(db, tagId, from, to)
  const columns = sliceColumns(mergeColumns([rows, ...blocks.map((block) => block.columns), corrections]), from, to)
  filling.addNumbers(columns.times, numbersOf(columns))
}

interface Cluster {
  readonly from: Micros
  readonly to: Micros
  /** The block, when it stands alone. */
  readonly only: BlockHeader | undefined
}

/** Blocks whose windows overlap belong together: an hour that came late beside the day that holds it. */
function clustersOf(headers: readonly BlockHeader[]): Cluster[] {
  const clusters: Cluster[] = []
  for (const header of headers) {
    const last = clusters.at(-1)
    if (last !== undefined && header.from < last.to) {
      clusters[clusters.length - 1] = { from: last.from, to: Math.max(last.to, header.to), only: undefined }
    } else clusters.push({ from: header.from, to: header.to, only: header })
  }
  return clusters
}

/** Numbers over time; null where a sample is Bad or carries none. */
export interface NumberSeries {
  readonly times: readonly Micros[]
  readonly values: readonly (number | null)[]
  /** Packed, one a sample. */
  readonly qualities: readonly number[]
  /** There are more than were asked for. */
  readonly truncated: boolean
}

/** Samples as they are, up to `limit`. @returns empty when there is no such tag in scope */
export async function readNumbers(
  db: Queryable,
  scope: DeviceScope,
  tagId: number,
  from: Micros,
  to: Micros,
  limit: number,
): Promise<NumberSeries> {
  const pieces: NumberSeries[] = []
  let left = limit
  for await (const columns of readHistory(db, scope, tagId, from, to)) {
    pieces.push(seriesOf(columns, left))
    left -= columns.times.length
    if (left < 0) break
  }
  const [only] = pieces
  if (pieces.length === 1 && only !== undefined) return only
  return {
    times: pieces.flatMap((piece) => piece.times),
    values: pieces.flatMap((piece) => piece.values),
    qualities: pieces.flatMap((piece) => piece.qualities),
    truncated: left < 0,
  }
}

function seriesOf(columns: SampleColumns, limit: number): NumberSeries {
  const length = Math.min(columns.times.length, limit)
  const numbers = numbersOf(columns)
  const values: (number | null)[] = listOf(numbers, length)
  // the numbers are another column where some of them are none
  if (numbers !== columns.values) for (let index = 0; index < length; index++) if (Number.isNaN(values[index])) values[index] = null
  const truncated = columns.times.length > limit
  return { times: listOf(columns.times, length), values, qualities: listOf(columns.qualities, length), truncated }
}

/** An array is made to measure and filled: seven times as fast as Array.from, which asks an iterator. */
function listOf(column: Float64Array | Uint16Array, length: number): number[] {
  const list: number[] = []
  list.length = length
  for (let index = 0; index < length; index++) list[index] = column[index] ?? 0
  return list
}

/** About how many samples there are: blocks that reach over an end of the period count whole. */
export async function countSamples(db: Queryable, scope: DeviceScope, tagId: number, from: Micros, to: Micros): Promise<number> {
  if (!(await isInScope(db, scope, tagId))) return 0
  const [row] = await db.query<{ count: number }>(
    `select (select count(*) from measurements where tag_id = $1 and time_stamp >= $4 and time_stamp < $3)
       + (select coalesce(sum(n), 0) from measurement_blocks
          where tag_id = $1 and t0 < $3 and t0 > $2::timestamptz - interval '1 day' and t1 > $2) as count`,
    [tagId, sqlTime(from), sqlTime(to), sqlTime(Math.max(from, await sealedUntil(db)))],
  )
  return row?.count ?? 0
}
