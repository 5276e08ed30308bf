import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ContactGroup } from '#domain/escalation.ts'
import { lookAgainAt } from './look-again.ts'

const MINUTE = 60_000_000
const at = (text: string): number => Temporal.Instant.from(text).epochMilliseconds * 1000

const layer = {
  name: 'day',
  start: '2026-01-05',
  handover: '06:00',
  everyDays: 7,
  days: [],
  from: '06:00',
  to: '22:00',
  holidays: 'also' as const,
}
const shift: ContactGroup = {
  id: 1,
  name: 'Shift',
  parentId: null,
  memberIds: [1],
  duty: 'on_call',
  schedule: { layers: [{ ...layer, contactIds: [1] }], overrides: [], holidays: [] },
}

test('it is looked again after a minute, two, four, eight, and then every quarter of an hour', () => {
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5, 4000].map((rounds) => lookAgainAt(rounds, 0) / MINUTE),
    [1, 2, 4, 8, 15, 15, 15],
  )
})

test('and in the moment in which somebody’s duty begins, by the clock of the site', () => {
  const lisbon = (now: string): number => lookAgainAt(10, at(now), [shift], 'Europe/Lisbon')
  assert.equal(lisbon('2026-07-01T04:50:00Z'), at('2026-07-01T05:00:00Z'), 'six in the morning of a summer')
  assert.equal(lisbon('2026-07-01T04:30:00Z'), at('2026-07-01T04:45:00Z'), 'too far away to wait for')
  assert.equal(lisbon('2026-07-01T20:55:00Z'), at('2026-07-01T21:10:00Z'), 'the end of a duty is none')
  assert.equal(lookAgainAt(10, at('2026-07-01T04:50:00Z'), [{ ...shift, duty: 'everybody' }], 'Europe/Lisbon'), at('2026-07-01T05:05:00Z'))
})
