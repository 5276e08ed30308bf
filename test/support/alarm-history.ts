import assert from 'node:assert/strict'
import { PLAIN_RULE, type AlarmRule, type TagRule } from '#domain/alarm.ts'
import type { Delivery, DeviceReport } from '#domain/delivery.ts'
import { GOOD, QualityFlag, QualityReason, QualitySeverity, packQuality, type Sample } from '#domain/sample.ts'
import type { AlarmPlan, SavedRule } from '#alarm/core/configure.ts'
import type { EngineMemory, Outcome, SourceMemory } from '#alarm/core/memory.ts'
import type { SavedSource } from '#alarm/core/saved-memory.ts'
import type { AlarmCore } from './alarm-core.ts'
import type { CrossingKind } from '#alarm/core/step.ts'

/** Time goes by in halves of a second: what is delivered comes with whole seconds, what people do comes between them. */
export const TICK = 500_000
const SOURCE = 's'

/** What a tag says. `lost` is no word of its own: the driver says that the device did not answer. */
export type Word = number | 'bad' | 'lost'

export interface Told {
  readonly tagId: number
  /** In ticks, by the clock of whoever stamped it. */
  readonly stamp: number
  readonly word: Word
  readonly historical?: boolean
}

export interface Happened {
  readonly kind: CrossingKind
  /** In ticks. */
  readonly at: number
  readonly late: boolean
}

const QUALITY = {
  bad: packQuality(QualitySeverity.Bad, QualityReason.Invalid),
  lost: packQuality(QualitySeverity.Bad, QualityReason.CommunicationFailure),
}

export function tagRule(change: Partial<TagRule>): TagRule {
  const names = { name: 'r', label: 'Custom', severity: 'warning', enabled: true, autoClose: false, cooldownMinutes: 0 } as const
  const figures = { operator: '>', setpoint: 0, deadband: 0, onDelaySeconds: 0, offDelaySeconds: 0 } as const
  return { ...PLAIN_RULE, ...names, ...figures, id: 1, version: 1, deviceId: 1, tagId: 1, curve: null, suppressTagId: null, ...change }
}

/** One device of two tags with one rule, told of and edited and restarted as a history says. */
export class History {
  readonly happened: Happened[] = []
  readonly notices: string[] = []
  readonly #core: AlarmCore
  readonly #base: number
  #memory: EngineMemory
  #rule: AlarmRule
  #seq = 0

  /** @param base microseconds of tick 0 */
  constructor(core: AlarmCore, rule: AlarmRule, base: number) {
    this.#core = core
    this.#base = base
    this.#rule = rule
    this.#memory = core.createMemory()
    core.configure(this.#memory, planOf(rule), () => undefined)
  }

  /** @param failures polls failed in a row, when the device is reported on */
  deliver(at: number, told: readonly Told[], failures?: number): void {
    const receivedAt = this.#micros(at)
    const report = (consecutiveFailures: number): DeviceReport => ({
      deviceId: 1,
      newest: null,
      status: 'online',
      consecutiveFailures,
      successRate: 1,
      problem: null,
    })
    const delivery: Delivery = {
      source: SOURCE,
      seq: ++this.#seq,
      receivedAt,
      readings: told.map((one) => this.#sample(one)),
      devices: failures === undefined ? [] : [report(failures)],
    }
    this.#take(this.#core.evaluate(this.#memory, delivery))
  }

  /** @param down the engine is not running meanwhile, and finds the other rule when it starts */
  edit(at: number, rule: AlarmRule, down: boolean): void {
    const clock = this.#micros(at)
    const source = this.#memory.sources.get(SOURCE)
    if (source !== undefined) this.#take(this.#core.advance(this.#memory, source, clock))
    this.#rule = rule
    const clockOf = (one: SourceMemory): number | undefined => (one.clock === null ? undefined : clock)
    if (down) this.#take(this.#start(clockOf))
    else this.#take(this.#core.configure(this.#memory, planOf(rule), clockOf))
  }

  restart(): void {
    const { transitions } = this.#start((source) => source.clock ?? undefined)
    assert.deepEqual(transitions, [], 'a restart is no event')
  }

  /** The states as text and back, as after a crash. */
  #start(clockOf: (source: SourceMemory) => number | undefined): Outcome {
    const saved = JSON.parse(JSON.stringify(this.#core.saveSource(this.#memory, SOURCE))) as SavedSource
    const rules = Array.from(
      this.#memory.rules,
      ([id, one]) => [id, JSON.parse(JSON.stringify(this.#core.saveRule(one))) as SavedRule] as const,
    )
    this.#memory = this.#core.createMemory()
    this.#core.restoreSource(this.#memory, SOURCE, saved)
    return this.#core.configure(this.#memory, planOf(this.#rule), clockOf, new Map(rules))
  }

  #take({ transitions, notices }: Outcome): void {
    this.happened.push(...transitions.map(({ kind, at, late }) => ({ kind, at: (at - this.#base) / TICK, late })))
    this.notices.push(...notices.map(({ code }) => code))
  }

  #sample({ tagId, stamp, word, historical }: Told): Sample {
    const quality = (typeof word === 'number' ? GOOD : QUALITY[word]) | (historical === true ? QualityFlag.Historical : 0)
    return { tagId, sourceTimestamp: this.#micros(stamp), value: typeof word === 'number' ? word : null, quality, statusCode: null }
  }

  #micros(ticks: number): number {
    return this.#base + ticks * TICK
  }
}

function planOf(rule: AlarmRule): AlarmPlan {
  const tags = [1, 2].map((id) => ({ id, deviceId: 1 }))
  return { rules: rule.enabled ? [rule] : [], tags, derived: [], devices: [{ id: 1, source: SOURCE }], gone: new Map() }
}
