import type { Clock, Millis } from '#base/time.ts'
import type { DeviceReport } from '#domain/delivery.ts'
import type { MemoryChange } from '#domain/driver-memory.ts'
import type { GapChange } from '#domain/gap.ts'
import type { Reading } from './core/report-by-exception.ts'
import type { SpoolRecord } from './core/spool-record.ts'

export interface GathererOptions {
  readonly clock: Clock
  /** At most one record in this time, unless there are very many samples. */
  readonly flushMillis: Millis
  readonly maxSamples: number
  /** A record at least this often, even an empty one. */
  readonly beatMillis: Millis
}

/** Poll answers that arrive within this time go together. */
const GATHER: Millis = 4

/** Gathers what devices tell into records, each handed on whole. */
export class Gatherer {
  readonly #options: GathererOptions
  readonly #onRecord: (record: SpoolRecord) => void
  #readings: Reading[] = []
  #reports = new Map<number, DeviceReport>()
  #memory: MemoryChange[] = []
  #gaps: GapChange[] = []
  #timer: NodeJS.Timeout | undefined
  #now: NodeJS.Immediate | undefined
  #beatTimer: NodeJS.Timeout | undefined
  #gatheredAt: Millis = Number.NEGATIVE_INFINITY
  #stopped = false

  constructor(options: GathererOptions, onRecord: (record: SpoolRecord) => void) {
    this.#options = options
    this.#onRecord = onRecord
    this.#beat()
  }

  get isEmpty(): boolean {
    return this.#readings.length === 0 && this.#reports.size === 0 && this.#memory.length === 0 && this.#gaps.length === 0
  }

  add(readings: readonly Reading[], report: DeviceReport): void {
    for (const reading of readings) this.#readings.push(reading)
    this.#reports.set(report.deviceId, report)
    this.#gatherSoon()
  }

  learn(change: MemoryChange): void {
    this.#memory.push(change)
    this.#gatherSoon()
  }

  tellGap(change: GapChange): void {
    this.#gaps.push(change)
    this.#gatherSoon()
  }

  /** Hands on what there is, now. */
  gather(): void {
    clearTimeout(this.#timer)
    clearImmediate(this.#now)
    this.#timer = undefined
    this.#now = undefined
    const { clock } = this.#options
    this.#gatheredAt = clock.mono()
    this.#beat()
    const record: SpoolRecord = {
      receivedAt: clock.now(),
      readings: this.#readings,
      reports: [...this.#reports.values()],
      memory: this.#memory,
      gaps: this.#gaps,
    }
    this.#readings = []
    this.#reports = new Map()
    this.#memory = []
    this.#gaps = []
    this.#onRecord(record)
  }

  /** Gathers no more by itself. */
  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
    clearImmediate(this.#now)
    clearTimeout(this.#beatTimer)
  }

  #gatherSoon(): void {
    const { clock, flushMillis, maxSamples } = this.#options
    if (this.#readings.length >= maxSamples) this.#now ??= setImmediate(() => this.gather())
    if (this.#timer !== undefined) return
    const wait = Math.max(GATHER, this.#gatheredAt + flushMillis - clock.mono())
    this.#timer = setTimeout(() => this.gather(), wait)
  }

  #beat(): void {
    clearTimeout(this.#beatTimer)
    if (!this.#stopped) this.#beatTimer = setTimeout(() => this.gather(), this.#options.beatMillis)
  }
}
