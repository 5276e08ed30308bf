import type { Delivery } from '#domain/delivery.ts'
import type { MemoryChange } from '#domain/driver-memory.ts'
import type { GapChange } from '#domain/gap.ts'
import type { Sample } from '#domain/sample.ts'
import type { JournalReplay } from '#store/journal.ts'
import type { SpoolRecord } from './core/spool-record.ts'
import type { SpoolGap } from './spool.ts'

/** Where the database stands: the writer resumes from here, never from its own memory. */
export interface Position {
  /** The last delivery committed. */
  readonly seq: number
  /** The last spool record committed. */
  readonly spoolRecord: number
}

/** What one transaction brings. */
export interface Flush {
  readonly delivery: Omit<Delivery, 'source'>
  /** For `measurements`. */
  readonly store: readonly Sample[]
  /** What drivers learned, in order. */
  readonly memory: readonly MemoryChange[]
  /** For the gap ledger, in order. */
  readonly gaps: readonly GapChange[]
  /** The newest spool record it contains. */
  readonly spoolRecord: number
}

/** What the writer needs of the database. Every method throws StoreError('unavailable') while it is away. */
export interface Journal {
  position(): Promise<Position>
  /**
   * Samples, delivery and position in one transaction.
   * @throws StoreError('conflict') when the last delivery is not the one before this
   */
  append(flush: Flush): Promise<void>
  /** As {@link append}, for many deliveries of a spool that is drained. */
  replay(replay: JournalReplay): Promise<void>
  /** Keeps the newest reading of each tag as of delivery `seq`. */
  checkpoint(seq: number, latest: readonly Sample[]): Promise<void>
  /** Records that never reached the database: told to people. */
  lost(gap: SpoolGap): Promise<void>
  /** A record that the database refuses for what is in it: put aside so that it does not block the others. */
  refused(number: number, record: SpoolRecord, reason: string): Promise<void>
}

/** SQLSTATE classes 22 (data exception) and 23 (constraint): the same rows would be refused again, for ever. */
export function refusesData(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && /^2[23]...$/.test(error.code)
}
