import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ReplayPhase } from './replay-phase.ts'

const START = 1_000_000_000_000
const at = (seconds: number): number => START + seconds * 1_000_000

test('what happened before the start is history, until the line falls quiet', () => {
  const phase = new ReplayPhase(START, 0)
  assert.equal(phase.isHistorical(at(-60), at(1)), true)
  assert.equal(phase.isHistorical(at(0), at(1)), false)
  assert.equal(phase.historical, 1)
  assert.equal(phase.tick(1000, true, false), false)
  assert.equal(phase.tick(3999, false, false), false)
  assert.equal(phase.nextDue, 4000)
  assert.equal(phase.tick(4000, false, false), true)
  assert.equal(phase.tick(9000, false, false), false, 'it ends once')
  assert.equal(phase.isHistorical(at(-60), at(5)), false, 'a slow clock, then')
})

test('a station that waits for our acknowledgement is not quiet', () => {
  const phase = new ReplayPhase(START, 0)
  for (let now = 0; now <= 60_000; now += 1000) assert.equal(phase.tick(now, false, true), false)
})

test('a replay brings the times nearer; a slow clock keeps its distance', () => {
  const replaying = new ReplayPhase(START, 0)
  const slow = new ReplayPhase(START, 0)
  for (let second = 0; second < 100; second++) {
    replaying.isHistorical(at(-3600 + second * 20), at(second))
    assert.equal(replaying.tick(second * 1000, true, false), false)
    slow.isHistorical(at(-600 + second), at(second))
    slow.tick(second * 1000, true, false)
  }
  assert.equal(replaying.running, true)
  assert.equal(slow.running, false)
})
