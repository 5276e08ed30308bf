import type { Micros } from '#base/time.ts'
import { COUNT, FIRST, FROM, GREATEST, INTEGRAL, KNOWN, LAST, LEAST, RISE, Stretches, SUM, TO, WIDTH } from './stretches.ts'

export const WINDOW_FUNCTIONS = [
  'avg_over',
  'min_over',
  'max_over',
  'sum_over',
  'count_over',
  'delta_over',
  'increase_over',
  'first_over',
  'last_over',
] as const
export type WindowFunction = (typeof WINDOW_FUNCTIONS)[number]

const NAMES: ReadonlySet<string> = new Set(WINDOW_FUNCTIONS)

export function isWindowFunction(name: string): name is WindowFunction {
  return NAMES.has(name)
}

/** Beyond so many stretches neighbours of less than a 1,024th of the window become one. */
const MOST_STRETCHES = 4096
const FINENESS = 1024
/** How often an average that drifts is looked at while no sample comes: a 240th of the window, a second or more. */
const LOOKS = 240
const SECOND: Micros = 1_000_000

/** What a window keeps over a restart. */
export interface SavedWindow {
  readonly stretches: readonly (readonly (number | null)[])[]
  readonly last: readonly [at: Micros, value: number | null, rise: number] | null
  /** As a stretch, of which only these two count. */
  readonly carried: readonly (number | null)[] | null
  readonly base: number | null
  readonly dipped: boolean
  readonly looked: Micros | null
}

/**
 * The last `seconds` of one tag, as (t − seconds, t]. A value holds until the next one; what held when the window began belongs to
 * `min`, `max`, `avg`, `first` and `delta`, but is none of the samples that `sum` and `count` see. A sample, a look and a slide cost
 * O(1) amortised: two stacks of partial sums, nothing is ever subtracted.
 */
export class SampleWindow {
  readonly #span: Micros
  /** Where a counter begins anew; null when unknown: then a step down is a counter that was reset. */
  readonly #modulus: number | null
  /** Oldest first; those before the last `#outAll.length` have left. */
  #out: Stretches
  /** Of each that has not left, oldest last: the sum of itself and all newer ones of `#out`. */
  readonly #outAll: Stretches
  #in: Stretches
  /** One row, the sum of `#in`; none when that is empty. */
  readonly #inAll: Stretches
  /** What holds at the beginning of the window, and until when; NaN where there is none. */
  #carriedTo: Micros = Number.NaN
  #carriedValue = Number.NaN
  /** The newest sample, which holds on; its time is NaN before there is one. */
  #lastAt: Micros = Number.NaN
  #lastValue = Number.NaN
  #lastRise = 0
  /** The number that the counter rises from; NaN before there is one. */
  #base = Number.NaN
  /** The counter showed 0 once: a reset, or nothing at all. */
  #dipped = false
  /** Nothing before is known any more: no look goes back behind another. */
  #looked: Micros = Number.NEGATIVE_INFINITY
  /** For how long a value is known as of that look; NaN while that was not asked. */
  #cover = Number.NaN

  /** @param risesOnly no other function than `increase_over` is asked for, which then costs half */
  constructor(seconds: number, modulus: number | null = null, risesOnly = false) {
    this.#span = Math.round(seconds * 1_000_000)
    this.#modulus = modulus
    this.#out = new Stretches(risesOnly)
    this.#outAll = new Stretches(risesOnly)
    this.#in = new Stretches(risesOnly)
    this.#inAll = new Stretches(risesOnly)
  }

  get span(): Micros {
    return this.#span
  }

  get modulus(): number | null {
    return this.#modulus
  }

  /** A sample newer than all before. @param value NaN where it is Bad or carries no number */
  add(at: Micros, value: number): void {
    if (at <= this.#lastAt) return
    if (!Number.isNaN(this.#lastAt)) this.#close(this.#lastAt, at, this.#lastValue, this.#lastRise)
    this.#lastAt = at
    this.#lastValue = value
    this.#lastRise = Number.isNaN(value) ? 0 : this.#riseTo(value)
    this.#evict(at)
  }

  /**
   * @param at not before the last sample; before an earlier look it is that look
   * @param minCover least share of the window for which a value must be known, 0 to 1
   * @returns NaN when too little is known
   */
  value(name: WindowFunction, at: Micros, minCover: number): number {
    const now = this.#look(at)
    const begin = now - this.#span
    if (minCover === 0 && name === 'increase_over') return this.#rise(begin)
    const known = this.#known(begin, now)
    // the decimals of seconds
    if (known + 1e-9 < (minCover * this.#span) / SECOND) return Number.NaN
    switch (name) {
      case 'sum_over':
        return this.#total(SUM) + (this.#lastIsInside(begin) ? this.#lastValue : 0)
      case 'count_over':
        return this.#total(COUNT) + (this.#lastIsInside(begin) ? 1 : 0)
      case 'increase_over':
        return this.#rise(begin)
      case 'avg_over':
        // over no time at all it is the value itself
        return known > 0 ? this.#integral(begin, now) / known : this.#lastKnown(begin)
      case 'min_over':
        return finite(this.#extreme(Math.min, LEAST, Number.POSITIVE_INFINITY, begin))
      case 'max_over':
        return finite(this.#extreme(Math.max, GREATEST, Number.NEGATIVE_INFINITY, begin))
      case 'first_over':
        return this.#firstKnown(begin)
      case 'last_over':
        return this.#lastKnown(begin)
      case 'delta_over':
        return this.#lastKnown(begin) - this.#firstKnown(begin)
    }
  }

  /** For how long of the window a value is known. */
  knownSeconds(at: Micros): number {
    const now = this.#look(at)
    return this.#known(now - this.#span, now)
  }

  /** @returns the next time after `now` at which a value can differ without a new sample; undefined when none can */
  nextChange(at: Micros, name: WindowFunction, minCover: number): Micros | undefined {
    const now = this.#look(at)
    const begin = now - this.#span
    const oldest = this.#oldest()
    let next = oldest > begin ? oldest + this.#span : Number.POSITIVE_INFINITY
    if (!Number.isNaN(this.#lastAt) && (minCover > 0 || name !== 'increase_over')) {
      // as time goes on more of the window is known, or less: until it is enough, or is not any more
      const missing = minCover * this.#span - this.#known(begin, now) * SECOND
      const grows = !Number.isNaN(this.#lastValue)
      if (grows && missing > 0) next = Math.min(next, now + Math.max(1, Math.ceil(missing)))
      if (!grows && missing <= 0) next = Math.min(next, now + Math.max(1, Math.floor(-missing) + 1))
    }
    if (name === 'avg_over' && next !== Number.POSITIVE_INFINITY) next = Math.min(next, now + Math.max(SECOND, this.#span / LOOKS))
    return Number.isFinite(next) ? Math.round(next) : undefined
  }

  /** Forgets everything. */
  clear(): void {
    this.restore({ stretches: [], last: null, carried: null, base: null, dipped: false, looked: null })
  }

  save(): SavedWindow {
    const rows = (stack: Stretches, from: number): (readonly (number | null)[])[] =>
      Array.from({ length: stack.length - from }, (_, index) => stack.row(from + index))
    return {
      stretches: [...rows(this.#out, this.#left()), ...rows(this.#in, 0)],
      last: Number.isNaN(this.#lastAt) ? null : [this.#lastAt, orNull(this.#lastValue), this.#lastRise],
      carried: Number.isNaN(this.#carriedTo) ? null : carriedRow(this.#carriedTo, this.#carriedValue),
      base: orNull(this.#base),
      dipped: this.#dipped,
      looked: orNull(this.#looked),
    }
  }

  restore(saved: SavedWindow): void {
    for (const stack of [this.#out, this.#outAll, this.#in, this.#inAll]) stack.clear()
    for (const row of saved.stretches) {
      this.#in.pushRow(row)
      this.#sumUp()
    }
    this.#carriedTo = saved.carried?.[TO] ?? Number.NaN
    this.#carriedValue = saved.carried?.[LAST] ?? Number.NaN
    this.#lastAt = saved.last?.[0] ?? Number.NaN
    this.#lastValue = saved.last?.[1] ?? Number.NaN
    this.#lastRise = saved.last?.[2] ?? 0
    this.#base = saved.base ?? Number.NaN
    this.#dipped = saved.dipped
    this.#looked = saved.looked ?? Number.NEGATIVE_INFINITY
    this.#cover = Number.NaN
  }

  #close(from: Micros, to: Micros, value: number, rise: number): void {
    const last = this.#in.length - 1
    const many = last >= 0 && this.#in.length + this.#outAll.length >= MOST_STRETCHES
    if (many && this.#in.at(last, TO) - this.#in.at(last, FROM) < this.#span / FINENESS) {
      this.#in.extend(from, to, value, rise)
      this.#inAll.extend(from, to, value, rise)
    } else {
      this.#in.push(from, to, value, rise)
      this.#sumUp()
    }
  }

  /** Adds the last row of `#in` to its sum. */
  #sumUp(): void {
    const last = this.#in.length - 1
    if (last === 0) this.#inAll.pushOf(this.#in, 0)
    else this.#inAll.joinLast(this.#in, last)
  }

  /** By how much the counter rose to this value. */
  #riseTo(value: number): number {
    const base = this.#base
    if (!(value < base)) {
      this.#base = value
      this.#dipped = false
      return Number.isNaN(base) ? 0 : value - base
    }
    if (this.#modulus !== null && base < this.#modulus) {
      this.#base = value
      return value + this.#modulus - base
    }
    // a single 0 between two readings of a counter that went on is a fault of the reading
    if (value === 0 && !this.#dipped) {
      this.#dipped = true
      return 0
    }
    this.#dipped = false
    this.#base = value
    return value
  }

  /** @returns the time of the look */
  #look(at: Micros): Micros {
    return at > this.#looked ? this.#evict(at) : this.#looked
  }

  #evict(at: Micros): Micros {
    const now = Math.max(at, this.#looked)
    this.#looked = now
    this.#cover = Number.NaN
    const begin = now - this.#span
    for (;;) {
      if (this.#outAll.length === 0) {
        if (this.#in.length === 0 || this.#in.at(0, FROM) > begin) return now
        this.#flip()
      }
      const oldest = this.#left()
      if (this.#out.at(oldest, FROM) > begin) return now
      this.#carriedTo = this.#out.at(oldest, TO)
      this.#carriedValue = this.#out.at(oldest, LAST)
      this.#outAll.pop()
    }
  }

  /** How many of `#out` have left. */
  #left(): number {
    return this.#out.length - this.#outAll.length
  }

  #flip(): void {
    const emptied = this.#out
    this.#out = this.#in
    for (let row = this.#out.length - 1; row >= 0; row--) this.#outAll.pushJoined(this.#out, row)
    emptied.clear()
    this.#in = emptied
    this.#inAll.clear()
  }

  /** NaN when there is none. */
  #oldest(): Micros {
    if (this.#outAll.length > 0) return this.#outAll.at(this.#outAll.length - 1, FROM)
    return this.#in.length > 0 ? this.#in.at(0, FROM) : this.#lastAt
  }

  /** A sum over all stretches that ended inside of the window and began there. */
  #total(column: number): number {
    const older = this.#outAll.length === 0 ? 0 : this.#outAll.at(this.#outAll.length - 1, column)
    return older + (this.#inAll.length === 0 ? 0 : this.#inAll.at(0, column))
  }

  #rise(begin: Micros): number {
    return this.#total(RISE) + (this.#lastIsInside(begin) ? this.#lastRise : 0)
  }

  /** Whether the newest sample is one of the window, and has a value. */
  #lastIsInside(begin: Micros): boolean {
    return this.#lastAt > begin && !Number.isNaN(this.#lastValue)
  }

  /** What held when the window began is no sample of it, but counts in what is known, held and met. */
  #carries(begin: Micros): boolean {
    return this.#carriedTo > begin && !Number.isNaN(this.#carriedValue)
  }

  #carriedSeconds(begin: Micros): number {
    return this.#carries(begin) ? (this.#carriedTo - begin) / SECOND : 0
  }

  #lastSeconds(begin: Micros, now: Micros): number {
    return Number.isNaN(this.#lastValue) || Number.isNaN(this.#lastAt) ? 0 : (now - Math.max(this.#lastAt, begin)) / SECOND
  }

  #known(begin: Micros, now: Micros): number {
    if (Number.isNaN(this.#cover)) this.#cover = this.#carriedSeconds(begin) + this.#total(KNOWN) + this.#lastSeconds(begin, now)
    return this.#cover
  }

  #integral(begin: Micros, now: Micros): number {
    const carried = this.#carries(begin) ? this.#carriedSeconds(begin) * this.#carriedValue : 0
    const last = Number.isNaN(this.#lastValue) ? 0 : this.#lastSeconds(begin, now) * this.#lastValue
    return carried + this.#total(INTEGRAL) + last
  }

  #extreme(of: (a: number, b: number) => number, column: number, none: number, begin: Micros): number {
    const older = this.#outAll.length === 0 ? none : this.#outAll.at(this.#outAll.length - 1, column)
    const newer = this.#inAll.length === 0 ? none : this.#inAll.at(0, column)
    const carried = this.#carries(begin) ? this.#carriedValue : none
    return of(of(older, newer), of(carried, Number.isNaN(this.#lastValue) ? none : this.#lastValue))
  }

  #firstKnown(begin: Micros): number {
    if (this.#carries(begin)) return this.#carriedValue
    const older = this.#outAll.lastOf(FIRST)
    if (!Number.isNaN(older)) return older
    const newer = this.#inAll.lastOf(FIRST)
    return Number.isNaN(newer) ? this.#lastValue : newer
  }

  #lastKnown(begin: Micros): number {
    if (!Number.isNaN(this.#lastValue)) return this.#lastValue
    const newer = this.#inAll.lastOf(LAST)
    if (!Number.isNaN(newer)) return newer
    const older = this.#outAll.lastOf(LAST)
    if (!Number.isNaN(older)) return older
    return this.#carries(begin) ? this.#carriedValue : Number.NaN
  }
}

function carriedRow(to: Micros, value: number): readonly (number | null)[] {
  return Array.from({ length: WIDTH }, (_, column) => (column === TO ? to : column === LAST ? orNull(value) : null))
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN
}

function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
