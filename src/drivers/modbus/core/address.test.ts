import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ConfigError } from '#base/errors.ts'
import { classicAddress, formatAddress, parseAddress, type Address } from './address.ts'

const at = (functionCode: Address['functionCode'], start: number, bit: number | null = null): Address => ({ functionCode, start, bit })

test('every usual notation means what manuals mean', () => {
  const cases: readonly (readonly [string, Address])[] = [
    ['40001', at(3, 0)],
    ['49999', at(3, 9998)],
    ['400001', at(3, 0)],
    ['465536', at(3, 65535)],
    ['4x00001', at(3, 0)],
    ['4X65536', at(3, 65535)],
    ['HR100', at(3, 100)],
    ['hr 0', at(3, 0)],
    ['HR0x1F', at(3, 31)],
    ['0x1F', at(3, 31)],
    ['100', at(3, 100)],
    ['30001', at(4, 0)],
    ['3x00010', at(4, 9)],
    ['IR7', at(4, 7)],
    ['10001', at(2, 0)],
    ['DI5', at(2, 5)],
    ['00001', at(1, 0)],
    ['000010', at(1, 9)],
    ['C12', at(1, 12)],
    ['coil3', at(1, 3)],
    ['40001.3', at(3, 0, 3)],
    ['  HR100.15 ', at(3, 100, 15)],
    ['IR0.0', at(4, 0, 0)],
  ]
  for (const [text, expected] of cases) assert.deepEqual(parseAddress(text, { addressOffset: 0 }), expected, text)
})

test('the address offset moves prefixed and plain addresses, never 40001', () => {
  assert.equal(parseAddress('HR1', { addressOffset: 1 }).start, 0)
  assert.equal(parseAddress('100', { addressOffset: 1 }).start, 99)
  assert.equal(parseAddress('0x10', { addressOffset: 1 }).start, 15)
  assert.equal(parseAddress('40001', { addressOffset: 1 }).start, 0)
  assert.equal(parseAddress('HR65536', { addressOffset: 1 }).start, 65535)
})

test('a function code reads a plain number, or the sibling of a prefixed one', () => {
  assert.deepEqual(parseAddress('100', { addressOffset: 0, functionCode: 4 }), at(4, 100))
  assert.deepEqual(parseAddress('100', { addressOffset: 0, functionCode: 1 }), at(1, 100))
  assert.deepEqual(parseAddress('40001', { addressOffset: 0, functionCode: 4 }), at(4, 0))
})

test('every refusal names the place and says what to write', () => {
  const cases: readonly (readonly [string, RegExp, RegExp])[] = [
    ['', /empty/, /40001/],
    ['   ', /empty/, /40001/],
    ['XR5', /"XR" at character 1 of "XR5"/, /HR .*IR/],
    ['HR', /number is missing at character 3/, /HR0/],
    ['HR-1', /number is missing at character 3/, /HR0/],
    ['HR100x', /"x" at character 6/, /bit/],
    ['HR100.16', /Bit 16 at character 7/, /0 to 15/],
    ['HR100.', /"\." at character 6/, /bit/],
    ['C5.1', /single bits already/, /point/],
    ['40000', /before the first of the holding registers/, /40001, or HR0/],
    ['20001', /"20001" at character 1 .* no Modbus area/, /HR20001/],
    ['4000001', /belongs to no Modbus area/, /HR4000001/],
    ['HR65536', /beyond the last/, /HR65535/],
    ['465537', /beyond the last/, /HR65535/],
  ]
  for (const [text, message, remedy] of cases) {
    assert.throws(
      () => parseAddress(text, { addressOffset: 0 }),
      (error) => {
        assert.ok(error instanceof ConfigError, text)
        assert.equal(error.field, 'address')
        assert.match(error.message, message, text)
        assert.match(error.remedy ?? '', remedy, text)
        return true
      },
    )
  }
  assert.throws(() => parseAddress('HR0', { addressOffset: 1 }), /before the first .*number 1 here/)
  assert.throws(() => parseAddress('40001', { addressOffset: 0, functionCode: 1 }), /holding registers, but function code 1 reads coils/)
})

const addresses = fc
  .record(
    {
      functionCode: fc.constantFrom(1 as const, 2 as const, 3 as const, 4 as const),
      start: fc.nat(65535),
      bit: fc.option(fc.nat(15)),
    },
    { noNullPrototype: true },
  )
  .map((address) => (address.functionCode < 3 ? { ...address, bit: null } : address))

test('what is formatted reads back as the same address', () => {
  fc.assert(
    fc.property(addresses, fc.constantFrom(0 as const, 1 as const), (address, addressOffset) => {
      assert.deepEqual(parseAddress(formatAddress(address, addressOffset), { addressOffset }), address)
      assert.deepEqual(parseAddress(classicAddress(address), { addressOffset }), address)
    }),
  )
})

test('any text either reads or is refused as an address', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...Array.from('01349xXHhRrIiCcDd.-+ %é')), maxLength: 12 }), (text) => {
      try {
        const { start, bit } = parseAddress(text, { addressOffset: 0 })
        assert.ok(start >= 0 && start <= 65535 && (bit === null || (bit >= 0 && bit <= 15)))
      } catch (error) {
        assert.ok(error instanceof ConfigError && error.field === 'address' && error.remedy !== undefined)
      }
    }),
    { numRuns: 2000 },
  )
})
