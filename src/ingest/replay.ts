import { type Clock, type Micros, microsOf } from '#base/time.ts'
import type { DeviceReport } from '#domain/delivery.ts'
import type { MemoryChange } from '#domain/driver-memory.ts'
import type { GapChange } from '#domain/gap.ts'
import type { Sample } from '#domain/sample.ts'
import { samplesOf } from '#store/bulk.ts'
import { type PackedDelivery, packDelivery } from '#store/deliveries.ts'
import { SampleGatherer } from '#store/core/sample-gatherer.ts'
import type { JournalReplay } from '#store/journal.ts'
import { NEVER_SET } from '#store/late-samples.ts'
import { type NumberedRecord, flushOf } from './flush-of.ts'
import type { Position } from './journal.ts'
import { LatestReadings } from './latest-readings.ts'

const HOUR: Micros = microsOf({ seconds: 3600 })
/** A short outage is none of this: what is of an hour that ended just now goes where rows go. */
const SETTLED: Micros = microsOf({ seconds: 900 })
/** Samples held as columns before they are written: about 50 MB. The more of an hour come at once, the seldomer its blocks are written anew. */
const MOST_SAMPLES = 1_000_000
/** Of them, as objects: those of the hour that is not settled, which go as rows. */
const MOST_ROWS = 50_000

/** Fewer are as quickly put to their blocks by the keeper; so are those of which a block gets hardly any. */
const WORTH_BLOCKS = 50_000
const WORTH_A_BLOCK = 10

/** What many deliveries bring, gathered from the spool for one transaction; samples of settled hours as columns, for blocks. */
export class Replay {
  readonly #hour: Micros
  readonly #now: Micros
  readonly #latest: LatestReadings
  readonly #gatherer = new SampleGatherer()
  readonly #deliveries: PackedDelivery[] = []
  readonly #devices = new Map<number, DeviceReport>()
  readonly #store: Sample[] = []
  readonly #memory: MemoryChange[] = []
  #samples = 0
  #gaps: readonly GapChange[] = []
  #position: Position

  /** @param position where the database stands */
  constructor(clock: Clock, position: Position) {
    this.#now = clock.now()
    this.#hour = Math.floor((this.#now - SETTLED) / HOUR) * HOUR
    this.#latest = new LatestReadings(clock)
    this.#position = position
  }

  /** Where the database will stand. */
  get position(): Position {
    return this.#position
  }

  get deliveries(): number {
    return this.#deliveries.length
  }

  get samples(): number {
    return this.#samples
  }

  /** Whether the batch still fits in. What the gap ledger is told asks for the delivery before, which must be committed by then. */
  takes(batch: readonly NumberedRecord[]): boolean {
    return this.samples < MOST_SAMPLES && this.#store.length < MOST_ROWS && batch.every(({ record }) => record.gaps.length === 0)
  }

  /** One delivery more. */
  add(batch: readonly NumberedRecord[]): void {
    const { delivery, store, memory, gaps, spoolRecord } = flushOf(batch, this.#position.seq + 1, true)
    this.#position = { seq: delivery.seq, spoolRecord }
    this.#deliveries.push(packDelivery(delivery))
    for (const report of delivery.devices) this.#devices.set(report.deviceId, report)
    this.#samples += store.length
    for (const sample of store) {
      const { tagId, sourceTimestamp: at, value, quality, statusCode } = sample
      if (at > NEVER_SET && at < this.#hour) this.#gatherer.add(tagId, at, value, quality, statusCode)
      else this.#store.push(sample)
    }
    this.#latest.remember(store)
    this.#latest.remember(delivery.readings)
    this.#memory.push(...memory)
    if (gaps.length > 0) this.#gaps = gaps
  }

  /** Once. */
  take(): JournalReplay {
    const held = this.#gatherer.held
    const windows = this.#gatherer.take(this.#now)
    const worthIt = held >= WORTH_BLOCKS && held >= windows.length * WORTH_A_BLOCK
    return {
      deliveries: this.#deliveries,
      devices: [...this.#devices.values()],
      windows: worthIt ? windows : [],
      store: worthIt ? this.#store : [...samplesOf(windows), ...this.#store],
      newest: this.#latest.readings,
      spoolRecord: this.#position.spoolRecord,
      memory: this.#memory,
      gaps: this.#gaps,
    }
  }
}
