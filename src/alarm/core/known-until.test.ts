import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PLAIN_RULE, type AlarmRule, type RuleCurve, type TagRule } from '#domain/alarm.ts'
import type { DeviceReport } from '#domain/delivery.ts'
import { GOOD, type Sample } from '#domain/sample.ts'
import { configure, type AlarmPlan } from './configure.ts'
import { evaluate } from './evaluate.ts'
import { createMemory, type EngineMemory } from './memory.ts'

const BASE = 1_800_000_000_000_000
const SECOND = 1_000_000
const [A, B, SUM] = [1, 2, 3]
const TIMEOUT = 60

const base = { version: 1, severity: 'warning', category: '', enabled: true, autoClose: false, cooldownMinutes: 0 } as const
const lossOf = (deviceId: number): AlarmRule => ({
  ...base,
  id: 10 + deviceId,
  deviceId,
  name: 'Lost',
  kind: 'communication_loss',
  timeoutSeconds: TIMEOUT,
})
const limits = { label: 'Hi', name: 'r', operator: '>', setpoint: 100, deadband: 0, onDelaySeconds: 0, offDelaySeconds: 0 } as const
const ruleOf = (change: Partial<TagRule>): TagRule => ({
  ...base,
  ...PLAIN_RULE,
  ...limits,
  id: 1,
  deviceId: 1,
  tagId: A,
  curve: null,
  suppressTagId: null,
  ...change,
})

/** A on a device of one driver, B on one of another; each delivers what it is told to. */
function plantWith(
  rules: readonly AlarmRule[],
  formula: string | null,
): {
  memory: EngineMemory
  deliver: (source: string, t: number, value?: number, news?: boolean) => { derived: string[]; transitions: string[] }
} {
  const plan: AlarmPlan = {
    rules,
    tags: [
      { id: A, deviceId: 1 },
      { id: B, deviceId: 2 },
      { id: SUM, deviceId: 2 },
    ],
    derived: formula === null ? [] : [{ tagId: SUM, formula, inputs: formula.includes('D:B') ? [A, B] : [A] }],
    devices: [
      { id: 1, source: 'one' },
      { id: 2, source: 'two' },
    ],
    gone: new Map(),
  }
  const memory = createMemory()
  configure(memory, plan, () => undefined)
  let seq = 0
  const deliver = (source: string, t: number, value?: number, news = true) => {
    const [tagId, deviceId] = source === 'one' ? [A, 1] : [B, 2]
    const at = BASE + t * SECOND
    const readings: Sample[] = value === undefined ? [] : [{ tagId, sourceTimestamp: at, value, quality: GOOD, statusCode: null }]
    const report: DeviceReport = { deviceId, newest: at, status: 'online', consecutiveFailures: 0, successRate: 1, problem: null }
    const { derived, transitions } = evaluate(memory, { source, seq: ++seq, receivedAt: at, readings, devices: news ? [report] : [] })
    return {
      derived: derived.map((one) => `${one.value} at ${(one.sourceTimestamp - BASE) / SECOND}`),
      transitions: transitions.map((one) => `${one.rule.id} ${one.kind} at ${(one.at - BASE) / SECOND}`),
    }
  }
  return { memory, deliver }
}

test('the value of a device whose driver is dead is none after its time-out, and is one again when it is heard of', () => {
  const { deliver } = plantWith([lossOf(1)], '${D:A} + ${D:B}')
  deliver('one', 0, 10)
  assert.deepEqual(deliver('two', 0, 1).derived, ['11 at 0.000001'], 'just after it had none for want of B')
  for (let t = 1; t <= 60; t++) assert.deepEqual(deliver('two', t, 1).derived, [], `it holds at ${t}`)
  // its own driver says nothing any more: the time of the others counts
  const after = [61, 62].flatMap((t) => deliver('two', t, 1).derived)
  assert.deepEqual(after, ['null at 60.000001'])
  assert.deepEqual(deliver('two', 70, 2).derived, [])
  // a sign of life without a reading: what held holds on
  assert.deepEqual(deliver('one', 71).derived, ['12 at 70'])
})

test('a stale limit of the tag itself counts the same', () => {
  const { deliver } = plantWith([ruleOf({ kind: 'stale', setpoint: 20 })], '${D:A} + ${D:B}')
  deliver('one', 0, 10)
  deliver('two', 0, 1)
  assert.deepEqual(
    [10, 20, 21, 22].flatMap((t) => deliver('two', t, 1).derived),
    ['null at 20.000001'],
  )
  assert.deepEqual(deliver('one', 30, 11).derived, ['12 at 30'])
})

test('in a window the time of silence is unknown: it has a value while enough of it is known', () => {
  const { deliver } = plantWith([lossOf(1)], 'avg_over(${D:A}, 100s)')
  for (let t = 0; t <= 100; t += 10) deliver('one', t, 10)
  const told: string[] = []
  // half of the window is unknown when the silence after the time-out lasts 50 s: at 100 + 60 + 50
  for (let t = 101; t <= 230; t++) told.push(...deliver('two', t, 1).derived)
  assert.equal(told.length, 1)
  assert.match(told[0] ?? '', /^null at 21[0-2]/)
})

const curve: RuleCurve = {
  xTagId: B,
  points: [
    [0, 0],
    [100, 100],
  ],
  tolerance: 5,
  percent: false,
}

test('a curve with a silent axis has no verdict', () => {
  const { deliver } = plantWith([lossOf(2), ruleOf({ kind: 'curve', curve })], null)
  deliver('two', 0, 50)
  assert.deepEqual(deliver('one', 30, 80).transitions, ['1 raise at 30'])
  deliver('one', 40, 50)
  // B was heard of last at 0
  assert.deepEqual(deliver('one', 61, 80).transitions, [])
  assert.deepEqual(deliver('two', 62).transitions, ['1 raise at 61'])
})

test('axes of two devices are told apart: a point that is off the curve for a moment only is none', () => {
  const { deliver } = plantWith([ruleOf({ kind: 'curve', curve: { ...curve, alignSeconds: 5 } })], null)
  const all: string[] = []
  const both = (t: number, y?: number, x?: number): void => {
    all.push(...deliver('one', t, y).transitions, ...deliver('two', t, x).transitions)
  }
  both(0, 50, 50)
  for (let t = 1; t <= 40; t++) both(t, t === 10 ? 80 : t === 20 ? 20 : undefined, t === 13 ? 80 : undefined)
  assert.deepEqual(all, ['1 raise at 25'], 'the step of both is none, the one of one axis is')
})
