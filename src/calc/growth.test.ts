import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { daysUntilFull, diskLevel, growthADay } from './growth.ts'

const DAY = 86_400_000_000

test('a straight growth is told exactly, whatever the measurements', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 2, maxLength: 60 }),
      fc.integer({ min: -1e6, max: 1e9 }),
      (steps, slope) => {
        let at = 0
        const sizes = steps
          .map((hours) => ({ at: (at += hours * 3_600_000_000), bytes: 0 }))
          .map((one) => ({ ...one, bytes: 1e12 + (slope * one.at) / DAY }))
        const found = growthADay(sizes)
        if ((sizes.at(-1)?.at ?? 0) - (sizes[0]?.at ?? 0) < DAY) assert.equal(found, undefined)
        else assert.ok(Math.abs((found ?? 0) - slope) <= 1 + Math.abs(slope) * 1e-6)
      },
    ),
  )
})

test('when it is full', () => {
  assert.equal(daysUntilFull(1000, 10), 100)
  for (const [free, growth] of [
    [null, 10],
    [1000, null],
    [1000, 0],
    [1000, -5],
  ] as const)
    assert.equal(daysUntilFull(free, growth), null)
})

test('levels do not flutter around their limits', () => {
  assert.equal(diskLevel(0.11, 'good'), 'good')
  assert.equal(diskLevel(0.099, 'good'), 'warning')
  assert.equal(diskLevel(0.105, 'warning'), 'warning')
  assert.equal(diskLevel(0.111, 'warning'), 'good')
  assert.equal(diskLevel(0.049, 'warning'), 'critical')
  assert.equal(diskLevel(0.055, 'critical'), 'critical')
  assert.equal(diskLevel(0.061, 'critical'), 'warning')
})
