import type { Micros } from '#base/time.ts'
import { join, noStretch, type Stretch, stretchOf } from './stretch.ts'

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
  /** Oldest last: each with the sum of itself and all newer ones of this stack. */
  #out: { readonly own: Stretch; readonly all: Stretch }[] = []
  #in: Stretch[] = []
  #inAll: Stretch = noStretch
  /** The stretch that holds at the beginning of the window. */
  #carried: Stretch | undefined
  #last: { readonly at: Micros; readonly value: number; readonly rise: number } | undefined
  /** The number that the counter rises from. */
  #base: number | undefined
  /** The counter showed 0 once: a reset, or nothing at all. */
  #dipped = false
  /** Nothing before is known any more: no look goes back behind another. */
  #looked: Micros = Number.NEGATIVE_INFINITY

  constructor(seconds: number, modulus: number | null = null) {
    this.#span = Math.round(seconds * 1_000_000)
    this.#modulus = modulus
  }

  get span(): Micros {
    return this.#span
  }

  get modulus(): number | null {
    return this.#modulus
  }

  /** A sample newer than all before. @param value NaN where it is Bad or carries no number */
  add(at: Micros, value: number): void {
    const last = this.#last
    if (last !== undefined) {
      if (at <= last.at) return
      this.#close(stretchOf(last.at, at, last.value, last.rise))
    }
    this.#last = { at, value, rise: Number.isNaN(value) ? 0 : this.#riseTo(value) }
    this.#evict(at)
  }

  /**
   * @param at not before the last sample; before an earlier look it is that look
   * @param minCover least share of the window for which a value must be known, 0 to 1
   * @returns NaN when too little is known
   */
  value(name: WindowFunction, at: Micros, minCover: number): number {
    const now = this.#evict(at)
    const begin = now - this.#span
    const carried = this.#carriedPart(begin)
    const last = this.#lastPart(begin, now)
    const inner = this.#closed()
    const known = carried.known + inner.known + last.known
    // the decimals of seconds
    if (known + 1e-9 < (minCover * this.#span) / SECOND) return Number.NaN
    const samples = inner.count + last.count
    switch (name) {
      case 'sum_over':
        return inner.sum + last.sum
      case 'count_over':
        return samples
      case 'increase_over':
        return inner.rise + last.rise
      case 'avg_over':
        // over no time at all it is the value itself
        return known > 0 ? (carried.integral + inner.integral + last.integral) / known : lastOf(carried, inner, last)
      case 'min_over':
        return finite(Math.min(carried.least, inner.least, last.least))
      case 'max_over':
        return finite(Math.max(carried.greatest, inner.greatest, last.greatest))
      case 'first_over':
        return firstOf(carried, inner, last)
      case 'last_over':
        return lastOf(carried, inner, last)
      case 'delta_over':
        return lastOf(carried, inner, last) - firstOf(carried, inner, last)
    }
  }

  /** For how long of the window a value is known. */
  knownSeconds(at: Micros): number {
    const now = this.#evict(at)
    const begin = now - this.#span
    return this.#carriedPart(begin).known + this.#closed().known + this.#lastPart(begin, now).known
  }

  /** @returns the next time after `now` at which a value can differ without a new sample; undefined when none can */
  nextChange(at: Micros, name: WindowFunction, minCover: number): Micros | undefined {
    const now = this.#evict(at)
    const begin = now - this.#span
    const oldest = this.#oldest()
    let next = oldest === undefined || oldest <= begin ? Number.POSITIVE_INFINITY : oldest + this.#span
    const last = this.#last
    if (last !== undefined) {
      // as time goes on more of the window is known, or less: until it is enough, or is not any more
      const missing = minCover * this.#span - this.knownSeconds(now) * SECOND
      const grows = !Number.isNaN(last.value)
      if (grows && missing > 0) next = Math.min(next, now + Math.max(1, Math.ceil(missing)))
      if (!grows && missing <= 0) next = Math.min(next, now + Math.max(1, Math.floor(-missing) + 1))
    }
    if (name === 'avg_over' && next !== Number.POSITIVE_INFINITY) next = Math.min(next, now + Math.max(SECOND, this.#span / LOOKS))
    return Number.isFinite(next) ? Math.round(next) : undefined
  }

  /** Forgets everything: nothing is to be told across a gap. */
  clear(): void {
    this.restore({ stretches: [], last: null, carried: null, base: null, dipped: false, looked: null })
  }

  save(): SavedWindow {
    return {
      stretches: [...this.#out.map((one) => one.own).toReversed(), ...this.#in].map(rowOf),
      last: this.#last === undefined ? null : [this.#last.at, orNull(this.#last.value), this.#last.rise],
      carried: this.#carried === undefined ? null : rowOf(this.#carried),
      base: this.#base ?? null,
      dipped: this.#dipped,
      looked: orNull(this.#looked),
    }
  }

  restore(saved: SavedWindow): void {
    this.#out = []
    this.#in = saved.stretches.map(stretchIn)
    this.#inAll = this.#in.reduce(join, noStretch)
    this.#carried = saved.carried === null ? undefined : stretchIn(saved.carried)
    this.#last = saved.last === null ? undefined : { at: saved.last[0], value: saved.last[1] ?? Number.NaN, rise: saved.last[2] }
    this.#base = saved.base ?? undefined
    this.#dipped = saved.dipped
    this.#looked = saved.looked ?? Number.NEGATIVE_INFINITY
  }

  #close(stretch: Stretch): void {
    const before = this.#in.at(-1)
    if (before !== undefined && this.#in.length + this.#out.length >= MOST_STRETCHES && before.to - before.from < this.#span / FINENESS) {
      this.#in[this.#in.length - 1] = join(before, stretch)
    } else this.#in.push(stretch)
    this.#inAll = join(this.#inAll, stretch)
  }

  /** By how much the counter rose to this value. */
  #riseTo(value: number): number {
    const base = this.#base
    if (base === undefined || value >= base) {
      this.#base = value
      this.#dipped = false
      return base === undefined ? 0 : value - base
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
  #evict(at: Micros): Micros {
    const now = Math.max(at, this.#looked)
    this.#looked = now
    const begin = now - this.#span
    for (;;) {
      if (this.#out.length === 0) {
        const oldest = this.#in[0]
        if (oldest === undefined || oldest.from > begin) return now
        this.#flip()
      }
      const oldest = this.#out.at(-1)
      if (oldest === undefined || oldest.own.from > begin) return now
      this.#carried = oldest.own
      this.#out.pop()
    }
  }

  #flip(): void {
    let all = noStretch
    for (let own = this.#in.pop(); own !== undefined; own = this.#in.pop()) {
      all = join(own, all)
      this.#out.push({ own, all })
    }
    this.#inAll = noStretch
  }

  #closed(): Stretch {
    const older = this.#out.at(-1)
    return older === undefined ? this.#inAll : join(older.all, this.#inAll)
  }

  #oldest(): Micros | undefined {
    return this.#out.at(-1)?.own.from ?? this.#in[0]?.from ?? this.#last?.at
  }

  /** Of the stretch that held when the window began: no sample of the window. */
  #carriedPart(begin: Micros): Stretch {
    const carried = this.#carried
    if (carried === undefined || carried.to <= begin) return noStretch
    return held(begin, carried.to, carried.lastValue)
  }

  #lastPart(begin: Micros, now: Micros): Stretch {
    const last = this.#last
    if (last === undefined) return noStretch
    return last.at > begin ? stretchOf(last.at, now, last.value, last.rise) : held(begin, now, last.value)
  }
}

function held(from: Micros, to: Micros, value: number): Stretch {
  return { ...stretchOf(from, to, value, 0), sum: 0, count: 0 }
}

function firstOf(...parts: readonly Stretch[]): number {
  return parts.find((part) => !Number.isNaN(part.firstValue))?.firstValue ?? Number.NaN
}

function lastOf(...parts: readonly Stretch[]): number {
  return parts.findLast((part) => !Number.isNaN(part.lastValue))?.lastValue ?? Number.NaN
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN
}

function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null
}

function rowOf(one: Stretch): readonly (number | null)[] {
  return [
    one.from,
    one.to,
    one.sum,
    one.count,
    orNull(one.least),
    orNull(one.greatest),
    one.integral,
    one.known,
    one.rise,
    orNull(one.firstValue),
    orNull(one.lastValue),
  ]
}

function stretchIn(row: readonly (number | null)[]): Stretch {
  const at = (index: number, or: number): number => row[index] ?? or
  return {
    from: at(0, 0),
    to: at(1, 0),
    sum: at(2, 0),
    count: at(3, 0),
    least: at(4, Number.POSITIVE_INFINITY),
    greatest: at(5, Number.NEGATIVE_INFINITY),
    integral: at(6, 0),
    known: at(7, 0),
    rise: at(8, 0),
    firstValue: at(9, Number.NaN),
    lastValue: at(10, Number.NaN),
  }
}
