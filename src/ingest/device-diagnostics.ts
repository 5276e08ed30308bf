import { DriverError, SyncTideError } from '#base/errors.ts'
import type { Clock, Micros, Millis } from '#base/time.ts'
import type { FrameDirection, Session } from '#drivers/driver.ts'
import { FrameRing } from './core/frame-ring.ts'
import { LatencyHistogram } from './core/latency-histogram.ts'

/** Report by exception in figures: readings that came, and those that went to `measurements`. */
export interface Tally {
  seen: number
  stored: number
}

/** What {@link DeviceDiagnostics} says of a device. */
export interface DeviceFigures {
  readonly at: Micros
  readonly since: Micros
  readonly connectedAt: Micros | null
  readonly pushes: boolean
  readonly polls: {
    readonly ok: number
    readonly failed: number
    readonly reconnects: number
    readonly missedSlots: number
    readonly latency: readonly { readonly upToMillis: Millis | null; readonly polls: number }[]
    readonly p50Millis: Millis | null
    readonly p99Millis: Millis | null
    readonly maxMillis: Millis | null
  }
  readonly readings: Tally
  readonly counters: Readonly<Record<string, number>>
  readonly facts: Readonly<Record<string, string | number | boolean>>
  readonly lastError: { readonly at: Micros; readonly message: string; readonly remedy: string | null; readonly code: string } | null
  readonly framesKept: number
}

/** More names than these are a mistake of a driver, not worth the memory. */
const MOST_COUNTERS = 200

/** What is counted of one device since the process began; it outlives the loop, so that an edit does not begin anew. */
export class DeviceDiagnostics {
  readonly #clock: Clock
  readonly #since: Micros
  readonly #latency = new LatencyHistogram()
  readonly #counters = new Map<string, number>()
  readonly #ofProtocol: Tally
  readonly #readings: Tally = { seen: 0, stored: 0 }
  readonly frames = new FrameRing()
  #ok = 0
  #failed = 0
  #sessions = 0
  #missedSlots = 0
  #connectedAt: Micros | null = null
  #session: Session | undefined
  #pushes = false
  #lastError: DeviceFigures['lastError'] = null

  /** @param ofProtocol counts for all devices together */
  constructor(clock: Clock, ofProtocol: Tally) {
    this.#clock = clock
    this.#since = clock.now()
    this.#ofProtocol = ofProtocol
  }

  connected(session: Session): void {
    this.#sessions += 1
    this.#session = session
    this.#pushes = session.poll === undefined
    this.#connectedAt = this.#clock.now()
  }

  disconnected(): void {
    this.#session = undefined
    this.#connectedAt = null
  }

  polled(millis: Millis): void {
    this.#ok += 1
    this.#latency.add(millis)
  }

  failed(error: Error): void {
    this.#failed += 1
    this.#lastError = {
      at: this.#clock.now(),
      message: error.message,
      remedy: (error instanceof SyncTideError ? error.remedy : undefined) ?? null,
      code: error instanceof SyncTideError ? error.code : new DriverError('protocol', '').code,
    }
  }

  missed(slots: number): void {
    this.#missedSlots += slots
  }

  thinned(seen: number, stored: number): void {
    this.#readings.seen += seen
    this.#readings.stored += stored
    this.#ofProtocol.seen += seen
    this.#ofProtocol.stored += stored
  }

  count(name: string, by: number): void {
    const before = this.#counters.get(name)
    if (before === undefined && this.#counters.size >= MOST_COUNTERS) return
    this.#counters.set(name, (before ?? 0) + by)
  }

  frame(direction: FrameDirection, bytes: Uint8Array): void {
    this.frames.push(direction, bytes, this.#clock.now())
  }

  figures(): DeviceFigures {
    const latency = this.#latency
    return {
      at: this.#clock.now(),
      since: this.#since,
      connectedAt: this.#connectedAt,
      pushes: this.#pushes,
      polls: {
        ok: this.#ok,
        failed: this.#failed,
        reconnects: Math.max(0, this.#sessions - 1),
        missedSlots: this.#missedSlots,
        latency: latency.classes(),
        p50Millis: latency.quantile(0.5),
        p99Millis: latency.quantile(0.99),
        maxMillis: latency.longest,
      },
      readings: { ...this.#readings },
      counters: Object.fromEntries(this.#counters),
      facts: { ...this.#session?.facts?.() },
      lastError: this.#lastError,
      framesKept: this.frames.kept,
    }
  }
}
