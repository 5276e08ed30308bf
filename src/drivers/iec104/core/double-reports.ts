import type { Millis } from '#base/time.ts'
import type { InformationObject } from './asdu.ts'
import type { ResolvedTime } from './device-time.ts'
import type { TypeGroup } from './type-table.ts'

/** Two reports of one change come within this. */
const TOGETHER: Millis = 1000

export interface Report {
  readonly group: TypeGroup
  readonly object: InformationObject
  readonly now: Millis
}

/** What a report is about; it remembers its newest report with a time. */
export interface Reported {
  timed: Report | null
}

interface Held<Target> extends Report {
  readonly target: Target
  readonly time: ResolvedTime
  readonly frame: number
}

/**
 * Double transmission (IEC 60870-5-101, 7.2.2.2): some stations report a change twice, without and with its time. The one with the time
 * is kept. Objects that were never reported with a time are not delayed; of the others an untimed change waits a second for its twin.
 */
export class DoubleReports<Target extends Reported> {
  readonly #emit: (target: Target, group: TypeGroup, object: InformationObject, time: ResolvedTime) => void
  #held: Held<Target>[] = []

  constructor(emit: (target: Target, group: TypeGroup, object: InformationObject, time: ResolvedTime) => void) {
    this.#emit = emit
  }

  get oldestFrame(): number | undefined {
    return this.#held[0]?.frame
  }

  get nextDue(): Millis {
    const [oldest] = this.#held
    return oldest === undefined ? Infinity : oldest.now + TOGETHER
  }

  /** @returns whether the report is taken care of: dropped, since its twin came before, or held back */
  holdUntimed(
    target: Target,
    group: TypeGroup,
    object: InformationObject,
    time: ResolvedTime,
    arrival: { readonly now: Millis; readonly frame: number },
  ): boolean {
    const twin = target.timed
    if (twin === null) return false
    if (arrival.now - twin.now <= TOGETHER && isSame(twin, group, object)) return true
    this.#held.push({ target, group, object, time, now: arrival.now, frame: arrival.frame })
    return true
  }

  /** A report with its time. @returns how many held reports it replaces; others of the same object are let go before it */
  onTimed(target: Target, group: TypeGroup, object: InformationObject, now: Millis): number {
    target.timed = { group, object, now }
    if (this.#held.length === 0) return 0
    const mine = this.#held.filter((held) => held.target === target)
    if (mine.length === 0) return 0
    this.#held = this.#held.filter((held) => held.target !== target)
    const others = mine.filter((held) => !isSame(held, group, object))
    for (const held of others) this.#emit(held.target, held.group, held.object, held.time)
    return mine.length - others.length
  }

  /** Something else is about to be said of an object: what was held of it comes first. */
  letGo(target: Target): void {
    if (this.#held.length === 0) return
    const mine = this.#held.filter((held) => held.target === target)
    this.#held = this.#held.filter((held) => held.target !== target)
    for (const held of mine) this.#emit(held.target, held.group, held.object, held.time)
  }

  /** Lets go of what waited long enough. */
  release(now: Millis): void {
    const due = this.#held.findLastIndex((held) => now - held.now >= TOGETHER)
    for (const held of this.#held.splice(0, due + 1)) this.#emit(held.target, held.group, held.object, held.time)
  }
}

function isSame(report: Report, group: TypeGroup, object: InformationObject): boolean {
  return report.group === group && report.object.value === object.value && report.object.quality === object.quality
}
