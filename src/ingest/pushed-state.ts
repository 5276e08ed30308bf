import type { Micros } from '#base/time.ts'
import { QualityFlag, QualitySeverity, hasFlag, severityOf, type Sample } from '#domain/sample.ts'

/** Signs of life without a value are told no more often. */
const ALIVE_REPORT: Micros = 1_000_000

/** What a device that sends by itself has shown of itself since it was connected. */
export class PushedState {
  readonly #bad = new Set<number>()
  #heard = false
  #absence: string | null = null
  #aliveToldAt: Micros = 0

  /** Whether it was heard since it was connected, or since somebody wants to hear it anew. */
  get isHeard(): boolean {
    return this.#heard
  }

  /** Why the device behind a standing conversation is gone; null when it is there. */
  get absence(): string | null {
    return this.#absence
  }

  /** Tags whose newest value is Bad. */
  get badTags(): readonly number[] {
    return [...this.#bad]
  }

  connected(): void {
    this.#heard = false
    this.#absence = null
    this.#bad.clear()
  }

  /** The next sign of life is news again. */
  unheard(): void {
    this.#heard = false
  }

  /** @returns whether it was the first sign of life */
  hear(): boolean {
    const first = !this.#heard
    this.#heard = true
    return first
  }

  took(samples: readonly Sample[]): void {
    for (const sample of samples) {
      if (hasFlag(sample.quality, QualityFlag.Historical)) continue
      if (severityOf(sample.quality) === QualitySeverity.Bad) this.#bad.add(sample.tagId)
      else this.#bad.delete(sample.tagId)
    }
  }

  /** @returns whether that is news */
  absent(problem: string | null): boolean {
    if (problem === this.#absence) return false
    this.#absence = problem
    this.#heard = true
    return true
  }

  /** @returns whether a sign of life at this time is to be told; it counts as told then */
  tellsLife(now: Micros): boolean {
    if (now - this.#aliveToldAt < ALIVE_REPORT && now >= this.#aliveToldAt) return false
    this.#aliveToldAt = now
    return true
  }
}
