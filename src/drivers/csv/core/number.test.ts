import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { detectMarks, readNumber, type NumberMarks } from './number.ts'

const point: NumberMarks = { decimal: '.', thousands: '' }
const comma: NumberMarks = { decimal: ',', thousands: '' }

test('every double comes back exactly, with point and with comma', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = String(value)
      if (/^-?\d+$/.test(text) && !Number.isSafeInteger(value)) return
      if (Object.is(value, -0)) return
      assert.equal(readNumber(text, point), value)
      assert.equal(readNumber(text.replace('.', ','), comma), value)
    }),
    { numRuns: 5000 },
  )
})

test('decimals are the nearest double, whatever their length', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^-?\d{1,25}(\.\d{1,25})?$/), (text) => {
      const read = readNumber(text, point)
      if (typeof read === 'bigint') assert.equal(read, BigInt(text))
      else assert.equal(read, Number(text))
    }),
    { numRuns: 5000 },
  )
})

test('groups of thousands are read where they are allowed and whole', () => {
  const cases: readonly (readonly [string, NumberMarks, number | undefined])[] = [
    ['1.234,5', { decimal: ',', thousands: '.' }, 1234.5],
    ['1.234.567', { decimal: ',', thousands: '.' }, 1_234_567],
    ['-12,345.25', { decimal: '.', thousands: ',' }, -12_345.25],
    ['1\u00a0234,5', { decimal: ',', thousands: ' ' }, 1234.5],
    ['1\u202f234,5', { decimal: ',', thousands: ' ' }, 1234.5],
    ["1'234.5", { decimal: '.', thousands: "'" }, 1234.5],
    ['123,5', { decimal: ',', thousands: '.' }, 123.5],
    ['1.23,5', { decimal: ',', thousands: '.' }, undefined],
    ['1.234', { decimal: ',', thousands: '' }, undefined],
    ['1.2345', { decimal: ',', thousands: '.' }, undefined],
    ['1,5', point, undefined],
    ['1.5.2', point, undefined],
    ['\u22121.5', point, -1.5],
    ['+3', point, 3],
    ['.5', point, 0.5],
    ['5.', point, 5],
    ['1,5e-3', comma, 0.0015],
    ['', point, undefined],
    ['-', point, undefined],
    ['0x10', point, undefined],
    ['12 bar', point, undefined],
    ['1e999', point, undefined],
  ]
  for (const [text, marks, expected] of cases) assert.equal(readNumber(text, marks), expected, text)
  assert.equal(readNumber('9007199254740993', point), 9_007_199_254_740_993n)
})

test('marks are proved by a cell, or the likeliest', () => {
  const detect = (cells: readonly string[], delimiter = ';'): readonly [string, string, string | null] => {
    const { marks, proof } = detectMarks(cells, delimiter)
    return [marks.decimal, marks.thousands, proof]
  }
  assert.deepEqual(detect(['1', '2,5']), [',', '', '2,5'])
  assert.deepEqual(detect(['1.234,5', '7']), [',', '.', '1.234,5'])
  assert.deepEqual(detect(['1,234.5', '7'], ','), ['.', ',', '1,234.5'])
  assert.deepEqual(detect(['1.234.567']), [',', '.', '1.234.567'])
  assert.deepEqual(detect(['1 234,5']), [',', ' ', '1 234,5'])
  assert.deepEqual(detect(['1,234', '5,678']), [',', '', null])
  assert.deepEqual(detect(['0,234']), [',', '', '0,234'])
  assert.deepEqual(detect(['1.234', '5.678']), ['.', '', null])
  assert.deepEqual(detect(['1', '2']), ['.', '', null])
})
