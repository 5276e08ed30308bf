import type { Clock, Micros, Millis } from '#base/time.ts'
import { GapCause, SHORTEST_STANDSTILL } from '#domain/gap.ts'

const LOOK: Millis = 1000

/**
 * Notices that this process did nothing for a while, or that the clock was put forward: either way there is a stretch of time in which no
 * device was asked. It looks each second, and whenever something arrived, so that the stretch begins after what came last.
 */
export class Standstill implements Disposable {
  readonly #clock: Clock
  readonly #onStandstill: (from: Micros, cause: GapCause) => void
  readonly #timer: NodeJS.Timeout
  #at: Micros
  #mono: Millis

  /** @param onStandstill told the last instant before it */
  constructor(clock: Clock, onStandstill: (from: Micros, cause: GapCause) => void) {
    this.#clock = clock
    this.#onStandstill = onStandstill
    this.#at = clock.now()
    this.#mono = clock.mono()
    this.#timer = setInterval(() => this.look(), LOOK)
  }

  /** @returns whether there was one since the last look */
  look(): boolean {
    const [from, monoFrom] = [this.#at, this.#mono]
    this.#at = this.#clock.now()
    this.#mono = this.#clock.mono()
    if (this.#at - from < SHORTEST_STANDSTILL) return false
    this.#onStandstill(from, (this.#mono - monoFrom) * 1000 >= SHORTEST_STANDSTILL ? GapCause.Process : GapCause.Clock)
    return true
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}
