import type { Micros } from '#base/time.ts'

/** ISA-18.2: a flood begins with more than ten alarms in ten minutes and ends with fewer than five. */
export const FLOOD_ABOVE = 10
export const FLOOD_BELOW = 5
export const FLOOD_SPAN: Micros = 600_000_000

/** How often a row of raises became a flood, whatever ten minutes they fell into. */
export class FloodCount {
  readonly #recent: Micros[] = []
  #on = false
  #count = 0

  get count(): number {
    return this.#count
  }

  /** @param at not before the raise before */
  raise(at: Micros): void {
    while ((this.#recent[0] ?? at) <= at - FLOOD_SPAN) this.#recent.shift()
    if (this.#recent.length < FLOOD_BELOW) this.#on = false
    this.#recent.push(at)
    if (this.#on || this.#recent.length <= FLOOD_ABOVE) return
    this.#on = true
    this.#count++
  }
}
