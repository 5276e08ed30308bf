import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { PLAIN_RULE, type Operator, type TagRule } from '#domain/alarm.ts'
import type { Delivery } from '#domain/delivery.ts'
import { GOOD, QualityReason, QualitySeverity, packQuality, type Sample } from '#domain/sample.ts'
import { verdict } from './condition.ts'
import { configure, type AlarmPlan, type SavedRule } from './configure.ts'
import { evaluate } from './evaluate.ts'
import { createMemory, type EngineMemory, type Transition } from './memory.ts'
import { restoreSource, saveRule, saveSource, type SavedSource } from './saved-memory.ts'
import type { CrossingKind } from './step.ts'

const BASE = 1_800_000_000_000_000
const SECOND = 1_000_000
const BAD = packQuality(QualitySeverity.Bad, QualityReason.Invalid)

interface Reading {
  /** Seconds. */
  readonly t: number
  readonly value: number
  readonly good: boolean
  readonly arrival: number
}

interface Event {
  readonly kind: CrossingKind
  readonly t: number
}

function ruleOf(change: Partial<TagRule>): TagRule {
  return {
    ...PLAIN_RULE,
    curve: null,
    suppressTagId: null,
    id: 1,
    version: 1,
    deviceId: 1,
    tagId: 1,
    label: 'Hi',
    name: 'Level high',
    severity: 'warning',
    enabled: true,
    autoClose: false,
    cooldownMinutes: 0,
    operator: '>',
    setpoint: 0,
    deadband: 0,
    onDelaySeconds: 0,
    offDelaySeconds: 0,
    ...change,
  }
}

function planOf(rules: AlarmPlan['rules'], withDevice: boolean): AlarmPlan {
  return { rules, tags: withDevice ? [{ id: 1, deviceId: 1 }] : [], derived: [], devices: [], gone: new Map() }
}

/** The states as text and back, as a crash and a restart would do. */
function restart(memory: EngineMemory, plan: AlarmPlan): EngineMemory {
  const source = JSON.parse(JSON.stringify(saveSource(memory, 's'))) as SavedSource
  const rules = [...memory.rules].map(([id, rule]) => [id, JSON.parse(JSON.stringify(saveRule(rule))) as SavedRule] as const)
  const next = createMemory()
  restoreSource(next, 's', source)
  const outcome = configure(next, plan, (one) => one.clock ?? undefined, new Map(rules))
  assert.deepEqual(outcome.transitions, [], 'a restart is no event')
  return next
}

interface Run {
  readonly withDevice?: boolean
  /** Restart after these deliveries. */
  readonly restarts?: readonly number[]
  /** Deliveries are made of readings of one arrival; merged ones of several. */
  readonly mergeEvery?: number
}

function judge(rule: TagRule, readings: readonly Reading[], end: number, run: Run = {}): Event[] {
  const plan = planOf([rule], run.withDevice ?? true)
  let memory = createMemory()
  configure(memory, plan, () => undefined)
  const transitions: Transition[] = []
  const byArrival = Map.groupBy(readings, (reading) => reading.arrival)
  const arrivals = [...byArrival.keys()].sort((a, b) => a - b)
  const size = run.mergeEvery ?? 1
  for (let index = 0; index < arrivals.length; index += size) {
    const some = arrivals.slice(index, index + size)
    const at = some.at(-1) ?? 0
    const samples = some.flatMap((arrival) => byArrival.get(arrival) ?? [])
    transitions.push(...evaluate(memory, deliveryOf(at, samples)).transitions)
    if (run.restarts?.includes(index) === true) memory = restart(memory, plan)
  }
  transitions.push(...evaluate(memory, deliveryOf(end + 1, [])).transitions)
  return transitions.map(({ kind, at }) => ({ kind, t: (at - BASE) / SECOND })).filter((event) => event.t <= end)
}

function deliveryOf(at: number, readings: readonly Reading[]): Delivery {
  const toSample = ({ t, value, good }: Reading): Sample => ({
    tagId: 1,
    sourceTimestamp: BASE + t * SECOND,
    value,
    quality: good ? GOOD : BAD,
    statusCode: null,
  })
  return { source: 's', seq: 1, receivedAt: BASE + at * SECOND, readings: readings.map(toSample), devices: [] }
}

/**
 * The meaning, not a machine: an alarm stands now when somewhere the raise condition held for the whole on-delay, and since
 * then the hold condition was never false for a whole off-delay. Time without evidence does not count. Recomputed from the
 * whole visible history at every second.
 */
function oracle(rule: TagRule, readings: readonly Reading[], end: number): Event[] {
  const events: Event[] = []
  let standing = false
  for (let now = 0; now <= end; now++) {
    const live: Reading[] = []
    const visible = readings.filter((reading) => reading.arrival <= now).sort((a, b) => a.arrival - b.arrival)
    for (const reading of visible) if (live.every((one) => one.t < reading.t)) live.push(reading)
    const stands = standsAt(rule, live, now)
    if (stands !== standing) events.push({ kind: stands ? 'raise' : 'clear', t: now })
    standing = stands
  }
  return events
}

function standsAt(rule: TagRule, live: readonly Reading[], now: number): boolean {
  const good = live.filter((reading) => reading.good)
  const raises = (value: number): boolean => verdict(rule, value, false)
  const fails = (value: number): boolean => !verdict(rule, value, true)
  const held = (start: number, seconds: number, test: (value: number) => boolean): boolean => {
    const until = endOfGoodTime(live, start, seconds, now)
    return until !== undefined && good.every((reading) => reading.t < start || reading.t > until || test(reading.value))
  }
  return good.some(
    (start) =>
      held(start.t, rule.onDelaySeconds, raises) &&
      !good.some((later) => later.t > start.t && fails(later.value) && held(later.t, rule.offDelaySeconds, fails)),
  )
}

/** When `seconds` of time with evidence have passed since `start`, if that is by now. */
function endOfGoodTime(live: readonly Reading[], start: number, seconds: number, now: number): number | undefined {
  let passed = 0
  for (let t = start; t <= now; t++) {
    if (passed === seconds) return t
    if (live.findLast((reading) => reading.t <= t)?.good === true) passed++
  }
  return undefined
}

const END = 40
const operators: readonly Operator[] = ['>', '>=', '<', '<=', '=', '!=']
const small = fc.integer({ min: -3, max: 3 })
const limits = fc.record({
  operator: fc.constantFrom(...operators),
  setpoint: fc.integer({ min: -1, max: 1 }),
  deadband: fc.integer({ min: 0, max: 2 }),
})
const delays = fc.record({ onDelaySeconds: fc.integer({ min: 0, max: 5 }), offDelaySeconds: fc.integer({ min: 0, max: 5 }) })
const goodness = fc.integer({ min: 0, max: 5 }).map((n) => n > 0)
const inTime = fc
  .uniqueArray(fc.record({ t: fc.integer({ min: 0, max: END - 8 }), value: small, good: goodness }), {
    selector: (one) => one.t,
    maxLength: 25,
  })
  .map((all): Reading[] => all.map((one) => ({ ...one, arrival: one.t })).sort((a, b) => a.t - b.t))
const outOfTime = fc
  .array(fc.record({ t: fc.integer({ min: 0, max: END - 8 }), value: small, good: goodness, delay: fc.integer({ min: 0, max: 8 }) }), {
    maxLength: 25,
  })
  .map((all): Reading[] => all.map(({ delay, ...one }) => ({ ...one, arrival: one.t + delay })).sort((a, b) => a.arrival - b.arrival))
const restarts = fc.array(fc.nat(24), { maxLength: 3 })

test('events are those of the declarative meaning, with delays, bad quality and restarts anywhere', () => {
  const property = fc.property(limits, delays, inTime, restarts, (limit, delay, readings, points) => {
    const rule = ruleOf({ ...limit, ...delay })
    assert.deepEqual(judge(rule, readings, END, { restarts: points }), oracle(rule, readings, END))
  })
  fc.assert(property, { numRuns: 3000 })
})

test('events are those of the declarative meaning, with late and repeated readings', () => {
  const property = fc.property(limits, outOfTime, restarts, (limit, readings, points) => {
    const rule = ruleOf(limit)
    // without a device nobody takes a row of late readings for a clock that was set back
    const events = judge(rule, readings, END, { restarts: points, withDevice: false })
    const kinds = oraclesKinds(rule, readings)
    assert.deepEqual(
      events.map((event) => event.kind),
      kinds,
    )
    for (const [index, event] of events.entries()) assert.ok(event.t >= (events[index - 1]?.t ?? 0), 'event times never decrease')
  })
  fc.assert(property, { numRuns: 2000 })
})

/** With several readings in one delivery each is judged: the meaning after every single live reading. */
function oraclesKinds(rule: TagRule, readings: readonly Reading[]): string[] {
  const live: Reading[] = []
  const kinds: string[] = []
  for (const reading of readings) {
    if (live.some((one) => one.t >= reading.t)) continue
    live.push(reading)
    const stands = standsAt(rule, live, END)
    if (stands !== (kinds.at(-1) === 'raise')) kinds.push(stands ? 'raise' : 'clear')
  }
  return kinds
}

test('how readings are parted into deliveries changes nothing', () => {
  const property = fc.property(limits, delays, inTime, fc.integer({ min: 2, max: 6 }), (limit, delay, readings, mergeEvery) => {
    const rule = ruleOf({ ...limit, ...delay })
    assert.deepEqual(judge(rule, readings, END, { mergeEvery }), judge(rule, readings, END))
  })
  fc.assert(property, { numRuns: 2000 })
})

test('without delays bad readings can be taken out without effect', () => {
  const property = fc.property(limits, inTime, (limit, readings) => {
    const rule = ruleOf(limit)
    assert.deepEqual(
      judge(rule, readings, END),
      judge(
        rule,
        readings.filter((reading) => reading.good),
        END,
      ),
    )
  })
  fc.assert(property, { numRuns: 500 })
})

test('a mirrored plant gives the same events', () => {
  const mirror: Readonly<Record<Operator, Operator>> = { '>': '<', '>=': '<=', '<': '>', '<=': '>=', '=': '=', '!=': '!=' }
  const property = fc.property(limits, delays, inTime, (limit, delay, readings) => {
    const rule = ruleOf({ ...limit, ...delay })
    const mirrored = ruleOf({ ...delay, ...limit, operator: mirror[limit.operator], setpoint: -limit.setpoint })
    const negated = readings.map((reading) => ({ ...reading, value: -reading.value }))
    assert.deepEqual(judge(mirrored, negated, END), judge(rule, readings, END))
  })
  fc.assert(property, { numRuns: 500 })
})

test('a wider deadband never adds a raise', () => {
  const property = fc.property(limits, delays, inTime, (limit, delay, readings) => {
    const raises = (deadband: number): number =>
      judge(ruleOf({ ...limit, ...delay, deadband }), readings, END).filter((event) => event.kind === 'raise').length
    assert.ok(raises(limit.deadband + 1) <= raises(limit.deadband))
  })
  fc.assert(property, { numRuns: 500 })
})

const LOST = packQuality(QualitySeverity.Bad, QualityReason.CommunicationFailure)

/** A device whose clock differs from ours by so many seconds: 50, lost after ten seconds, and 150 when it is back. */
function judgeOutage(ahead: number): Event[] {
  const rule = ruleOf({ setpoint: 100 })
  const memory = createMemory()
  configure(memory, planOf([rule], true), () => undefined)
  const sample = (t: number, value: number | null, quality: number): Sample => ({
    tagId: 1,
    sourceTimestamp: BASE + t * SECOND,
    value,
    quality,
    statusCode: null,
  })
  const told = [
    { arrival: 0, reading: sample(ahead, 50, GOOD) },
    { arrival: 10, reading: sample(10, null, LOST) },
    { arrival: 20, reading: sample(20 + ahead, 150, GOOD) },
  ]
  return told.flatMap(({ arrival, reading }) =>
    evaluate(memory, { ...deliveryOf(arrival, []), readings: [reading] }).transitions.map(({ kind, at }) => ({
      kind,
      t: (at - BASE) / SECOND,
    })),
  )
}

test('the first word of a device that was lost is judged, however far its clock is behind or ahead of ours', () => {
  assert.deepEqual(judgeOutage(0), [{ kind: 'raise', t: 20 }])
  assert.deepEqual(judgeOutage(-300), [{ kind: 'raise', t: -280 }])
  assert.deepEqual(judgeOutage(30), [{ kind: 'raise', t: 50 }])
  assert.deepEqual(judgeOutage(3600), [{ kind: 'raise', t: 20 }], 'a wrong clock: at its arrival')
})

test('a device whose clock is ahead is lost all the same: a delay stands still', () => {
  const rule = ruleOf({ setpoint: 100, onDelaySeconds: 60 })
  const memory = createMemory()
  configure(memory, planOf([rule], true), () => undefined)
  const at = (arrival: number, t: number, value: number | null, quality: number): Transition[] => {
    const reading: Sample = { tagId: 1, sourceTimestamp: BASE + t * SECOND, value, quality, statusCode: null }
    return evaluate(memory, { ...deliveryOf(arrival, []), readings: [reading] }).transitions
  }
  at(0, 30, 150, GOOD)
  at(10, 10, null, LOST)
  assert.deepEqual(evaluate(memory, deliveryOf(200, [])).transitions, [])
})

test('the clock of the host is set back: a crossing told once after it is judged, not held for older', () => {
  const memory = createMemory()
  configure(memory, planOf([ruleOf({ setpoint: 100 })], true), () => undefined)
  const told = (t: number, value: number) => evaluate(memory, deliveryOf(t, [{ t, value, good: true, arrival: t }]))
  assert.deepEqual(told(7200, 50).transitions, [])
  const { transitions, notices } = told(3600, 150)
  assert.deepEqual(
    transitions.map(({ kind }) => kind),
    ['raise'],
  )
  assert.deepEqual(
    notices.map(({ code }) => code),
    ['source_clock_stepped_back'],
  )
})

test('a device clock that was set back: what was told meanwhile is judged when that is certain', () => {
  const memory = createMemory()
  const plan = { ...planOf([ruleOf({ setpoint: 100 })], true), tags: [1, 2].map((id) => ({ id, deviceId: 1 })) }
  configure(memory, plan, () => undefined)
  const told = (arrival: number, tagId: number, t: number, value: number): string[] => {
    const reading: Sample = { tagId, sourceTimestamp: BASE + t * SECOND, value, quality: GOOD, statusCode: null }
    return evaluate(memory, { ...deliveryOf(arrival, []), readings: [reading] }).transitions.map(({ kind }) => kind)
  }
  told(7200, 1, 7200, 50)
  told(7200, 2, 7200, 50)
  // an hour back; the crossing is told once, others go on
  assert.deepEqual(told(7201, 1, 3601, 150), [])
  assert.deepEqual(told(7202, 2, 3602, 51), [])
  assert.deepEqual(told(7203, 2, 3603, 52), ['raise'])
})
