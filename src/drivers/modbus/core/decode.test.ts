import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { BugError } from '#base/errors.ts'
import type { Value } from '#domain/sample.ts'
import { BYTE_ORDERS, decodeBit, decodeRegisters, ENCODINGS, encodeRegisters, registersOf, type DataType, type Layout } from './decode.ts'

const plain: Layout = { dataType: 'uint16', byteOrder: 'ABCD', byteSwap: false, length: 0, encoding: 'utf-8', bit: null }
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)
const decode = (raw: Uint8Array, layout: Partial<Layout>): Value => decodeRegisters(raw, 0, { ...plain, ...layout })

test('Application Protocol V1.1b3, 6.3: register 108 holds 02 2B, which is 555', () => {
  assert.equal(decodeRegisters(bytes(0x02, 0x2b, 0, 0, 0, 0x64), 0, plain), 555)
  assert.equal(decodeRegisters(bytes(0x02, 0x2b, 0, 0, 0, 0x64), 4, plain), 100)
})

test('Application Protocol V1.1b3, 6.1: outputs 27-20 are CD, output 20 in its lowest bit', () => {
  const data = bytes(0xcd, 0x6b, 0x05)
  const states = Array.from({ length: 19 }, (_, index) => (decodeBit(data, index) === true ? 1 : 0)).join('')
  assert.equal(states, '1011001111010110101')
  assert.equal(decodeBit(data, 24), null)
})

test('123.456 in the four byte orders', () => {
  const orders = {
    ABCD: [0x42, 0xf6, 0xe9, 0x79],
    CDAB: [0xe9, 0x79, 0x42, 0xf6],
    BADC: [0xf6, 0x42, 0x79, 0xe9],
    DCBA: [0x79, 0xe9, 0xf6, 0x42],
  }
  for (const byteOrder of BYTE_ORDERS) {
    assert.equal(decode(bytes(...orders[byteOrder]), { dataType: 'float', byteOrder }), Math.fround(123.456), byteOrder)
  }
})

test('64 bits follow the same pattern over four registers', () => {
  const orders = {
    ABCD: [1, 2, 3, 4, 5, 6, 7, 8],
    CDAB: [7, 8, 5, 6, 3, 4, 1, 2],
    BADC: [2, 1, 4, 3, 6, 5, 8, 7],
    DCBA: [8, 7, 6, 5, 4, 3, 2, 1],
  }
  for (const byteOrder of BYTE_ORDERS) {
    assert.equal(decode(bytes(...orders[byteOrder]), { dataType: 'uint64', byteOrder }), 0x0102030405060708n, byteOrder)
  }
})

test('64-bit integers stay exact, as numbers where they fit', () => {
  const of = (value: bigint, dataType: DataType): Value => decode(encodeRegisters(value, { ...plain, dataType }), { dataType })
  assert.equal(of(9007199254740991n, 'uint64'), 9007199254740991)
  assert.equal(of(9007199254740992n, 'uint64'), 9007199254740992n)
  assert.equal(of(18446744073709551615n, 'uint64'), 18446744073709551615n)
  assert.equal(of(-5n, 'int64'), -5)
  assert.equal(of(-9223372036854775808n, 'int64'), -9223372036854775808n)
})

test('signs, bits and swapped bytes', () => {
  assert.equal(decode(bytes(0xff, 0xfe), { dataType: 'int16' }), -2)
  assert.equal(decode(bytes(0xff, 0xfe), { dataType: 'uint16' }), 65534)
  assert.equal(decode(bytes(0xfe, 0xff), { dataType: 'int16', byteSwap: true }), -2)
  assert.equal(decode(bytes(0x80, 0, 0, 0), { dataType: 'int32' }), -2147483648)
  assert.equal(decode(bytes(0x80, 0, 0, 0), { dataType: 'uint32' }), 2147483648)
  assert.equal(decode(bytes(0x00, 0x08), { dataType: 'bool', bit: 3 }), true)
  assert.equal(decode(bytes(0x00, 0x08), { dataType: 'bool', bit: 4 }), false)
  assert.equal(decode(bytes(0x08, 0x00), { dataType: 'bool', bit: 3, byteSwap: true }), true)
  assert.equal(decode(bytes(0x80, 0x00), { dataType: 'bool', bit: 15 }), true)
  assert.equal(decode(bytes(0, 2), { dataType: 'bool' }), true)
  assert.equal(decode(bytes(0, 0), { dataType: 'bool' }), false)
})

test('BCD keeps a digit in each nibble; a nibble above 9 is no number', () => {
  assert.equal(decode(bytes(0x12, 0x34), { dataType: 'bcd16' }), 1234)
  assert.equal(decode(bytes(0x56, 0x78, 0x12, 0x34), { dataType: 'bcd32', byteOrder: 'CDAB' }), 12345678)
  assert.ok(Number.isNaN(decode(bytes(0x12, 0x3a), { dataType: 'bcd16' })))
})

test('strings end at NUL, lose blanks, and come swapped or in other encodings', () => {
  const text = (raw: Uint8Array, layout: Partial<Layout>): Value => decode(raw, { dataType: 'string', length: raw.length, ...layout })
  assert.equal(text(Buffer.from('PUMP 01 \0\0\0xyz'), {}), 'PUMP 01')
  assert.equal(text(Buffer.from('UPPM0 \x001'), { byteSwap: true }), 'PUMP 01')
  assert.equal(text(Buffer.from(' Água'), {}), 'Água')
  assert.equal(text(bytes(0xc1, 0x67), { encoding: 'latin1' }), 'Ág')
  assert.equal(text(bytes(0x20, 0xac, 0, 0x31), { encoding: 'utf-16be' }), '€1')
  assert.equal(decode(Buffer.from('ABCD'), { dataType: 'string', length: 3 }), 'ABC')
  assert.equal(text(bytes(0xff, 0xfe), {}), '\ufffd\ufffd')
})

test('registers that are not there give null', () => {
  assert.equal(decodeRegisters(bytes(1, 2), 0, { ...plain, dataType: 'float' }), null)
  assert.equal(decodeRegisters(bytes(1, 2), 1, plain), null)
  assert.equal(decodeRegisters(bytes(1, 2), -2, plain), null)
})

test('the encoder refuses what is not of the type', () => {
  assert.throws(() => encodeRegisters('x', plain), BugError)
  assert.throws(() => encodeRegisters(null, { ...plain, dataType: 'float' }), BugError)
})

const integers: readonly (readonly [DataType, bigint, bigint])[] = [
  ['int16', -32768n, 32767n],
  ['uint16', 0n, 65535n],
  ['int32', -2147483648n, 2147483647n],
  ['uint32', 0n, 4294967295n],
  ['bcd16', 0n, 9999n],
  ['bcd32', 0n, 99999999n],
  ['int64', -(1n << 63n), (1n << 63n) - 1n],
  ['uint64', 0n, (1n << 64n) - 1n],
]
const orders = fc.record({ byteOrder: fc.constantFrom(...BYTE_ORDERS), byteSwap: fc.boolean() }, { noNullPrototype: true })

for (const [dataType, min, max] of integers) {
  test(`${dataType} survives the round trip in every order`, () => {
    fc.assert(
      fc.property(fc.bigInt({ min, max }), orders, (value, order) => {
        const layout: Layout = { ...plain, ...order, dataType }
        const raw = encodeRegisters(value, layout)
        assert.equal(raw.length, registersOf(layout) * 2)
        const decoded = decodeRegisters(raw, 0, layout)
        assert.equal(typeof decoded, value >= -9007199254740991n && value <= 9007199254740991n ? 'number' : 'bigint')
        assert.equal(BigInt(decoded as number | bigint), value)
      }),
    )
  })
}

test('floats, doubles and bits survive the round trip in every order', () => {
  const cases = fc.oneof(
    fc.record({ dataType: fc.constant('float' as const), value: fc.float() }, { noNullPrototype: true }),
    fc.record({ dataType: fc.constant('double' as const), value: fc.double() }, { noNullPrototype: true }),
    fc.record({ dataType: fc.constant('bool' as const), value: fc.boolean() }, { noNullPrototype: true }),
  )
  fc.assert(
    fc.property(cases, orders, fc.nat(15), ({ dataType, value }, order, bit) => {
      const layout: Layout = { ...plain, ...order, dataType, bit }
      assert.ok(Object.is(decodeRegisters(encodeRegisters(value, layout), 0, layout), value))
    }),
  )
})

test('strings survive the round trip', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...Array.from('aZ09-_./°')), maxLength: 20 }),
      fc.constantFrom(...ENCODINGS),
      fc.boolean(),
      (value, encoding, byteSwap) => {
        const layout: Layout = { ...plain, dataType: 'string', length: 40, encoding, byteSwap }
        assert.equal(decodeRegisters(encodeRegisters(value, layout), 0, layout), value)
      },
    ),
  )
})

test('any bytes decode to something of the type', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 40 }),
      fc.constantFrom(...integers.map(([type]) => type), 'string' as const, 'bool' as const),
      (raw, dataType) => {
        const value = decode(raw, { dataType, length: 10 })
        assert.ok(value === null || ['number', 'bigint', 'string', 'boolean'].includes(typeof value))
      },
    ),
  )
})
