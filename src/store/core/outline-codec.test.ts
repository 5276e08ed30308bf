import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { BugError } from '#base/errors.ts'
import { Aggregator } from '#calc/aggregate.ts'
import { decodeOutline, encodeOutline, outlineOf } from './outline-codec.ts'
import { columnsOf, numberAt } from './sample-columns.ts'

const START = Date.parse('2026-03-29T00:00:30Z') * 1000

const samples = fc
  .tuple(
    fc.uniqueArray(fc.nat(900), { minLength: 1, maxLength: 600 }),
    fc.array(fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true })), { minLength: 1 }),
  )
  .map(([seconds, values]) =>
    columnsOf(
      seconds
        .toSorted((a, b) => a - b)
        .map((second, index) => ({
          at: START + second * 1_000_000,
          value: values[index % values.length] ?? null,
          quality: index % 9 === 4 ? 2 : 0,
          valueText: null,
          statusCode: null,
        })),
    ),
  )

test('the minutes put together are the block, also after writing and reading', () => {
  fc.assert(
    fc.property(samples, (columns) => {
      const minutes = outlineOf(columns)
      if (minutes.length === 0) return
      assert.deepEqual(decodeOutline(encodeOutline(minutes)), minutes)
      const whole = new Aggregator()
      for (let index = 0; index < columns.times.length; index++) whole.add(columns.times[index] ?? 0, numberAt(columns, index))
      const joined = new Aggregator()
      for (const minute of minutes) joined.addStretch(minute)
      const [found, wanted] = [joined.result(), whole.result()]
      assert.ok(found !== undefined && wanted !== undefined)
      for (const name of ['sum', 'integral', 'rise', 'knownSeconds'] as const)
        assert.ok(Math.abs(found[name] - wanted[name]) <= 1e-6 * (1 + Math.abs(wanted[name])))
      const exact = ({ sum: _, integral: _1, rise: _2, knownSeconds: _3, ...rest }: typeof found): unknown => rest
      assert.deepEqual(exact(found), exact(wanted))
    }),
  )
})

test('a slow tag has no outline', () => {
  const rows = Array.from({ length: 60 }, (_, minute) => ({
    at: START + minute * 60_000_000,
    value: minute,
    quality: 0,
    valueText: null,
    statusCode: null,
  }))
  assert.deepEqual(outlineOf(columnsOf(rows)), [])
})

test('bytes that were cut are refused', () => {
  const rows = Array.from({ length: 300 }, (_, second) => ({
    at: START + second * 1_000_000,
    value: second / 10,
    quality: 0,
    valueText: null,
    statusCode: null,
  }))
  const bytes = encodeOutline(outlineOf(columnsOf(rows)))
  for (let end = 0; end < bytes.length; end++) assert.throws(() => decodeOutline(bytes.subarray(0, end)), BugError)
})
