import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import { INTEGER_LIMIT, planIntegers, readIntegers, writeIntegers } from './integer-series.ts'

const RUNNING_MEAN = 3

/** As docs/block-format.md says of predictor 3. */
function aroundTheMean(numbers: readonly number[]): Float64Array {
  let mean = numbers[0] ?? 0
  return Float64Array.from(numbers, (number) => {
    const residual = number - Math.round(mean)
    mean += (number - mean) / 4
    return residual < 0 ? -2 * residual - 1 : 2 * residual
  })
}

// small ones and their multiples of two make halves, which are rounded upward
const integers = fc.oneof(
  fc.array(fc.integer({ min: -6, max: 6 }), { minLength: 1, maxLength: 80 }),
  fc.array(fc.integer({ min: -40_000, max: 40_000 }), { minLength: 1, maxLength: 40 }),
  fc.array(fc.integer({ min: -INTEGER_LIMIT, max: INTEGER_LIMIT }), { minLength: 1, maxLength: 20 }),
)

test('the running mean is read back as the format says, halves and the largest numbers too', () => {
  fc.assert(
    fc.property(integers, (numbers) => {
      const to = new ByteWriter(1024)
      writeIntegers(to, { predictor: RUNNING_MEAN, residuals: aroundTheMean(numbers), base: numbers[0] ?? 0, bits: 0 })
      assert.deepEqual(Array.from(readIntegers(new ByteReader(to.written()), numbers.length)), numbers)
    }),
    { numRuns: 2000, examples: [[[0, 2, 0, 2]], [[0, -2, -2, 1]], [[INTEGER_LIMIT, -INTEGER_LIMIT, 0]]] },
  )
})

test('what is made of each integer is made of a straight line and of any other', () => {
  const unit = fc.integer({ min: 1, max: 60_000_000 })
  const lines = fc
    .tuple(fc.nat(100), fc.nat(100), fc.integer({ min: 1, max: 40 }))
    .map(([start, step, n]) => Array.from({ length: n }, (_, at) => start + at * step))
  fc.assert(
    fc.property(fc.oneof(lines, fc.array(fc.nat(2000), { minLength: 1, maxLength: 40 })), unit, (numbers, each) => {
      const to = new ByteWriter(1024)
      writeIntegers(to, planIntegers(Float64Array.from(numbers)))
      const into = new Float64Array(numbers.length).fill(7)
      const found = readIntegers(new ByteReader(to.written()), numbers.length, { into, first: 5, unit: each })
      assert.deepEqual(
        Array.from(found),
        numbers.map((one) => 5 + one * each),
      )
    }),
  )
})
