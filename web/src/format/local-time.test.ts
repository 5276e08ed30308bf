import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Zone } from '#calc/zone.ts'
import { instantOf, localText, nextMidnight, wallClockBefore } from './local-time.ts'

const ZONES = ['Europe/Lisbon', 'America/Sao_Paulo', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Africa/Casablanca', 'UTC'] as const

test('a local time is the instant that the server’s own arithmetic of zones gives, clocks put forward and back included', () => {
  const minute = fc.integer({ min: Date.UTC(2024, 0) / 60_000, max: Date.UTC(2028, 0) / 60_000 })
  const turn = fc.constantFrom('2026-03-29T01:30', '2026-10-25T01:30', '2026-04-05T01:45', '2026-10-04T02:15')
  const text = fc.oneof(
    minute.map((one) => new Date(one * 60_000).toISOString().slice(0, 16)),
    turn,
  )
  fc.assert(
    fc.property(text, fc.constantFrom(...ZONES), (local, name) => {
      const zone = new Zone(name)
      assert.equal(instantOf(local, name), zone.resolve(Date.parse(`${local}Z`) * 1000).earlier)
    }),
    { numRuns: 200 },
  )
})

test('what a field shows of an instant is that instant, to the minute', () => {
  const at = Date.parse('2026-07-01T22:05:40Z') * 1000
  for (const zone of ZONES) assert.equal(instantOf(localText(at, zone), zone), Math.floor(at / 60_000_000) * 60_000_000, zone)
  assert.equal(localText(at, 'Europe/Lisbon'), '2026-07-01T23:05')
  for (const unfinished of ['', '2026-07-01', 'T10:00']) assert.equal(instantOf(unfinished, 'UTC'), undefined)
})

test('the same hour a day, a week or a year before, by the wall clock; a day ends at midnight however long it was', () => {
  const seconds = (text: string): number => Date.parse(text) / 1000
  const before = (text: string, step: 'day' | 'week' | 'year'): string =>
    new Date(wallClockBefore(seconds(text), step, 'Europe/Lisbon') * 1000).toISOString().slice(0, 19)
  assert.equal(before('2026-07-01T08:00:00Z', 'day'), '2026-06-30T08:00:00')
  // clocks were put forward on 29 March: 23 hours before
  assert.equal(before('2026-03-29T08:00:00Z', 'day'), '2026-03-28T09:00:00')
  assert.equal(before('2026-10-26T08:00:00Z', 'week'), '2026-10-19T07:00:00')
  assert.equal(before('2026-11-26T08:00:30Z', 'year'), '2025-11-26T08:00:30')
  const midnight = (text: string, zone: string): string => new Date(nextMidnight(seconds(text), zone) * 1000).toISOString().slice(0, 19)
  assert.equal(midnight('2026-10-24T23:00:00Z', 'Europe/Lisbon'), '2026-10-26T00:00:00')
  // Santiago: 6 September begins at 01:00, which is 04:00 UTC
  assert.equal(midnight('2026-09-05T12:00:00Z', 'America/Santiago'), '2026-09-06T04:00:00')
})
