import type { Millis } from '#base/time.ts'

/** Upper bounds of the classes; what is longer falls into one more. */
const BOUNDS: readonly Millis[] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000]

/** How long polls took, in classes of about one, two, five. */
export class LatencyHistogram {
  readonly #counts = new Float64Array(BOUNDS.length + 1)
  #total = 0
  #longest: Millis = 0

  add(millis: Millis): void {
    let index = 0
    while (millis > (BOUNDS[index] ?? Number.POSITIVE_INFINITY)) index += 1
    this.#counts[index] = (this.#counts[index] ?? 0) + 1
    this.#total += 1
    if (millis > this.#longest) this.#longest = millis
  }

  get longest(): Millis | null {
    return this.#total === 0 ? null : this.#longest
  }

  /** @returns the upper bound of the class in which the share lies, never above the longest; null before the first */
  quantile(share: number): Millis | null {
    if (this.#total === 0) return null
    let left = share * this.#total
    for (const [index, count] of this.#counts.entries()) {
      left -= count
      if (left <= 0) return Math.min(BOUNDS[index] ?? this.#longest, this.#longest)
    }
    return this.#longest
  }

  classes(): { upToMillis: Millis | null; polls: number }[] {
    return [...this.#counts].map((polls, index) => ({ upToMillis: BOUNDS[index] ?? null, polls }))
  }
}
