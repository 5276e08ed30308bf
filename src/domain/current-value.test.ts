import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inPlaceOf, replaces } from './current-value.ts'
import { GOOD, QualityFlag, QualityReason, QualitySeverity, packQuality } from './sample.ts'

const NOW = 1_800_000_000_000_000
const MINUTE = 60_000_000
const lost = (sourceTimestamp: number) => ({
  sourceTimestamp,
  quality: packQuality(QualitySeverity.Bad, QualityReason.CommunicationFailure),
})
const good = (sourceTimestamp: number) => ({ sourceTimestamp, quality: GOOD })

test('of one clock the newer reading is the current one', () => {
  assert.equal(replaces(good(NOW), good(NOW + 1), NOW), true)
  assert.equal(replaces(good(NOW), good(NOW), NOW), true)
  assert.equal(replaces(good(NOW), good(NOW - 1), NOW), false)
})

test('a device whose clock is behind is back with its first word, one whose clock is ahead is lost at once', () => {
  assert.equal(replaces(lost(NOW), good(NOW - 10 * MINUTE), NOW), true)
  assert.equal(replaces(good(NOW + MINUTE / 2), lost(NOW), NOW), true)
})

test('a clock that was ahead does not hold the screen until its time has come', () => {
  assert.equal(replaces(good(NOW + 60 * MINUTE), good(NOW), NOW), true)
  assert.equal(replaces(good(NOW + MINUTE), good(NOW), NOW), false)
})

test('a clock that was set back takes over at once, and stays told through whatever replaces it before it is kept', () => {
  const known = { sourceTimestamp: 1_000_000_000, quality: 0 }
  const stepped = { sourceTimestamp: 400_000_000, quality: QualityFlag.ClockReset }
  const next = { sourceTimestamp: 401_000_000, quality: 0 }
  assert.equal(replaces(known, next, 1_001_000_000), false)
  assert.equal(replaces(known, stepped, 1_001_000_000), true)
  assert.equal(replaces(stepped, next, 1_002_000_000), true)
  assert.equal(replaces(known, inPlaceOf(stepped, next), 1_002_000_000), true)
  assert.equal(inPlaceOf(undefined, next), next)
})
