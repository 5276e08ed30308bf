import assert from 'node:assert/strict'
import { test } from 'node:test'
import { axisDecimals } from './axis-decimals.ts'
import { decimalMark } from './decimal-mark.ts'

test('marks of an axis say where they stand', () => {
  const decimals = (first: number, gap: number): number => axisDecimals([first, first + gap])
  assert.deepEqual(
    [1, 2, 2.5, 5, 10, 25, 0.1, 0.2, 0.25, 0.5, 0.01, 0.025].map((gap) => decimals(0, gap)),
    [0, 0, 1, 0, 0, 0, 1, 1, 2, 1, 2, 3],
  )
  assert.equal(decimals(4.62, 0.02), 2)
  assert.equal(decimals(1e6, 0.1), 1)
  assert.equal(axisDecimals([7]), 0)
})

test('the decimal mark of a language', () => {
  assert.deepEqual(['en-GB', 'pt-PT', 'es-ES'].map(decimalMark), ['.', ',', ','])
})
