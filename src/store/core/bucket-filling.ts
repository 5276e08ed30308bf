import type { Micros } from '#base/time.ts'
import { type Aggregate, Aggregator } from '#calc/aggregate.ts'
import type { Interpolation, Point } from '#domain/interpolation.ts'
import { EdgeValues } from './edge-values.ts'
import { placeOf } from './sample-columns.ts'

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
  /** The value at `from`, by the tag's interpolation: null when nothing is known, undefined when it was not asked for. */
  readonly start: number | null | undefined
}

/**
 * Fills buckets in order of time; what is told again, because two blocks overlap, counts once. What comes before the first edge is in none of them: of it only matters what still holds there, and from
 * which number a counter rises.
 */
export class BucketFilling {
  readonly #edges: Float64Array
  readonly #now: Micros
  readonly #buckets: Omit<Bucket, 'start'>[] = []
  readonly #starts: EdgeValues | undefined
  #current = new Aggregator()
  /** How many edges were passed. */
  #passed = 0
  #latest = Number.NEGATIVE_INFINITY

  /**
   * @param edges ascending, at least two
   * @param interpolation when the value at each start is asked for
   */
  constructor(edges: Float64Array, now: Micros, interpolation?: Interpolation) {
    this.#edges = edges
    this.#now = now
    this.#starts = interpolation === undefined ? undefined : new EdgeValues(edges, now, interpolation)
  }

  /** Whether a stretch lies between two edges, or before the first one. */
  fits({ startsAt, endsAt }: Aggregate): boolean {
    return endsAt < (this.#edges[placeOf(this.#edges, startsAt + 1)] ?? Number.NEGATIVE_INFINITY)
  }

  /** Edges that part a stretch; the first and the last edge count too. */
  edgesWithin({ startsAt, endsAt }: Aggregate): Float64Array {
    return this.#edges.subarray(placeOf(this.#edges, startsAt + 1), placeOf(this.#edges, endsAt + 1))
  }

  /** @param known not kept */
  addStretch(known: Aggregate): void {
    if (known.endsAt <= this.#latest) return
    this.#starts?.addStretch(known)
    if (known.startsAt >= (this.#edges.at(-1) ?? 0)) return
    this.#latest = known.endsAt
    this.#advance(known.startsAt)
    this.#current.addStretch(known)
  }

  /** @param numbers NaN for a sample that is Bad or carries no number */
  addNumbers(times: Float64Array, numbers: Float64Array): void {
    const end = placeOf(times, this.#edges.at(-1) ?? 0)
    const begin = placeOf(times, this.#latest + 1)
    this.#starts?.addNumbers(times.subarray(begin), numbers.subarray(begin))
    if (begin >= end) return
    this.#latest = times[end - 1] ?? 0
    for (let at = begin; at < end;) {
      this.#advance(times[at] ?? 0)
      const next = placeOf(times, this.#edges[this.#passed] ?? Infinity)
      this.#current.addAll(times, numbers, at, next)
      at = next
    }
  }

  /** A sample after the last edge, towards which a sloped value goes. */
  addBeyond(point: Point): void {
    this.#starts?.addBeyond(point)
  }

  end(): readonly Bucket[] {
    while (this.#passed < this.#edges.length) this.#pass()
    const starts = this.#starts?.end()
    return this.#buckets.map((bucket, index) => ({ ...bucket, start: starts?.[index] }))
  }

  #advance(at: Micros): void {
    while (at >= (this.#edges[this.#passed] ?? Infinity)) this.#pass()
  }

  #pass(): void {
    const edge = this.#edges[this.#passed] ?? 0
    const from = this.#edges[this.#passed - 1]
    this.#passed += 1
    if (from === undefined) {
      this.#current = new Aggregator(this.#current.end(edge))
      return
    }
    const known = this.#current.result()
    const end = Math.max(Math.min(edge, this.#now), known?.endsAt ?? from)
    const next = this.#current.end(end)
    this.#buckets.push({ from, to: edge, known, integral: this.#current.integral, knownSeconds: this.#current.knownSeconds })
    this.#current = new Aggregator({ ...next, at: Math.max(edge, end) })
  }
}
