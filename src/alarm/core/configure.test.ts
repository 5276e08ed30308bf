import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { PLAIN_RULE, type Operator, type TagRule } from '#domain/alarm.ts'
import { GOOD, QualityReason, QualitySeverity, packQuality } from '#domain/sample.ts'
import { configure, type AlarmPlan, type SavedRule } from './configure.ts'
import { verdict } from './condition.ts'
import { evaluate } from './evaluate.ts'
import { createMemory, type EngineMemory, type Transition } from './memory.ts'
import { restoreSource, saveRule, saveSource, type SavedSource } from './saved-memory.ts'
import { isStanding } from './step.ts'

const BASE = 1_800_000_000_000_000
const SECOND = 1_000_000
const BAD = packQuality(QualitySeverity.Bad, QualityReason.Invalid)

type Numbers = Pick<TagRule, 'operator' | 'setpoint' | 'deadband' | 'onDelaySeconds' | 'offDelaySeconds'>

/** One second: a reading or none, an edit or none; null takes the rule out of force. */
interface Step {
  readonly value: number | 'bad' | undefined
  readonly edit: Numbers | null | undefined
}

const plain: Numbers = { operator: '>', setpoint: 0, deadband: 0, onDelaySeconds: 0, offDelaySeconds: 0 }

function planOf(numbers: Numbers | null): AlarmPlan {
  const fixed = {
    ...PLAIN_RULE,
    curve: null,
    suppressTagId: null,
    label: 'Hi',
    name: 'High',
    severity: 'warning',
    enabled: true,
    autoClose: false,
    cooldownMinutes: 0,
  } as const
  const rules = numbers === null ? [] : [{ id: 1, version: 1, deviceId: 1, tagId: 1, ...fixed, ...numbers }]
  return { rules, tags: [{ id: 1, deviceId: 1 }], derived: [], devices: [], gone: new Map([[1, 'rule disabled']]) }
}

function restart(memory: EngineMemory, plan: AlarmPlan): EngineMemory {
  const source = JSON.parse(JSON.stringify(saveSource(memory, 's'))) as SavedSource
  const saved = Array.from(memory.rules, ([id, rule]) => [id, JSON.parse(JSON.stringify(saveRule(rule))) as SavedRule] as const)
  const next = createMemory()
  restoreSource(next, 's', source)
  assert.deepEqual(configure(next, plan, (one) => one.clock ?? undefined, new Map(saved)).transitions, [], 'a restart is no event')
  return next
}

interface Judged {
  readonly events: readonly string[]
  readonly memory: EngineMemory
  readonly numbers: Numbers | null
  readonly lastGood: number | undefined
}

function judge(steps: readonly Step[], restarts: readonly number[]): Judged {
  let memory = createMemory()
  let numbers: Numbers | null = plain
  let lastGood: number | undefined
  const transitions: Transition[] = []
  configure(memory, planOf(numbers), () => undefined)
  for (const [t, { value, edit }] of steps.entries()) {
    const at = BASE + t * SECOND
    const quality = value === 'bad' ? BAD : GOOD
    const readings =
      value === undefined ? [] : [{ tagId: 1, sourceTimestamp: at, value: value === 'bad' ? 0 : value, quality, statusCode: null }]
    transitions.push(...evaluate(memory, { source: 's', seq: t + 1, receivedAt: at, readings, devices: [] }).transitions)
    if (typeof value === 'number') lastGood = value
    if (edit !== undefined) {
      numbers = edit
      transitions.push(...configure(memory, planOf(numbers), (source) => source.clock ?? undefined).transitions)
    }
    if (restarts.includes(t)) memory = restart(memory, planOf(numbers))
  }
  const events = transitions.map((one) => `${one.kind} ${(one.at - BASE) / SECOND}${one.removed === null ? '' : ` ${one.removed}`}`)
  return { events, memory, numbers, lastGood }
}

const operators: readonly Operator[] = ['>', '>=', '<', '<=', '=', '!=']
const delay = fc.integer({ min: 0, max: 4 })
const numbers = fc.record({
  operator: fc.constantFrom(...operators),
  setpoint: fc.integer({ min: -1, max: 1 }),
  deadband: fc.integer({ min: 0, max: 2 }),
  onDelaySeconds: delay,
  offDelaySeconds: delay,
})
const value = fc.oneof({ weight: 5, arbitrary: fc.integer({ min: -3, max: 3 }) }, fc.constant('bad' as const), fc.constant(undefined))
const edit = fc.oneof({ weight: 6, arbitrary: fc.constant(undefined) }, { weight: 2, arbitrary: numbers }, fc.constant(null))
const steps = fc.array(fc.record({ value, edit }), { maxLength: 40 })

test('a restart between any edits and readings changes nothing', () => {
  const property = fc.property(steps, fc.array(fc.nat(39), { maxLength: 4 }), (all, restarts) => {
    assert.deepEqual(judge(all, restarts).events, judge(all, []).events)
  })
  fc.assert(property, { numRuns: 3000 })
})

test('raises and clears alternate whatever is edited, and their times never step back', () => {
  const property = fc.property(steps, (all) => {
    let standing = false
    let last = 0
    for (const event of judge(all, []).events) {
      const [kind, t] = event.split(' ')
      assert.equal(kind, standing ? 'clear' : 'raise', event)
      assert.ok(Number(t) >= last, event)
      standing = kind === 'raise'
      last = Number(t)
    }
  })
  fc.assert(property, { numRuns: 2000 })
})

test('without delays an edited rule stands as its own limits say of the last good value', () => {
  const instant = numbers.map((one): Numbers => ({ ...one, onDelaySeconds: 0, offDelaySeconds: 0 }))
  const property = fc.property(steps, instant, fc.integer({ min: -3, max: 3 }), (all, last, final) => {
    const undelayed = all.map((one): Step => (one.edit ? { ...one, edit: { ...one.edit, onDelaySeconds: 0, offDelaySeconds: 0 } } : one))
    const { memory, lastGood } = judge([...undelayed, { value: final, edit: last }], [])
    const state = memory.rules.get(1)?.state
    assert.ok(state !== undefined && lastGood === final)
    // in the deadband it depends on the past; beyond it there is no doubt
    if (verdict(last, final, false)) assert.ok(isStanding(state))
    if (!verdict(last, final, true)) assert.ok(!isStanding(state))
  })
  fc.assert(property, { numRuns: 2000 })
})

test('a rule out of force has ended its alarm and says why', () => {
  const on: Step = { value: 1, edit: undefined }
  assert.deepEqual(judge([on, { value: undefined, edit: null }, on, { value: undefined, edit: plain }], []).events, [
    'raise 0',
    'clear 1 rule disabled',
    'raise 3',
  ])
})
