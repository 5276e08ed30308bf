import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { PLAIN_RULE, type Operator, type TagRule } from '#domain/alarm.ts'
import { GOOD, QualityReason, QualitySeverity, packQuality, type Sample } from '#domain/sample.ts'
import { BackTest } from './back-test.ts'
import { configure, type AlarmPlan, type SavedRule } from './configure.ts'
import { evaluate } from './evaluate.ts'
import { DERIVED, createMemory, type EngineMemory, type Transition } from './memory.ts'
import { restoreSource, saveRule, saveSource, type SavedSource } from './saved-memory.ts'

/*
 * Every kind of rule against its meaning: no state machine, recomputed from the whole history at each second. Faults planted in the
 * rule that the engine is given prove that a wrong engine would be found.
 */

const BASE = 1_800_000_000_000_000
const SECOND = 1_000_000
const BAD = packQuality(QualitySeverity.Bad, QualityReason.Invalid)
const END = 40
const A = 1
const B = 2
const VIRTUAL = 3

type Reading = number | 'bad' | undefined
/** One second: what each of two tags says, if anything. */
type Second = readonly [a: Reading, b: Reading]

interface Case {
  readonly rule: TagRule
  readonly formula: string | null
  /** What is judged at a second of a history; undefined: no evidence. */
  readonly signal: (history: readonly Second[], now: number) => number | undefined
  readonly raises: (signal: number) => boolean
  readonly holds: (signal: number) => boolean
}

const held = (history: readonly Second[], tag: 0 | 1, now: number): number | undefined => {
  const last = history.slice(0, Math.max(0, now + 1)).findLast((second) => second[tag] !== undefined)?.[tag]
  return last === 'bad' ? undefined : last
}
/** Good readings of a tag with their seconds. */
const readings = (history: readonly Second[], tag: 0 | 1, now: number): { t: number; value: number }[] =>
  history.slice(0, now + 1).flatMap((second, t) => (typeof second[tag] === 'number' ? [{ t, value: second[tag] }] : []))

function ruleOf(change: Partial<TagRule>): TagRule {
  const names = { name: 'r', label: 'Custom', severity: 'warning', enabled: true, autoClose: false, cooldownMinutes: 0 } as const
  const figures = { operator: '>', setpoint: 0, deadband: 0, onDelaySeconds: 0, offDelaySeconds: 0 } as const
  return { ...PLAIN_RULE, ...names, ...figures, id: 1, version: 1, deviceId: 1, tagId: A, curve: null, suppressTagId: null, ...change }
}

function planOf({ rule, formula }: Pick<Case, 'rule' | 'formula'>): AlarmPlan {
  return {
    rules: [rule],
    tags: [A, B, VIRTUAL].map((id) => ({ id, deviceId: 1 })),
    derived: formula === null ? [] : [{ tagId: VIRTUAL, formula, inputs: formula.includes('D:B') ? [A, B] : [A] }],
    devices: [],
    gone: new Map(),
  }
}

const compare: Readonly<Record<Operator, (value: number, limit: number) => boolean>> = {
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '=': (value, limit) => value === limit,
  '!=': (value, limit) => value !== limit,
}
const towards = (operator: Operator): number => (operator.startsWith('>') ? -1 : 1)

function limited(rule: TagRule, formula: string | null, signal: Case['signal']): Case {
  const { operator, setpoint, deadband } = rule
  return {
    rule,
    formula,
    signal,
    raises: (value) => compare[operator](value, setpoint),
    holds: (value) => compare[operator](value, setpoint + towards(operator) * deadband),
  }
}

const numbers = fc.record({
  operator: fc.constantFrom<Operator>('>', '>=', '<', '<='),
  setpoint: fc.integer({ min: -2, max: 6 }),
  deadband: fc.integer({ min: 0, max: 2 }),
})

const digital = fc.record({ bit: fc.constantFrom(null, 0, 1, 2, 15), setpoint: fc.constantFrom(0, 1) }).map((change): Case => {
  const rule = ruleOf({ kind: 'digital', ...change })
  const signal: Case['signal'] = (history, now) => {
    const value = held(history, 0, now)
    if (value === undefined) return undefined
    if (change.bit === null) return value === 0 ? 0 : 1
    // two's complement of 32 bits, written out
    const bits = (value < 0 ? 2 ** 32 + value : value).toString(2).padStart(32, '0')
    return Number(bits.at(-1 - change.bit))
  }
  const on = (state: number): boolean => state === change.setpoint
  return { rule, formula: null, signal, raises: on, holds: on }
})

const totalizer = fc.tuple(numbers, fc.integer({ min: 2, max: 12 })).map(([change, windowSeconds]) => {
  const rule = ruleOf({ kind: 'totalizer', windowSeconds, ...change })
  return limited(rule, null, (history, now) => {
    if (held(history, 0, now) === undefined) return undefined
    const all = readings(history, 0, now)
    // a limit from below needs a whole window in which the value is known
    if (change.operator.startsWith('<')) {
      for (let t = now - windowSeconds; t < now; t++) if (t < 0 || held(history, 0, t) === undefined) return undefined
    }
    return all.reduce((sum, { t, value }, index) => {
      const before = all[index - 1]?.value
      if (before === undefined || t <= now - windowSeconds) return sum
      return sum + (value >= before ? value - before : value)
    }, 0)
  })
})

const band = fc
  .tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 2 }), fc.boolean())
  .map(([target, tolerance, deadband, percent]): Case => {
    const aim = percent ? target * 10 : target
    const units = percent ? (Math.abs(aim) * tolerance * 10) / 100 : tolerance
    const rule = ruleOf(
      percent
        ? { kind: 'deviation', target: aim, setpoint: tolerance * 10, deadband: 0 }
        : { kind: 'out_of_band', target: aim, setpoint: tolerance, deadband },
    )
    const back = percent ? 0 : deadband
    return {
      rule,
      formula: null,
      signal: (history, now) => (percent && aim === 0 ? undefined : held(history, 0, now)),
      raises: (value) => Math.abs(value - aim) > units,
      holds: (value) => Math.abs(value - aim) > Math.max(0, units - back),
    }
  })

const curve = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 2 })).map(([tolerance, deadband]): Case => {
  const points = [
    [-2, 0],
    [2, 4],
    [4, -2],
  ] as const
  const rule = ruleOf({ kind: 'curve', deadband, curve: { xTagId: B, points, tolerance, percent: false } })
  const line = (x: number): number | undefined => (x < -2 || x > 4 ? undefined : x <= 2 ? x + 2 : 4 - 3 * (x - 2))
  return {
    rule,
    formula: null,
    signal: (history, now) => {
      const [y, x] = [held(history, 0, now), held(history, 1, now)]
      const middle = x === undefined ? undefined : line(x)
      return y === undefined || middle === undefined ? undefined : y - middle
    },
    raises: (distance) => Math.abs(distance) > tolerance,
    holds: (distance) => Math.abs(distance) > Math.max(0, tolerance - deadband),
  }
})

const formulas: Readonly<Record<string, Case['signal']>> = {
  '${D:A} + 2 * ${D:B}': (history, now) => both(history, now, (a, b) => a + 2 * b),
  '${D:A} / ${D:B}': (history, now) => both(history, now, (a, b) => (b === 0 ? undefined : a / b)),
  'if(${D:A} > 0, ${D:A}, ${D:B})': (history, now) => {
    const [a, b] = [held(history, 0, now), held(history, 1, now)]
    return a === undefined ? undefined : a > 0 ? a : b
  },
  'coalesce(${D:A}, 1) - coalesce(${D:B}, 1)': (history, now) => (held(history, 0, now) ?? 1) - (held(history, 1, now) ?? 1),
  'max_over(${D:A}, 5s, 0)': (history, now) => {
    const seen = [held(history, 0, now - 5), ...readings(history, 0, now).flatMap(({ t, value }) => (t > now - 5 ? [value] : []))]
    const known = seen.filter((value) => value !== undefined)
    return known.length === 0 ? undefined : Math.max(...known)
  },
}

function both(history: readonly Second[], now: number, of: (a: number, b: number) => number | undefined): number | undefined {
  const [a, b] = [held(history, 0, now), held(history, 1, now)]
  return a === undefined || b === undefined ? undefined : of(a, b)
}

const formula = fc.tuple(numbers, fc.constantFrom(...Object.entries(formulas))).map(([change, [text, signal]]) =>
  limited(ruleOf({ tagId: VIRTUAL, ...change }), text, (history, now) => {
    // before any of its tags has spoken a virtual tag has no value
    const spoken = history.slice(0, now + 1).some(([a, b]) => a !== undefined || (b !== undefined && text.includes('D:B')))
    return spoken ? signal(history, now) : undefined
  }),
)

/** The meaning: it stands when it was beyond the line once, and has not been back since. */
function oracle(one: Case, history: readonly Second[]): string[] {
  const signals = Array.from({ length: END + 1 }, (_, now) => one.signal(history, now))
  const stands = signals.map((_, now) =>
    signals.slice(0, now + 1).some((signal, begun) => {
      if (signal === undefined || !one.raises(signal)) return false
      return signals.slice(begun + 1, now + 1).every((later) => later === undefined || one.holds(later))
    }),
  )
  return stands.flatMap((on, now) => (on === (stands[now - 1] ?? false) ? [] : [`${on ? 'raise' : 'clear'} ${now}`]))
}

function deliver(memory: EngineMemory, t: number, second: Second | undefined): readonly Transition[] {
  const samples = ([A, B] as const).flatMap((tagId): Sample[] => {
    const value = second?.[tagId === A ? 0 : 1]
    if (value === undefined) return []
    const quality = value === 'bad' ? BAD : GOOD
    return [{ tagId, sourceTimestamp: BASE + t * SECOND, value: value === 'bad' ? 0 : value, quality, statusCode: null }]
  })
  return evaluate(memory, { source: 's', seq: t + 1, receivedAt: BASE + t * SECOND, readings: samples, devices: [] }).transitions
}

function restart(memory: EngineMemory, plan: AlarmPlan): EngineMemory {
  const next = createMemory()
  for (const name of ['s', DERIVED]) restoreSource(next, name, JSON.parse(JSON.stringify(saveSource(memory, name))) as SavedSource)
  const rules = Array.from(memory.rules, ([id, rule]) => [id, JSON.parse(JSON.stringify(saveRule(rule))) as SavedRule] as const)
  assert.deepEqual(configure(next, plan, (one) => one.clock ?? undefined, new Map(rules)).transitions, [], 'a restart is no event')
  return next
}

function judge(one: Pick<Case, 'rule' | 'formula'>, history: readonly Second[], restarts: readonly number[]): string[] {
  const plan = planOf(one)
  let memory = createMemory()
  configure(memory, plan, () => undefined)
  const transitions: Transition[] = []
  for (let t = 0; t <= END + 1; t++) {
    transitions.push(...deliver(memory, t, history[t]))
    if (restarts.includes(t)) memory = restart(memory, plan)
  }
  return transitions.map(({ kind, at }) => `${kind} ${(at - BASE) / SECOND}`).filter((event) => Number(event.split(' ')[1]) <= END)
}

const reading = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -5, max: 5 }) },
  { weight: 1, arbitrary: fc.constant('bad' as const) },
  { weight: 4, arbitrary: fc.constant(undefined) },
)
/** A counter that rises, is reset to a few, and never to 0 by accident. */
const counted = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 6 }) },
  { weight: 1, arbitrary: fc.constant('bad' as const) },
  { weight: 4, arbitrary: fc.constant(undefined) },
)
const historyOf = (a: fc.Arbitrary<Reading>): fc.Arbitrary<Second[]> => fc.array(fc.tuple(a, reading), { minLength: 1, maxLength: 32 })
const restarts = fc.array(fc.nat(END), { maxLength: 3 })
const seconds = fc.oneof(historyOf(reading))
const kinds: Readonly<Record<string, [fc.Arbitrary<Case>, fc.Arbitrary<Second[]>]>> = {
  digital: [digital, seconds],
  totalizer: [totalizer, historyOf(counted)],
  band: [band, seconds],
  curve: [curve, seconds],
  formula: [formula, seconds],
}

for (const [name, [cases, history]] of Object.entries(kinds)) {
  test(`${name}: events are those of its meaning, restarts anywhere`, () => {
    const property = fc.property(cases, history, restarts, (one, all, points) => {
      assert.deepEqual(judge(one, all, points), oracle(one, all))
    })
    fc.assert(property, { numRuns: 500 })
  })
}

test('what a window does by mere time happened before the next reading, also when the restart lies between the two', () => {
  const { rule } = limited(ruleOf({ tagId: VIRTUAL, operator: '>', setpoint: 0 }), '', () => undefined)
  const history: Second[] = [[1, undefined], [0, undefined], ...Array.from({ length: 5 }, (): Second => [undefined, 0]), ['bad', 0]]
  for (const restarted of [[], [5], [6], [7]])
    assert.deepEqual(
      judge({ rule, formula: 'max_over(${D:A}, 5s, 0)' }, history, restarted),
      ['raise 0', 'clear 6'],
      JSON.stringify(restarted),
    )
})

/** What a careless engine would do, each as the rule that it would judge by. */
const faults: readonly (readonly [kind: keyof typeof kinds, what: string, plant: (rule: TagRule) => TagRule])[] = [
  ['digital', 'the state is inverted', (rule) => ({ ...rule, setpoint: 1 - rule.setpoint })],
  ['digital', 'bits count from 1', (rule) => ({ ...rule, bit: rule.bit === null ? null : rule.bit + 1 })],
  ['digital', 'the bit is ignored', (rule) => ({ ...rule, bit: null })],
  ['digital', 'transitions instead of states', (rule) => ({ ...rule, transitionOnly: true })],
  ['totalizer', 'the window is one second longer', (rule) => ({ ...rule, windowSeconds: (rule.windowSeconds ?? 0) + 1 })],
  ['totalizer', 'the window is one second shorter', (rule) => ({ ...rule, windowSeconds: (rule.windowSeconds ?? 0) - 1 })],
  ['totalizer', 'a reset counts as a rollover', (rule) => ({ ...rule, modulus: 8 })],
  ['totalizer', 'the value instead of its increase', (rule) => ({ ...rule, kind: 'threshold', windowSeconds: null })],
  ['totalizer', 'the rate instead of the amount', (rule) => ({ ...rule, kind: 'rate_of_change' })],
  ['totalizer', 'the deadband is left out', (rule) => ({ ...rule, deadband: 0 })],
  ['totalizer', 'strict instead of inclusive', (rule) => ({ ...rule, operator: rule.operator.startsWith('>') ? '>' : '<' })],
  ['band', 'the edge is outside', (rule) => ({ ...rule, setpoint: rule.setpoint - 0.001 })],
  ['band', 'only the upper side', (rule) => ({ ...rule, kind: 'threshold', operator: '>', setpoint: (rule.target ?? 0) + rule.setpoint })],
  ['band', 'the target has the other sign', (rule) => ({ ...rule, target: -(rule.target ?? 0) })],
  ['band', 'the deadband delays raising', (rule) => ({ ...rule, setpoint: rule.setpoint + rule.deadband })],
  ['band', 'units instead of percent', (rule) => ({ ...rule, kind: 'out_of_band' })],
  ['curve', 'the axes are exchanged', (rule) => ({ ...rule, tagId: B, curve: rule.curve === null ? null : { ...rule.curve, xTagId: A } })],
  [
    'curve',
    'it is extrapolated',
    (rule) =>
      withPoints(rule, [
        [-9, -7],
        [2, 4],
        [9, -17],
      ]),
  ],
  [
    'curve',
    'it is a staircase',
    (rule) =>
      withPoints(rule, [
        [-2, 0],
        [1.999, 0],
        [2, 4],
        [3.999, 4],
        [4, -2],
      ]),
  ],
  ['curve', 'the tolerance is in percent', (rule) => ({ ...rule, curve: rule.curve === null ? null : { ...rule.curve, percent: true } })],
  [
    'curve',
    'the edge is outside',
    (rule) => ({ ...rule, curve: rule.curve === null ? null : { ...rule.curve, tolerance: rule.curve.tolerance - 0.001 } }),
  ],
  ['curve', 'the deadband is left out', (rule) => ({ ...rule, deadband: 0 })],
  ['formula', 'the deadband is left out', (rule) => ({ ...rule, deadband: 0 })],
  ['formula', 'a delay where there is none', (rule) => ({ ...rule, onDelaySeconds: 1 })],
  ['formula', 'it latches', (rule) => ({ ...rule, latch: true })],
  ['formula', 'the first tag instead of the result', (rule) => ({ ...rule, tagId: A })],
]

function withPoints(rule: TagRule, points: readonly (readonly [number, number])[]): TagRule {
  return { ...rule, curve: rule.curve === null ? null : { ...rule.curve, points } }
}

test('each of the planted faults is found', () => {
  for (const [kind, what, plant] of faults) {
    const [cases, history] = kinds[kind] ?? [digital, seconds]
    const property = fc.property(cases, history, (one, all) => {
      assert.deepEqual(judge({ ...one, rule: plant(one.rule) }, all, []), oracle(one, all))
    })
    assert.equal(fc.check(property, { numRuns: 1500 }).failed, true, `${kind}: ${what} is not found`)
  }
})

test('a rule is judged over stored history as it is live, however the samples are parted', () => {
  const delays = fc.record({ onDelaySeconds: fc.integer({ min: 0, max: 3 }), offDelaySeconds: fc.integer({ min: 0, max: 3 }) })
  const property = fc.property(
    fc.oneof(digital, totalizer, band),
    historyOf(counted),
    delays,
    fc.integer({ min: 1, max: 9 }),
    (one, all, delay, size) => {
      const rule = { ...one.rule, ...delay }
      const live = judge({ rule, formula: null }, all, [])
      const run = new BackTest(rule, BASE)
      const samples = all.flatMap(([a], t): Sample[] =>
        a === undefined
          ? []
          : [
              {
                tagId: A,
                sourceTimestamp: BASE + t * SECOND,
                value: a === 'bad' ? 0 : a,
                quality: a === 'bad' ? BAD : GOOD,
                statusCode: null,
              },
            ],
      )
      for (let at = 0; at < samples.length; at += size) run.add(samples.slice(at, at + size))
      const { occurrences, timeInAlarm } = run.end(BASE + END * SECOND + SECOND)
      const found = occurrences.flatMap(({ raisedAt, clearedAt }) => [
        `raise ${(raisedAt - BASE) / SECOND}`,
        ...(clearedAt === null ? [] : [`clear ${(clearedAt - BASE) / SECOND}`]),
      ])
      assert.deepEqual(
        found.filter((event) => Number(event.split(' ')[1]) <= END),
        live,
      )
      assert.ok(timeInAlarm >= 0 && timeInAlarm <= (END + 1) * SECOND)
    },
  )
  fc.assert(property, { numRuns: 1000 })
})
