import { setTimeout as pause } from 'node:timers/promises'
import type { Clock, Micros, Millis } from '#base/time.ts'
import { type Slot, type Timeline, nextSlot, stillDue } from './core/schedule.ts'

/** Longest wait in one go: a timer that is set further ahead is set again, and a stepped clock is noticed. */
const LONGEST_WAIT: Millis = 60_000

/** When a device is worked on: the slots of its timeline, and the waits between tries. */
export class Pace {
  readonly #clock: Clock
  readonly #timeline: Timeline
  readonly #stop: AbortSignal
  #previous: Micros | null = null
  #wake = new AbortController()

  /** @param stop ends every wait */
  constructor(clock: Clock, timeline: Timeline, stop: AbortSignal) {
    this.#clock = clock
    this.#timeline = timeline
    this.#stop = stop
    stop.addEventListener('abort', () => this.hurry(), { once: true })
  }

  /** Waits until the next slot is due. @returns null when it was stopped */
  async nextSlot(): Promise<Slot | null> {
    while (!this.#stop.aborted) {
      const slot = nextSlot(this.#timeline, this.#previous, this.#clock.now())
      if (!(await this.#isDue(slot.tick)) || this.#stop.aborted) continue
      this.#previous = slot.tick
      return slot
    }
    return null
  }

  /** Waits a share of a second that is each device's own, so that those that begin together do not all begin at once. */
  async spread(): Promise<void> {
    await this.backOff(this.#timeline.phaseMillis)
  }

  /** Waits so long before the next try, unless somebody is in a {@link hurry}. */
  async backOff(millis: Millis): Promise<void> {
    this.#wake = new AbortController()
    if (this.#stop.aborted) return
    await pause(millis, undefined, { signal: this.#wake.signal }).catch(() => undefined)
  }

  /** Ends the back-off. */
  hurry(): void {
    this.#wake.abort()
  }

  /** @returns false when the clock was stepped meanwhile, so that another slot is next */
  async #isDue(tick: Micros): Promise<boolean> {
    for (;;) {
      const now = this.#clock.now()
      if (!stillDue(this.#timeline, tick, now)) return false
      const left = (tick - now) / 1000
      if (left <= 0 || this.#stop.aborted) return true
      await pause(Math.min(left, LONGEST_WAIT), undefined, { signal: this.#stop }).catch(() => undefined)
    }
  }
}
