import type { Clock, Millis } from '#base/time.ts'
import type { DriverLog } from '#drivers/driver.ts'
import type { Journal } from './journal.ts'
import type { Spool } from './spool.ts'

export interface WriterOptions {
  readonly spool: Spool
  readonly journal: Journal
  readonly clock: Clock
  readonly log: DriverLog
  /** At most one record in this time, unless there are very many samples. */
  readonly flushMillis?: Millis
  readonly maxSamples?: number
  /** A delivery at least this often, even an empty one: the clock of the alarm engine. */
  readonly beatMillis?: Millis
  readonly checkpointMillis?: Millis
  /** Samples held in memory while the database is away; the rest is read back from the spool. */
  readonly memorySamples?: number
}
