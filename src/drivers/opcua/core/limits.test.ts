import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { chunksOf, halved, operationLimits } from './limits.ts'

test('chunks hold everything, in order, none too large, none empty', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { maxLength: 300 }), fc.integer({ min: 1, max: 50 }), (items, size) => {
      const chunks = chunksOf(items, size)
      assert.deepEqual(chunks.flat(), items)
      for (const chunk of chunks) assert.ok(chunk.length > 0 && chunk.length <= size)
      assert.equal(chunks.length, Math.ceil(items.length / size))
    }),
  )
})

test('the server is obeyed, an unnamed limit is small, the setting caps both', () => {
  assert.deepEqual(operationLimits({ read: 50, browse: 0 }, 1000), { read: 50, browse: 100, monitoredItems: 100 })
  assert.deepEqual(operationLimits({ read: 5000, browse: 5000, monitoredItems: 5000 }, 1000), {
    read: 1000,
    browse: 1000,
    monitoredItems: 500,
  })
  assert.deepEqual(operationLimits({ read: 50 }, 1), { read: 1, browse: 1, monitoredItems: 1 })
})

test('halving ends at one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), (limit) => {
      const half = halved(limit)
      assert.ok(half >= 1 && (half < limit || limit === 1))
    }),
  )
})
