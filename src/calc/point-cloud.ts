import type { Micros } from '#base/time.ts'

/** Columns of equal length, in order of time. */
export interface Cloud {
  readonly at: Micros[]
  readonly x: number[]
  readonly y: number[]
  /** How long it held; what was left out is counted with what stands for it. */
  readonly seconds: number[]
}

interface Slot {
  low: Point
  high: Point
  seconds: number
}
interface Point {
  readonly at: Micros
  readonly x: number
  readonly y: number
  readonly rank: number
}

/**
 * Thins pairs of values to what a picture can show: of each short stretch of time the lowest and the highest, so that what left the band for
 * a moment is seen. The stretches are as short as what was measured allows: an hour of data in a month is an hour in full.
 */
export class PointCloud {
  readonly #from: Micros
  readonly #mostSlots: number
  readonly #rank: (x: number, y: number) => number
  #slots = new Map<number, Slot>()
  #width: Micros = FINEST

  /**
   * @param most points at the end, 2 or more
   * @param rank what low and high mean: y itself, or its distance from a line
   */
  constructor(from: Micros, most: number, rank: (x: number, y: number) => number) {
    this.#from = from
    this.#mostSlots = Math.floor(most / 2)
    this.#rank = rank
  }

  /** @param until how long it held; in order of time */
  add(at: Micros, until: Micros, x: number, y: number): void {
    const point = { at, x, y, rank: this.#rank(x, y) }
    this.#put(Math.floor((at - this.#from) / this.#width), { low: point, high: point, seconds: (until - at) / 1_000_000 })
    while (this.#slots.size > this.#mostSlots) this.#coarsen()
  }

  end(): Cloud {
    const cloud: Cloud = { at: [], x: [], y: [], seconds: [] }
    for (const { low, high, seconds } of this.#slots.values()) {
      const both = low === high ? [low] : low.at < high.at ? [low, high] : [high, low]
      for (const { at, x, y } of both) {
        cloud.at.push(at)
        cloud.x.push(x)
        cloud.y.push(y)
        cloud.seconds.push(seconds / both.length)
      }
    }
    return cloud
  }

  #put(key: number, slot: Slot): void {
    const own = this.#slots.get(key)
    if (own === undefined) {
      this.#slots.set(key, slot)
      return
    }
    own.seconds += slot.seconds
    if (slot.low.rank < own.low.rank) own.low = slot.low
    if (slot.high.rank > own.high.rank) own.high = slot.high
  }

  #coarsen(): void {
    const fine = this.#slots
    this.#slots = new Map()
    this.#width *= 2
    for (const [key, slot] of fine) this.#put(Math.floor(key / 2), slot)
  }
}

/** Narrower than any poll. */
const FINEST: Micros = 10_000
