import type { Micros } from '#base/time.ts'

const WINDOW: Micros = 600_000_000
/** An event that is this old when it arrives was merely slow; more, and the clocks differ. */
const SLOW: Micros = 2_000_000

/** How far a station's clock stands behind ours, from live events: none arrives before it happened. */
export class ClockWatch {
  #before: Micros
  #least = Infinity
  #began = -Infinity

  /** @param known what an earlier process found out */
  constructor(known: Micros = Infinity) {
    this.#before = known
  }

  /** @param at of a live event by the station's clock */
  observe(at: Micros, receivedAt: Micros): void {
    // a clock of ours that was set back begins a new window as well
    if (Math.abs(receivedAt - this.#began) > WINDOW) {
      if (this.#least !== Infinity) this.#before = this.#least
      this.#least = Infinity
      this.#began = receivedAt
    }
    this.#least = Math.min(this.#least, receivedAt - at)
  }

  /** Positive: the station's clock is slow; negative: it is fast; 0 when they agree as far as events can tell. */
  get behind(): Micros {
    const least = Math.min(this.#least, this.#before)
    return least === Infinity || (least > -SLOW && least < SLOW) ? 0 : least
  }
}
