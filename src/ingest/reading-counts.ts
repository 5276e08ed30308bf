import type { Millis } from '#base/time.ts'
import type { ReadingCount } from '#store/reading-counts.ts'
import type { TagMemory } from './core/report-by-exception.ts'

/** How often what was counted is handed over. */
const HAND_OVER_EVERY: Millis = 60_000

/** What the tags of a process counted, handed over once a minute and at its end, each reading once. */
export class ReadingCounts implements AsyncDisposable {
  readonly #memories: ReadonlyMap<number, TagMemory>
  readonly #save: (counts: readonly ReadingCount[]) => Promise<void>
  readonly #timer: NodeJS.Timeout
  #handedOver = new WeakMap<TagMemory, { seen: number; stored: number }>()
  #saving: Promise<void> = Promise.resolve()

  /** @param save may throw: then the same is handed over again, with what came meanwhile */
  constructor(memories: ReadonlyMap<number, TagMemory>, save: (counts: readonly ReadingCount[]) => Promise<void>) {
    this.#memories = memories
    this.#save = save
    this.#timer = setInterval(() => this.handOver(), HAND_OVER_EVERY)
  }

  handOver(): void {
    this.#saving = this.#saving.then(async () => await this.#handOverNow())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer)
    this.handOver()
    await this.#saving
  }

  async #handOverNow(): Promise<void> {
    const counts: ReadingCount[] = []
    const counted: [TagMemory, { seen: number; stored: number }][] = []
    for (const [tagId, memory] of this.#memories) {
      const before = this.#handedOver.get(memory) ?? { seen: 0, stored: 0 }
      const { seen, storedCount: stored } = memory
      if (seen === before.seen) continue
      counts.push({ tagId, seen: seen - before.seen, stored: stored - before.stored })
      counted.push([memory, { seen, stored }])
    }
    if (counts.length === 0) return
    try {
      await this.#save(counts)
      for (const [memory, now] of counted) this.#handedOver.set(memory, now)
    } catch {
      // the database is away, which its writer tells; it is counted on
    }
  }
}
