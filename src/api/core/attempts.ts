import type { Millis } from '#base/time.ts'

interface Failures {
  count: number
  /** Until then every further try is refused. */
  blockedUntil: Millis
  lastAt: Millis
}

/** Failed tries in a row that cost nothing: everybody mistypes. */
const FREE = 5
const LONGEST: Millis = 15 * 60_000
/** A key that was quiet for so long starts anew. */
const FORGET: Millis = 30 * 60_000
const MOST_KEYS = 10_000

/**
 * Slows down guessing: after five failures of a key each further one doubles the wait, from a second to a quarter of an hour.
 * Keys are what an attacker has to spend: an address, an address with a login.
 */
export class Attempts {
  readonly #failures = new Map<string, Failures>()

  /** @returns how long this key must wait before it may try; 0: now */
  waitOf(key: string, now: Millis): Millis {
    const failures = this.#failures.get(key)
    return failures === undefined ? 0 : Math.max(0, failures.blockedUntil - now)
  }

  failed(key: string, now: Millis): void {
    this.#forget(now)
    const before = this.#failures.get(key)
    const count = (before === undefined || now - before.lastAt > FORGET ? 0 : before.count) + 1
    const wait = count < FREE ? 0 : Math.min(LONGEST, 1000 * 2 ** Math.min(count - FREE, 20))
    this.#failures.delete(key)
    this.#failures.set(key, { count, lastAt: now, blockedUntil: now + wait })
  }

  succeeded(key: string): void {
    this.#failures.delete(key)
  }

  /** Oldest first, as a Map keeps its order. */
  #forget(now: Millis): void {
    for (const [key, { lastAt }] of this.#failures) {
      if (this.#failures.size < MOST_KEYS && now - lastAt <= FORGET) break
      this.#failures.delete(key)
    }
  }
}
