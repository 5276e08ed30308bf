import type { Micros } from '#base/time.ts'

type Take = (from: Micros, until: Micros, x: number, y: number) => void

/**
 * Two tags over one another: each value holds until the next of its tag, as the engine judges them. Give the readings of both in order of
 * time; of one instant the order does not matter.
 */
export class PairWalk {
  readonly #from: Micros
  readonly #to: Micros
  readonly #take: Take
  #at: Micros = Number.NEGATIVE_INFINITY
  #x: number | null = null
  #y: number | null = null

  /** @param take told each stretch of [from, to) in which both are known and stand still */
  constructor(from: Micros, to: Micros, take: Take) {
    this.#from = from
    this.#to = to
    this.#take = take
  }

  /** @param value null: nothing is known from here on */
  set(axis: 'x' | 'y', at: Micros, value: number | null): void {
    this.#tell(at)
    if (axis === 'x') this.#x = value
    else this.#y = value
  }

  end(): void {
    this.#tell(this.#to)
  }

  #tell(until: Micros): void {
    const from = Math.max(this.#at, this.#from)
    const end = Math.min(until, this.#to)
    if (end > from && this.#x !== null && this.#y !== null) this.#take(from, end, this.#x, this.#y)
    this.#at = until
  }
}
