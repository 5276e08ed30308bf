import type { Micros } from '#base/time.ts'

/** What is known of the numbers of a stretch of samples. */
export interface Aggregate {
  /** How many samples had a finite number and were not Bad; at least 1. */
  readonly numbers: number
  readonly firstAt: Micros
  readonly firstValue: number
  readonly lastAt: Micros
  readonly lastValue: number
  readonly least: number
  readonly greatest: number
  readonly sum: number
  /** Each value held until the next sample, in value times seconds. */
  readonly integral: number
  /** For how many seconds a value was held; a Bad sample ends the one before. */
  readonly knownSeconds: number
}

/** Adds up samples in order of time. */
export class Aggregator {
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
  #holds = false

  /** @param value null for a sample that is Bad or carries no number */
  add(at: Micros, value: number | null): void {
    this.hold(at)
    this.#holds = value !== null && Number.isFinite(value)
    if (value === null || !this.#holds) return
    if (this.#numbers === 0) {
      this.#firstAt = at
      this.#firstValue = value
    }
    this.#numbers += 1
    this.#lastAt = at
    this.#lastValue = value
    if (value < this.#least) this.#least = value
    if (value > this.#greatest) this.#greatest = value
    this.#sum += value
  }

  /** Lets the last value hold until `at`, the end of a bucket. */
  hold(at: Micros): void {
    if (!this.#holds) return
    const seconds = (at - this.#lastAt) / 1_000_000
    this.#integral += this.#lastValue * seconds
    this.#knownSeconds += seconds
    this.#holds = false
  }

  /** @returns undefined while no sample had a number */
  result(): Aggregate | undefined {
    if (this.#numbers === 0) return undefined
    return {
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
    }
  }
}
