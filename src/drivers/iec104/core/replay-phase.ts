import type { Micros, Millis } from '#base/time.ts'

/** Nothing came for so long although nothing was owed: the station has no more in store. */
const QUIET: Millis = 3000
/** Of a replay each of these spans brings the station's times nearer to ours; of live events it does not. */
const SPAN: Millis = 10_000
const NEARER: Micros = 1_000_000

/**
 * Whether a station is still sending what it kept while nobody listened. Until that is over, events from before the link was started are
 * history, however fresh they look beside the older ones; afterwards even a station whose clock is slow is live.
 */
export class ReplayPhase {
  readonly #startedAt: Micros
  #running = true
  #heardAt: Millis
  #spanBegan: Millis
  #delay = Infinity
  #delayBefore = Infinity
  /** Events that were judged to be history. */
  historical = 0

  /** @param startedAt when the station confirmed STARTDT, by the wall clock */
  constructor(startedAt: Micros, now: Millis) {
    this.#startedAt = startedAt
    this.#heardAt = now
    this.#spanBegan = now
  }

  get running(): boolean {
    return this.#running
  }

  /** When {@link tick} would end it if nothing came any more. */
  get nextDue(): Millis {
    return this.#running ? this.#heardAt + QUIET : Infinity
  }

  /** @returns whether the event happened before the link was started, as long as that is what decides */
  isHistorical(at: Micros, receivedAt: Micros): boolean {
    if (!this.#running) return false
    this.#delay = Math.min(this.#delay, receivedAt - at)
    if (at >= this.#startedAt) return false
    this.historical++
    return true
  }

  /** @param owed whether the station waits for acknowledgements of ours. @returns whether the replay ended just now */
  tick(now: Millis, heard: boolean, owed: boolean): boolean {
    if (!this.#running) return false
    if (heard || owed) this.#heardAt = now
    else if (now - this.#heardAt >= QUIET) this.#running = false
    if (now - this.#spanBegan >= SPAN) {
      if (Number.isFinite(this.#delay) && this.#delayBefore - this.#delay < NEARER) this.#running = false
      this.#delayBefore = this.#delay
      this.#delay = Infinity
      this.#spanBegan = now
    }
    return !this.#running
  }
}
