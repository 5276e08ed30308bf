import type { Micros } from '#base/time.ts'
import { QualityFlag, type Sample } from '#domain/sample.ts'
import type { TakeValue } from './core/row-reader.ts'
import type { Ledger } from './ledger.ts'

/** Values of one block become samples, and it is decided which of them may become the current value. */
export class SampleCollector {
  readonly #ledger: Ledger
  readonly #newestOfTag: ReadonlyMap<number, Micros>
  readonly #liveFrom: Micros
  readonly #raised = new Map<number, Micros>()
  #samples: Sample[] = []
  /** Of all values so far; infinite before the first. */
  oldest: Micros = Number.POSITIVE_INFINITY
  newest: Micros = Number.NEGATIVE_INFINITY

  /**
   * @param newestOfTag the newest instant that each tag has in what is read
   * @param liveFrom values from here on are judged one by one
   */
  constructor(ledger: Ledger, newestOfTag: ReadonlyMap<number, Micros>, liveFrom: Micros) {
    this.#ledger = ledger
    this.#newestOfTag = newestOfTag
    this.#liveFrom = liveFrom
  }

  readonly take: TakeValue = (tagId, instant, value, quality) => {
    const known = this.#raised.get(tagId) ?? this.#ledger.newestOf(tagId)
    const live = instant > known && (instant >= this.#liveFrom || instant === this.#newestOfTag.get(tagId))
    if (live) this.#raised.set(tagId, instant)
    const flags = live ? 0 : QualityFlag.Historical
    this.#samples.push({ tagId, sourceTimestamp: instant, value, quality: quality | flags, statusCode: null })
    if (instant < this.oldest) this.oldest = instant
    if (instant > this.newest) this.newest = instant
  }

  /** The samples since the last call; the ledger now knows which were current. Hand them on before the ledger is saved. */
  drain(): readonly Sample[] {
    const samples = this.#samples
    this.#samples = []
    for (const [tagId, instant] of this.#raised) this.#ledger.raiseNewest(tagId, instant)
    this.#raised.clear()
    return samples
  }
}
