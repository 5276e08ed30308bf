import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { QualityFlag } from '#domain/sample.ts'
import { chooseTimestamp, toMicros } from './timestamp.ts'

const NOW = Date.UTC(2026, 0, 1) * 1000

test('the microsecond is exact', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: Date.UTC(1980, 0, 1), max: Date.UTC(2254, 0, 1) }),
      fc.nat({ max: 999 }),
      fc.nat({ max: 999_999 }),
      (millis, micros, rest) => {
        assert.equal(toMicros({ millis, picoseconds: micros * 1_000_000 + rest }), millis * 1000 + micros)
      },
    ),
  )
  // 725.2 us, as open62541 sends them
  assert.equal(toMicros({ millis: 1_700_000_000_000, picoseconds: 725_200_000 }), 1_700_000_000_000_725)
})

test('DateTime 0, not-a-time and times past a double are no time', () => {
  for (const millis of [Date.UTC(1601, 0, 1), Number.NaN, Date.UTC(9999, 11, 31)])
    assert.equal(toMicros({ millis, picoseconds: 0 }), undefined)
})

test('source, else server, else ours; a source from the future is not believed', () => {
  assert.deepEqual(chooseTimestamp(1, NOW, NOW), { at: 1, flags: 0 })
  assert.deepEqual(chooseTimestamp(undefined, NOW - 5, NOW), { at: NOW - 5, flags: 0 })
  assert.deepEqual(chooseTimestamp(undefined, undefined, NOW), { at: NOW, flags: QualityFlag.TimeSubstituted })
  const ahead = NOW + 301_000_000
  assert.deepEqual(chooseTimestamp(ahead, NOW, NOW), { at: NOW, flags: QualityFlag.TimeInvalid })
  assert.deepEqual(chooseTimestamp(ahead, ahead, NOW), { at: NOW, flags: QualityFlag.TimeInvalid | QualityFlag.TimeSubstituted })
  assert.deepEqual(chooseTimestamp(NOW + 299_000_000, NOW, NOW), { at: NOW + 299_000_000, flags: 0 })
})
