import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { BugError } from '#base/errors.ts'
import { decodeBlock, decodeNumbers, encodeBlock } from './block-codec.ts'
import { columnsOf, mergeColumns, numbersOf, rowAt, type SampleColumns, type SampleRow } from './sample-columns.ts'

const DAY = 86_400_000_000
const START = Date.parse('2026-03-29T00:00:00Z') * 1000

function rowsOf(columns: SampleColumns): SampleRow[] {
  return Array.from(columns.times, (_, index) => rowAt(columns, index))
}

/** What is told of the numbers, put together. */
function numbersTold(bytes: Uint8Array, atOnce: number): { times: Float64Array; numbers: Float64Array } {
  const [all, told]: [number[], number[]] = [[], []]
  decodeNumbers(
    bytes,
    (times, numbers) => {
      all.push(...times)
      told.push(...numbers)
    },
    atOnce,
  )
  return { times: Float64Array.from(all), numbers: Float64Array.from(told) }
}

function assertSame(rows: readonly SampleRow[]): void {
  const bytes = encodeBlock(columnsOf(rows))
  const columns = decodeBlock(bytes)
  for (const atOnce of [1, 7, 2048]) assert.deepEqual(numbersTold(bytes, atOnce), { times: columns.times, numbers: numbersOf(columns) })
  const back = rowsOf(columns)
  assert.equal(back.length, rows.length)
  for (const [index, row] of rows.entries()) {
    const other = back[index]
    assert.ok(other !== undefined && Object.is(other.value, row.value), `${row.value} became ${other?.value}`)
    assert.deepEqual({ ...other, value: 0 }, { ...row, value: 0 })
  }
}

const plain = { quality: 0, valueText: null, statusCode: null }
const number = fc.oneof(
  fc.double(),
  fc.float(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.integer({ min: -9999, max: 9999 }).map((tenths) => tenths / 10),
  fc.integer({ min: -9999, max: 9999 }).map((hundredths) => Math.fround(hundredths / 100)),
  fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 5e-324, Number.MAX_VALUE, 2 ** 53, 1e15, -1e15, 999_999_999_999_999),
)
const payload = fc.oneof(
  { weight: 6, arbitrary: number.map((value) => ({ value, valueText: null })) },
  { weight: 1, arbitrary: fc.constant({ value: null, valueText: null }) },
  { weight: 1, arbitrary: fc.string().map((valueText) => ({ value: null, valueText: valueText.toWellFormed() })) },
  { weight: 1, arbitrary: fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n }).map((big) => ({ value: Number(big), valueText: String(big) })) },
)
const rest = fc.record({
  quality: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.nat(16_383)),
  statusCode: fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
})
const times = fc.uniqueArray(
  fc.oneof(
    fc.nat(DAY),
    fc.nat(86_400).map((second) => second * 1_000_000),
  ),
  { minLength: 1, maxLength: 200 },
)

test('what comes out is what went in: any values, any times, any quality', () => {
  fc.assert(
    fc.property(times, fc.array(fc.tuple(payload, rest), { minLength: 1, maxLength: 200 }), (offsets, contents) => {
      const ordered = offsets.toSorted((a, b) => a - b)
      assertSame(
        ordered.map((offset, index) => {
          const [value, remarks] = contents[index % contents.length] ?? [
            { value: 0, valueText: null },
            { quality: 0, statusCode: null },
          ]
          return { at: START + offset, ...value, ...remarks }
        }),
      )
    }),
    { numRuns: 2000 },
  )
})

test('each form of number alone', () => {
  const kinds = [
    fc.integer(),
    fc.integer({ min: -99_999, max: 99_999 }).map((digits) => digits / 1000),
    fc.integer({ min: -99_999, max: 99_999 }).map((digits) => Math.fround(digits / 100)),
    fc.integer({ min: 0, max: 27_648 }).map((count) => Math.fround((count * 10) / 27_648)),
    fc.float({ noNaN: true }),
    fc.constantFrom(Math.PI, Math.E, Math.SQRT2, NaN),
    fc.double(),
  ]
  for (const kind of kinds) {
    fc.assert(
      fc.property(fc.array(kind, { minLength: 1, maxLength: 300 }), (values) => {
        assertSame(values.map((value, second) => ({ ...plain, at: START + second * 1_000_000, value })))
      }),
      { numRuns: 500 },
    )
  }
})

test('a steady clock and a steady value cost next to nothing', () => {
  const rows = Array.from({ length: 86_400 }, (_, second) => ({ ...plain, at: START + second * 1_000_000, value: 21.5 }))
  assert.ok(encodeBlock(columnsOf(rows)).length < 200_000)
  assertSame(rows)
})

test('bytes that were cut or changed are refused or read as something, never a crash', () => {
  const rows = Array.from({ length: 50 }, (_, index) => ({
    at: START + index * 1_000_003,
    value: index % 7 === 0 ? null : Math.sin(index),
    quality: index % 5,
    valueText: index % 7 === 0 ? `state ${index % 3}` : null,
    statusCode: index % 11 === 0 ? -index : null,
  }))
  const bytes = encodeBlock(columnsOf(rows))
  for (let end = 0; end < bytes.length; end++) assert.throws(() => decodeBlock(bytes.subarray(0, end)), BugError)
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(255), (place, byte) => {
      const changed = bytes.slice()
      changed[place] = byte
      try {
        decodeBlock(changed)
      } catch (error) {
        assert.ok(error instanceof BugError, String(error))
      }
    }),
    { numRuns: 3000 },
  )
})

test('a converter that wanders over all its counts is told by their ranks', () => {
  // 27648 counts scaled in single precision, with noise: 13 bits a sample as bits, 8 as ranks
  let [seed, level] = [42, 12_000]
  const random = (): number => (seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32
  const rows = Array.from({ length: 40_000 }, (_, second) => {
    level += (random() - 0.5) * 40 + 0.4
    return { ...plain, at: START + second * 1_000_000, value: Math.fround((Math.round(level + random() * 50) * 10) / 27_648) }
  })
  assert.ok(new Set(rows.map((row) => row.value)).size > rows.length / 4)
  assert.ok(zstdCompressSync(encodeBlock(columnsOf(rows))).length < rows.length * 1.15)
  assertSame(rows)
})

test('times that stand still or step back are a defect of the caller', () => {
  assert.throws(() => encodeBlock(columnsOf([START, START].map((at) => ({ ...plain, at, value: 1 })))), BugError)
})

test('merging keeps order and takes the later part where two say the same instant', () => {
  const part = fc.uniqueArray(fc.nat(60), { maxLength: 30 }).map((all) => all.toSorted((a, b) => a - b))
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
      const expected = new Map<number, number>()
      for (const [index, one] of parts.entries()) for (const second of one) expected.set(second, index)
      const merged = mergeColumns(
        parts.map((one, index) => columnsOf(one.map((second) => ({ ...plain, at: second, value: index, statusCode: index })))),
      )
      const wanted = [...expected].sort(([a], [b]) => a - b)
      assert.deepEqual(
        rowsOf(merged).map(({ at, value, statusCode }) => [at, value, statusCode]),
        wanted.map(([at, index]) => [at, index, index]),
      )
    }),
  )
})

test('the vectors of docs/block-format.md', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/block-format.md'), 'utf8')
  const vectors = [...page.matchAll(/\| `((?:[0-9a-f]{2} ?)+)` \|$/gm)].map((match) => match[1])
  const tenths = [21.5, 21.6, 21.6, 21.4].map((value, second) => ({ ...plain, at: START + second * 1_000_000, value }))
  const told: (readonly SampleRow[])[] = [
    tenths.slice(0, 1),
    tenths,
    [
      { ...plain, at: START, value: Math.PI },
      { at: START + 250_000, value: null, quality: 6, valueText: 'open', statusCode: 0x80041000 | 0 },
    ],
  ]
  assert.equal(vectors.length, told.length)
  for (const [index, rows] of told.entries()) {
    const bytes = Uint8Array.from((vectors[index] ?? '').split(' '), (pair) => Number.parseInt(pair, 16))
    assert.deepEqual([...encodeBlock(columnsOf(rows))], [...bytes])
    assert.deepEqual(rowsOf(decodeBlock(bytes)), rows)
  }
})
