import type { Delivery, DeviceReport } from '#domain/delivery.ts'
import type { MemoryChange } from '#domain/driver-memory.ts'
import type { GapChange } from '#domain/gap.ts'
import { inPlaceOf, replaces } from '#domain/current-value.ts'
import { QualityFlag, hasFlag, type Sample } from '#domain/sample.ts'
import { StoreError } from '#base/errors.ts'
import type { Database } from './database.ts'
import { append } from './deliveries.ts'
import { saveDeviceStates } from './device-states.ts'
import { saveDriverMemory } from './driver-memory.ts'
import { saveGapChanges } from './gaps.ts'
import { sqlState } from './devices.ts'
import { saveLatest } from './latest.ts'
import { NO_PARTITION, SampleWindows, type Sorted } from './sample-windows.ts'
import { type SourcePosition, openSource, positionOf } from './sources.ts'

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
  #unconfirmed: JournalFlush | undefined
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
    if (this.#unconfirmed !== undefined && this.#unconfirmed.delivery.seq <= position.seq) this.#keepFound(this.#unconfirmed)
    return position
  }

  /**
   * Samples, delivery, position and memory in one transaction; a device whose status changed is told to its table in the same one.
   * @throws StoreError('conflict') when the last delivery is not the one before this
   */
  async append(flush: JournalFlush): Promise<void> {
    try {
      await this.#writeSomewhere(flush)
      this.#unconfirmed = undefined
    } catch (error) {
      if (error instanceof StoreError && error.code === 'store_unavailable') this.#unconfirmed = flush
      throw error
    }
  }

  /** A window that was frozen or dropped since it was last seen is looked for again; a keeper that is faster than we are is evaded. */
  async #writeSomewhere(flush: JournalFlush): Promise<void> {
    const { store, delivery } = flush
    for (let attempt = 1; ; attempt++) {
      const sorted = await this.#windows.sort(store, delivery.receivedAt)
      try {
        return await this.#write(flush, attempt < ATTEMPTS ? sorted : { samples: [], late: store })
      } catch (error) {
        if (sqlState(error) !== NO_PARTITION || attempt === ATTEMPTS) throw error
        this.#windows.forget()
      }
    }
  }

  async #write({ delivery, spoolRecord, memory = [], gaps = [] }: JournalFlush, { samples, late }: Sorted): Promise<void> {
    const changed = delivery.devices.filter((report) => this.#told.get(report.deviceId) !== stateOf(report))
    await this.#db.transaction(async (tx) => {
      // first: what it asks for is the delivery before
      if (gaps.length > 0) await saveGapChanges(tx, this.#source, gaps)
      await append(tx, { source: this.#source, epoch: this.#epoch }, { delivery, samples, late, spoolRecord })
      if (changed.length > 0) await saveDeviceStates(tx, changed)
      if (memory.length > 0) await saveDriverMemory(tx, memory)
    })
    for (const report of changed) this.#told.set(report.deviceId, stateOf(report))
    for (const report of delivery.devices) this.#reports.set(report.deviceId, report)
  }

  /** The writer never hears that this flush succeeded, so it does not bring its readings to the checkpoint. */
  #keepFound({ delivery, store }: JournalFlush): void {
    this.#unconfirmed = undefined
    for (const sample of [...store, ...delivery.readings]) {
      if (hasFlag(sample.quality, QualityFlag.Historical)) continue
      const known = this.#found.get(sample.tagId)
      if (known === undefined || replaces(known, sample, delivery.receivedAt)) this.#found.set(sample.tagId, inPlaceOf(known, sample))
    }
    for (const report of delivery.devices) this.#reports.set(report.deviceId, report)
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
