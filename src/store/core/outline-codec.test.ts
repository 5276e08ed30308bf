import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { BugError } from '#base/errors.ts'
import { type Aggregate, Aggregator } from '#calc/aggregate.ts'
import {
  type EncodedOutline,
  type OutlineStep,
  encodeOutline,
  outlineOf,
  outlineStep,
  readHoursOrQuarters,
  readMinutes,
  readOld,
  tellsMinutes,
  type Stretches,
} from './outline-codec.ts'
import { columnsOf, numberAt } from './sample-columns.ts'

const START = Date.parse('2026-03-29T00:00:30Z') * 1000

function taken(stretches: Stretches): Aggregate[] {
  const all: Aggregate[] = []
  stretches((stretch) => all.push({ ...stretch }))
  return all
}

function encode(minutes: readonly Aggregate[], isSingle: boolean): EncodedOutline {
  const encoded = encodeOutline(minutes, isSingle, true)
  assert.ok(encoded !== undefined)
  return encoded
}

function read({ hoursAndQuarters, minutes }: EncodedOutline, step: OutlineStep): Aggregate[] {
  const wide = step === 'minute' ? undefined : readHoursOrQuarters(hoursAndQuarters, step)
  return taken(wide ?? readMinutes(minutes) ?? (() => assert.fail('no minutes')))
}

const ADDED_UP = ['sum', 'integral', 'rise', 'knownSeconds'] as const
function assertClose(found: Aggregate | undefined, wanted: Aggregate | undefined): void {
  assert.ok(found !== undefined && wanted !== undefined)
  for (const name of ['sum', 'rise', 'knownSeconds'] as const)
    assert.ok(Math.abs(found[name] - wanted[name]) <= 1e-9 * (1e6 + Math.abs(wanted[name])), name)
  const held = wanted.knownSeconds * Math.max(Math.abs(wanted.least), Math.abs(wanted.greatest))
  assert.ok(Math.abs(found.integral - wanted.integral) <= (wanted.numbers === 0 ? 0 : held * 2 ** -32 + 1e-3), 'integral')
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
      const bytes = encode(minutes, false)
      const back = read(bytes, 'minute')
      assert.equal(back.length, minutes.length)
      for (const [index, minute] of back.entries()) assertClose(minute, minutes[index])
      const whole = new Aggregator()
      for (let index = 0; index < columns.times.length; index++) whole.add(columns.times[index] ?? 0, numberAt(columns, index))
      for (const stretches of [minutes, back, read(bytes, 'quarter'), read(bytes, 'hour')]) {
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

test('an outline of few samples a minute tells hours and quarters, not minutes, and nothing at all of a quarter alone', () => {
  const every = (seconds: number, hours: number): Aggregate[] =>
    outlineOf(
      columnsOf(
        Array.from({ length: (hours * 3600) / seconds }, (_, index) => ({
          ...plain,
          at: START + index * seconds * 1_000_000,
          value: index,
        })),
      ),
    )
  const sparse = encodeOutline(every(10, 5), false, false)
  assert.ok(sparse !== undefined)
  assert.equal(readMinutes(sparse.minutes), undefined)
  assert.deepEqual(
    [read(sparse, 'hour').length, read(sparse, 'quarter').length, read(encode(every(10, 5), false), 'minute').length],
    [6, 21, 301],
  )
  assert.equal(encodeOutline(every(10, 0.2), false, false), undefined)
  const day = { startsAt: 0, endsAt: 86_400_000_000 } as Aggregate
  assert.deepEqual([tellsMinutes(86_400, day), tellsMinutes(28_800, day), tellsMinutes(28_799, day)], [true, true, false])
})

test('bytes that were cut are refused', () => {
  const rows = Array.from({ length: 300 }, (_, second) => ({
    at: START + second * 1_000_000,
    value: second / 10,
    quality: 0,
    valueText: null,
    statusCode: null,
  }))
  const { hoursAndQuarters, minutes } = encode(outlineOf(columnsOf(rows)), false)
  for (let end = 0; end < minutes.length; end++) assert.throws(() => readMinutes(minutes.subarray(0, end)), BugError)
  for (let end = 0; end < hoursAndQuarters.length; end++)
    assert.throws(() => readHoursOrQuarters(hoursAndQuarters.subarray(0, end), 'quarter'), BugError)
})

test('hours where all edges lie between hours, quarters, minutes else', () => {
  const hour = 3_600_000_000
  const base = Date.parse('2026-03-29T00:00:00Z') * 1000
  assert.equal(outlineStep(Float64Array.of(base, base + hour)), 'hour')
  assert.equal(outlineStep(Float64Array.of(base, base + hour / 2)), 'quarter')
  assert.equal(outlineStep(Float64Array.of(base, base + hour / 6)), 'minute')
  assert.equal(outlineStep(Float64Array.of(base, base + 1)), undefined)
  const rows = Array.from({ length: 7200 }, (_, second) => ({ ...plain, at: base + second * 1_000_000, value: Math.fround(second / 7) }))
  const bytes = encode(outlineOf(columnsOf(rows)), true)
  assert.deepEqual(
    read(bytes, 'hour').map((one) => [one.startsAt, one.numbers]),
    [
      [base, 3600],
      [base + hour, 3600],
    ],
  )
  assert.deepEqual(
    read(bytes, 'quarter').map((one) => one.startsAt - base),
    Array.from({ length: 8 }, (_, index) => (index * hour) / 4),
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
        const isSingle = values.every((value) => Math.fround(value) === value)
        for (const [index, minute] of read(encode(minutes, isSingle), 'minute').entries()) {
          const wanted = minutes[index]
          assert.ok(wanted !== undefined)
          const measured = wanted.numbers * Math.max(Math.abs(wanted.least), Math.abs(wanted.greatest))
          for (const name of ADDED_UP) assert.ok(Math.abs(minute[name] - wanted[name]) <= (measured + 60) * 2 ** -24, name)
        }
      }),
    )
  }
})

const halfMinute = Array.from({ length: 30 }, (_, index) => ({
  ...plain,
  at: START + index * 4_000_000,
  value: index === 7 ? null : index / 10,
}))

test('outlines of versions 1 and 2 stay readable', () => {
  // written by the program before there was a version 2, and before there was a version 3
  const written = {
    1: '010300064e1e6c1ba380000002040000000000907e00d0560003030000000480d8f1160000001290007ad00000030000000000000000000480d8f11600000000900000d0000003000000000100000202000000010e001000000100010000102e000100010c00202e000100010000102e000100010c00202e000100022a00984200010100010002a80100b0200005040000000130084000053f0000e31515335555335555335555335555335555335453',
    2: '02000300064e1e6c1ba380000002040000000000907e00d0560003030000000480d8f1160000001290007ad000000300000000000000000003000000001200007a00000000000100000202000000010e001000000100010000102e000100010c00202e000100010000102e000100010c00202e000100022a00984200010100010002a80100b0200005040000000130084000000100010c001000',
  }
  const wanted = outlineOf(columnsOf(halfMinute))
  for (const bytes of Object.values(written)) {
    for (const step of ['minute', 'quarter', 'hour'] as const) {
      const minutes = taken(readOld(Buffer.from(bytes, 'hex'), step))
      assert.equal(minutes.length, wanted.length)
      for (const [index, minute] of minutes.entries()) assertClose(minute, wanted[index])
    }
  }
})

test('the vectors of docs/block-format.md', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/block-format.md'), 'utf8')
  const [wide, fine] = [...page.matchAll(/^ {4}((?:[0-9a-f]{2} ?)+)$/gm)].map((match) =>
    Buffer.from((match[1] ?? '').replaceAll(' ', ''), 'hex'),
  )
  assert.ok(wide !== undefined && fine !== undefined)
  const encoded = encode(outlineOf(columnsOf(halfMinute)), false)
  assert.deepEqual([[...encoded.hoursAndQuarters], [...encoded.minutes]], [[...wide], [...fine]])
  const minutes = taken(readMinutes(fine) ?? (() => undefined))
  for (const [index, wanted] of outlineOf(columnsOf(halfMinute)).entries()) assertClose(minutes[index], wanted)
})
