/*
 * Samples between two instants, summed up so that neighbours can be joined: one row of numbers each, flat, since a window over a fast tag
 * makes and joins millions of them. The columns of a row:
 */
export const FROM = 0
export const TO = 1
export const SUM = 2
export const COUNT = 3
export const LEAST = 4
export const GREATEST = 5
/** Value times seconds, and the seconds for which there was a value. */
export const INTEGRAL = 6
export const KNOWN = 7
/** By how much a counter rose to its samples. */
export const RISE = 8
/** First and last value; NaN when there was none. */
export const FIRST = 9
export const LAST = 10
export const WIDTH = 11

/** Stretches in a row, the newest last. */
export class Stretches {
  readonly #risesOnly: boolean
  #rows = new Float64Array(8 * WIDTH)
  #length = 0

  /** @param risesOnly only the times, what is known, rises and the last value are kept: the other columns mean nothing */
  constructor(risesOnly = false) {
    this.#risesOnly = risesOnly
  }

  get length(): number {
    return this.#length
  }

  /** Of a row that there is. */
  at(row: number, column: number): number {
    return this.#rows[row * WIDTH + column] ?? Number.NaN
  }

  /** @returns NaN when there is no row */
  lastOf(column: number): number {
    return this.#length === 0 ? Number.NaN : this.at(this.#length - 1, column)
  }

  /** One sample that held until `to`. @param value NaN when it had no value */
  push(from: number, to: number, value: number, rise: number): void {
    this.#write(this.#grow(), from, to, value, rise)
  }

  /** Copies a row of `other`. */
  pushOf(other: Stretches, row: number): void {
    const start = this.#grow()
    const from = row * WIDTH
    for (let column = 0; column < WIDTH; column++) this.#rows[start + column] = other.#rows[from + column] ?? 0
  }

  pop(): void {
    this.#length--
  }

  clear(): void {
    this.#length = 0
  }

  /** The last row and one sample after it become one. */
  extend(from: number, to: number, value: number, rise: number): void {
    this.#write(SCRATCH_AT, from, to, value, rise, SCRATCH)
    const at = (this.#length - 1) * WIDTH
    this.#join(at, this.#rows, at, SCRATCH, SCRATCH_AT)
  }

  /** The last row becomes what comes before `row` of `later`, joined with it. */
  joinLast(later: Stretches, row: number): void {
    const at = (this.#length - 1) * WIDTH
    this.#join(at, this.#rows, at, later.#rows, row * WIDTH)
  }

  /** Adds `row` of `earlier`, joined with the row that was the last one until now, if there is one. */
  pushJoined(earlier: Stretches, row: number): void {
    if (this.#length === 0) return this.pushOf(earlier, row)
    const at = this.#grow()
    this.#join(at, earlier.#rows, row * WIDTH, this.#rows, at - WIDTH)
  }

  /** @returns each row for keeping; what is not finite is null */
  row(index: number): readonly (number | null)[] {
    return Array.from(this.#rows.subarray(index * WIDTH, (index + 1) * WIDTH), (value) => (Number.isFinite(value) ? value : null))
  }

  pushRow(row: readonly (number | null)[]): void {
    const start = this.#grow()
    for (let column = 0; column < WIDTH; column++) this.#rows[start + column] = row[column] ?? NONE[column] ?? 0
  }

  #grow(): number {
    const start = this.#length++ * WIDTH
    if (start + WIDTH > this.#rows.length) {
      const larger = new Float64Array(this.#rows.length * 2)
      larger.set(this.#rows)
      this.#rows = larger
    }
    return start
  }

  #write(start: number, from: number, to: number, value: number, rise: number, rows = this.#rows): void {
    const known = Number.isNaN(value) ? 0 : (to - from) / 1_000_000
    const count = Number.isNaN(value) ? 0 : 1
    rows[start + FROM] = from
    rows[start + TO] = to
    rows[start + KNOWN] = known
    rows[start + RISE] = count === 0 ? 0 : rise
    rows[start + LAST] = value
    if (this.#risesOnly) return
    rows[start + SUM] = count === 0 ? 0 : value
    rows[start + COUNT] = count
    rows[start + LEAST] = count === 0 ? Number.POSITIVE_INFINITY : value
    rows[start + GREATEST] = count === 0 ? Number.NEGATIVE_INFINITY : value
    rows[start + INTEGRAL] = count === 0 ? 0 : value * known
    rows[start + FIRST] = value
  }

  /** What stands in `a` at `i`, followed by what stands in `b` at `j`, becomes the row at `at`, which may be the place of the first. */
  #join(at: number, a: Float64Array, i: number, b: Float64Array, j: number): void {
    const into = this.#rows
    const last = of(b, j + LAST)
    into[at + LAST] = Number.isNaN(last) ? of(a, i + LAST) : last
    into[at + FROM] = of(a, i + FROM)
    into[at + TO] = of(b, j + TO)
    into[at + KNOWN] = of(a, i + KNOWN) + of(b, j + KNOWN)
    into[at + RISE] = of(a, i + RISE) + of(b, j + RISE)
    if (!this.#risesOnly) joinValues(into, at, a, i, b, j)
  }
}

const SCRATCH = new Float64Array(WIDTH)
const SCRATCH_AT = 0
const NONE: readonly number[] = [0, 0, 0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0, 0, Number.NaN, Number.NaN]

/** An index within the array. */
function of(array: Float64Array, index: number): number {
  return array[index] ?? 0
}

/** The columns that say something of the values. */
function joinValues(into: Float64Array, at: number, a: Float64Array, i: number, b: Float64Array, j: number): void {
  const least = of(b, j + LEAST)
  const greatest = of(b, j + GREATEST)
  const first = of(a, i + FIRST)
  into[at + LEAST] = least < of(a, i + LEAST) ? least : of(a, i + LEAST)
  into[at + GREATEST] = greatest > of(a, i + GREATEST) ? greatest : of(a, i + GREATEST)
  into[at + FIRST] = Number.isNaN(first) ? of(b, j + FIRST) : first
  into[at + SUM] = of(a, i + SUM) + of(b, j + SUM)
  into[at + COUNT] = of(a, i + COUNT) + of(b, j + COUNT)
  into[at + INTEGRAL] = of(a, i + INTEGRAL) + of(b, j + INTEGRAL)
}
