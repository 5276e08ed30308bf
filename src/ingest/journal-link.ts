import { QualityFlag, hasFlag, type Sample } from '#domain/sample.ts'
import type { Database } from '#store/database.ts'
import { readAfter } from '#store/deliveries.ts'
import { SourceJournal } from '#store/journal.ts'
import { recordEvent } from '#store/system-events.ts'
import { StoreError } from '#base/errors.ts'
import type { SpoolRecord } from './core/spool-record.ts'
import type { SpoolGap } from './spool.ts'
import type { Flush, Journal, Position } from './writer.ts'

/** How many readings of a refused record are kept for people to look at. */
const REFUSED_SHOWN = 20

/**
 * The writer's door to the database. It opens with the first question, so that a driver starts polling into its spool while the
 * database is away.
 */
export class JournalLink implements Journal {
  readonly #db: Database
  readonly #source: string
  /** Told once, at the opening: readings that the checkpoint of `latest` does not know yet. */
  readonly #onOpen: (unchecked: readonly Sample[]) => void
  #journal: SourceJournal | undefined

  constructor(db: Database, source: string, onOpen: (unchecked: readonly Sample[]) => void) {
    this.#db = db
    this.#source = source
    this.#onOpen = onOpen
  }

  async position(): Promise<Position> {
    if (this.#journal !== undefined) return await this.#journal.position()
    const { journal, position } = await SourceJournal.open(this.#db, this.#source)
    const unchecked: Sample[] = []
    for (let seq = position.latestSeq; ;) {
      const deliveries = await readAfter(this.#db, this.#source, seq)
      for (const { readings } of deliveries) unchecked.push(...readings.filter((one) => !hasFlag(one.quality, QualityFlag.Historical)))
      const last = deliveries.at(-1)
      if (last === undefined) break
      seq = last.seq
    }
    this.#journal = journal
    this.#onOpen(unchecked)
    return position
  }

  async append(flush: Flush): Promise<void> {
    await this.#opened().append(flush)
  }

  async checkpoint(seq: number, latest: readonly Sample[]): Promise<void> {
    await this.#opened().checkpoint(seq, latest)
  }

  async lost(gap: SpoolGap): Promise<void> {
    await recordEvent(this.#db, { code: 'ingest.samples_lost', severity: 'critical', detail: { source: this.#source, ...gap } })
  }

  async refused(number: number, record: SpoolRecord, reason: string): Promise<void> {
    const samples = record.readings.slice(0, REFUSED_SHOWN).map(({ sample }) => ({ ...sample, value: String(sample.value) }))
    const detail = { source: this.#source, number, reason, readings: record.readings.length, samples }
    await recordEvent(this.#db, { code: 'ingest.record_refused', severity: 'critical', detail })
  }

  #opened(): SourceJournal {
    if (this.#journal === undefined) throw new StoreError('unavailable', 'The database has not answered yet')
    return this.#journal
  }
}
