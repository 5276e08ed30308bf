import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from './clock.ts'

test('what comes later is never stamped earlier, and the system clock is kept to the millisecond', () => {
  let before = systemClock.now()
  for (let call = 0; call < 500_000; call++) {
    const earliest = Date.now() * 1000
    const now = systemClock.now()
    assert.ok(now >= before, `${before - now} µs back`)
    assert.ok(now >= earliest && now < (Date.now() + 1) * 1000)
    before = now
  }
})

test('a step of the system clock is followed at once, both ways', (t) => {
  const real = Date.now
  t.after(() => void (Date.now = real))
  for (const step of [3_600_000, -7_200_000]) {
    Date.now = () => real() + step
    assert.ok(Math.abs(systemClock.now() - (real() + step) * 1000) < 100_000)
  }
})
