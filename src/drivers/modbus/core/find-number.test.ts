import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { BYTE_ORDERS, encodeRegisters, type Layout } from './decode.ts'
import { findNumber, parsePanelNumber, type Hit } from './find-number.ts'
import { interpretBlock } from './interpret.ts'

const plain: Layout = { dataType: 'uint16', byteOrder: 'ABCD', byteSwap: false, length: 0, encoding: 'utf-8', bit: null }

function words(value: number, layout: Partial<Layout>): number[] {
  const bytes = encodeRegisters(value, { ...plain, ...layout })
  return Array.from({ length: bytes.length / 2 }, (_, index) => ((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0))
}

function find(registers: readonly number[], panel: string, expected: number | null = null): Hit[] {
  const wanted = parsePanelNumber(panel)
  assert.ok(wanted !== undefined)
  return findNumber(interpretBlock([registers]), wanted, expected)
}

test('numbers as displays and people write them', () => {
  const read = (text: string): unknown => {
    const found = parsePanelNumber(text)
    return found === undefined ? undefined : [found.value, found.decimals, found.digits]
  }
  assert.deepEqual(read('23.5'), [23.5, 1, 3])
  assert.deepEqual(read(' 23,50 '), [23.5, 2, 4])
  assert.deepEqual(read('1.234,5'), [1234.5, 1, 5])
  assert.deepEqual(read('1,234,567'), [1_234_567, 0, 7])
  assert.deepEqual(read('1\u202f234'), [1234, 0, 4])
  assert.deepEqual(read('\u22120,05'), [-0.05, 2, 1])
  assert.deepEqual(read('.5'), [0.5, 1, 1])
  assert.deepEqual(read('007'), [7, 0, 1])
  for (const text of ['', '-', '12 bar', '1.2.3,4,5x', '0x10', 'NaN']) assert.equal(read(text), undefined, text)
})

test('a scaled integer one address beside the one in the manual', () => {
  const registers = [17, 4, 235, 9800, 61]
  const [hit] = find(registers, '23.5', 3)
  assert.deepEqual([hit?.index, hit?.distance, hit?.raw, hit?.scale, hit?.layout.dataType], [2, -1, 235, 0.1, 'uint16'])
})

test('a float with its registers swapped, rounded by the display', () => {
  const registers = [1, ...words(Math.fround(57.3149), { dataType: 'float', byteOrder: 'CDAB' }), 8]
  const [hit] = find(registers, '57,31')
  assert.deepEqual([hit?.index, hit?.scale, hit?.layout.dataType, hit?.layout.byteOrder, hit?.exact], [1, 1, 'float', 'CDAB', true])
})

test('a display that cuts off instead of rounding, or a value that moved meanwhile', () => {
  const registers = words(Math.fround(57.3189), { dataType: 'float' })
  assert.deepEqual([find(registers, '57.31')[0]?.index, find(registers, '57.31')[0]?.exact], [0, false])
  const moved = findNumber(interpretBlock([[235], [240], [250]]), { value: 23.5, decimals: 1, digits: 3 }, null)
  assert.equal(moved[0]?.raw, 235)
})

test('zero is everywhere and therefore nowhere', () => {
  assert.deepEqual(find([0, 0, 5], '0'), [])
})

test('whatever lies there is found first or among the first, in every type, order and scale', () => {
  const type = fc.constantFrom('uint16', 'int16', 'uint32', 'int32', 'float')
  fc.assert(
    fc.property(
      fc.integer({ min: 1001, max: 30_000 }),
      type,
      fc.constantFrom(...BYTE_ORDERS),
      fc.integer({ min: -2, max: 2 }),
      fc.nat(2),
      (digits, dataType, byteOrder, distance, decimals) => {
        const panel = (digits / 10 ** decimals).toFixed(decimals)
        const raw = dataType === 'float' ? Math.fround(digits / 10 ** decimals) : digits
        const registers = [11, 12, 13, ...words(raw, { dataType, byteOrder }), 14, 15, 16]
        const hits = find(registers, panel, 3 + distance)
        const place = hits.findIndex((hit) => hit.index === 3 && Math.abs(hit.raw * hit.scale - digits / 10 ** decimals) < 10 ** -decimals)
        // 0x00001234 is also the plain 16-bit number in one of its halves
        assert.ok(place >= 0 && place < 8, `${panel} as ${dataType} ${byteOrder} at ${distance}: place ${place}`)
      },
    ),
  )
})
