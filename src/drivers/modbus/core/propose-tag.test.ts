import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseConfig, parsePoint } from '../config.ts'
import { BYTE_ORDERS, DATA_TYPES, registersOf, type Layout } from './decode.ts'
import { proposeTag } from './propose-tag.ts'

const plain: Layout = { dataType: 'uint16', byteOrder: 'ABCD', byteSwap: false, length: 0, encoding: 'utf-8', bit: null }

test('only what differs from the device is said', () => {
  const device = { addressOffset: 1, byteOrder: 'CDAB', byteSwap: false } as const
  const at = { functionCode: 3, start: 100 } as const
  assert.deepEqual(proposeTag(at, { ...plain, dataType: 'float', byteOrder: 'CDAB' }, device), {
    address: 'HR101',
    settings: { dataType: 'float' },
    kind: 'analog',
    decimals: 2,
    scale: 1,
  })
  assert.deepEqual(proposeTag(at, { ...plain, byteSwap: true }, device, 0.01), {
    address: 'HR101',
    settings: { dataType: 'uint16', byteSwap: true },
    kind: 'analog',
    decimals: 2,
    scale: 0.01,
  })
  assert.deepEqual(proposeTag(at, { ...plain, dataType: 'bool', bit: 3 }, device).address, 'HR101.3')
})

test('the tag reads what the explorer showed, on any device', () => {
  const layout = fc.record({
    dataType: fc.constantFrom(...DATA_TYPES.filter((type) => type !== 'bool')),
    byteOrder: fc.constantFrom(...BYTE_ORDERS),
    byteSwap: fc.boolean(),
    length: fc.integer({ min: 1, max: 20 }).map((half) => half * 2),
  })
  const device = fc.record({
    addressOffset: fc.constantFrom(0 as const, 1 as const),
    byteOrder: fc.constantFrom(...BYTE_ORDERS),
    byteSwap: fc.boolean(),
  })
  fc.assert(
    fc.property(layout, device, fc.constantFrom(3 as const, 4 as const), fc.nat(60_000), (shown, orders, functionCode, start) => {
      const wanted: Layout = { ...plain, ...shown, length: shown.dataType === 'string' ? shown.length : 0 }
      const tag = proposeTag({ functionCode, start }, wanted, orders)
      const point = parsePoint(tag, parseConfig({ host: 'plc', ...orders }))
      assert.deepEqual([point.functionCode, point.start, point.count], [functionCode, start, registersOf(wanted)])
      assert.equal(point.layout.dataType, wanted.dataType)
      if (registersOf(wanted) > 1 && wanted.dataType !== 'string') assert.equal(point.layout.byteOrder, wanted.byteOrder)
      else assert.equal(point.layout.byteSwap, wanted.byteSwap)
    }),
  )
})
