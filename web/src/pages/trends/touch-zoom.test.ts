import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { dragged } from './touch-zoom.ts'

test('one finger moves along, as far as it went', () => {
  assert.deepEqual(dragged({ min: 100, max: 200, fingers: [50] }, [0], 100), { min: 150, max: 250 })
})

test('what lay in the middle of two fingers stays there, and a wider grip shows less', () => {
  assert.deepEqual(dragged({ min: 0, max: 100, fingers: [40, 60] }, [30, 70], 100), { min: 25, max: 75 })
  const finger = fc.integer({ min: 0, max: 400 })
  fc.assert(
    fc.property(finger, finger, finger, finger, (a, b, x, y) => {
      fc.pre(Math.abs(a - b) > 5 && Math.abs(x - y) > 5)
      const next = dragged({ min: 1000, max: 5000, fingers: [a, b] }, [x, y], 400)
      const before = 1000 + (4000 * (a + b)) / 2 / 400
      const after = next.min + ((next.max - next.min) * (x + y)) / 2 / 400
      assert.ok(Math.abs(before - after) < 1e-6)
      assert.ok(Math.abs((next.max - next.min) * Math.abs(x - y) - 4000 * Math.abs(a - b)) < 1e-6)
    }),
  )
})
