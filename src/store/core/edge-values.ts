import type { Micros } from '#base/time.ts'
import type { Aggregate } from '#calc/aggregate.ts'
import { type Interpolation, type Point, interpolate } from '#domain/interpolation.ts'
import { placeOf } from './sample-columns.ts'

/** The value of a tag at each edge, filled in order of time from samples, or from stretches that no edge parts. */
export class EdgeValues {
  readonly #edges: Float64Array
  readonly #now: Micros
  readonly #interpolation: Interpolation
  readonly #values: (number | null)[] = []
  #before: Point | undefined
  /** The first sample at the last edge or after it. */
  #beyond: Point | undefined

  /** @param edges ascending; at the last one nothing is asked, it only ends the period */
  constructor(edges: Float64Array, now: Micros, interpolation: Interpolation) {
    this.#edges = edges
    this.#now = now
    this.#interpolation = interpolation
  }

  /** @param numbers NaN for a sample that is Bad or carries no number */
  addNumbers(times: Float64Array, numbers: Float64Array): void {
    const pointAt = (index: number): Point => ({ at: times[index] ?? 0, value: finite(numbers[index]) })
    for (let begin = 0; begin < times.length;) {
      this.#add(pointAt(begin))
      if (this.#beyond !== undefined) return
      const next = placeOf(times, (this.#edges[this.#values.length] ?? Infinity) + 1)
      if (next > begin + 1) this.#before = pointAt(next - 1)
      begin = Math.max(next, begin + 1)
    }
  }

  addStretch(known: Aggregate): void {
    const { startsAt, endsAt, holds, numbers, firstAt, firstValue, lastValue } = known
    this.#add({ at: startsAt, value: numbers > 0 && firstAt === startsAt ? firstValue : null })
    if (this.#beyond !== undefined) return
    // an edge where it starts has its first value
    this.#pass(startsAt + 1, undefined)
    this.#before = { at: endsAt, value: holds ? lastValue : null }
  }

  /** A sample at the last edge or after it, in no order; of equal times the last one counts. */
  addBeyond(point: Point): void {
    if (this.#beyond === undefined || point.at <= this.#beyond.at) this.#beyond = point
  }

  /** @returns one an edge, but none of the last; null where nothing was known, and for what is still to come */
  end(): readonly (number | null)[] {
    this.#pass(Infinity, this.#beyond)
    return this.#values
  }

  #add(point: Point): void {
    if (point.at >= (this.#edges.at(-1) ?? 0)) return this.addBeyond(point)
    this.#pass(point.at, point)
    this.#before = point
  }

  /** Of all edges before a time. */
  #pass(until: Micros, after: Point | undefined): void {
    for (let index = this.#values.length; index < this.#edges.length - 1; index++) {
      const edge = this.#edges[index] ?? 0
      if (edge >= until) return
      this.#values.push(edge > this.#now ? null : interpolate(edge, this.#before, after, this.#interpolation))
    }
  }
}

function finite(value = Number.NaN): number | null {
  return Number.isFinite(value) ? value : null
}
