import { QualityFlag, hasFlag, type Sample } from '#domain/sample.ts'
import type { Database } from '#store/database.ts'
import { readAfter } from '#store/deliveries.ts'
import { readDriverMemory } from '#store/driver-memory.ts'
import { addLostGap } from '#store/gaps.ts'
import { type JournalReplay, SourceJournal } from '#store/journal.ts'
import { recordEvent } from '#store/system-events.ts'
import { StoreError } from '#base/errors.ts'
import type { SpoolRecord } from './core/spool-record.ts'
import type { CommittedMemory } from './learned-memory.ts'
import type { SpoolGap } from './spool.ts'
import type { Flush, Journal, Position } from './journal.ts'

/** How many readings of a refused record are kept for people to look at. */
const REFUSED_SHOWN = 20

type Confirmable = Pick<Flush, 'spoolRecord' | 'memory'>

/**
 * The writer's door to the database. It opens with the first question, so that a driver starts polling into its spool while the
 * database is away.
 */
export class JournalLink implements Journal {
  readonly #db: Database
  readonly #source: string
  /** Told once, at the opening: readings that the checkpoint of `latest` does not know yet. */
  readonly #onOpen: (unchecked: readonly Sample[]) => void
  readonly #memory: CommittedMemory
  readonly #protocol: string
  /** A flush whose commit was not confirmed: the connection broke before the answer. */
  #unconfirmed: Confirmable | undefined
  #journal: SourceJournal | undefined

  constructor(
    db: Database,
    { source, protocol }: { readonly source: string; readonly protocol: string },
    memory: CommittedMemory,
    onOpen: (unchecked: readonly Sample[]) => void,
  ) {
    this.#protocol = protocol
    this.#memory = memory
    this.#db = db
    this.#source = source
    this.#onOpen = onOpen
  }

  async position(): Promise<Position> {
    if (this.#journal !== undefined) {
      const position = await this.#journal.position()
      if (this.#unconfirmed !== undefined && this.#unconfirmed.spoolRecord <= position.spoolRecord) this.#confirm(this.#unconfirmed)
      return position
    }
    const { journal, position } = await SourceJournal.open(this.#db, this.#source)
    const unchecked: Sample[] = []
    for (let seq = position.latestSeq; ;) {
      const deliveries = await readAfter(this.#db, this.#source, seq)
      for (const { readings } of deliveries) unchecked.push(...readings.filter((one) => !hasFlag(one.quality, QualityFlag.Historical)))
      const last = deliveries.at(-1)
      if (last === undefined) break
      seq = last.seq
    }
    this.#memory.begin({ spoolRecord: position.spoolRecord, entries: await readDriverMemory(this.#db, this.#protocol) })
    this.#journal = journal
    this.#onOpen(unchecked)
    return position
  }

  async append(flush: Flush): Promise<void> {
    this.#unconfirmed = flush
    await this.#opened().append(flush)
    this.#confirm(flush)
  }

  async replay(replay: JournalReplay): Promise<void> {
    this.#unconfirmed = replay
    await this.#opened().replay(replay)
    this.#confirm(replay)
  }

  async checkpoint(seq: number, latest: readonly Sample[]): Promise<void> {
    await this.#opened().checkpoint(seq, latest)
  }

  async lost(gap: SpoolGap): Promise<void> {
    await recordEvent(this.#db, { code: 'ingest.samples_lost', severity: 'critical', detail: { source: this.#source, ...gap } })
    await addLostGap(this.#db, this.#protocol, gap)
  }

  async refused(number: number, record: SpoolRecord, reason: string): Promise<void> {
    const samples = record.readings.slice(0, REFUSED_SHOWN).map(({ sample }) => ({ ...sample, value: String(sample.value) }))
    const detail = { source: this.#source, number, reason, readings: record.readings.length, samples }
    await recordEvent(this.#db, { code: 'ingest.record_refused', severity: 'critical', detail })
  }

  #confirm(flush: Confirmable): void {
    this.#unconfirmed = undefined
    this.#memory.committed(flush.spoolRecord, flush.memory)
  }

  #opened(): SourceJournal {
    if (this.#journal === undefined) throw new StoreError('unavailable', 'The database has not answered yet')
    return this.#journal
  }
}
