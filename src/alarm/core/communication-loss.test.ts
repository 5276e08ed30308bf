import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { CommunicationLossRule } from '#domain/alarm.ts'
import type { Delivery } from '#domain/delivery.ts'
import { configure, type AlarmPlan, type SavedRule } from './configure.ts'
import { evaluate } from './evaluate.ts'
import { createMemory, type EngineMemory } from './memory.ts'
import { restoreSource, saveRule, saveSource, type SavedSource } from './saved-memory.ts'

const BASE = 1_800_000_000_000_000
const SECOND = 1_000_000
/** Longer than the grace of a source that has just come up. */
const TIMEOUT = 40

const rule: CommunicationLossRule = {
  kind: 'communication_loss',
  id: 1,
  version: 1,
  deviceId: 1,
  name: 'Communication lost',
  severity: 'warning',
  category: '',
  enabled: true,
  autoClose: false,
  cooldownMinutes: 0,
  timeoutSeconds: TIMEOUT,
}
const plan: AlarmPlan = { rules: [rule], tags: [], derived: [], devices: [{ id: 1, source: 's' }], gone: new Map() }

/** A delivery at `t` seconds in which the device's newest stamp is `newest`; null leaves the device out. */
interface Step {
  readonly t: number
  readonly newest: number | null
}

function deliveryOf({ t, newest }: Step): Delivery {
  const report = { status: 'online', consecutiveFailures: 0, successRate: 1, problem: null } as const
  const devices = newest === null ? [] : [{ deviceId: 1, newest: BASE + newest * SECOND, ...report }]
  return { source: 's', seq: 1, receivedAt: BASE + t * SECOND, readings: [], devices }
}

function restart(memory: EngineMemory): EngineMemory {
  const source = JSON.parse(JSON.stringify(saveSource(memory, 's'))) as SavedSource
  const saved = Array.from(memory.rules, ([id, one]) => [id, JSON.parse(JSON.stringify(saveRule(one))) as SavedRule] as const)
  const next = createMemory()
  restoreSource(next, 's', source)
  assert.deepEqual(configure(next, plan, (one) => one.clock ?? undefined, new Map(saved)).transitions, [], 'a restart is no event')
  return next
}

/** Whether the loss stands after each step. */
function judge(steps: readonly Step[], restarts: readonly number[]): boolean[] {
  let memory = createMemory()
  configure(memory, plan, () => undefined)
  let standing = false
  return steps.map((step, index) => {
    for (const { kind } of evaluate(memory, deliveryOf(step)).transitions) {
      assert.equal(kind, standing ? 'clear' : 'raise', 'raise and clear alternate')
      standing = kind === 'raise'
    }
    if (restarts.includes(index)) memory = restart(memory)
    return standing
  })
}

const steps = fc.array(fc.record({ silent: fc.boolean(), age: fc.nat(60) }), { minLength: 1, maxLength: 60 }).map((all): Step[] =>
  // every 4 s: a source that pauses for longer than 5 s was away
  all.map(({ silent, age }, index) => ({ t: index * 4, newest: silent ? null : Math.max(0, index * 4 - age) })),
)
/** Long silences, which independent coins seldom give. */
const stretches = fc
  .array(fc.record({ silent: fc.boolean(), length: fc.integer({ min: 1, max: 20 }) }), { minLength: 1, maxLength: 6 })
  .map((all): Step[] =>
    all
      .flatMap(({ silent, length }) => Array.from({ length }, () => silent))
      .map((silent, index) => ({ t: index * 4, newest: silent ? null : index * 4 })),
  )

test('communication is lost while the newest stamp is older than the time-out, restarts or not', () => {
  const property = fc.property(fc.oneof(steps, stretches), fc.array(fc.nat(59), { maxLength: 4 }), (all, restarts) => {
    const expected = all.map(({ t }, index) => {
      // a device that was never heard of counts from the first delivery
      const newest = Math.max(0, ...all.slice(0, index + 1).map((one) => one.newest ?? 0))
      return t - newest > TIMEOUT
    })
    assert.deepEqual(judge(all, restarts), expected)
  })
  fc.assert(property, { numRuns: 2000 })
})

test('a source that was away does not lose all its devices at once', () => {
  const away: Step[] = [
    { t: 0, newest: 0 },
    { t: 4, newest: 4 },
    { t: 4000, newest: null },
    { t: 4004, newest: null },
  ]
  const after = Array.from({ length: 10 }, (_, index): Step => ({ t: 4008 + index * 4, newest: null }))
  const standing = judge([...away, ...after], [])
  assert.equal(
    standing.indexOf(true),
    away.length + after.findIndex((one) => one.t > 4000 + TIMEOUT),
    'more than one time-out after it is back',
  )
})
