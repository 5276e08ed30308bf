import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Value } from '#domain/sample.ts'
import { BYTE_ORDERS, encodeRegisters, registersOf, type Layout } from './decode.ts'
import { bitsOf, interpretBlock, type Interpretation, type Registers } from './interpret.ts'

const plain: Layout = { dataType: 'uint16', byteOrder: 'ABCD', byteSwap: false, length: 0, encoding: 'utf-8', bit: null }

function registersFrom(...items: readonly (readonly [Value, Partial<Layout>])[]): number[] {
  return items.flatMap(([value, layout]) => {
    const bytes = encodeRegisters(value, { ...plain, ...layout })
    return Array.from({ length: bytes.length / 2 }, (_, index) => ((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0))
  })
}

const name = ({ layout }: Interpretation): string =>
  registersOf(layout) === 1 ? `${layout.dataType}${layout.byteSwap ? ' swapped' : ''}` : `${layout.dataType} ${layout.byteOrder}`
const best = (block: ReturnType<typeof interpretBlock>, index: number): string => {
  const [first] = block[index]?.readings ?? []
  return first === undefined ? 'none' : name(first)
}

test('a lone float is found in whichever order it lies', () => {
  for (const byteOrder of BYTE_ORDERS) {
    const block = interpretBlock([registersFrom([Math.fround(57.31), { dataType: 'float', byteOrder }])])
    assert.equal(best(block, 0), `float ${byteOrder}`)
  }
})

test('plain counters and set points stay what they are', () => {
  const block = interpretBlock([registersFrom([235, {}], [7, {}], [-12, { dataType: 'int16' }], [1, {}])])
  assert.deepEqual(
    [0, 1, 2, 3].map((index) => best(block, index)),
    ['uint16', 'uint16', 'int16', 'uint16'],
  )
})

test('a small number in the high byte is one with its bytes swapped', () => {
  const block = interpretBlock([registersFrom([100, { byteSwap: true }])])
  const [first] = (block[0]?.readings ?? []).filter((one) => one.value === 100)
  assert.equal(first?.layout.byteSwap, true)
})

test('what moves tells the order of a counter: half of it would jump', () => {
  // 65,530 to 65,545 crosses the border between the registers
  const history = [65_530, 65_535, 65_540, 65_545].map((value) => registersFrom([value, { dataType: 'uint32', byteOrder: 'CDAB' }]))
  const [first] = interpretBlock(history)[0]?.readings ?? []
  assert.ok(first !== undefined)
  assert.equal(name(first), 'uint32 CDAB')
  assert.deepEqual(first.series, [65_530, 65_535, 65_540, 65_545])
  assert.ok(first.reasons.includes('steady'))
})

test('what belongs to a value says so, and nothing that overlaps it is offered as well', () => {
  const values = [57.31, 4.182, 231.6, 49.98].map((value) => [Math.fround(value), { dataType: 'float', byteOrder: 'CDAB' }] as const)
  const block = interpretBlock([registersFrom(...values, [0x8005, {}], [0, {}], [235, {}])])
  assert.deepEqual(
    block.map((one) => one.partOf),
    [null, 0, null, 2, null, 4, null, 6, null, null, null],
  )
  // 0x42654085 would be 57.3 as well: its upper half is right
  const odd = block[1]?.readings.find((one) => name(one) === 'float ABCD')
  assert.ok(odd !== undefined && odd.score < 50 && odd.reasons.includes('overlaps'))
  assert.deepEqual([best(block, 8), best(block, 10)], ['uint16', 'uint16'], 'zeros beside a number make no long one')
})

test('text is found, in both orders of bytes, once and whole', () => {
  for (const byteSwap of [false, true]) {
    const block = interpretBlock([registersFrom([3, {}], ['PUMP-01 v2', { dataType: 'string', length: 10, byteSwap }], [9, {}])])
    // which of the two is a word only people can tell
    const first = (block[1]?.readings ?? []).slice(0, 2).find((one) => one.value === 'PUMP-01 v2')
    assert.equal(first?.layout.byteSwap, byteSwap)
    assert.deepEqual(
      block.map(({ readings }) => readings.filter((one) => one.layout.dataType === 'string' && one.value === first.value).length),
      [0, 1, 0, 0, 0, 0, 0],
    )
  }
})

test('nothing reaches over a hole or the end', () => {
  const block = interpretBlock([[1, null, 3, 4]])
  assert.deepEqual(block[1]?.readings, [])
  for (const [index, { readings }] of block.entries())
    for (const { layout } of readings) {
      const covered = Array.from({ length: registersOf(layout) }, (_, at) => index + at)
      assert.ok(covered.every((at) => at < 4 && at !== 1))
    }
})

test('BCD is told, and refused where a digit is above 9', () => {
  const bcd = (registers: Registers): Interpretation | undefined =>
    interpretBlock([registers])[0]?.readings.find((one) => one.layout.dataType === 'bcd16' && !one.layout.byteSwap)
  assert.equal(bcd([0x1234])?.value, 1234)
  assert.equal(bcd([0x12a4])?.score, 0)
  assert.deepEqual(bcd([0x12a4])?.reasons, ['invalid'])
})

test('bits count from the least significant', () => {
  assert.deepEqual(
    bitsOf(0b101)
      .map((bit, index) => (bit ? index : -1))
      .filter((index) => index >= 0),
    [0, 2],
  )
  assert.equal(bitsOf(0x8000)[15], true)
})

test('a block of measured values is read in its own order, also where single ones could be something else', () => {
  const measured = fc.double({ min: 0.5, max: 5000, noNaN: true }).map((value) => Math.fround(Math.round(value * 100) / 100))
  let right = 0
  let all = 0
  fc.assert(
    fc.property(
      fc.array(measured, { minLength: 6, maxLength: 20 }),
      fc.constantFrom(...BYTE_ORDERS),
      fc.nat(1),
      (values, byteOrder, lead) => {
        const registers = [
          ...Array.from({ length: lead }, () => 0),
          ...registersFrom(...values.map((value) => [value, { dataType: 'float', byteOrder }] as const)),
        ]
        const block = interpretBlock([registers])
        for (const index of values.keys()) {
          all++
          if (best(block, lead + index * 2) === `float ${byteOrder}`) right++
        }
      },
    ),
    { numRuns: 150 },
  )
  assert.ok(right / all > 0.98, `${right} of ${all}`)
})

test('any registers are read without a fault, scores from 0 to 100 in falling order', () => {
  const register = fc.oneof(fc.nat(0xffff), fc.constant(null))
  fc.assert(
    fc.property(fc.array(fc.array(register, { minLength: 8, maxLength: 8 }), { maxLength: 4 }), (history) => {
      for (const { readings } of interpretBlock(history)) {
        const scores = readings.map((one) => one.score)
        assert.ok(scores.every((score) => score >= 0 && score <= 100))
        assert.deepEqual(
          scores,
          scores.toSorted((a, b) => b - a),
        )
      }
    }),
  )
})
