import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { packRuns, unpackRuns } from './item-runs.ts'

const outcome = fc.record(
  {
    status: fc.constantFrom(0, 0x8034_0000, 0x80db_0000),
    samplingInterval: fc.constantFrom(0, 100, 1000),
    queueSize: fc.constantFrom(1, 100),
  },
  { noNullPrototype: true },
)

test('what was packed comes back as it was', () => {
  fc.assert(
    fc.property(fc.array(outcome, { maxLength: 200 }), (items) => {
      assert.deepEqual(unpackRuns(packRuns(items)), items)
    }),
  )
})

test('ten thousand items alike are one run', () => {
  const items = Array.from({ length: 10_000 }, () => ({ status: 0, samplingInterval: 500, queueSize: 100 }))
  assert.deepEqual(packRuns(items), [[10_000, 0, 500, 100]])
})
