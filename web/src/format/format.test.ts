import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatAge, formatInstant, formatRecent, zoneName } from './instants.ts'
import { formatMillis } from './millis.ts'
import { formatSpan } from './span.ts'
import { formatNumber } from './numbers.ts'
import { formatValue } from './tag-value.ts'

const analog = { kind: 'analog', decimals: 2, stateText: null } as const
const at = (text: string): number => Date.parse(text) * 1000

test('an instant is shown in the zone asked for, not in that of the machine', () => {
  const noon = at('2026-07-01T12:00:00Z')
  assert.match(formatInstant(noon, 'time', 'en-GB', 'Europe/Lisbon'), /^13:00:00$/)
  assert.match(formatInstant(noon, 'time', 'en-GB', 'Asia/Kathmandu'), /^17:45:00$/)
  assert.match(formatInstant(noon, 'full', 'en-GB', 'UTC'), /01 Jul 2026, 12:00:00 UTC/)
})

test('the hour that comes twice is told apart by its zone name', () => {
  const first = at('2026-10-25T00:30:00Z')
  const second = at('2026-10-25T01:30:00Z')
  assert.equal(formatInstant(first, 'time', 'en-GB', 'Europe/Lisbon'), formatInstant(second, 'time', 'en-GB', 'Europe/Lisbon'))
  assert.notEqual(zoneName(first, 'en-GB', 'Europe/Lisbon'), zoneName(second, 'en-GB', 'Europe/Lisbon'))
})

test('today is shown without its date, yesterday with it, midnight being that of the zone', () => {
  const now = at('2026-11-24T00:30:00Z')
  assert.equal(formatRecent(at('2026-11-24T00:10:00Z'), now, 'en-GB', 'UTC'), '00:10:00')
  assert.match(formatRecent(at('2026-11-23T23:50:00Z'), now, 'en-GB', 'UTC'), /23 Nov/)
  assert.equal(formatRecent(at('2026-11-23T23:50:00Z'), now, 'en-GB', 'Europe/Athens'), '01:50:00')
})

test('a zone this browser does not know falls back to UTC', () => {
  assert.equal(formatInstant(at('2026-07-01T12:00:00Z'), 'time', 'en-GB', 'Moon/Tycho'), '12:00:00')
})

test('ages have one unit, are rounded down and never negative', () => {
  for (const [seconds, text] of [
    [-5, '0 s'],
    [0.9, '0 s'],
    [59.9, '59 s'],
    [60, '1 min'],
    [3599, '59 min'],
    [3600, '1 h'],
    [172_799, '47 h'],
    [172_800, '2 d'],
  ] as const) {
    assert.equal(formatAge(seconds), text)
  }
})

test('spans have two units at most', () => {
  for (const [seconds, text] of [
    [0, '0 s'],
    [59.4, '59 s'],
    [59.6, '1 min'],
    [3600, '1 h'],
    [12_000, '3 h 20 min'],
    [172_800, '2 d'],
    [187_000, '2 d 4 h'],
  ] as const)
    assert.equal(formatSpan(seconds), text)
})

test('what was measured is not more exact than it is worth, and nothing is said of nothing', () => {
  for (const [millis, text] of [
    [0.4, '< 1 ms'],
    [840.2, '840 ms'],
    [5000, '5 s'],
    [12_440, '12.4 s'],
    [380_000, '6 min 20 s'],
    [1_800_000, '30 min'],
    [3_600_000, '1 h'],
    [11_100_000, '3 h 5 min'],
    [604_800_000, '7 d'],
  ] as const)
    assert.equal(formatMillis(millis, 'en-GB'), text)
})

test('values: decimals of the tag, words of a state, every digit of a long integer, a dash for nothing', () => {
  assert.equal(formatValue(1234.5, analog, 'en-GB'), '1,234.50')
  assert.equal(formatValue(1234.5, analog, 'pt-PT'), formatNumber(1234.5, 2, 'pt-PT'))
  assert.equal(formatValue('9007199254740993', { ...analog, kind: 'counter' }, 'en-GB'), '9,007,199,254,740,993')
  assert.equal(formatValue('12', { ...analog, kind: 'text' }, 'en-GB'), '12')
  const pump = { kind: 'digital', decimals: 0, stateText: ['Stopped', 'Running'] } as const
  assert.equal(formatValue(true, pump, 'en-GB'), 'Running')
  assert.equal(formatValue(0, pump, 'en-GB'), 'Stopped')
  assert.equal(formatValue(true, { ...pump, stateText: null }, 'en-GB'), '1')
  assert.equal(formatValue(null, analog, 'en-GB'), '–')
  assert.equal(formatValue(undefined, analog, 'en-GB'), '–')
})
