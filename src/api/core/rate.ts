import type { Millis } from '#base/time.ts'

const MOST_KEYS = 10_000

/** So many at once, and so many a second from then on, for each key. */
export class Rate {
  readonly #burst: number
  readonly #perSecond: number
  readonly #left = new Map<string, { tokens: number; at: Millis }>()

  constructor(burst: number, perSecond: number) {
    this.#burst = burst
    this.#perSecond = perSecond
  }

  /** Counts one. @returns how long the key has to wait; 0: it may */
  take(key: string, now: Millis): Millis {
    const before = this.#left.get(key) ?? { tokens: this.#burst, at: now }
    const tokens = Math.min(this.#burst, before.tokens + ((now - before.at) / 1000) * this.#perSecond)
    const may = tokens >= 1
    this.#left.delete(key)
    this.#left.set(key, { tokens: may ? tokens - 1 : tokens, at: now })
    // the one that was quiet longest is full again anyway
    if (this.#left.size > MOST_KEYS) this.#left.delete(this.#left.keys().next().value ?? '')
    return may ? 0 : ((1 - tokens) / this.#perSecond) * 1000
  }
}
