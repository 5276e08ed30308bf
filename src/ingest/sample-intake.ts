import type { Clock, Micros } from '#base/time.ts'
import { type OlderRun, STEPPED_BACK_AFTER, nextOlder } from '#domain/clock-step.ts'
import { CLOCK_TOLERANCE } from '#domain/current-value.ts'
import type { Tag } from '#domain/device.ts'
import { QualityFlag, type Sample } from '#domain/sample.ts'
import { type Reading, type ReportPolicy, type TagMemory, keep, newTagMemory } from './core/report-by-exception.ts'
import { withSaneStamp } from './core/sane-stamp.ts'
import { scaleValue } from './core/scale.ts'
import { isNews } from './observation.ts'

export interface SampleIntakeOptions {
  readonly tags: readonly Tag[]
  /** Of the device's protocol; the deadband is each tag's own. */
  readonly policy: Omit<ReportPolicy, 'deadband'>
  /** What is remembered of each tag's last readings; outlives the loop, so that an edit does not store everything again. */
  readonly memories: Map<number, TagMemory>
  readonly clock: Clock
  /** The device's clock was set back; what it says from now on counts. */
  readonly onClockStep: (deviceTime: Micros) => void
  /** Told of each reading when it has been kept. */
  readonly onSample: (sample: Sample) => void
}

/** From what one device sent to readings: stamps that can be, scaled, thinned out. */
export class SampleIntake {
  readonly #options: SampleIntakeOptions
  readonly #tags: ReadonlyMap<number, Tag>
  #newest: Micros | null
  #older: OlderRun | null = null
  /** Tags whose next live reading counts although it is older: see {@link QualityFlag.ClockReset}. */
  #reset = new Set<number>()

  constructor(options: SampleIntakeOptions, newest: Micros | null) {
    this.#options = options
    this.#tags = new Map(options.tags.map((tag) => [tag.id, tag]))
    this.#newest = newest
  }

  /** The newest time that the device told, never ahead of ours. */
  get newest(): Micros | null {
    return this.#newest
  }

  /** A device whose clock is ahead is not alive until then. */
  seen(at: Micros): void {
    this.#newest = Math.max(Math.min(at, this.#options.clock.now()), this.#newest ?? 0)
  }

  /** How many are of tags that are there: a driver may still send what was just removed. */
  countOwn(samples: readonly Sample[]): number {
    return samples.reduce((count, one) => count + Number(this.#tags.has(one.tagId)), 0)
  }

  take(samples: readonly Sample[]): Reading[] {
    const { clock, policy, onSample } = this.#options
    const readings: Reading[] = []
    const now = clock.now()
    this.#watchClock(samples, now)
    for (const given of samples) {
      const tag = this.#tags.get(given.tagId)
      if (tag === undefined) continue
      const sample = withSaneStamp(given, now)
      if (isNews(sample)) this.seen(sample.sourceTimestamp)
      const memory = this.#memoryOf(tag.id)
      const quality = sample.quality | (isNews(sample) ? this.#resetOf(memory, sample) : 0)
      const scaled = { ...sample, quality, value: scaleValue(sample.value, tag) }
      keep(memory, scaled, { ...policy, deadband: tag.deadband }, readings)
      onSample(scaled)
    }
    return readings
  }

  /** Three arrivals in a row of nothing but older stamps, in step with our clock: the other one was set back. */
  #watchClock(samples: readonly Sample[], now: Micros): void {
    let newest = Number.NEGATIVE_INFINITY
    for (const sample of samples) {
      const known = this.#options.memories.get(sample.tagId)?.newest
      if (known === undefined || !isNews(sample)) continue
      if (!(sample.sourceTimestamp < known.sourceTimestamp - CLOCK_TOLERANCE)) {
        this.#older = null
        return
      }
      newest = Math.max(newest, sample.sourceTimestamp)
    }
    if (newest === Number.NEGATIVE_INFINITY) return
    this.#older = nextOlder(this.#older, newest, now)
    if (this.#older.count < STEPPED_BACK_AFTER) return
    this.#older = null
    this.#reset = new Set(this.#tags.keys())
    this.#options.onClockStep(newest)
  }

  #resetOf(memory: TagMemory, { tagId, sourceTimestamp }: Sample): number {
    if (!this.#reset.delete(tagId) || memory.newest === undefined || sourceTimestamp >= memory.newest.sourceTimestamp) return 0
    memory.newest = undefined
    return QualityFlag.ClockReset
  }

  #memoryOf(tagId: number): TagMemory {
    const { memories } = this.#options
    const memory = memories.get(tagId) ?? newTagMemory()
    memories.set(tagId, memory)
    return memory
  }
}
