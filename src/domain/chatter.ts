import type { Micros } from '#base/time.ts'

const MINUTE: Micros = 60_000_000
/** So many raises within a minute begin it; ISA-18.2. */
const RAISES = 3
/** It is over after so long without a raise. */
export const CHATTER_QUIET: Micros = 10 * MINUTE

/** A raise that is known already. */
export interface KnownRaise {
  readonly at: Micros
  readonly chattering: boolean
}

/**
 * Whether one rule chatters: from its third raise within a minute until it has not raised for ten. The only definition, for those who are
 * told less, for the figures of a day and for a back-test.
 */
export class Chatter {
  /** The newest last, no more than count. */
  readonly #raises: Micros[]
  #on: boolean
  #spells = 0

  /** @param known the newest raises before, by ascending time; what is older than ten minutes is of no use */
  constructor(known: readonly KnownRaise[] = []) {
    this.#raises = known.map((one) => one.at).slice(1 - RAISES)
    this.#on = known.at(-1)?.chattering === true
  }

  /** How often it began. */
  get spells(): number {
    return this.#spells
  }

  /** @param at not before the raise before. @returns whether this raise is part of it */
  raise(at: Micros): boolean {
    const last = this.#raises.at(-1)
    if (last !== undefined && at - last >= CHATTER_QUIET) this.#on = false
    const first = this.#raises.at(1 - RAISES)
    if (!this.#on && first !== undefined && at - first < MINUTE) {
      this.#on = true
      this.#spells++
    }
    this.#raises.push(at)
    if (this.#raises.length >= RAISES) this.#raises.shift()
    return this.#on
  }
}
