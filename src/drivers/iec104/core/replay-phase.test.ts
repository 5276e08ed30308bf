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
  assert.equal(phase.tick(1000, true, false), null)
  assert.equal(phase.tick(3999, false, false), null)
  assert.equal(phase.nextDue(false), 4000)
  assert.equal(phase.tick(4000, false, false), 'ended')
  assert.equal(phase.tick(9000, false, false), null, 'it ends once')
  assert.equal(phase.isHistorical(at(-60), at(5)), false, 'a slow clock, then')
})

test('a station that may be waiting for an acknowledgement gets it soon, and is not quiet before', () => {
  const phase = new ReplayPhase(START, 0)
  assert.equal(phase.nextDue(true), 500)
  assert.equal(phase.tick(499, false, true), null)
  assert.equal(phase.tick(500, false, true), 'acknowledge')
  assert.equal(phase.tick(3499, false, false), null)
  assert.equal(phase.tick(3500, false, false), 'ended')
})

test('a replay brings the times nearer; a slow clock keeps its distance', () => {
  const replaying = new ReplayPhase(START, 0)
  const slow = new ReplayPhase(START, 0)
  for (let second = 0; second < 100; second++) {
    replaying.isHistorical(at(-3600 + second * 20), at(second))
    assert.equal(replaying.tick(second * 1000, true, false), null)
    slow.isHistorical(at(-600 + second), at(second))
    slow.tick(second * 1000, true, false)
  }
  assert.equal(replaying.running, true)
  assert.equal(slow.running, false)
})

test('a station that never falls quiet and sends nothing with a time is soon taken to be live', () => {
  const phase = new ReplayPhase(START, 0)
  for (let second = 1; second < 20; second++) assert.equal(phase.tick(second * 1000, true, false), null)
  assert.equal(phase.tick(20_000, true, false), 'ended')
})
