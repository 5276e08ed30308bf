import type { Micros } from '#base/time.ts'
import type { SavedWindow } from './window.ts'

/** Beyond so many samples neighbours of less than a 1,024th of the window become one. */
const MOST = 4096
const FINENESS = 1024
const SECOND: Micros = 1_000_000

/* A sample as three numbers in a row: its time, its value, and the value at its end where several became one. */
const AT = 0
const FIRST = 1
const LAST = 2
const WIDTH = 3

/**
 * By how much one tag changed within the last `seconds`: from what held when the window began to what holds now. Unlike of a
 * `SampleWindow` nothing is known across a sample without a value, so the oldest and the newest say it all and nothing is summed up.
 */
export class ChangeWindow {
  readonly modulus = null
  readonly #span: Micros
  /** Oldest first, from `#from` to `#to`: one that held when the window began, those since then, the newest. */
  #rows = new Float64Array(16 * WIDTH)
  #from = 0
  #to = 0
  /** No look goes back behind another. */
  #looked: Micros = Number.NEGATIVE_INFINITY

  constructor(seconds: number) {
    this.#span = Math.round(seconds * SECOND)
  }

  get span(): Micros {
    return this.#span
  }

  /** A sample newer than all before. @param value NaN where it is Bad or carries no number: nothing before it counts any more */
  add(at: Micros, value: number): void {
    if (Number.isNaN(value)) return this.clear()
    const newest = this.#to - WIDTH
    if (newest >= this.#from && at <= this.#of(newest + AT)) return
    const before = newest - WIDTH
    const many = this.#to - this.#from > MOST * WIDTH
    if (many && this.#of(newest + AT) - this.#of(before + AT) < this.#span / FINENESS) {
      this.#rows[before + LAST] = this.#of(newest + LAST)
      this.#to = newest
    }
    this.#push(at, value, value)
    this.#look(at)
  }

  /**
   * @param at not before the last sample; before an earlier look it is that look
   * @param minCover least share of the window for which a value must be known, 0 to 1
   * @returns NaN when too little is known
   */
  change(at: Micros, minCover: number): number {
    return this.#changeOf(this.#knownAt(this.#look(at)), minCover)
  }

  /** The same for a minute, as it was on average while a value was known. @returns NaN also when it was for no time at all */
  perMinute(at: Micros, minCover: number): number {
    const known = this.#knownAt(this.#look(at))
    return known > 0 ? (60 * this.#changeOf(known, minCover)) / known : Number.NaN
  }

  #changeOf(known: number, minCover: number): number {
    // the decimals of seconds
    if (known + 1e-9 < (minCover * this.#span) / SECOND || this.#from === this.#to) return Number.NaN
    // what held when the window began is the last of what became one
    const held = this.#of(this.#from + AT) <= this.#looked - this.#span
    return this.#of(this.#to - WIDTH + LAST) - this.#of(this.#from + (held ? LAST : FIRST))
  }

  /** For how long of the window a value is known. */
  knownSeconds(at: Micros): number {
    return this.#knownAt(this.#look(at))
  }

  #knownAt(now: Micros): number {
    return this.#from === this.#to ? 0 : (now - Math.max(this.#of(this.#from + AT), now - this.#span)) / SECOND
  }

  /** @returns the next time after `at` at which the change can differ without a new sample; undefined when it cannot */
  nextChange(at: Micros, minCover: number): Micros | undefined {
    const now = this.#look(at)
    if (this.#from === this.#to) return undefined
    // the first one that began within the window leaves it
    const first = this.#of(this.#from + AT) > now - this.#span ? this.#from : this.#from + WIDTH
    let next = first === this.#to ? Number.POSITIVE_INFINITY : this.#of(first + AT) + this.#span
    const missing = minCover * this.#span - this.#knownAt(now) * SECOND
    if (missing > 0) next = Math.min(next, now + Math.max(1, Math.ceil(missing)))
    return Number.isFinite(next) ? next : undefined
  }

  /** Forgets everything. */
  clear(): void {
    this.#from = this.#to = 0
    this.#looked = Number.NEGATIVE_INFINITY
  }

  save(): SavedWindow {
    const stretches: number[][] = []
    for (let row = this.#from; row < this.#to; row += WIDTH) stretches.push(Array.from(this.#rows.subarray(row, row + WIDTH)))
    const looked = Number.isFinite(this.#looked) ? this.#looked : null
    return { stretches, last: null, carried: null, base: null, dipped: false, looked }
  }

  restore(saved: SavedWindow): void {
    this.clear()
    for (const row of saved.stretches) this.#push(row[AT] ?? 0, row[FIRST] ?? 0, row[LAST] ?? 0)
    this.#looked = saved.looked ?? Number.NEGATIVE_INFINITY
  }

  /** @returns the time of the look */
  #look(at: Micros): Micros {
    if (at > this.#looked) this.#looked = at
    const begin = this.#looked - this.#span
    while (this.#from + WIDTH < this.#to && this.#of(this.#from + WIDTH + AT) <= begin) this.#from += WIDTH
    return this.#looked
  }

  #push(at: Micros, first: number, last: number): void {
    if (this.#to === this.#rows.length) this.#makeRoom()
    this.#rows[this.#to + AT] = at
    this.#rows[this.#to + FIRST] = first
    this.#rows[this.#to + LAST] = last
    this.#to += WIDTH
  }

  /** At the end: what left makes room, or the rows are doubled. */
  #makeRoom(): void {
    const kept = this.#rows.subarray(this.#from, this.#to)
    if (this.#from < this.#rows.length / 2) this.#rows = new Float64Array(this.#rows.length * 2)
    this.#rows.set(kept)
    this.#to -= this.#from
    this.#from = 0
  }

  #of(index: number): number {
    return this.#rows[index] ?? Number.NaN
  }
}
