import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { configure, reset, type AlarmPlan, type SavedRule } from '#alarm/core/configure.ts'
import type { DerivedTag } from '#alarm/core/configure-deferred.ts'
import { evaluate } from '#alarm/core/evaluate.ts'
import { DERIVED, createMemory, freshOutcome, type EngineMemory, type Transition } from '#alarm/core/memory.ts'
import { restoreSource, saveRule, saveSource, type SavedSource } from '#alarm/core/saved-memory.ts'
import { asError } from '#base/errors.ts'
import { parseFormula } from '#calc/formula/parse.ts'
import type { AlarmRule, CurvePoint, Operator, Severity, TagRule } from '#domain/alarm.ts'
import type { DeviceReport } from '#domain/delivery.ts'
import { GOOD, QualityReason, QualitySeverity, packQuality, type Sample, type Value } from '#domain/sample.ts'

/*
 * Judges scenarios (plain data: rules, inputs by time, expected events) with the engine's own `evaluate` under a virtual clock:
 *
 *     node tools/alarm-scenarios.ts FILE...
 *
 * prints one line a case; exit code 1 when one fails. Kinds of rules that no engine has are counted as later.
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
  readonly bit?: number
  readonly alarm_on?: 0 | 1
  readonly window_s?: number
  readonly modulus?: number
  readonly expr?: string
  readonly mode?: 'value' | 'deviation_pct' | 'out_of_band'
  readonly target?: number
  readonly tolerance?: number
  readonly x?: string
  readonly y?: string
  readonly points?: readonly CurvePoint[]
  readonly count?: number
}

type Reading = readonly [t: number, value: Value, quality: 'good' | 'bad', arrival?: number]
type Action = readonly [t: number, what: string, of?: string, how?: string | Partial<ScenarioRule>]

export interface Scenario {
  readonly id: string
  readonly title: string
  readonly rules: readonly ScenarioRule[]
  readonly inputs: Readonly<Record<string, readonly Reading[]>>
  readonly actions?: readonly Action[]
  readonly end: number
  readonly expect: readonly (readonly [rule: string, kind: 'raise' | 'clear', t: number])[]
  readonly expect_severity?: Readonly<Record<string, string>>
  readonly expect_ack?: Readonly<Record<string, readonly (string | null)[]>>
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
/** A curve whose rule says nothing of it waits so long for the other axis. */
const ALIGN_SECONDS = 5
const COVERED: ReadonlySet<string> = new Set(['threshold', 'digital', 'totalizer', 'formula', 'kpi', 'curve', 'comm_loss', 'poll_streak'])
const ACTIONS: ReadonlySet<string> = new Set(['restart', 'stop', 'start', 'ack', 'edit', 'reset', 'poll'])
/** Ids of the virtual tags that formulas become. */
const FIRST_VIRTUAL = 100_000

export function runScenario(scenario: Scenario): Verdict {
  const { id, rules } = scenario
  const kinds = rules.map((rule) => rule.kind).filter((kind) => !COVERED.has(kind))
  const actions = (scenario.actions ?? []).map(([, what]) => what).filter((what) => !ACTIONS.has(what))
  if (kinds.length + actions.length > 0) return { id, result: 'later', detail: [...new Set([...kinds, ...actions])].join(', ') }
  const judge = new Judge(scenario)
  const differences = [...compare(scenario, judge.run()), ...compareAcknowledged(scenario, judge.acknowledged)]
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
  /** Who acknowledged each occurrence of a rule, in order. */
  readonly acknowledged = new Map<string, (string | null)[]>()

  constructor(scenario: Scenario) {
    this.#scenario = scenario
    this.#rules = scenario.rules
    const named = scenario.rules.flatMap((rule) => [rule.tag, rule.x, rule.y].filter((one) => one !== undefined))
    const read = scenario.rules.flatMap((rule) => referencesOf(rule.expr))
    const names = [...new Set([...Object.keys(scenario.inputs), ...named, ...read])]
    const devices = [...new Set([...names.map(deviceIn), ...scenario.rules.flatMap((rule) => rule.device ?? []), ''])]
    this.#tagIds = new Map(names.map((name, index) => [name, index + 1]))
    this.#deviceIds = new Map(devices.map((name, index) => [name, index + 1]))
    for (const { id } of scenario.rules) this.acknowledged.set(id, [])
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
      for (const [at, what, rule = '', who] of actions)
        if (at === t && what === 'ack' && typeof who === 'string') this.#acknowledge(rule, who)
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
    if (what === 'reset') {
      const outcome = freshOutcome()
      reset(this.#memory, this.#rules.findIndex((one) => one.id === rule) + 1, BASE + t * SECOND, outcome)
      this.#take(outcome.transitions)
    }
    if (what !== 'edit' || typeof change !== 'object') return
    this.#rules = this.#rules.map((one) => (one.id === rule ? { ...one, ...change } : one))
    // an engine that is away finds the new configuration when it comes back
    if (this.#waiting === undefined) this.#configure(new Map(), BASE + t * SECOND)
  }

  /** The newest occurrence of the rule; who was first stays. */
  #acknowledge(rule: string, who: string): void {
    const occurrences = this.acknowledged.get(rule)
    if (occurrences !== undefined && occurrences.at(-1) === null) occurrences[occurrences.length - 1] = who
  }

  #take(transitions: readonly Transition[]): void {
    this.#transitions.push(...transitions)
    for (const one of transitions) {
      if (one.kind === 'raise') this.acknowledged.get(this.#rules[one.rule.id - 1]?.id ?? '')?.push(null)
    }
  }

  #deliver(t: number): void {
    const readings = Object.entries(this.#scenario.inputs).flatMap(([name, all]) =>
      all.filter((reading) => arrivalOf(reading) === t).map((reading) => this.#sample(name, reading)),
    )
    const delivery = { source: 's', seq: ++this.#seq, receivedAt: BASE + t * SECOND, readings, devices: this.#polled(t) }
    this.#take(evaluate(this.#memory, delivery).transitions)
  }

  /** What the polls of this moment say of their devices. */
  #polled(t: number): DeviceReport[] {
    const polls = (this.#scenario.actions ?? []).filter(([at, what]) => what === 'poll' && at <= t)
    const devices = new Set(polls.filter(([at]) => at === t).map(([, , device = '']) => device))
    return Array.from(devices, (device): DeviceReport => {
      const results = polls.filter(([, , of]) => of === device).map(([, , , result]) => result)
      const consecutiveFailures = results.length - 1 - results.lastIndexOf('ok')
      const status = consecutiveFailures >= 3 ? 'error' : 'online'
      return { deviceId: this.#deviceIds.get(device) ?? 0, newest: null, status, consecutiveFailures, successRate: 1, problem: null }
    })
  }

  #sample(name: string, [t, value, quality]: Reading): Sample {
    const number = value === 'NaN' ? Number.NaN : value === '-0.0' ? -0 : value
    const tagId = this.#tagIds.get(name) ?? 0
    return { tagId, sourceTimestamp: BASE + t * SECOND, value: number, quality: quality === 'good' ? GOOD : BAD, statusCode: null }
  }

  #configure(saved: ReadonlyMap<number, SavedRule> = new Map(), at?: number): void {
    this.#take(configure(this.#memory, this.#plan(), (source) => at ?? source.clock ?? undefined, saved).transitions)
  }

  /** All there is goes through text, as through a database. */
  #restart(): void {
    const sources = ['s', DERIVED].map((name) => [name, JSON.parse(JSON.stringify(saveSource(this.#memory, name))) as SavedSource] as const)
    const rules = Array.from(this.#memory.rules, ([id, rule]) => [id, JSON.parse(JSON.stringify(saveRule(rule))) as SavedRule] as const)
    this.#memory = createMemory()
    for (const [name, source] of sources) restoreSource(this.#memory, name, source)
    this.#configure(new Map(rules))
  }

  #plan(): AlarmPlan {
    const rules = this.#rules.flatMap((rule, index) => (rule.enabled === false ? [] : [this.#rule(rule, index + 1)]))
    const derived = this.#rules.flatMap((rule, index): DerivedTag[] =>
      rule.expr === undefined
        ? []
        : [
            {
              tagId: FIRST_VIRTUAL + index,
              formula: rule.expr,
              inputs: referencesOf(rule.expr).map((name) => this.#tagIds.get(name) ?? null),
            },
          ],
    )
    return {
      rules,
      tags: [
        ...Array.from(this.#tagIds, ([name, id]) => ({ id, deviceId: this.#deviceIds.get(deviceIn(name)) ?? 0 })),
        ...derived.map(({ tagId }) => ({ id: tagId, deviceId: this.#deviceIds.get('') ?? 0 })),
      ],
      derived,
      devices: Array.from(this.#deviceIds.values(), (id) => ({ id, source: 's' })),
      gone: new Map(),
    }
  }

  #rule(rule: ScenarioRule, id: number): AlarmRule {
    const severity = rule.severity ?? 'warning'
    const base = { id, version: 1, name: rule.id, severity, category: '', enabled: true, autoClose: false, cooldownMinutes: 0 }
    const deviceId = this.#deviceIds.get(rule.device ?? '') ?? 0
    if (rule.kind === 'comm_loss') return { ...base, kind: 'communication_loss', deviceId, timeoutSeconds: rule.timeout_s ?? 60 }
    if (rule.kind === 'poll_streak') return { ...base, kind: 'poll_streak', deviceId, count: rule.count ?? 3 }
    const tag = rule.tag ?? rule.y ?? ''
    const plain: TagRule = {
      ...base,
      kind: 'threshold',
      deviceId: this.#deviceIds.get(deviceIn(tag)) ?? 0,
      tagId: this.#tagIds.get(tag) ?? FIRST_VIRTUAL + id - 1,
      label: 'Custom',
      operator: rule.op ?? '>',
      setpoint: rule.threshold ?? 0,
      deadband: rule.hysteresis ?? 0,
      onDelaySeconds: rule.on_delay_s ?? 0,
      offDelaySeconds: rule.off_delay_s ?? 0,
      latch: rule.latch ?? false,
      bit: rule.bit ?? null,
      transitionOnly: false,
      windowSeconds: rule.window_s ?? null,
      modulus: rule.modulus ?? null,
      target: rule.target ?? null,
      curve: null,
      suppressTagId: null,
    }
    switch (rule.kind) {
      case 'digital':
        return { ...plain, kind: 'digital', setpoint: rule.alarm_on ?? 1 }
      case 'totalizer':
        return { ...plain, kind: 'totalizer' }
      case 'kpi':
        if (rule.mode === 'deviation_pct') return { ...plain, kind: 'deviation' }
        return rule.mode === 'out_of_band' ? { ...plain, kind: 'out_of_band', setpoint: rule.tolerance ?? 0 } : plain
      case 'curve': {
        const points = rule.points ?? []
        const curve = { xTagId: this.#tagIds.get(rule.x ?? '') ?? 0, points, tolerance: rule.tolerance ?? 0, percent: false }
        return { ...plain, kind: 'curve', curve, onDelaySeconds: rule.on_delay_s ?? ALIGN_SECONDS }
      }
    }
    return plain
  }
}

/** The tags that a formula reads, in the order in which it names them first. */
function referencesOf(expr: string | undefined): string[] {
  return expr === undefined ? [] : parseFormula(expr).references.map(({ device, tag }) => `${device}:${tag}`)
}

function compareAcknowledged(scenario: Scenario, acknowledged: ReadonlyMap<string, readonly (string | null)[]>): string[] {
  return Object.entries(scenario.expect_ack ?? {}).flatMap(([rule, expected]) => {
    const ours = acknowledged.get(rule) ?? []
    const same = ours.length === expected.length && ours.every((who, index) => who === expected[index])
    return same ? [] : [`${rule}: expected acknowledged by ${JSON.stringify(expected)}, got ${JSON.stringify(ours)}`]
  })
}

function compare(scenario: Scenario, transitions: readonly Transition[]): string[] {
  const { ignore_before_s: from = Number.NEGATIVE_INFINITY, tolerance_s: tolerance = 5 } = scenario
  const counts = (kind: string, t: number): boolean => t >= from && (scenario.compare !== 'raises_only' || kind === 'raise')
  return scenario.rules.flatMap(({ id }, index) => {
    let severityAtRaise: string = ''
    const ours = transitions
      .filter((one) => one.rule.id === index + 1)
      .map((one) => {
        // an occurrence keeps the severity that it was raised with
        if (one.kind === 'raise') severityAtRaise = one.rule.severity
        return { kind: one.kind, t: (one.at - BASE) / SECOND, severity: severityAtRaise }
      })
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

function main(files: readonly string[]): void {
  if (files.length === 0) throw new Error('Give the path of a file of alarm scenarios.')
  const verdicts = files.flatMap((file) => {
    const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: readonly Scenario[] }
    return cases.map(runScenario)
  })
  for (const { id, result, detail } of verdicts) console.log(`${result.padEnd(5)} ${id}${detail === '' ? '' : `  ${detail}`}`)
  const count = (result: Verdict['result']): number => verdicts.filter((one) => one.result === result).length
  console.log(`${count('pass')} pass, ${count('fail')} fail, ${count('later')} later`)
  if (count('fail') > 0) process.exitCode = 1
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    main(process.argv.slice(2))
  } catch (error) {
    console.error(asError(error).message)
    process.exitCode = 2
  }
}
