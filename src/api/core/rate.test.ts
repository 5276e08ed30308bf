import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Rate } from './rate.ts'

test('a burst passes, then so many a second, each key for itself', () => {
  const rate = new Rate(3, 2)
  assert.deepEqual(
    [0, 0, 0, 0].map(() => rate.take('a', 1000)),
    [0, 0, 0, 500],
  )
  assert.equal(rate.take('b', 1000), 0)
  assert.equal(rate.take('a', 1499) > 0, true)
  assert.equal(rate.take('a', 1500), 0)
  assert.deepEqual(
    [0, 0, 0, 0].map(() => rate.take('a', 60_000) === 0),
    [true, true, true, false],
  )
})
