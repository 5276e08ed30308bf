import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { runScenario, type Scenario } from '../../tools/alarm-scenarios.ts'

const { cases } = JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures/alarm-scenarios.json'), 'utf8')) as {
  cases: readonly Scenario[]
}

for (const scenario of cases) {
  test(`scenario: ${scenario.title}`, () => {
    assert.deepEqual(runScenario(scenario), { id: scenario.id, result: 'pass', detail: '' })
  })
}

test('the runner tells what differs, and what is judged later', () => {
  const [first] = cases
  assert.ok(first)
  const expect = [...first.expect.slice(1), ['lt', 'clear', 65] as const]
  assert.deepEqual(runScenario({ ...first, expect }), {
    id: first.id,
    result: 'fail',
    detail:
      'r: expected clear at 30, got raise at 20, clear at 30; lt: expected raise at 50, clear at 60, clear at 65, got raise at 50, clear at 60',
  })
  assert.deepEqual(runScenario({ ...first, rules: [{ id: 'sum', kind: 'dream' }] }), { id: first.id, result: 'later', detail: 'dream' })
})
