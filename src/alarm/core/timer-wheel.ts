import type { Micros } from '#base/time.ts'

const SLOTS = 4096
const SLOT_MICROS = 100_000

interface Entry<T> {
  readonly due: Micros
  readonly order: number
  readonly item: T
}

/**
 * A hashed wheel of 4,096 slots of 100 ms on a virtual clock: arming and firing cost the same however many timers there are.
 * Timers further away than one turn stay in their slot until a turn finds them due. A timer is never taken back: whoever
 * armed it checks on fire whether it still means anything.
 */
export class TimerWheel<T> {
  readonly #slots = Array<Entry<T>[] | undefined>(SLOTS)
  /** Everything due up to here has fired. */
  #clock: Micros
  #order = 0
  #size = 0

  constructor(clock: Micros) {
    this.#clock = clock
  }

  get size(): number {
    return this.#size
  }

  /** A due time that has passed fires at the next advance. */
  arm(due: Micros, item: T): void {
    const slot = slotOf(Math.max(due, this.#clock))
    const entries = (this.#slots[slot] ??= [])
    entries.push({ due, order: this.#order++, item })
    this.#size++
  }

  /**
   * Calls back for everything due at or before `clock`, in the order of the due times; timers armed by the callbacks wait for
   * the next advance. A clock that did not grow fires only what is overdue.
   */
  advance(clock: Micros, fire: (item: T, due: Micros) => void): void {
    const to = Math.max(clock, this.#clock)
    if (this.#size === 0) {
      this.#clock = to
      return
    }
    const first = Math.floor(this.#clock / SLOT_MICROS)
    const turns = Math.min(Math.floor(to / SLOT_MICROS) - first, SLOTS - 1)
    const due: Entry<T>[] = []
    for (let step = 0; step <= turns; step++) this.#take((first + step) % SLOTS, to, due)
    this.#clock = to
    due.sort((a, b) => a.due - b.due || a.order - b.order)
    for (const entry of due) fire(entry.item, entry.due)
  }

  #take(slot: number, to: Micros, into: Entry<T>[]): void {
    const entries = this.#slots[slot]
    if (entries === undefined || entries.length === 0) return
    let kept = 0
    for (const entry of entries) {
      if (entry.due <= to) into.push(entry)
      else entries[kept++] = entry
    }
    this.#size -= entries.length - kept
    entries.length = kept
  }
}

function slotOf(due: Micros): number {
  return Math.floor(due / SLOT_MICROS) % SLOTS
}
