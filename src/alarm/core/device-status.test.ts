import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AlarmRule } from '#domain/alarm.ts'
import type { Delivery } from '#domain/delivery.ts'
import { configure, withoutRules, type AlarmPlan } from './configure.ts'
import { evaluate } from './evaluate.ts'
import { createMemory, type EngineMemory } from './memory.ts'
import { restoreSource, saveRule, saveSource } from './saved-memory.ts'

const SECOND = 1_000_000
const names = { name: 'lost', severity: 'warning', category: '', enabled: true, autoClose: false, cooldownMinutes: 0 } as const
const LOSS: AlarmRule = { ...names, kind: 'communication_loss', id: 1, version: 1, deviceId: 1, timeoutSeconds: 60 }
const PLAN: AlarmPlan = { rules: [LOSS], tags: [], derived: [], devices: [{ id: 1, source: 's' }], gone: new Map() }

function told(memory: EngineMemory, at: number): readonly string[] {
  const device = { deviceId: 1, newest: 0, status: 'error', consecutiveFailures: 3, successRate: 0, problem: 'refused' } as const
  const delivery: Delivery = { source: 's', seq: at, receivedAt: at * SECOND, readings: [], devices: [device] }
  return evaluate(memory, delivery).statuses.map((one) => one.status)
}

test('a device that is lost is put on record once, also by an engine that reads again what it judged before it was killed', () => {
  const memory = createMemory()
  configure(memory, PLAN, () => undefined)
  const found: string[] = []
  for (let at = 1; at <= 100; at++) found.push(...told(memory, at))
  assert.deepEqual(found, ['error', 'no_communication'])
  const remembered = saveSource(memory, 's')
  const states = new Map(Array.from(memory.rules, ([id, one]) => [id, saveRule(one)]))
  const next = createMemory()
  restoreSource(next, 's', remembered)
  configure(next, PLAN, () => undefined)
  withoutRules(next)
  told(next, 101)
  configure(next, PLAN, (source) => source.clock ?? undefined, states)
  assert.deepEqual(told(next, 102), [])
})
