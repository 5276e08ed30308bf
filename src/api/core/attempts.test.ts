import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Attempts } from './attempts.ts'

test('five tries are free, then each failure doubles the wait, up to a quarter of an hour', () => {
  const attempts = new Attempts()
  const waits: number[] = []
  for (let now = 0; waits.length < 20;) {
    attempts.failed('10.0.0.7 ana', now)
    waits.push(attempts.waitOf('10.0.0.7 ana', now))
    now += attempts.waitOf('10.0.0.7 ana', now)
  }
  assert.deepEqual(waits.slice(0, 8), [0, 0, 0, 0, 1000, 2000, 4000, 8000])
  assert.equal(waits.at(-1), 900_000)
  assert.equal(attempts.waitOf('10.0.0.8 ana', 0), 0, 'others are free')
})

test('a success or half an hour of quiet starts anew', () => {
  const attempts = new Attempts()
  for (let i = 0; i < 6; i++) attempts.failed('a', 0)
  attempts.succeeded('a')
  assert.equal(attempts.waitOf('a', 0), 0)
  for (let i = 0; i < 6; i++) attempts.failed('b', 0)
  attempts.failed('b', 31 * 60_000)
  assert.equal(attempts.waitOf('b', 31 * 60_000), 0)
})

test('a flood of keys does not grow without end', () => {
  const attempts = new Attempts()
  for (let i = 0; i < 30_000; i++) attempts.failed(`k${i}`, i)
  assert.equal(attempts.waitOf('k0', 30_000), 0)
})
