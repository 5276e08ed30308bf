import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { daysAgo, lastNightly, nextNightly } from './nightly.ts'

const at = (text: string): number => Date.parse(text) * 1000
const HOUR = 3_600_000_000

test('three in the morning by the clock of the site, summer and winter', () => {
  assert.equal(nextNightly(at('2026-07-01T01:59:59Z'), 'Europe/Lisbon'), at('2026-07-01T02:00:00Z'))
  assert.equal(nextNightly(at('2026-07-01T02:00:00Z'), 'Europe/Lisbon'), at('2026-07-02T02:00:00Z'))
  assert.equal(nextNightly(at('2026-11-26T02:00:00Z'), 'Europe/Lisbon'), at('2026-11-26T03:00:00Z'))
  assert.equal(lastNightly(at('2026-11-26T03:00:00Z'), 'Europe/Lisbon'), at('2026-11-26T03:00:00Z'))
  assert.equal(lastNightly(at('2026-11-26T02:59:59Z'), 'Europe/Lisbon'), at('2026-11-25T03:00:00Z'))
})

test('clocks put forward over it: the night has its hour all the same, once; put back: the first of two', () => {
  // Tehran had its change at midnight; Athens puts 03:00 forward to 04:00, and 04:00 back to 03:00
  assert.equal(nextNightly(at('2026-03-28T22:00:00Z'), 'Europe/Athens'), at('2026-03-29T01:00:00Z'))
  assert.equal(nextNightly(at('2026-03-29T01:00:00Z'), 'Europe/Athens'), at('2026-03-30T00:00:00Z'))
  assert.equal(nextNightly(at('2026-10-24T23:00:00Z'), 'Europe/Athens'), at('2026-10-25T00:00:00Z'))
  assert.equal(nextNightly(at('2026-10-25T00:30:00Z'), 'Europe/Athens'), at('2026-10-26T01:00:00Z'), 'not again when three comes back')
})

test('every instant lies between the last and the next, which are 23 to 25 hours apart', () => {
  const zones = fc.constantFrom('Europe/Lisbon', 'Europe/Athens', 'America/Sao_Paulo', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC')
  fc.assert(
    fc.property(fc.integer({ min: at('2000-01-01T00:00:00Z') / 1e6, max: at('2040-01-01T00:00:00Z') / 1e6 }), zones, (seconds, zone) => {
      const now = seconds * 1e6
      const [last, next] = [lastNightly(now, zone), nextNightly(now, zone)]
      assert.ok(last <= now && now < next)
      assert.ok(next - last >= 23 * HOUR && next - last <= 25 * HOUR)
      assert.equal(lastNightly(next - 1, zone), last)
      assert.equal(lastNightly(next, zone), next)
    }),
  )
})

test('what is kept for days has whole days of the site', () => {
  assert.equal(daysAgo(at('2026-03-30T10:00:00Z'), 2, 'Europe/Lisbon'), at('2026-03-28T00:00:00Z'))
  assert.equal(daysAgo(at('2026-04-02T10:00:00Z'), 3, 'Europe/Lisbon'), at('2026-03-29T23:00:00Z'))
})
