import type { Delivery, DeviceReport } from '#domain/delivery.ts'
import type { MemoryChange } from '#domain/driver-memory.ts'
import type { GapChange } from '#domain/gap.ts'
import { inPlaceOf, replaces } from '#domain/current-value.ts'
import { QualityFlag, hasFlag, type Sample } from '#domain/sample.ts'
import { StoreError } from '#base/errors.ts'
import { samplesOf } from './bulk.ts'
import type { GatheredWindow } from './core/sample-gatherer.ts'
import type { Database } from './database.ts'
import { type PackedDelivery, append, packDelivery } from './deliveries.ts'
import { saveDeviceStates } from './device-states.ts'
import { saveDriverMemory } from './driver-memory.ts'
import { saveGapChanges } from './gaps.ts'
import { sqlState } from './devices.ts'
import { measurementsLayout } from './hypertable.ts'
import { saveLatest } from './latest.ts'
import { NO_PARTITION, SampleWindows, type Sorted } from './sample-windows.ts'
import { type SourcePosition, openSource, positionOf } from './sources.ts'
import { addToBlocks } from './write-blocks.ts'

export interface JournalFlush {
  readonly delivery: Omit<Delivery, 'source'>
  /** For `measurements`. */
  readonly store: readonly Sample[]
  readonly spoolRecord: number
  /** What drivers learned, in order. */
  readonly memory?: readonly MemoryChange[]
  /** For the gap ledger, in order. */
  readonly gaps?: readonly GapChange[]
}

/** Part of a spool that is drained: what many deliveries bring, in one transaction. */
export interface JournalReplay {
  /** At least one, without a gap. */
  readonly deliveries: readonly PackedDelivery[]
  /** The last report of each device. */
  readonly devices: readonly DeviceReport[]
  /** Of hours that are over: straight to blocks. */
  readonly windows: readonly GatheredWindow[]
  /** For `measurements`. */
  readonly store: readonly Sample[]
  /** The newest readings, for the checkpoint. */
  readonly newest: readonly Sample[]
  readonly spoolRecord: number
  readonly memory: readonly MemoryChange[]
  readonly gaps: readonly GapChange[]
}

/** Windows of a replay that are merged at a time: the event loop has its turn between. */
const WINDOWS_AT_ONCE = 100

/** The last one takes the samples to `late_samples`, which always has room. */
const ATTEMPTS = 3

/** The writing end of one source. */
export class SourceJournal {
  readonly #db: Database
  readonly #source: string
  readonly #epoch: number
  readonly #windows: SampleWindows
  /** What was reported since the last checkpoint. */
  #reports = new Map<number, DeviceReport>()
  /** Status and problem of each device as the table has them. */
  readonly #told = new Map<number, string>()
  /** A flush whose commit was not confirmed: the connection broke before the answer. */
  #unconfirmed: JournalReplay | undefined
  /** Readings of flushes that turned out to be committed all the same, for the next checkpoint. */
  readonly #found = new Map<number, Sample>()

  private constructor(db: Database, source: string, epoch: number) {
    this.#db = db
    this.#source = source
    this.#epoch = epoch
    this.#windows = new SampleWindows(db)
  }

  /** Becomes the one writer of the source. @throws StoreError('unavailable') */
  static async open(db: Database, source: string): Promise<{ journal: SourceJournal; position: SourcePosition }> {
    const position = await openSource(db, source)
    return { journal: new SourceJournal(db, source, position.epoch), position }
  }

  /** @throws StoreError('conflict') when another writer took over */
  async position(): Promise<SourcePosition> {
    const position = await positionOf(this.#db, this.#source, this.#epoch)
    const last = this.#unconfirmed?.deliveries.at(-1)
    if (this.#unconfirmed !== undefined && last !== undefined && last.seq <= position.seq) this.#keepFound(this.#unconfirmed)
    return position
  }

  /**
   * Samples, delivery, position and memory in one transaction; a device whose status changed is told to its table in the same one.
   * @throws StoreError('conflict') when the last delivery is not the one before this
   */
  async append({ delivery, store, spoolRecord, memory = [], gaps = [] }: JournalFlush): Promise<void> {
    const { readings, devices } = delivery
    const newest = [...store, ...readings]
    await this.replay({ deliveries: [packDelivery(delivery)], devices, windows: [], store, newest, spoolRecord, memory, gaps })
  }

  /** As {@link append}, for many deliveries. */
  async replay(replay: JournalReplay): Promise<void> {
    try {
      await this.#writeSomewhere(replay.windows.length === 0 ? replay : await this.#fitting(replay))
      this.#unconfirmed = undefined
    } catch (error) {
      if (error instanceof StoreError && error.code === 'store_unavailable') this.#unconfirmed = replay
      throw error
    }
  }

  /** A hypertable keeps rows for people's own SQL: what it gets must come as rows. */
  async #fitting(replay: JournalReplay): Promise<JournalReplay> {
    if ((await measurementsLayout(this.#db)) === 'partitions') return replay
    return { ...replay, windows: [], store: [...samplesOf(replay.windows), ...replay.store] }
  }

  /** A window that was frozen or dropped since it was last seen is looked for again; a keeper that is faster than we are is evaded. */
  async #writeSomewhere(replay: JournalReplay): Promise<void> {
    const { store, deliveries } = replay
    const receivedAt = deliveries.map((one) => one.receivedAt)
    for (let attempt = 1; ; attempt++) {
      const sorted = await this.#windows.sort(store, receivedAt)
      try {
        return await this.#write(replay, attempt < ATTEMPTS ? sorted : { samples: [], late: store })
      } catch (error) {
        if (sqlState(error) !== NO_PARTITION || attempt === ATTEMPTS) throw error
        this.#windows.forget()
      }
    }
  }

  async #write(replay: JournalReplay, { samples, late }: Sorted): Promise<void> {
    const { deliveries, devices, windows, spoolRecord, memory, gaps } = replay
    const changed = devices.filter((report) => this.#told.get(report.deviceId) !== stateOf(report))
    await this.#db.transaction(async (tx) => {
      // first: what it asks for is the delivery before
      if (gaps.length > 0) await saveGapChanges(tx, this.#source, gaps)
      await append(tx, { source: this.#source, epoch: this.#epoch }, { deliveries, samples, late, spoolRecord })
      if (changed.length > 0) await saveDeviceStates(tx, changed)
      if (memory.length > 0) await saveDriverMemory(tx, memory)
      // last: nobody else writes blocks until this is committed
      for (let at = 0; at < windows.length; at += WINDOWS_AT_ONCE) await addToBlocks(tx, windows.slice(at, at + WINDOWS_AT_ONCE), 'added')
    })
    for (const report of changed) this.#told.set(report.deviceId, stateOf(report))
    for (const report of devices) this.#reports.set(report.deviceId, report)
  }

  /** The writer never hears that this was committed, so it does not bring its readings to the checkpoint. */
  #keepFound({ deliveries, devices, newest }: JournalReplay): void {
    this.#unconfirmed = undefined
    const receivedAt = deliveries.at(-1)?.receivedAt ?? 0
    for (const sample of newest) {
      if (hasFlag(sample.quality, QualityFlag.Historical)) continue
      const known = this.#found.get(sample.tagId)
      if (known === undefined || replaces(known, sample, receivedAt)) this.#found.set(sample.tagId, inPlaceOf(known, sample))
    }
    for (const report of devices) this.#reports.set(report.deviceId, report)
  }

  /** Keeps the newest reading of each tag, and the state of each device, as of delivery `seq`. */
  async checkpoint(seq: number, latest: readonly Sample[]): Promise<void> {
    const newest = new Map([...this.#found, ...latest.map((sample) => [sample.tagId, sample] as const)])
    await this.#db.transaction(async (tx) => {
      await saveLatest(tx, [...newest.values()])
      await saveDeviceStates(tx, [...this.#reports.values()])
      await tx.query('update sources set latest_seq = greatest(latest_seq, $2) where source = $1 and epoch = $3', [
        this.#source,
        seq,
        this.#epoch,
      ])
    })
    this.#reports = new Map()
    this.#found.clear()
  }
}

function stateOf(report: DeviceReport): string {
  return `${report.status} ${report.problem ?? ''}`
}
