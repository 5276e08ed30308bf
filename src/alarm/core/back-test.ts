import type { Micros } from '#base/time.ts'
import type { TagRule } from '#domain/alarm.ts'
import { Chatter } from '#domain/chatter.ts'
import { FloodCount } from '#domain/flood.ts'
import type { Sample } from '#domain/sample.ts'
import { configure } from './configure.ts'
import { evaluate } from './evaluate.ts'
import { createMemory, sourceOf, type EngineMemory, type Outcome } from './memory.ts'

/** One alarm that the rule would have made. */
export interface Found {
  readonly raisedAt: Micros
  /** null: it still stood at the end. */
  readonly clearedAt: Micros | null
  readonly value: number | null
}

export interface Findings {
  /** All of them, also those beyond the list. */
  readonly count: number
  /** The newest come last; at most 1,000. */
  readonly occurrences: readonly Found[]
  /** Microseconds of the period in which it stood. */
  readonly timeInAlarm: Micros
  /** Of the longest one. */
  readonly longest: Micros
  /** How often it began to chatter. */
  readonly chattering: number
  /** How often more than ten raises fell into ten minutes: such a flood ends with fewer than five. */
  readonly floods: number
}

const SOURCE = 'back-test'
const MOST_LISTED = 1000

/**
 * Runs one rule over stored samples, by the very `evaluate` that judges live; one that latches as if it were reset whenever its value is
 * back. Feed the samples in order of time; how they are parted
 * changes nothing, but samples of two tags of one instant belong into one call.
 */
export class BackTest {
  readonly #from: Micros
  readonly #memory: EngineMemory = createMemory()
  readonly #listed: Found[] = []
  readonly #chatter = new Chatter()
  readonly #floods = new FloodCount()
  #standing: { raisedAt: Micros; value: number | null } | undefined
  #count = 0
  #timeInAlarm: Micros = 0
  #longest: Micros = 0
  #seq = 0

  /** @param from what was raised before is not counted, what stands then is from there on */
  constructor(rule: TagRule, from: Micros) {
    this.#from = from
    const tagIds = [rule.tagId, ...(rule.curve === null ? [] : [rule.curve.xTagId])]
    const tags = [...new Set(tagIds)].map((id) => ({ id, deviceId: rule.deviceId }))
    configure(this.#memory, { rules: [rule], tags, derived: [], devices: [], gone: new Map() }, () => undefined)
    // history is history: nothing in it is a clock that stepped
    for (const tag of this.#memory.tags.values()) tag.device = undefined
  }

  add(readings: readonly Sample[]): void {
    const last = readings.at(-1)
    if (last !== undefined) this.#deliver(readings, last.sourceTimestamp)
  }

  /** @param to what stands then stands at the end */
  end(to: Micros): Findings {
    this.#deliver([], to)
    if (this.#standing !== undefined) this.#close(this.#standing, null, to)
    return {
      count: this.#count,
      occurrences: this.#listed.slice(-MOST_LISTED),
      timeInAlarm: this.#timeInAlarm,
      longest: this.#longest,
      chattering: this.#chatter.spells,
      floods: this.#floods.count,
    }
  }

  #deliver(readings: readonly Sample[], receivedAt: Micros): void {
    const source = sourceOf(this.#memory, SOURCE)
    // the source was there all the while, whatever the gaps between samples
    if (source.clock !== null && source.clock < receivedAt) source.clock = receivedAt
    this.#take(evaluate(this.#memory, { source: SOURCE, seq: ++this.#seq, receivedAt, readings, devices: [] }))
    source.upSince = 0
    this.#memory.changed.clear()
  }

  #take(outcome: Outcome): void {
    for (const { kind, at, value } of outcome.transitions) {
      if (kind === 'raise' || kind === 'resume') this.#standing = { raisedAt: at, value: value === undefined ? null : Number(value) }
      else if (this.#standing !== undefined) {
        this.#close(this.#standing, at, at)
        this.#standing = undefined
      }
    }
  }

  #close({ raisedAt, value }: { raisedAt: Micros; value: number | null }, clearedAt: Micros | null, until: Micros): void {
    if (until <= this.#from && raisedAt < this.#from) return
    this.#count++
    this.#listed.push({ raisedAt, clearedAt, value })
    if (this.#listed.length >= 2 * MOST_LISTED) this.#listed.splice(0, MOST_LISTED)
    const lasted = Math.max(0, until - Math.max(raisedAt, this.#from))
    this.#timeInAlarm += lasted
    this.#longest = Math.max(this.#longest, lasted)
    this.#chatter.raise(raisedAt)
    this.#floods.raise(raisedAt)
  }
}
