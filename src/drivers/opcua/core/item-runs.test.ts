import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { packRuns, unpackRuns } from './item-runs.ts'

const outcome = fc.record(
  {
    status: fc.constantFrom(0, 0x8034_0000, 0x80db_0000),
    handle: fc.nat(20),
    samplingInterval: fc.constantFrom(0, 100, 1000),
    queueSize: fc.constantFrom(1, 100),
    subscriptionId: fc.constantFrom(7, 8),
    itemId: fc.nat(3),
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

test('ten thousand items alike are one run, and one of them less makes two', () => {
  const alike = { status: 0, samplingInterval: 500, queueSize: 100, subscriptionId: 7 }
  const items = Array.from({ length: 10_000 }, (_, index) => ({ ...alike, handle: index + 1, itemId: 40 + index }))
  assert.deepEqual(packRuns(items), [[10_000, 1, 0, 500, 100, 7, 40]])
  assert.deepEqual(packRuns(items.toSpliced(4000, 1)), [
    [4000, 1, 0, 500, 100, 7, 40],
    [5999, 4002, 0, 500, 100, 7, 4041],
  ])
})
