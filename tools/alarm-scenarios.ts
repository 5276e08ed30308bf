import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { configure, type AlarmPlan, type SavedRule } from '#alarm/core/configure.ts'
import { evaluate } from '#alarm/core/evaluate.ts'
import { createMemory, type EngineMemory, type Transition } from '#alarm/core/memory.ts'
import { restoreSource, saveRule, saveSource, type SavedSource } from '#alarm/core/saved-memory.ts'
import { asError } from '#base/errors.ts'
import type { AlarmRule, Operator, Severity } from '#domain/alarm.ts'
import { GOOD, QualityReason, QualitySeverity, packQuality, type Sample, type Value } from '#domain/sample.ts'

/*
 * Judges scenarios (plain data: rules, inputs by time, expected events) with the engine's own `evaluate` under a virtual clock:
 *
 *     node tools/alarm-scenarios.ts FILE
 *
 * prints one line a case; exit code 1 when one fails. Kinds of rules that no engine has yet are counted as later. Who acknowledged
 * is a matter of the store and no input of a verdict: acknowledgements are left out here on purpose.
 */

export interface ScenarioRule {
  readonly id: string
  readonly kind: string
  readonly tag?: string
  readonly device?: string
  readonly op?: Operator
  readonly threshold?: number
  readonly hysteresis?: number
  readonly on_delay_s?: number
  readonly off_delay_s?: number
  readonly timeout_s?: number
  readonly severity?: Severity
  readonly enabled?: boolean
  readonly latch?: boolean
}

type Reading = readonly [t: number, value: Value, quality: 'good' | 'bad', arrival?: number]
type Action = readonly [t: number, what: string, rule?: string, change?: Partial<ScenarioRule>]

export interface Scenario {
  readonly id: string
  readonly title: string
  readonly rules: readonly ScenarioRule[]
  readonly inputs: Readonly<Record<string, readonly Reading[]>>
  readonly actions?: readonly Action[]
  readonly end: number
  readonly expect: readonly (readonly [rule: string, kind: 'raise' | 'clear', t: number])[]
  readonly expect_severity?: Readonly<Record<string, string>>
  readonly tolerance_s?: number
  readonly ignore_before_s?: number
  readonly compare?: 'raises_only'
}

export interface Verdict {
  readonly id: string
  readonly result: 'pass' | 'fail' | 'later'
  /** What differs, for people; empty when nothing does. */
  readonly detail: string
}

const BASE = 1_800_000_000_000_000
const SECOND = 1_000_000
/** The source was up long before the case began: no grace of a fresh start. */
const UP_BEFORE = 120
const BAD = packQuality(QualitySeverity.Bad, QualityReason.Invalid)
const COVERED: ReadonlySet<string> = new Set(['threshold', 'comm_loss'])
const ACTIONS: ReadonlySet<string> = new Set(['restart', 'stop', 'start', 'ack', 'edit'])

export function runScenario(scenario: Scenario): Verdict {
  const { id, rules } = scenario
  const kinds = [
    ...rules.map((rule) => rule.kind).filter((kind) => !COVERED.has(kind)),
    ...rules.flatMap((rule) => (rule.latch ? ['latch'] : [])),
  ]
  const actions = (scenario.actions ?? []).map(([, what]) => what).filter((what) => !ACTIONS.has(what))
  if (kinds.length + actions.length > 0) return { id, result: 'later', detail: [...new Set([...kinds, ...actions])].join(', ') }
  const differences = compare(scenario, new Judge(scenario).run())
  return { id, result: differences.length === 0 ? 'pass' : 'fail', detail: differences.join('; ') }
}

/** One engine, one source, and a clock that is turned. */
class Judge {
  readonly #scenario: Scenario
  readonly #tagIds: ReadonlyMap<string, number>
  readonly #deviceIds: ReadonlyMap<string, number>
  #rules: readonly ScenarioRule[]
  #memory: EngineMemory = createMemory()
  #transitions: Transition[] = []
  #seq = 0
  /** Seconds of deliveries that wait for an engine that is stopped. */
  #waiting: number[] | undefined

  constructor(scenario: Scenario) {
    this.#scenario = scenario
    this.#rules = scenario.rules
    const names = [...new Set([...Object.keys(scenario.inputs), ...scenario.rules.flatMap((rule) => rule.tag ?? [])])]
    const devices = [...new Set([...names.map(deviceIn), ...scenario.rules.flatMap((rule) => rule.device ?? [])])]
    this.#tagIds = new Map(names.map((name, index) => [name, index + 1]))
    this.#deviceIds = new Map(devices.map((name, index) => [name, index + 1]))
  }

  run(): readonly Transition[] {
    const { end, actions = [], inputs } = this.#scenario
    for (let t = -UP_BEFORE; t < 0; t++) this.#deliver(t)
    this.#configure(new Map(), BASE)
    const arrivals = Object.values(inputs).flatMap((readings) => readings.map(arrivalOf))
    const seconds = Array.from({ length: Math.ceil(end) + 1 }, (_, t) => t)
    const times = [...new Set([...seconds, ...arrivals, ...actions.map(([t]) => t), end])].filter((t) => t <= end).sort((a, b) => a - b)
    for (const t of times) {
      for (const action of actions) if (action[0] === t) this.#act(action, t)
      if (this.#waiting === undefined) this.#deliver(t)
      else this.#waiting.push(t)
    }
    // the delay that ends with the case is discovered a little later
    this.#deliver(end + 0.5)
    return this.#transitions.filter((one) => one.at <= BASE + end * SECOND)
  }

  #act([, what, rule, change]: Action, t: number): void {
    if (what === 'restart' || what === 'start') this.#restart()
    if (what === 'stop') this.#waiting = []
    if (what === 'start') {
      const waited = this.#waiting ?? []
      this.#waiting = undefined
      for (const one of waited) this.#deliver(one)
    }
    if (what !== 'edit') return
    this.#rules = this.#rules.map((one) => (one.id === rule ? { ...one, ...change } : one))
    this.#configure(new Map(), BASE + t * SECOND)
  }

  #deliver(t: number): void {
    const readings = Object.entries(this.#scenario.inputs).flatMap(([name, all]) =>
      all.filter((reading) => arrivalOf(reading) === t).map((reading) => this.#sample(name, reading)),
    )
    const delivery = { source: 's', seq: ++this.#seq, receivedAt: BASE + t * SECOND, readings, devices: [] }
    this.#transitions.push(...evaluate(this.#memory, delivery).transitions)
  }

  #sample(name: string, [t, value, quality]: Reading): Sample {
    const number = value === 'NaN' ? Number.NaN : value === '-0.0' ? -0 : value
    const tagId = this.#tagIds.get(name) ?? 0
    return { tagId, sourceTimestamp: BASE + t * SECOND, value: number, quality: quality === 'good' ? GOOD : BAD, statusCode: null }
  }

  #configure(saved: ReadonlyMap<number, SavedRule> = new Map(), at?: number): void {
    this.#transitions.push(...configure(this.#memory, this.#plan(), (source) => at ?? source.clock ?? undefined, saved).transitions)
  }

  /** All there is goes through text, as through a database. */
  #restart(): void {
    const source = JSON.parse(JSON.stringify(saveSource(this.#memory, 's'))) as SavedSource
    const rules = Array.from(this.#memory.rules, ([id, rule]) => [id, JSON.parse(JSON.stringify(saveRule(rule))) as SavedRule] as const)
    this.#memory = createMemory()
    restoreSource(this.#memory, 's', source)
    this.#configure(new Map(rules))
  }

  #plan(): AlarmPlan {
    const rules = this.#rules.flatMap((rule, index) => (rule.enabled === false ? [] : [this.#rule(rule, index + 1)]))
    return {
      rules,
      tags: Array.from(this.#tagIds, ([name, id]) => ({ id, deviceId: this.#deviceIds.get(deviceIn(name)) ?? 0 })),
      devices: Array.from(this.#deviceIds.values(), (id) => ({ id, source: 's' })),
      gone: new Map(),
    }
  }

  #rule(rule: ScenarioRule, id: number): AlarmRule {
    const severity = rule.severity ?? 'warning'
    const base = { id, version: 1, name: rule.id, severity, enabled: true, autoClose: false, cooldownMinutes: 0 }
    if (rule.kind === 'comm_loss') {
      return {
        ...base,
        kind: 'communication_loss',
        deviceId: this.#deviceIds.get(rule.device ?? '') ?? 0,
        timeoutSeconds: rule.timeout_s ?? 60,
      }
    }
    return {
      ...base,
      kind: 'threshold',
      deviceId: this.#deviceIds.get(deviceIn(rule.tag ?? '')) ?? 0,
      tagId: this.#tagIds.get(rule.tag ?? '') ?? 0,
      label: 'Custom',
      operator: rule.op ?? '>',
      setpoint: rule.threshold ?? 0,
      deadband: rule.hysteresis ?? 0,
      onDelaySeconds: rule.on_delay_s ?? 0,
      offDelaySeconds: rule.off_delay_s ?? 0,
    }
  }
}

function compare(scenario: Scenario, transitions: readonly Transition[]): string[] {
  const { ignore_before_s: from = Number.NEGATIVE_INFINITY, tolerance_s: tolerance = 5 } = scenario
  const counts = (kind: string, t: number): boolean => t >= from && (scenario.compare !== 'raises_only' || kind === 'raise')
  return scenario.rules.flatMap(({ id }, index) => {
    const ours = transitions
      .filter((one) => one.rule.id === index + 1)
      .map((one) => ({ kind: one.kind, t: (one.at - BASE) / SECOND, severity: one.rule.severity }))
      .filter((one) => counts(one.kind, one.t))
    const expected = scenario.expect.filter(([rule, kind, t]) => rule === id && counts(kind, t)).map(([, kind, t]) => ({ kind, t }))
    const same =
      ours.length === expected.length &&
      ours.every((one, at) => one.kind === expected[at]?.kind && Math.abs(one.t - expected[at].t) <= tolerance)
    const severity = scenario.expect_severity?.[id]
    const wrong = severity === undefined ? undefined : ours.find((one) => one.severity !== severity)
    return [
      ...(same ? [] : [`${id}: expected ${told(expected)}, got ${told(ours)}`]),
      ...(wrong === undefined ? [] : [`${id}: severity ${wrong.severity} instead of ${severity}`]),
    ]
  })
}

function told(events: readonly { kind: string; t: number }[]): string {
  return events.length === 0 ? 'nothing' : events.map((one) => `${one.kind} at ${one.t}`).join(', ')
}

function arrivalOf([t, , , arrival]: Reading): number {
  return arrival ?? t
}

function deviceIn(tag: string): string {
  return tag.slice(0, tag.indexOf(':'))
}

function main(file: string | undefined): void {
  if (file === undefined) throw new Error('Give the path of a file of alarm scenarios.')
  const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: readonly Scenario[] }
  const verdicts = cases.map(runScenario)
  for (const { id, result, detail } of verdicts) console.log(`${result.padEnd(5)} ${id}${detail === '' ? '' : `  ${detail}`}`)
  const count = (result: Verdict['result']): number => verdicts.filter((one) => one.result === result).length
  console.log(`${count('pass')} pass, ${count('fail')} fail, ${count('later')} later`)
  if (count('fail') > 0) process.exitCode = 1
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    main(process.argv[2])
  } catch (error) {
    console.error(asError(error).message)
    process.exitCode = 2
  }
}
