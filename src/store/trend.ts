import type { Micros } from '#base/time.ts'
import { type Aggregate, Aggregator } from '#calc/aggregate.ts'
import type { DeviceScope } from '#domain/user.ts'
import { type Block, type BlockHeader, readBlocks, readHeaderBefore, readHeaders, readOutlines } from './blocks.ts'
import { type OutlineStep, outlineStep } from './core/outline-codec.ts'
import { mergeColumns, numberAt, numbersOf, placeOf, sliceColumns, type SampleColumns } from './core/sample-columns.ts'
import type { Queryable } from './database.ts'
import { sealedUntil } from './hypertable.ts'
import { readHistory } from './measurements.ts'
import { readHotRows, readLateRows } from './open-rows.ts'
import { unpackOutline } from './pack-block.ts'
import { isInScope } from './tags.ts'
import { sqlTime } from './time.ts'

/** What is known of one bucket. */
export interface Bucket {
  readonly from: Micros
  /** Exclusive. */
  readonly to: Micros
  /** Of its own samples; undefined when it has none. */
  readonly known: Aggregate | undefined
  /** The value that held, in value times seconds, with what held on from before; and for how many seconds there was one. */
  readonly integral: number
  readonly knownSeconds: number
}

/**
 * A tag in buckets, with the same figures whether a bucket lies in open rows, in blocks or in both: a block that fits into one bucket is
 * not opened, one that lies in several is looked at minute by minute. A value holds over the edge of its bucket, but never beyond `now`.
 * @param edges ascending; one more than there are buckets
 * @returns empty when there is no such tag in scope
 */
export async function readBuckets(
  db: Queryable,
  scope: DeviceScope,
  tagId: number,
  edges: Float64Array,
  now: Micros,
): Promise<readonly Bucket[]> {
  const [from, to] = [edges[0], edges.at(-1)]
  if (from === undefined || to === undefined || !(await isInScope(db, scope, tagId))) return []
  // the way that samples wander: what is merged or sealed meanwhile is then in both, never in neither
  const late = await readLateRows(db, tagId, from, to)
  const hot = await readHotRows(db, tagId, from, to)
  const filling = new Filling(edges, now, await lastBefore(db, tagId, from))
  const clusters = clustersOf(await readHeaders(db, tagId, from, to))
  const steps = outlinesWanted(clusters, filling)
  const outlines = await readOutlines(db, tagId, [...steps.keys()])
  const opened = new Opened(
    db,
    tagId,
    (cluster) => cluster.only !== undefined && (filling.fits(cluster.only.known) || outlines.has(cluster.from)),
  )
  let done = from
  for (const [index, cluster] of clusters.entries()) {
    const rowsOf = (begin: Micros, end: Micros): SampleColumns[] => [sliceColumns(hot, begin, end), sliceColumns(late, begin, end)]
    filling.addColumns(mergeColumns(rowsOf(done, cluster.from)))
    done = Math.min(cluster.to, to)
    const [rows, corrections] = rowsOf(Math.max(cluster.from, from), done)
    if (rows === undefined || corrections === undefined) break
    const untouched = rows.times.length === 0 && corrections.times.length === 0
    const outline = outlines.get(cluster.from)
    if (untouched && cluster.only !== undefined && filling.fits(cluster.only.known)) filling.addStretch(cluster.only.known)
    else if (untouched && outline !== undefined)
      unpackOutline(outline, steps.get(cluster.from) ?? 'minute', (stretch) => filling.addStretch(stretch))
    else {
      // of this cluster alone: its hours may have become a day meanwhile
      const all = mergeColumns([rows, ...(await opened.columnsOf(clusters, index)), corrections])
      filling.addColumns(sliceColumns(all, Math.max(cluster.from, from), done))
    }
  }
  filling.addColumns(mergeColumns([sliceColumns(hot, done, to), sliceColumns(late, done, to)]))
  return filling.end()
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
  const times: Micros[] = []
  const values: (number | null)[] = []
  const qualities: number[] = []
  for await (const columns of readHistory(db, scope, tagId, from, to)) {
    for (let index = 0; index < columns.times.length; index++) {
      if (times.length === limit) return { times, values, qualities, truncated: true }
      times.push(columns.times[index] ?? 0)
      values.push(numberAt(columns, index))
      qualities.push(columns.qualities[index] ?? 0)
    }
  }
  return { times, values, qualities, truncated: false }
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

interface Cluster {
  readonly from: Micros
  readonly to: Micros
  readonly n: number
  /** The block, when it stands alone. */
  readonly only: BlockHeader | undefined
}

/** Blocks whose windows overlap belong together: an hour that came late beside the day that holds it. */
function clustersOf(headers: readonly BlockHeader[]): Cluster[] {
  const clusters: Cluster[] = []
  for (const header of headers) {
    const last = clusters.at(-1)
    if (last !== undefined && header.from < last.to) {
      clusters[clusters.length - 1] = { from: last.from, to: Math.max(last.to, header.to), n: last.n + header.n, only: undefined }
    } else clusters.push({ from: header.from, to: header.to, n: header.n, only: header })
  }
  return clusters
}

/** Samples of the blocks that are read at a time: a year of slow samples in one go, of fast ones some days. */
const OPENED_AT_ONCE = 500_000
/** A block costs something, however few it holds. */
const LEAST_COUNTED = 1000

/** Blocks that must be opened, read together with those that follow. */
class Opened {
  readonly #db: Queryable
  readonly #tagId: number
  /** Whether a cluster is told by its header or its outline. */
  readonly #isTold: (cluster: Cluster) => boolean
  #through = -1
  #blocks: readonly Block[] = []

  constructor(db: Queryable, tagId: number, isTold: (cluster: Cluster) => boolean) {
    this.#db = db
    this.#tagId = tagId
    this.#isTold = isTold
  }

  async columnsOf(clusters: readonly Cluster[], index: number): Promise<readonly SampleColumns[]> {
    const cluster = clusters[index]
    if (cluster === undefined) return []
    if (index > this.#through) {
      let [last, samples] = [cluster, cluster.n]
      this.#through = index
      for (let next = clusters[index + 1]; next !== undefined && !this.#isTold(next); next = clusters[this.#through + 1]) {
        samples += Math.max(next.n, LEAST_COUNTED)
        if (samples > OPENED_AT_ONCE) break
        last = next
        this.#through += 1
      }
      this.#blocks = await readBlocks(this.#db, this.#tagId, cluster.from, last.to)
    }
    return this.#blocks.filter((one) => one.from < cluster.to && one.to > cluster.from).map((one) => one.columns)
  }
}

/** Blocks that lie in several buckets, where no edge parts a stretch of their outline, and how finely that is looked at. */
function outlinesWanted(clusters: readonly Cluster[], filling: Filling): ReadonlyMap<Micros, OutlineStep> {
  const wanted = new Map<Micros, OutlineStep>()
  for (const { only } of clusters) {
    if (only === undefined || filling.fits(only.known)) continue
    const step = outlineStep(filling.edgesWithin(only.known))
    if (step !== undefined) wanted.set(only.from, step)
  }
  return wanted
}

interface Start {
  readonly held: number | undefined
  readonly before: number | undefined
}

/** What held when the first bucket begins, and the last number before it. */
async function lastBefore(db: Queryable, tagId: number, at: Micros): Promise<Start> {
  const last = new Aggregator()
  const header = await readHeaderBefore(db, tagId, at)
  if (header !== undefined) last.addStretch(header.known)
  // a block that reaches over the edge, and open rows since
  const since = header?.known.endsAt ?? Number.NEGATIVE_INFINITY
  const blocks = await readBlocks(db, tagId, at - 1, at, since)
  const late = await readLateRows(db, tagId, Math.max(since, at - OPEN_BEHIND), at)
  const newest = await newestRows(db, tagId, since, at)
  const columns = mergeColumns([newest, ...blocks.map((block) => sliceColumns(block.columns, Number.NEGATIVE_INFINITY, at)), late])
  for (let index = 0; index < columns.times.length; index++) {
    const time = columns.times[index] ?? 0
    if (time > since) last.add(time, numberAt(columns, index))
  }
  const { held, before } = last.end(at)
  return { held, before }
}

/** How far back an open row may lie; older ones are in blocks. */
const OPEN_BEHIND: Micros = 2 * 86_400_000_000

async function newestRows(db: Queryable, tagId: number, since: Micros, before: Micros): Promise<SampleColumns> {
  const rows = await db.query<{ at: Micros }>(
    `select time_stamp as at from measurements
     where tag_id = $1 and time_stamp >= $2 and time_stamp < $3 order by time_stamp desc limit 1`,
    [tagId, sqlTime(Math.max(since, before - OPEN_BEHIND, await sealedUntil(db))), sqlTime(before)],
  )
  const at = rows[0]?.at
  if (at === undefined) return mergeColumns([])
  // the last sample may be Bad: the last number before it matters for counters
  return await readHotRows(db, tagId, at - NUMBER_BEHIND, before)
}

/** How far before the last sample a number is looked for. */
const NUMBER_BEHIND: Micros = 600_000_000

/** Fills buckets in order of time. */
class Filling {
  readonly #edges: Float64Array
  readonly #now: Micros
  readonly #buckets: Bucket[] = []
  #current: Aggregator

  constructor(edges: Float64Array, now: Micros, { held, before }: Start) {
    this.#edges = edges
    this.#now = now
    this.#current = new Aggregator({ at: edges[0] ?? 0, held, before })
  }

  /** Whether a stretch lies within one bucket. */
  fits({ startsAt, endsAt }: Aggregate): boolean {
    const first = this.#edges[0] ?? 0
    if (startsAt < first) return false
    const bucket = this.#bucketOf(startsAt)
    return endsAt < (this.#edges[bucket + 1] ?? Number.NEGATIVE_INFINITY)
  }

  /** Edges that part a stretch; the first and the last edge count too. */
  edgesWithin({ startsAt, endsAt }: Aggregate): Float64Array {
    const first = startsAt < (this.#edges[0] ?? 0) ? 0 : this.#bucketOf(startsAt) + 1
    return this.#edges.subarray(first, endsAt < (this.#edges[0] ?? 0) ? 0 : this.#bucketOf(endsAt) + 1)
  }

  /** @param known not kept */
  addStretch(known: Aggregate): void {
    if (known.startsAt < (this.#edges[0] ?? 0) || known.startsAt >= (this.#edges.at(-1) ?? 0)) return
    this.#advance(known.startsAt)
    this.#current.addStretch(known)
  }

  addColumns(columns: SampleColumns): void {
    const { times } = columns
    const numbers = numbersOf(columns)
    for (let at = 0; at < times.length;) {
      this.#advance(times[at] ?? 0)
      const next = placeOf(times, this.#edges[this.#buckets.length + 1] ?? Infinity)
      this.#current.addAll(times, numbers, at, next)
      at = next
    }
  }

  end(): readonly Bucket[] {
    while (this.#buckets.length < this.#edges.length - 1) this.#close()
    return this.#buckets
  }

  #advance(at: Micros): void {
    while (at >= (this.#edges[this.#buckets.length + 1] ?? Infinity)) this.#close()
  }

  #close(): void {
    const from = this.#edges[this.#buckets.length] ?? 0
    const to = this.#edges[this.#buckets.length + 1] ?? from
    const known = this.#current.result()
    const end = Math.max(Math.min(to, this.#now), known?.endsAt ?? from)
    const next = this.#current.end(end)
    this.#buckets.push({ from, to, known, integral: this.#current.integral, knownSeconds: this.#current.knownSeconds })
    this.#current = new Aggregator({ ...next, at: Math.max(to, end) })
  }

  /** Binary search: the last edge at or before. */
  #bucketOf(at: Micros): number {
    let [low, high] = [0, this.#edges.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#edges[middle] ?? Infinity) <= at) low = middle
      else high = middle - 1
    }
    return low
  }
}
