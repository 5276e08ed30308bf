import { setImmediate as breathe, setTimeout as pause } from 'node:timers/promises'
import type { Clock, Millis } from '#base/time.ts'
import { StoreError, asError } from '#base/errors.ts'
import type { DeviceReport } from '#domain/delivery.ts'
import type { Sample } from '#domain/sample.ts'
import type { MemoryChange } from '#domain/driver-memory.ts'
import type { GapChange } from '#domain/gap.ts'
import type { DriverLog } from '#drivers/driver.ts'
import type { Reading } from './core/report-by-exception.ts'
import { Backlog } from './backlog.ts'
import { type NumberedRecord, flushOf, nextBatch } from './flush-of.ts'
import { type SpoolRecord, encodeFrame } from './core/spool-record.ts'
import { Gatherer } from './gatherer.ts'
import { type Journal, type Position, refusesData } from './journal.ts'
import type { WriterOptions } from './writer-options.ts'
import type { WriterState } from './writer-state.ts'
import { LatestReadings } from './latest-readings.ts'
import { Replay } from './replay.ts'
import type { Spool, SpoolGap } from './spool.ts'

interface Entry extends NumberedRecord {
  /** The spool was asked to keep it; it may go to the database whether or not that worked. */
  attempted: boolean
  spooled: boolean
}

const RETRY: Millis = 500
const SPOOL_RETRY: Millis = 1000
/**
 * From poll answers to committed rows: gather, spool, commit. Each stage goes on without the next: while the database is
 * away records collect in the spool and are drained in order afterwards; while the disk refuses, they go to the database
 * from memory.
 */
export class Writer {
  readonly #options: Required<WriterOptions>
  readonly #spool: Spool
  readonly #journal: Journal
  readonly #log: DriverLog
  readonly #clock: Clock

  readonly #gatherer: Gatherer
  #nextNumber: number
  #newest = 0

  /** Entries that the spool does not hold yet, oldest first. */
  #unspooled: Entry[] = []
  #spooling: Promise<void> | undefined
  #spoolRetry: NodeJS.Timeout | undefined
  #spoolFailing = false
  readonly #waiting: { readonly number: number; readonly resolve: () => void }[] = []

  /** The newest entries, oldest first, until they are committed. */
  readonly #entries: Entry[] = []
  #entrySamples = 0
  readonly #backlog: Backlog
  /** Up to here the database refused something: it goes record by record. */
  #carefulThrough = 0
  #seq: number
  #committed: number
  #committedSamples = 0
  #away = false
  readonly #gaps: SpoolGap[] = []
  readonly #latest: LatestReadings
  #checkpointedAt: Millis
  #draining: Promise<void>
  #kicked = false
  #wake: (() => void) | undefined
  readonly #stopping = new AbortController()

  /** @param position what the database said; records that the spool holds beyond it are drained first */
  constructor(options: WriterOptions, position: Position) {
    this.#options = {
      flushMillis: 100,
      maxSamples: 10_000,
      beatMillis: 1000,
      checkpointMillis: 10_000,
      memorySamples: 200_000,
      ...options,
    }
    this.#spool = options.spool
    this.#journal = options.journal
    this.#log = options.log
    this.#clock = options.clock
    this.#latest = new LatestReadings(options.clock)
    this.#seq = position.seq
    this.#committed = position.spoolRecord
    // numbers begin at the time of day: should the spool be lost, new ones are above all that any database has seen
    this.#nextNumber = Math.max(this.#spool.lastNumber, position.spoolRecord, Math.floor(this.#clock.now())) + 1
    this.#backlog = new Backlog(this.#spool, { ...this.#options, onGap: (gap) => this.#gaps.push(gap) })
    this.#checkpointedAt = this.#clock.mono()
    this.#gatherer = new Gatherer({ ...this.#options, clock: this.#clock }, (record) => this.#onRecord(record))
    this.#draining = this.#drain()
  }

  get state(): WriterState {
    const known = this.#entries.length + this.#backlog.held
    return {
      committedSamples: this.#committedSamples,
      committedSeq: this.#seq,
      backlog: Math.max(known, this.#committed < this.#backlog.through ? 1 : 0),
      databaseAway: this.#away,
      backPressure: this.#spool.full,
    }
  }

  /**
   * One poll answer, or what a device pushed at once; never split over two deliveries. What comes within one turn of the event loop
   * comes into one record.
   */
  add(readings: readonly Reading[], report: DeviceReport): void {
    this.#gatherer.add(readings, report)
  }

  /** What a driver learned: it travels in the record of the readings that were added before it in the same turn. */
  learn(change: MemoryChange): void {
    this.#gatherer.learn(change)
  }

  /** What the gap ledger shall know: it travels as {@link learn}. */
  tellGap(change: GapChange): void {
    this.#gatherer.tellGap(change)
  }

  /** Readings that the checkpoint of `latest` does not know yet, found in the journal at start. */
  remember(samples: Iterable<Sample>): void {
    this.#latest.remember(samples)
  }

  /**
   * Resolves when everything added so far is safe: synced to the spool, or committed; and not before the spool has room again, so
   * that a source which waits for us sends no more than can be kept.
   */
  async accepted(): Promise<void> {
    if (!this.#gatherer.isEmpty) this.#gatherer.gather()
    const number = this.#newest
    if (number <= Math.max(this.#spool.lastNumber, this.#committed) && !this.#spool.full) return
    await new Promise<void>((resolve) => this.#waiting.push({ number, resolve }))
  }

  /** Writes out everything; what the database does not take within `patience` stays in the spool for the next start. */
  async stop(patience: Millis): Promise<void> {
    this.#gatherer.gather()
    await this.#spooling
    const deadline = this.#clock.mono() + patience
    while (this.state.backlog > 0 && !this.#away && this.#clock.mono() < deadline) await pause(10)
    this.#stopping.abort()
    this.#gatherer.stop()
    clearTimeout(this.#spoolRetry)
    this.#kick()
    // a database that hangs must not keep the process
    const drained = await Promise.race([this.#draining.then(() => true), pause(patience, undefined, { ref: false })])
    await this.#spooling
    if (drained === true && !this.#away) await this.#checkpoint()
  }

  // --- spool ------------------------------------------------------------------------------------------------------------

  #onRecord(record: SpoolRecord): void {
    const entry: Entry = { number: this.#nextNumber++, record, attempted: false, spooled: false }
    this.#newest = entry.number
    this.#entries.push(entry)
    this.#entrySamples += record.readings.length
    this.#unspooled.push(entry)
    this.#boundMemory()
    this.#spoolSoon()
  }

  #boundMemory(): void {
    while (this.#entrySamples > this.#options.memorySamples && this.#entries.length > 1) {
      const oldest = this.#entries[0]
      if (oldest === undefined || !oldest.attempted) return
      this.#entries.shift()
      this.#entrySamples -= oldest.record.readings.length
      if (oldest.spooled) {
        this.#backlog.through = oldest.number
        continue
      }
      this.#unspooled = this.#unspooled.filter((entry) => entry !== oldest)
      const gap = { fromRecord: oldest.number, toRecord: oldest.number, from: oldest.record.receivedAt, to: oldest.record.receivedAt }
      this.#gaps.push(gap)
      this.#log.warn('ingest.lost', { ...gap, samples: oldest.record.readings.length, reason: 'neither disk nor database took it' })
    }
  }

  #spoolSoon(): void {
    if (this.#spooling !== undefined || this.#unspooled.length === 0) return
    if (this.#spoolFailing) {
      // while the disk refuses, the database takes what it can from memory
      for (const entry of this.#unspooled) entry.attempted = true
      this.#kick()
      return
    }
    this.#spooling = this.#spoolAll().finally(() => {
      this.#spooling = undefined
      if (!this.#stopping.signal.aborted) this.#spoolSoon()
    })
  }

  async #spoolAll(): Promise<void> {
    const batch = this.#unspooled.filter((entry) => entry.number > this.#committed)
    try {
      await this.#spool.append(batch.map((entry) => ({ number: entry.number, bytes: encodeFrame(entry.number, entry.record) })))
      for (const entry of batch) entry.spooled = entry.attempted = true
      const done = batch.at(-1)?.number ?? this.#committed
      this.#unspooled = this.#unspooled.filter((entry) => entry.number > done)
      this.#release(done)
    } catch (error) {
      this.#spoolFailing = true
      for (const entry of batch) entry.attempted = true
      this.#log.warn('spool.write_failed', { reason: asError(error).message })
      if (!this.#stopping.signal.aborted) {
        this.#spoolRetry = setTimeout(() => {
          this.#spoolFailing = false
          this.#spoolSoon()
        }, SPOOL_RETRY)
      }
    }
    for (const gap of this.#spool.takeGaps()) this.#missing(gap)
    this.#boundMemory()
    this.#kick()
  }

  /** What the spool had to drop and memory still holds is not lost, as long as memory holds it. */
  #missing(gap: SpoolGap): void {
    const held = this.#entries.filter((entry) => entry.number >= gap.fromRecord && entry.number <= gap.toRecord)
    for (const entry of held) entry.spooled = false
    const [first] = held
    if (first === undefined) this.#gaps.push(gap)
    else if (first.number > gap.fromRecord) this.#gaps.push({ ...gap, toRecord: first.number - 1, to: first.record.receivedAt })
  }

  #release(number: number): void {
    if (this.#spool.full) return
    while (this.#waiting[0] !== undefined && this.#waiting[0].number <= number) this.#waiting.shift()?.resolve()
  }

  // --- commit -----------------------------------------------------------------------------------------------------------

  async #drain(): Promise<void> {
    let behind = false
    while (!this.#stopping.signal.aborted) {
      try {
        if (behind) await this.#resume()
        behind = false
        this.#kicked = false
        const batch = await this.#nextBatch(this.#committed)
        if (batch.length > 0 && !(await this.#replay(batch))) await this.#commit(batch)
        if (this.#away) this.#back()
        await this.#tellGaps()
        if (this.#clock.mono() - this.#checkpointedAt >= this.#options.checkpointMillis) await this.#checkpoint()
        if (batch.length === 0) await this.#kickOrStop()
      } catch (error) {
        behind = true
        this.#failed(asError(error))
        await pause(RETRY, undefined, { signal: this.#stopping.signal }).catch(() => undefined)
      }
    }
  }

  async #nextBatch(after: number): Promise<readonly NumberedRecord[]> {
    const spooled = await this.#backlog.after(after)
    return nextBatch(spooled.length > 0 ? spooled : this.#entries, after, 2 * this.#options.maxSamples)
  }

  /** What waits is committed many deliveries at a time. @returns false when there is no more than this batch, or it must go alone */
  async #replay(first: readonly NumberedRecord[]): Promise<boolean> {
    const next = async (batch: readonly NumberedRecord[]): Promise<readonly NumberedRecord[]> =>
      this.#stopping.signal.aborted ? [] : await this.#nextBatch(batch.at(-1)?.number ?? Infinity)
    let batch = await next(first)
    if (batch.length === 0 || (first.at(-1)?.number ?? 0) <= this.#carefulThrough) return false
    const replay = new Replay(this.#clock, { seq: this.#seq, spoolRecord: this.#committed })
    replay.add(first)
    for (; batch.length > 0 && replay.takes(batch); batch = await next(batch)) {
      replay.add(batch)
      await breathe()
    }
    if (replay.deliveries < 2) return false
    const gathered = replay.take()
    try {
      await this.#journal.replay(gathered)
    } catch (error) {
      if (!refusesData(error)) throw error
      this.#carefulThrough = replay.position.spoolRecord
      this.#backlog.forget()
      return true
    }
    this.#committedSamples += replay.samples
    this.remember(gathered.newest)
    await this.#advance(replay.position)
    return true
  }

  async #commit(batch: readonly NumberedRecord[]): Promise<void> {
    try {
      await this.#append(batch, true)
    } catch (error) {
      if (!refusesData(error)) throw error
      this.#log.warn('ingest.refused', { reason: asError(error).message, records: batch.length })
      // find the record that the database does not want, let the others through
      for (const entry of batch) {
        try {
          await this.#append([entry], true)
        } catch (single) {
          if (!refusesData(single)) throw single
          await this.#journal.refused(entry.number, entry.record, asError(single).message)
          await this.#append([entry], false)
        }
      }
    }
    await this.#advance({ seq: this.#seq, spoolRecord: this.#committed })
  }

  /** The database has everything up to here. */
  async #advance({ seq, spoolRecord: committed }: Position): Promise<void> {
    this.#seq = seq
    this.#committed = committed
    this.#dropEntries(committed)
    if (this.#spoolFailing) this.#unspooled = this.#unspooled.filter((entry) => entry.number > committed)
    await this.#spool.committed(committed).catch((error: unknown) => {
      this.#log.warn('spool.free_failed', { reason: asError(error).message })
    })
    this.#release(Math.max(committed, this.#spool.lastNumber))
  }

  async #append(batch: readonly NumberedRecord[], withReadings: boolean): Promise<void> {
    const last = batch.at(-1)
    if (last === undefined) return
    const seq = this.#seq + 1
    const flush = flushOf(batch, seq, withReadings)
    await this.#journal.append(flush)
    this.#seq = seq
    this.#committed = last.number
    this.#committedSamples += flush.store.length
    this.remember(flush.store)
    this.remember(flush.delivery.readings)
  }

  /** Asks the database where it stands: a commit whose answer was lost may have happened, or an old state come back. */
  async #resume(): Promise<void> {
    const position = await this.#journal.position()
    this.#backlog.forget()
    if (position.spoolRecord < this.#committed) {
      // the database lost what it had: the spool still holds it
      this.#backlog.through = Math.max(this.#backlog.through, (this.#entries[0]?.number ?? this.#nextNumber) - 1)
    }
    this.#seq = position.seq
    this.#committed = position.spoolRecord
    this.#dropEntries(position.spoolRecord)
  }

  #dropEntries(through: number): void {
    while (this.#entries[0] !== undefined && this.#entries[0].number <= through) {
      this.#entrySamples -= this.#entries.shift()?.record.readings.length ?? 0
    }
  }

  async #tellGaps(): Promise<void> {
    for (let gap = this.#gaps[0]; gap !== undefined; gap = this.#gaps[0]) {
      await this.#journal.lost(gap)
      this.#gaps.shift()
    }
  }

  async #checkpoint(): Promise<void> {
    this.#checkpointedAt = this.#clock.mono()
    try {
      await this.#latest.handOver(async (samples) => await this.#journal.checkpoint(this.#seq, samples))
    } catch (error) {
      this.#log.debug('ingest.checkpoint_failed', { reason: asError(error).message })
    }
  }

  #failed(error: Error): void {
    const fields = { reason: error.message, committedSeq: this.#seq }
    if (this.#away) this.#log.debug('ingest.database_away', fields)
    else this.#log.warn('ingest.database_away', fields)
    this.#away = !(error instanceof StoreError) || error.code !== 'store_conflict'
  }

  #back(): void {
    this.#away = false
    this.#log.info('ingest.database_back', { seq: this.#seq })
  }

  async #kickOrStop(): Promise<void> {
    if (this.#kicked || this.#stopping.signal.aborted) return
    await new Promise<void>((resolve) => void (this.#wake = resolve))
    this.#wake = undefined
  }

  #kick(): void {
    this.#kicked = true
    this.#wake?.()
  }
}
