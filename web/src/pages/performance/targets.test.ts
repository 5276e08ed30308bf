import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verdictOf } from './targets.ts'

test('the target itself is good, the limit itself is not over it', () => {
  for (const [value, limit, verdict] of [
    [6, 12, 'good'],
    [6.1, 12, 'high'],
    [12, 12, 'high'],
    [12.1, 12, 'over'],
    [6, null, 'good'],
    [6.1, null, 'over'],
  ] as const)
    assert.equal(verdictOf({ value, target: 6, limit }), verdict, String(value))
})
