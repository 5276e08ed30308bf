import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { TimerWheel } from './timer-wheel.ts'

test('everything fires once, in order, at the first advance that reaches it, also many turns away', () => {
  const span = 4096 * 100_000
  const times = fc.array(fc.integer({ min: 0, max: 3 * span }), { maxLength: 40 })
  const property = fc.property(times, times, fc.integer({ min: 0, max: span }), (dues, clocks, start) => {
    const wheel = new TimerWheel<number>(start)
    for (const due of dues) wheel.arm(due, due)
    assert.equal(wheel.size, dues.length)
    const pending = [...dues].sort((a, b) => a - b)
    let reached = start
    for (const clock of [...clocks, 4 * span]) {
      reached = Math.max(reached, clock)
      const fired: number[] = []
      wheel.advance(clock, (item, due) => {
        assert.equal(item, due)
        fired.push(due)
      })
      const expected = pending.splice(
        0,
        pending.findIndex((due) => due > reached) === -1 ? pending.length : pending.findIndex((due) => due > reached),
      )
      assert.deepEqual(fired, expected)
    }
    assert.equal(wheel.size, 0)
  })
  fc.assert(property, { numRuns: 300 })
})

test('a timer armed while others fire waits for the next advance', () => {
  const wheel = new TimerWheel<string>(0)
  wheel.arm(10, 'first')
  const fired: string[] = []
  wheel.advance(20, (item) => {
    fired.push(item)
    if (item === 'first') wheel.arm(15, 'second')
  })
  assert.deepEqual(fired, ['first'])
  wheel.advance(20, (item) => fired.push(item))
  assert.deepEqual(fired, ['first', 'second'])
})
