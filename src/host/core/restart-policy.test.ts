import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FIRST_START, afterExit, isHung, isTooLarge } from './restart-policy.ts'

test('the first restart is at once, then waits double from a second to a minute, and start anew after a healthy minute', () => {
  const waits: number[] = []
  let state = FIRST_START
  for (let i = 0; i < 9; i++) {
    const next = afterExit(state, 5000)
    state = next.state
    waits.push(next.waitMillis)
  }
  assert.deepEqual(waits, [0, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000])
  assert.equal(afterExit(state, 61_000).waitMillis, 0)
})

test('15 s without a sign is hung, 60 s while it loads; memory beyond heap and buffers is too much', () => {
  assert.deepEqual([isHung(14_900, false), isHung(15_100, false)], [false, true])
  assert.deepEqual([isHung(59_900, true), isHung(60_100, true)], [false, true])
  assert.deepEqual([isTooLarge(300e6, 256), isTooLarge(700e6, 256)], [false, true])
})
