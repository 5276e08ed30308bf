import type { Clock } from '#base/time.ts'
import { inPlaceOf, replaces } from '#domain/current-value.ts'
import { QualityFlag, hasFlag, type Sample } from '#domain/sample.ts'

/** The newest reading of each tag that the checkpoint of `latest` does not know yet. */
export class LatestReadings {
  readonly #clock: Clock
  #readings = new Map<number, Sample>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get readings(): readonly Sample[] {
    return [...this.#readings.values()]
  }

  remember(samples: Iterable<Sample>): void {
    // of thousands at a time, more than the rest would take
    const now = this.#clock.now()
    for (const sample of samples) {
      if (hasFlag(sample.quality, QualityFlag.Historical)) continue
      const known = this.#readings.get(sample.tagId)
      if (known === undefined || replaces(known, sample, now)) this.#readings.set(sample.tagId, inPlaceOf(known, sample))
    }
  }

  /** @throws whatever `save` throws; then they are kept for the next time */
  async handOver(save: (samples: readonly Sample[]) => Promise<void>): Promise<void> {
    const readings = this.#readings
    if (readings.size === 0) return
    this.#readings = new Map()
    try {
      await save([...readings.values()])
    } catch (error) {
      // newer ones win over those that are put back
      for (const [tagId, sample] of this.#readings) readings.set(tagId, inPlaceOf(readings.get(tagId), sample))
      this.#readings = readings
      throw error
    }
  }
}
