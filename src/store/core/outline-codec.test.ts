import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { BugError } from '#base/errors.ts'
import { type Aggregate, Aggregator } from '#calc/aggregate.ts'
import { type OutlineStep, encodeOutline, outlineOf, outlineStep, readOutline } from './outline-codec.ts'
import { columnsOf, numberAt } from './sample-columns.ts'

const START = Date.parse('2026-03-29T00:00:30Z') * 1000

function read(bytes: Uint8Array, step: OutlineStep): Aggregate[] {
  const stretches: Aggregate[] = []
  readOutline(bytes, step, (stretch) => stretches.push({ ...stretch }))
  return stretches
}

const ADDED_UP = ['sum', 'integral', 'rise', 'knownSeconds'] as const
function assertClose(found: Aggregate | undefined, wanted: Aggregate | undefined): void {
  assert.ok(found !== undefined && wanted !== undefined)
  for (const name of ADDED_UP) assert.ok(Math.abs(found[name] - wanted[name]) <= 1e-9 * (1e6 + Math.abs(wanted[name])))
  const exact = ({ sum: _, integral: _1, rise: _2, knownSeconds: _3, ...rest }: Aggregate): unknown => rest
  assert.deepEqual(exact(found), exact(wanted))
}

const samples = fc
  .tuple(
    fc.uniqueArray(fc.nat(9000), { minLength: 1, maxLength: 600 }),
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
      const bytes = encodeOutline(minutes)
      const back = read(bytes, 'minute')
      assert.equal(back.length, minutes.length)
      for (const [index, minute] of back.entries()) assertClose(minute, minutes[index])
      const whole = new Aggregator()
      for (let index = 0; index < columns.times.length; index++) whole.add(columns.times[index] ?? 0, numberAt(columns, index))
      for (const stretches of [minutes, back, read(bytes, 'hour')]) {
        const joined = new Aggregator()
        for (const stretch of stretches) joined.addStretch(stretch)
        assertClose(joined.result(), whole.result())
      }
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
  for (let end = 0; end < bytes.length; end++) assert.throws(() => read(bytes.subarray(0, end), 'minute'), BugError)
})

test('hours where all edges lie between hours, minutes else', () => {
  const hour = 3_600_000_000
  const base = Date.parse('2026-03-29T00:00:00Z') * 1000
  assert.equal(outlineStep(Float64Array.of(base, base + hour)), 'hour')
  assert.equal(outlineStep(Float64Array.of(base, base + hour / 2)), 'minute')
  assert.equal(outlineStep(Float64Array.of(base, base + 1)), undefined)
  const rows = Array.from({ length: 7200 }, (_, second) => ({ ...plain, at: base + second * 1_000_000, value: Math.fround(second / 7) }))
  const bytes = encodeOutline(outlineOf(columnsOf(rows)))
  assert.deepEqual(
    read(bytes, 'hour').map((one) => [one.startsAt, one.numbers]),
    [
      [base, 3600],
      [base + hour, 3600],
    ],
  )
  assert.equal(read(bytes, 'minute').length, 120)
})

const plain = { quality: 0, valueText: null, statusCode: null }

test('what is rounded is rounded far finer than it was measured, each minute for itself', () => {
  const kinds = [
    fc.integer({ min: -99_999, max: 99_999 }).map((tenths) => tenths / 10),
    fc.integer({ min: -99_999, max: 99_999 }).map((tenths) => Math.fround(tenths / 10)),
    fc.float({ min: 0, max: 1e6, noNaN: true }),
    fc.constantFrom(0.5, 1e6),
  ]
  for (const kind of kinds) {
    fc.assert(
      fc.property(fc.array(kind, { minLength: 60, maxLength: 400 }), (values) => {
        const minutes = outlineOf(columnsOf(values.map((value, second) => ({ ...plain, at: START + second * 1_000_000, value }))))
        for (const [index, minute] of read(encodeOutline(minutes), 'minute').entries()) {
          const wanted = minutes[index]
          assert.ok(wanted !== undefined)
          const measured = wanted.numbers * Math.max(Math.abs(wanted.least), Math.abs(wanted.greatest))
          for (const name of ADDED_UP) assert.ok(Math.abs(minute[name] - wanted[name]) <= (measured + 60) * 2 ** -24, name)
        }
      }),
    )
  }
})

test('outlines of version 1 stay readable', () => {
  // written by the program before there was a version 2
  const bytes = Buffer.from(
    '010300064e1e6c1ba380000002040000000000907e00d0560003030000000480d8f1160000001290007ad00000030000000000000000000480d8f11600000000900000d0000003000000000100000202000000010e001000000100010000102e000100010c00202e000100010000102e000100010c00202e000100022a00984200010100010002a80100b0200005040000000130084000053f0000e31515335555335555335555335555335555335453',
    'hex',
  )
  const rows = Array.from({ length: 30 }, (_, index) => ({
    ...plain,
    at: START + index * 4_000_000,
    value: index === 7 ? null : index / 10,
  }))
  const minutes = outlineOf(columnsOf(rows))
  for (const step of ['minute', 'hour'] as const) assert.deepEqual(read(bytes, step), minutes)
})
