import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { judgeArrival, nextSequence } from './sequence.ts'

const LAST = 0xffff_ffff
const sequence = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: LAST - 20, max: LAST }), fc.integer({ min: 1, max: LAST }))

test('0 is never used', () => {
  assert.equal(nextSequence(LAST), 1)
  assert.equal(nextSequence(1), 2)
})

test('a gap names exactly what is missing, over the wrap as well', () => {
  fc.assert(
    fc.property(sequence, fc.nat({ max: 50 }), (expected, skipped) => {
      const missing: number[] = []
      let arrived = expected
      for (let i = 0; i < skipped; i++) {
        missing.push(arrived)
        arrived = nextSequence(arrived)
      }
      const found = judgeArrival(expected, arrived)
      assert.deepEqual(found, skipped === 0 ? { kind: 'next' } : { kind: 'gap', missing, lost: skipped })
    }),
  )
})

test('what was seen before is old, over the wrap as well', () => {
  fc.assert(
    fc.property(sequence, fc.integer({ min: 1, max: 50 }), (arrived, ahead) => {
      let expected = arrived
      for (let i = 0; i < ahead; i++) expected = nextSequence(expected)
      assert.equal(judgeArrival(expected, arrived).kind, 'old')
    }),
  )
})

test('a server that counts anew asks for no million messages', () => {
  const found = judgeArrival(1, 1_000_000)
  assert.ok(found.kind === 'gap' && found.missing.length <= 1000)
  assert.equal(found.lost, 999_999)
})
