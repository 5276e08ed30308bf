import type { Micros } from '#base/time.ts'
import type { Sample } from '#domain/sample.ts'
import type { Database } from './database.ts'
import { FUTURE_LIMIT, type Partition, ensurePartitions, ensurePartitionsAt, listPartitions } from './partitions.ts'

/** SQLSTATE of a row that no partition takes. */
export const NO_PARTITION = '23514'

export interface Sorted {
  /** For `measurements`. */
  readonly samples: readonly Sample[]
  /** For `late_samples`. */
  readonly late: readonly Sample[]
}

const REFRESH_MICROS = 10_000_000

/** The spans of time that the tables can take. */
export class SampleWindows {
  readonly #db: Database
  #measurements: readonly Partition[] = []
  #deliveries: readonly Partition[] = []
  #readAt: Micros = Number.NEGATIVE_INFINITY

  constructor(db: Database) {
    this.#db = db
  }

  /**
   * Parts what has a partition from what has none; makes those of today when a dead keeper did not, and those of deliveries that
   * waited in the spool for hours.
   * @param deliveries when they were received, at least one
   */
  async sort(store: readonly Sample[], deliveries: readonly Micros[]): Promise<Sorted> {
    const receivedAt = deliveries.at(-1) ?? 0
    if (this.#readAt === Number.NEGATIVE_INFINITY) await this.#read(receivedAt)
    if (!deliveries.every((at) => covers(this.#deliveries, at))) {
      await ensurePartitionsAt(this.#db, 'deliveries', deliveries)
      await this.#read(receivedAt)
    }
    const fits = (sample: Sample): boolean => this.#takes(sample.sourceTimestamp, receivedAt)
    if (store.every(fits)) return { samples: store, late: [] }
    if (Math.abs(receivedAt - this.#readAt) > REFRESH_MICROS) {
      await ensurePartitions(this.#db)
      await this.#read(receivedAt)
    }
    return { samples: store.filter(fits), late: store.filter((sample) => !fits(sample)) }
  }

  /** The next flush looks again. */
  forget(): void {
    this.#readAt = Number.NEGATIVE_INFINITY
  }

  async #read(at: Micros): Promise<void> {
    this.#measurements = (await listPartitions(this.#db, 'measurements')).filter((one) => !one.frozen)
    this.#deliveries = await listPartitions(this.#db, 'deliveries')
    this.#readAt = at
  }

  #takes(at: Micros, receivedAt: Micros): boolean {
    return at <= receivedAt + FUTURE_LIMIT && covers(this.#measurements, at)
  }
}

function covers(partitions: readonly Partition[], at: Micros): boolean {
  // the newest ones last, and they are the ones that are asked for
  return partitions.findLast((one) => at >= one.from && at < one.to) !== undefined
}
