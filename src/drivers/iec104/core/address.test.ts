import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigError } from '#base/errors.ts'
import { formatAddress, parseAddress, partOf, type Address } from './address.ts'

const address = (change: Partial<Address>): Address => ({ commonAddress: 1, objectAddress: 4001, group: null, part: 'value', ...change })

const understood: readonly (readonly [text: string, meant: Address, written: string])[] = [
  ['4001', address({ commonAddress: 9 }), '9/4001'],
  [' 1/4001 ', address({}), '1/4001'],
  ['1/0xFA1', address({}), '1/4001'],
  ['65535/16777215', address({ commonAddress: 65535, objectAddress: 16777215 }), '65535/16777215'],
  ['1/R32/4001', address({ group: 'R32' }), '1/R32/4001'],
  ['1/m_me_tf_1/4001', address({ group: 'R32' }), '1/R32/4001'],
  ['1/M_ME_NC/4001', address({ group: 'R32' }), '1/R32/4001'],
  ['1/36/4001', address({ group: 'R32' }), '1/R32/4001'],
  ['1/30/4001', address({ group: 'SP' }), '1/SP/4001'],
  ['1/4001.31', address({ part: 31 }), '1/4001.31'],
  ['1/PS/4001.15', address({ group: 'PS', part: 15 }), '1/PS/4001.15'],
  ['1/4001.Sequence', address({ part: 'sequence' }), '1/4001.sequence'],
  ['1/DP/4001.state', address({ group: 'DP', part: 'state' }), '1/DP/4001.state'],
]

test('addresses that are understood', () => {
  for (const [text, meant, written] of understood) {
    assert.deepEqual(parseAddress(text, 9), meant, text)
    assert.equal(formatAddress(meant), written)
    assert.deepEqual(parseAddress(written, 9), meant)
  }
})

test('addresses that are refused say what to write instead', () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    ['', /empty/],
    ['1/2/3/4', /two slashes/],
    ['a/1', /"a" in "a\/1" is no common address/],
    ['1/', /is no information object address/],
    ['1/16777216', /too large/],
    ['65536/1', /too large/],
    ['1/XY/1', /"XY" is no type/],
    ['1/45/1', /"45" is no type/],
    ['1/100.32', /Bit 32/],
    ['1/SP/100.0', /no single bits/],
    ['1/PS/100.16', /Bit 16/],
    ['1/100.foo', /"foo"/],
    ['1/SP/100.sequence', /no sequence/],
    ['1/-5', /is no information object address/],
  ]
  for (const [text, reason] of refused) {
    assert.throws(
      () => parseAddress(text, 1),
      (error) => error instanceof ConfigError && error.field === 'address' && error.remedy !== undefined && reason.test(error.message),
      text,
    )
  }
})

test('parts of what a station reports', () => {
  assert.equal(partOf({ value: 0x80000001, detail: 0 }, 'BO', 31), true)
  assert.equal(partOf({ value: 0x80000001, detail: 0 }, 'BO', 1), false)
  assert.equal(partOf({ value: 0x8000, detail: 0 }, 'PS', 15), true)
  assert.equal(partOf({ value: 7, detail: 0 }, 'R32', 0), undefined)
  assert.equal(partOf({ value: null, detail: 3 }, 'DP', 'state'), 3)
  assert.equal(partOf({ value: true, detail: 2 | (1000 << 2) }, 'EP', 'state'), 2)
  assert.equal(partOf({ value: true, detail: 2 | (1000 << 2) }, 'EP', 'elapsed'), 1000)
  assert.equal(partOf({ value: 1, detail: 500 }, 'EPO', 'elapsed'), 500)
  assert.equal(partOf({ value: 5, detail: 1 }, 'ST', 'transient'), true)
  assert.equal(partOf({ value: 5, detail: 0x65 }, 'IT', 'sequence'), 5)
  assert.equal(partOf({ value: 5, detail: 0x65 }, 'IT', 'carry'), true)
  assert.equal(partOf({ value: 5, detail: 0x25 }, 'IT', 'adjusted'), false)
  assert.equal(partOf({ value: 5, detail: 0 }, 'SVA', 'carry'), undefined)
})
