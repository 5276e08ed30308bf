import type { Clock } from '#base/time.ts'
import type { DriverLog } from '#drivers/driver.ts'
import { decodeRecord } from './core/spool-record.ts'
import type { NumberedRecord } from './flush-of.ts'
import type { Spool, SpoolGap } from './spool.ts'

/** Decoded in one go: polling waits that long. */
const READ_AHEAD_BYTES = 512 * 1024

/** Records that are found in the spool only, read in order and a little ahead. */
export class Backlog {
  /** The last of them; the writer moves it. */
  through: number
  readonly #spool: Spool
  readonly #clock: Clock
  readonly #log: DriverLog
  readonly #onGap: (gap: SpoolGap) => void
  #ahead: readonly NumberedRecord[] = []

  constructor(spool: Spool, { clock, log, onGap }: { clock: Clock; log: DriverLog; onGap: (gap: SpoolGap) => void }) {
    this.#spool = spool
    this.#clock = clock
    this.#log = log
    this.#onGap = onGap
    this.through = spool.lastNumber
  }

  /** How many records are read already. */
  get held(): number {
    return this.#ahead.length
  }

  /**
   * The records after one, oldest first, as many as are read ahead.
   * @returns none when there are no more
   * @throws the error of the file system
   */
  async after(number: number): Promise<readonly NumberedRecord[]> {
    this.#ahead = this.#ahead.filter((one) => one.number > number)
    if (this.#ahead.length > 0 || number >= this.through) return this.#ahead
    const frames = await this.#spool.read(number, this.through, READ_AHEAD_BYTES)
    this.#ahead = frames.map((frame) => this.#read(frame))
    // what the spool no longer has it has told as a gap
    if (frames.length === 0) this.through = number
    return this.#ahead
  }

  /** Reads anew: the database stands elsewhere. */
  forget(): void {
    this.#ahead = []
  }

  #read({ number, payload }: { readonly number: number; readonly payload: Uint8Array }): NumberedRecord {
    const record = decodeRecord(payload)
    if (record !== undefined) return { number, record }
    const at = this.#clock.now()
    this.#log.warn('spool.unknown_record', { number, bytes: payload.length })
    this.#onGap({ fromRecord: number, toRecord: number, from: at, to: at })
    return { number, record: { receivedAt: at, readings: [], reports: [], memory: [], gaps: [] } }
  }
}
