import type { Micros } from '#base/time.ts'

/**
 * What is known of a stretch of samples: enough to put two neighbouring stretches together without looking at the samples again.
 * A value holds from its sample to the next one; a Bad sample ends what was held.
 */
export interface Aggregate {
  /** Time of the first and the last sample of any quality. */
  readonly startsAt: Micros
  readonly endsAt: Micros
  /** Whether the last sample has a number, so that it holds beyond. */
  readonly holds: boolean
  /** How many samples had a finite number and were not Bad; when 0 the fields below down to `greatest` mean nothing. */
  readonly numbers: number
  readonly firstAt: Micros
  readonly firstValue: number
  readonly lastAt: Micros
  readonly lastValue: number
  readonly least: number
  readonly greatest: number
  readonly sum: number
  /** Value times seconds, and the seconds for which a value was held, up to the last sample. */
  readonly integral: number
  readonly knownSeconds: number
  /** By how much a counter rose: a step down is a counter that began anew, and counts with its new value. */
  readonly rise: number
}

/**
 * By how much a counter rises that goes on, and one that began anew, to be taken by place: whether noise goes up or down next no processor
 * foresees, and a branch that it foresees wrongly costs more than all else of a sample.
 */
const RISES = new Float64Array(2)

/** Adds up samples and stretches in order of time. */
export class Aggregator {
  #samples = false
  #startsAt: Micros = 0
  #endsAt: Micros = 0
  #numbers = 0
  #firstAt: Micros = 0
  #firstValue = 0
  #lastAt: Micros = 0
  #lastValue = 0
  #least = Infinity
  #greatest = -Infinity
  #sum = 0
  #integral = 0
  #knownSeconds = 0
  #rise = 0
  /** Whether something holds now, what, and since when it was not yet counted; no object, for it changes with each sample. */
  #holds = false
  #held = 0
  #since: Micros = 0
  /** The number that the next one rises from. */
  #base: number | undefined

  /**
   * What held before the stretch begins holds on; it is none of its samples.
   * @param before the last number before, from which a counter rises
   */
  constructor(start?: { readonly at: Micros; readonly held: number | undefined; readonly before: number | undefined }) {
    if (start === undefined) return
    if (start.held !== undefined) this.#keep(start.held, start.at)
    this.#base = start.before
  }

  /** @param value null for a sample that is Bad or carries no number */
  add(at: Micros, value: number | null): void {
    this.#arrive(at, at)
    if (value === null || !Number.isFinite(value)) {
      this.#holds = false
      return
    }
    this.#keep(value, at)
    this.#count(at, value)
    this.#numbers += 1
    this.#lastAt = at
    this.#lastValue = value
    if (value < this.#least) this.#least = value
    if (value > this.#greatest) this.#greatest = value
    this.#sum += value
    this.#base = value
  }

  /**
   * As {@link add} of each of the samples [from, to), several times as fast: fields are looked up and kept once.
   * @param values NaN for a sample that is Bad or carries no number
   */
  addAll(times: Float64Array, values: Float64Array, from: number, to: number): void {
    if (from >= to) return
    if (!this.#samples) this.#startsAt = times[from] ?? 0
    this.#samples = true
    this.#endsAt = times[to - 1] ?? 0
    for (let index = from; index < to;) {
      const at = times[index] ?? 0
      const value = values[index] ?? Number.NaN
      this.#hold(at)
      // NaN and what is infinite
      if (value - value !== 0) {
        this.#holds = false
        index += 1
      } else {
        this.#count(at, value)
        index = this.#addRun(times, values, index, to)
      }
    }
  }

  /**
   * Numbers without one missing; the first one was counted, and what held before it held until then.
   * @returns where the next sample without a number is, or `to`
   */
  #addRun(times: Float64Array, values: Float64Array, from: number, to: number): number {
    let since = times[from] ?? 0
    let held = values[from] ?? 0
    let sum = this.#sum + held
    let [least, greatest, integral, knownSeconds, rise] = [this.#least, this.#greatest, this.#integral, this.#knownSeconds, this.#rise]
    if (held < least) least = held
    if (held > greatest) greatest = held
    let index = from + 1
    for (; index < to; index++) {
      const value = values[index] ?? Number.NaN
      if (value - value !== 0) break
      const at = times[index] ?? 0
      const seconds = (at - since) / 1_000_000
      integral += held * seconds
      knownSeconds += seconds
      if (value < least) least = value
      if (value > greatest) greatest = value
      sum += value
      RISES[0] = value - held
      RISES[1] = value
      rise += RISES[Number(value < held)] ?? 0
      held = value
      since = at
    }
    this.#numbers += index - from
    this.#least = least
    this.#greatest = greatest
    this.#sum = sum
    this.#integral = integral
    this.#knownSeconds = knownSeconds
    this.#rise = rise
    this.#lastAt = since
    this.#lastValue = this.#base = held
    this.#keep(held, since)
    return index
  }

  /** A stretch that follows what was added so far. */
  addStretch(next: Aggregate): void {
    this.#arrive(next.startsAt, next.endsAt)
    this.#integral += next.integral
    this.#knownSeconds += next.knownSeconds
    if (next.holds) this.#keep(next.lastValue, next.endsAt)
    else this.#holds = false
    if (next.numbers === 0) return
    this.#count(next.firstAt, next.firstValue)
    this.#rise += next.rise
    this.#numbers += next.numbers
    this.#lastAt = next.lastAt
    this.#lastValue = next.lastValue
    if (next.least < this.#least) this.#least = next.least
    if (next.greatest > this.#greatest) this.#greatest = next.greatest
    this.#sum += next.sum
    this.#base = next.lastValue
  }

  /** Lets what holds hold until the end of the stretch. @returns what the next stretch begins with */
  end(at: Micros): { readonly at: Micros; readonly held: number | undefined; readonly before: number | undefined } {
    this.#hold(at)
    const held = this.#holds ? this.#held : undefined
    this.#since = at
    return { at, held, before: this.#base }
  }

  /** @returns undefined when there was no sample at all */
  result(): Aggregate | undefined {
    if (!this.#samples) return undefined
    return {
      startsAt: this.#startsAt,
      endsAt: this.#endsAt,
      holds: this.#holds,
      numbers: this.#numbers,
      firstAt: this.#firstAt,
      firstValue: this.#firstValue,
      lastAt: this.#lastAt,
      lastValue: this.#lastValue,
      least: this.#least,
      greatest: this.#greatest,
      sum: this.#sum,
      integral: this.#integral,
      knownSeconds: this.#knownSeconds,
      rise: this.#rise,
    }
  }

  /** Of a bucket without samples: what held all the while still has an integral. */
  get integral(): number {
    return this.#integral
  }

  get knownSeconds(): number {
    return this.#knownSeconds
  }

  #arrive(at: Micros, until: Micros): void {
    this.#hold(at)
    if (!this.#samples) this.#startsAt = at
    this.#samples = true
    this.#endsAt = until
  }

  #keep(value: number, since: Micros): void {
    this.#holds = true
    this.#held = value
    this.#since = since
  }

  #hold(until: Micros): void {
    if (!this.#holds) return
    const seconds = (until - this.#since) / 1_000_000
    this.#integral += this.#held * seconds
    this.#knownSeconds += seconds
  }

  #count(at: Micros, value: number): void {
    if (this.#numbers === 0) {
      this.#firstAt = at
      this.#firstValue = value
    }
    if (this.#base !== undefined) this.#rise += value >= this.#base ? value - this.#base : value
  }
}
