import type { SessionContext } from '../driver.ts'

/** What one connection counts: for people at once, for the diagnostics once for all that arrived together. */
export class Counts {
  readonly #context: Pick<SessionContext, 'count'>
  readonly #counts = new Map<string, number>()
  readonly #untold = new Map<string, number>()

  constructor(context: Pick<SessionContext, 'count'>) {
    this.#context = context
  }

  of(name: string): number {
    return this.#counts.get(name) ?? 0
  }

  readonly add = (name: string, by = 1): void => {
    this.#counts.set(name, this.of(name) + by)
    this.#untold.set(name, (this.#untold.get(name) ?? 0) + by)
  }

  tell(): void {
    for (const [name, by] of this.#untold) if (by > 0) this.#context.count(name, by)
    this.#untold.clear()
  }
}
