import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { encodeCp56, fullYear, readCp24, readCp56 } from './cp56time2a.ts'

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))
const micros = (text: string): number => Date.parse(`${text}Z`) * 1000

test('the octets of the standard (IEC 60870-5-101, 7.2.6.18)', () => {
  // laid out by hand; test/flow/iec104-tshark.test.ts lets tshark read the same
  assert.deepEqual(readCp56(hex('3e3d 1e 81 f9 0a 1a'), 0, 2026), {
    local: micros('2026-10-25T01:30:15.678'),
    invalid: false,
    substituted: false,
    summer: true,
    dayOfWeek: 7,
  })
  assert.deepEqual(readCp56(hex('ff 3e3d de 01 19 0a 1a'), 1, 2026), {
    local: micros('2026-10-25T01:30:15.678'),
    invalid: true,
    substituted: true,
    summer: false,
    dayOfWeek: 0,
  })
})

test('reserved bits do not disturb the time', () => {
  assert.equal(readCp56(hex('0000 00 60 01 f1 9a'), 0, 2026).local, micros('2026-01-01T00:00:00'))
})

test('what is no date is no time', () => {
  for (const octets of [
    '60ea 00 00 01 01 1a',
    '0000 3c 00 01 01 1a',
    '0000 00 18 01 01 1a',
    '0000 00 00 00 01 1a',
    '0000 00 00 01 00 1a',
    '0000 00 00 01 0d 1a',
    '0000 00 00 1e 02 1a',
    '0000 00 00 1d 02 1b',
    '0000 00 00 1f 04 1a',
    '0000 00 00 01 01 64',
  ]) {
    assert.equal(readCp56(hex(octets), 0, 2026).local, null, octets)
  }
  assert.equal(readCp56(hex('0000 00 00 1d 02 1c'), 0, 2026).local, micros('2028-02-29T00:00:00'))
})

test('two digits mean the year nearest to today', () => {
  assert.deepEqual(
    [99, 0, 26, 75, 76, 77].map((digits) => fullYear(digits, 2026)),
    [1999, 2000, 2026, 2075, 1976, 1977],
  )
  assert.deepEqual(
    [99, 0, 50].map((digits) => fullYear(digits, 2099)),
    [2099, 2100, 2050],
  )
})

test('there and back', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: micros('1990-01-01T00:00:00') / 1000, max: micros('2070-01-01T00:00:00') / 1000 }),
      fc.boolean(),
      fc.boolean(),
      fc.boolean(),
      fc.integer({ min: 0, max: 7 }),
      (millis, invalid, substituted, summer, dayOfWeek) => {
        const time = { local: millis * 1000, invalid, substituted, summer, dayOfWeek }
        assert.deepEqual(readCp56(encodeCp56(time), 0, 2026), time)
      },
    ),
  )
})

test('CP24Time2a', () => {
  assert.deepEqual(readCp24(hex('3e3d 1e'), 0), { withinHour: 1_815_678_000, invalid: false, substituted: false })
  assert.deepEqual(readCp24(hex('3e3d de'), 0), { withinHour: 1_815_678_000, invalid: true, substituted: true })
  assert.equal(readCp24(hex('60ea 00'), 0).withinHour, null)
  assert.equal(readCp24(hex('0000 3c'), 0).withinHour, null)
})
