import assert from 'node:assert/strict'
import { test } from 'node:test'
import { QualityReason, QualitySeverity, packQuality } from '#domain/sample.ts'
import {
  STANDARD_SIZES,
  encodeClockSynchronization,
  encodeCounterInterrogation,
  encodeInterrogation,
  fittingSizes,
  readHeader,
  readObjects,
  type FieldSizes,
} from './asdu.ts'
import { MONITOR_TYPES, monitorType } from './type-table.ts'

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))
const quality = packQuality
const { Good, Uncertain, Bad } = QualitySeverity

function read(text: string, sizes: FieldSizes = STANDARD_SIZES): unknown[] | undefined {
  const asdu = hex(text)
  const header = readHeader(asdu, sizes)
  assert.ok(header)
  const type = monitorType(header.typeId)
  assert.ok(type)
  return readObjects(asdu, header, type, sizes)?.map(({ objectAddress, value, detail, quality, status }) => {
    return [objectAddress, value, detail, quality, status]
  })
}

/** Every element of IEC 60870-5-101, 7.2.6, laid out by hand from its figures. */
const TIME = '3e3d 1e 81 f9 0a 1a'
const fixtures: readonly (readonly [what: string, asdu: string, objects: unknown[]])[] = [
  [
    'M_SP_NA_1',
    '01 02 0300 0100 640000 01 650000 90',
    [
      [100, true, 0, 0, null],
      [101, false, 0, quality(Bad, QualityReason.Invalid), 0x90],
    ],
  ],
  [
    'M_SP_NA_1, SQ',
    '01 83 1400 0100 640000 01 00 41',
    [
      [100, true, 0, 0, null],
      [101, false, 0, 0, null],
      [102, true, 0, quality(Bad, QualityReason.NotTopical), null],
    ],
  ],
  ['M_SP_TA_1', '02 01 0300 0100 640000 01 3e3d1e', [[100, true, 0, 0, null]]],
  [
    'M_DP_NA_1',
    '03 84 1400 0100 010000 00 01 02 13',
    [
      [1, null, 0, quality(Uncertain, QualityReason.NoData), null],
      [2, false, 1, 0, null],
      [3, true, 2, 0, null],
      [4, null, 3, quality(Uncertain, QualityReason.Blocked), null],
    ],
  ],
  ['M_DP_TA_1', '04 01 0300 0100 010000 02 3e3d1e', [[1, true, 2, 0, null]]],
  [
    'M_ST_NA_1',
    '05 83 1400 0100 010000 3f00 4000 c101',
    [
      [1, 63, 0, 0, null],
      [2, -64, 0, 0, null],
      [3, -63, 1, quality(Uncertain, QualityReason.Overflow), null],
    ],
  ],
  ['M_ST_TA_1', '06 01 0300 0100 010000 8500 3e3d1e', [[1, 5, 1, 0, null]]],
  ['M_BO_NA_1', '07 01 1400 0100 010000 0100008000', [[1, 0x80000001, 0, 0, null]]],
  ['M_BO_TA_1', '08 01 0300 0100 010000 ffffffff00 3e3d1e', [[1, 0xffffffff, 0, 0, null]]],
  [
    'M_ME_NA_1',
    '09 83 1400 0100 010000 ff7f00 008000 004020',
    [
      [1, 32767 / 32768, 0, 0, null],
      [2, -1, 0, 0, null],
      [3, 0.5, 0, quality(Uncertain, QualityReason.Substituted), null],
    ],
  ],
  ['M_ME_TA_1', '0a 01 0300 0100 010000 00c000 3e3d1e', [[1, -0.5, 0, 0, null]]],
  [
    'M_ME_NB_1',
    '0b 82 1400 0100 010000 ffff00 ff7f01',
    [
      [1, -1, 0, 0, null],
      [2, 32767, 0, quality(Uncertain, QualityReason.Overflow), null],
    ],
  ],
  ['M_ME_TB_1', '0c 01 0300 0100 010000 0080 00 3e3d1e', [[1, -32768, 0, 0, null]]],
  [
    'M_ME_NC_1',
    '0d 82 1400 0100 010000 0000acc100 0000c07f00',
    [
      [1, -21.5, 0, 0, null],
      [2, null, 0, quality(Bad, QualityReason.Invalid), null],
    ],
  ],
  ['M_ME_TC_1', '0e 01 0300 0100 010000 0000ac4131 3e3d1e', [[1, 21.5, 0, quality(Uncertain, QualityReason.Overflow), 0x31]]],
  [
    'M_IT_NA_1',
    '0f 82 2500 0100 010000 d2029649 1f fffffffF e0',
    [
      [1, 1234567890, 0x1f, 0, null],
      [2, -1, 0xe0, quality(Bad, QualityReason.Invalid), null],
    ],
  ],
  ['M_IT_TA_1', '10 01 2500 0100 010000 0100000020 3e3d1e', [[1, 1, 0x20, 0, null]]],
  ['M_EP_TA_1', '11 01 0300 0100 010000 02 e803 3e3d1e', [[1, true, 2 | (1000 << 2), 0, null]]],
  ['M_EP_TB_1', '12 01 0300 0100 010000 25 00 e803 3e3d1e', [[1, 0x25, 1000, 0, null]]],
  ['M_EP_TC_1', '13 01 0300 0100 010000 0b 88 6400 3e3d1e', [[1, 0x0b, 100, quality(Bad, QualityReason.Invalid), 0x88]]],
  ['M_PS_NA_1', '14 01 1400 0100 010000 0180 0080 00', [[1, 0x8001, 0x8000, 0, null]]],
  [
    'M_ME_ND_1',
    '15 82 0300 0100 010000 0040 00c0',
    [
      [1, 0.5, 0, 0, null],
      [2, -0.5, 0, 0, null],
    ],
  ],
  [
    'M_SP_TB_1',
    `1e 02 0300 0100 640000 01 ${TIME} ffffff 00 ${TIME}`,
    [
      [100, true, 0, 0, null],
      [0xffffff, false, 0, 0, null],
    ],
  ],
  ['M_DP_TB_1', `1f 01 0b00 0100 010000 01 ${TIME}`, [[1, false, 1, 0, null]]],
  ['M_ST_TB_1', `20 01 0300 0100 010000 7f00 ${TIME}`, [[1, -1, 0, 0, null]]],
  ['M_BO_TB_1', `21 01 0300 0100 010000 0400000000 ${TIME}`, [[1, 4, 0, 0, null]]],
  ['M_ME_TD_1', `22 01 0300 0100 010000 004000 ${TIME}`, [[1, 0.5, 0, 0, null]]],
  ['M_ME_TE_1', `23 01 0300 0100 010000 feff00 ${TIME}`, [[1, -2, 0, 0, null]]],
  ['M_ME_TF_1', `24 01 0300 ff01 010000 0000ac4100 ${TIME}`, [[1, 21.5, 0, 0, null]]],
  ['M_IT_TB_1', `25 01 2500 0100 010000 0700000045 ${TIME}`, [[1, 7, 0x45, 0, null]]],
  ['M_EP_TD_1', `26 01 0300 0100 010000 03 0100 ${TIME}`, [[1, null, 3 | (1 << 2), quality(Uncertain, QualityReason.NoData), null]]],
  ['M_EP_TE_1', `27 01 0300 0100 010000 3f 00 ffff ${TIME}`, [[1, 0x3f, 0xffff, 0, null]]],
  ['M_EP_TF_1', `28 01 0300 0100 010000 01 10 0000 ${TIME}`, [[1, 1, 0, quality(Uncertain, QualityReason.Blocked), null]]],
]

for (const [what, asdu, objects] of fixtures) {
  test(what, () => {
    assert.deepEqual(read(asdu), objects)
    // one octet less or more is never half believed
    assert.equal(read(asdu.trim().slice(0, -2)), undefined)
    assert.equal(read(`${asdu}00`), undefined)
  })
}

test('there is a fixture for every type', () => {
  const seen = new Set(fixtures.map(([what]) => what.split(',')[0]))
  assert.deepEqual(seen, new Set(MONITOR_TYPES.map((type) => type.name)))
})

test('Good is 0 and every quality bit tells', () => {
  assert.equal(quality(Good), 0)
  const of = (bits: string): unknown => {
    const [object] = read(`0b 01 0300 0100 010000 0000 ${bits}`) ?? []
    assert.ok(Array.isArray(object))
    return object.slice(3)
  }
  assert.deepEqual(of('00'), [0, null])
  assert.deepEqual(of('01'), [quality(Uncertain, QualityReason.Overflow), null])
  assert.deepEqual(of('10'), [quality(Uncertain, QualityReason.Blocked), null])
  assert.deepEqual(of('20'), [quality(Uncertain, QualityReason.Substituted), null])
  assert.deepEqual(of('40'), [quality(Bad, QualityReason.NotTopical), null])
  assert.deepEqual(of('80'), [quality(Bad, QualityReason.Invalid), null])
  assert.deepEqual(of('f1'), [quality(Bad, QualityReason.Invalid), 0xf1])
  assert.deepEqual(of('0e'), [0, null], 'reserved bits say nothing')
})

test('the header', () => {
  assert.deepEqual(readHeader(hex('24 81 c3 07 3412 00'), STANDARD_SIZES), {
    typeId: 36,
    sequence: true,
    count: 1,
    cause: 3,
    negative: true,
    test: true,
    originator: 7,
    commonAddress: 0x1234,
    at: 6,
  })
  assert.equal(readHeader(hex('24 81 03 00 01'), STANDARD_SIZES), undefined)
})

test('addresses of other sizes, and how they are found out', () => {
  const small: FieldSizes = { cause: 1, commonAddress: 1, objectAddress: 2 }
  const asdu = '01 02 03 05 6400 01 6500 00'
  assert.deepEqual(read(asdu, small), [
    [100, true, 0, 0, null],
    [101, false, 0, 0, null],
  ])
  assert.equal(read(asdu), undefined)
  assert.deepEqual(fittingSizes(hex(asdu)), [small, { cause: 2, commonAddress: 2, objectAddress: 1 }], 'one telegram may fit twice')
  assert.deepEqual(fittingSizes(hex(fixtures[0]?.[1] ?? ''))[0], STANDARD_SIZES)
  assert.deepEqual(fittingSizes(hex('2d 01 06 00 01 00 00 00')), [], 'an unknown type tells nothing')
})

test('what we ask', () => {
  const options = { sizes: STANDARD_SIZES, commonAddress: 0x0102, originator: 3 }
  assert.deepEqual(encodeInterrogation(options), hex('64 01 06 03 0201 000000 14'))
  assert.deepEqual(encodeCounterInterrogation(options), hex('65 01 06 03 0201 000000 05'))
  const small: FieldSizes = { cause: 1, commonAddress: 1, objectAddress: 1 }
  assert.deepEqual(encodeInterrogation({ ...options, commonAddress: 9, sizes: small }), hex('64 01 06 09 00 14'))
  const local = Date.parse('2026-10-25T01:30:15.678Z') * 1000
  assert.deepEqual(
    encodeClockSynchronization({ local, invalid: false, substituted: false, summer: true, dayOfWeek: 7 }, options),
    hex(`67 01 06 03 0201 000000 ${TIME}`),
  )
})
