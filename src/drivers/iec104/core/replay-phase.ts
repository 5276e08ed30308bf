import type { Micros, Millis } from '#base/time.ts'

/** A station that falls quiet may be waiting for an acknowledgement that is not yet due: while it replays it gets that sooner. */
const HURRY: Millis = 500
/** Nothing came for so long although nothing was owed: the station has no more in store. */
const QUIET: Millis = 3000
/** Of a replay each of these spans brings the station's times nearer to ours; of live events it does not. */
const SPAN: Millis = 10_000
const NEARER: Micros = 1_000_000
/** In so many spans nothing came that carries a time: what replays brings its times along. */
const UNTIMED_SPANS = 2

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
  #untimed = 0
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

  /** When {@link tick} has something to say if nothing comes any more. @param owed as there */
  nextDue(owed: boolean): Millis {
    return this.#running ? this.#heardAt + (owed ? HURRY : QUIET) : Infinity
  }

  /** @returns whether the event happened before the link was started, as long as that is what decides */
  isHistorical(at: Micros, receivedAt: Micros): boolean {
    if (!this.#running) return false
    this.#delay = Math.min(this.#delay, receivedAt - at)
    if (at >= this.#startedAt) return false
    this.historical++
    return true
  }

  /**
   * @param heard whether data came since the last call
   * @param owed whether the station may be waiting for an acknowledgement of ours
   * @returns what to do: acknowledge everything now; or nothing more, since the replay ended just now
   */
  tick(now: Millis, heard: boolean, owed: boolean): 'acknowledge' | 'ended' | null {
    if (!this.#running) return null
    const quiet = now - this.#heardAt
    if (heard) this.#heardAt = now
    else if (owed && quiet >= HURRY) {
      this.#heardAt = now
      return 'acknowledge'
    } else if (!owed && quiet >= QUIET) this.#running = false
    if (now - this.#spanBegan >= SPAN) {
      const timed = Number.isFinite(this.#delay)
      this.#untimed = timed ? 0 : this.#untimed + 1
      if (this.#untimed >= UNTIMED_SPANS || (timed && this.#delayBefore - this.#delay < NEARER)) this.#running = false
      this.#delayBefore = this.#delay
      this.#delay = Infinity
      this.#spanBegan = now
    }
    return this.#running ? null : 'ended'
  }
}
