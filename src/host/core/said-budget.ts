import type { Millis } from '#base/time.ts'

/** Enough for the stack of a crash, with what was printed before it. */
const BURST = 200
const REFILL: Millis = 1000
const LONGEST = 4000

/** What a process prints past its log, such as a stack of the runtime or the warnings of a library, kept within bounds. */
export class SaidBudget {
  #left = BURST
  #refilledAt: Millis
  #withheld = 0

  constructor(now: Millis) {
    this.#refilledAt = now
  }

  /** @returns the line, cut where it is endless, and how many were withheld before it; undefined when it is to be withheld itself */
  take(line: string, now: Millis): { text: string; withheld: number } | undefined {
    const refill = Math.floor((now - this.#refilledAt) / REFILL)
    this.#left = Math.min(BURST, this.#left + refill)
    this.#refilledAt += refill * REFILL
    if (this.#left === 0) {
      this.#withheld++
      return undefined
    }
    this.#left--
    const withheld = this.#withheld
    this.#withheld = 0
    return { text: line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line, withheld }
  }
}
