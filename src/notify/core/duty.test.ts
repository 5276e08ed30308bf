import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { DutySchedule, ShiftLayer } from '#domain/escalation.ts'
import { dutyBetween, onDutyAt, quietUntil } from './duty.ts'

const ZONE = 'Europe/Lisbon'
/** Local time of Lisbon. */
const at = (text: string): number => Temporal.PlainDateTime.from(text).toZonedDateTime(ZONE).epochMilliseconds * 1000
const HOUR = 3_600_000_000

function layer(change: Partial<ShiftLayer> = {}): ShiftLayer {
  return {
    name: 'week',
    contactIds: [1, 2, 3],
    start: '2026-11-02',
    handover: '08:00',
    everyDays: 7,
    days: [],
    from: '00:00',
    to: '00:00',
    holidays: 'also',
    ...change,
  }
}
const schedule = (layers: readonly ShiftLayer[], change: Partial<DutySchedule> = {}): DutySchedule => ({
  layers,
  overrides: [],
  holidays: [],
  ...change,
})
const duty = (of: DutySchedule, when: string): readonly number[] => onDutyAt(of, at(when), ZONE).contactIds

test('a rotation hands over on its day and hour, and comes round', () => {
  const week = schedule([layer()])
  assert.deepEqual(duty(week, '2026-11-02T07:59'), [], 'not begun')
  assert.deepEqual(duty(week, '2026-11-02T08:00'), [1])
  assert.deepEqual(duty(week, '2026-11-09T07:59'), [1])
  assert.deepEqual(duty(week, '2026-11-09T08:00'), [2])
  assert.deepEqual(duty(week, '2026-11-23T08:00'), [1])
})

test('a night shift belongs to the day on which it begins, on its weekdays', () => {
  const night = schedule([
    layer({ contactIds: [4, 5], everyDays: 1, handover: '00:00', from: '22:00', to: '06:00', days: [1, 2, 3, 4, 5] }),
  ])
  assert.deepEqual(duty(night, '2026-11-02T21:59'), [])
  assert.deepEqual(duty(night, '2026-11-02T22:00'), [4])
  assert.deepEqual(duty(night, '2026-11-03T05:59'), [4], 'whoever begins the night ends it')
  assert.deepEqual(duty(night, '2026-11-03T22:00'), [5])
  assert.deepEqual(duty(night, '2026-11-07T05:59'), duty(night, '2026-11-06T23:00'), 'Friday night ends on Saturday')
  assert.deepEqual(duty(night, '2026-11-07T23:00'), [], 'Saturday night is nobody’s')
})

test('holidays: a layer of their own instead of the one of weekdays', () => {
  const both = schedule([layer({ contactIds: [1], holidays: 'not' }), layer({ contactIds: [9], holidays: 'only' })], {
    holidays: ['2026-12-25'],
  })
  assert.deepEqual(duty(both, '2026-12-24T12:00'), [1])
  assert.deepEqual(duty(both, '2026-12-25T12:00'), [9])
})

test('an override replaces every layer, with nobody too', () => {
  const swapped = schedule([layer()], {
    overrides: [
      { contactIds: [7], from: '2026-11-03T18:00', to: '2026-11-04T08:00' },
      { contactIds: [], from: '2026-11-05T00:00', to: '2026-11-05T12:00' },
    ],
  })
  assert.deepEqual(onDutyAt(swapped, at('2026-11-03T18:00'), ZONE), { contactIds: [7], override: true })
  assert.deepEqual(duty(swapped, '2026-11-04T08:00'), [1])
  assert.deepEqual(duty(swapped, '2026-11-05T06:00'), [])
})

test('gaps are found: nobody on call Saturday 02 to 06', () => {
  const days = [1, 2, 3, 4, 5, 6, 7]
  const of = schedule([
    layer({ contactIds: [1], from: '06:00', to: '22:00' }),
    layer({ contactIds: [2], from: '22:00', to: '06:00', days: days.filter((day) => day !== 5) }),
    layer({ contactIds: [2], from: '22:00', to: '02:00', days: [5] }),
  ])
  const gaps = dutyBetween(of, at('2026-11-09T00:00'), at('2026-11-16T00:00'), ZONE).filter((one) => one.contactIds.length === 0)
  assert.deepEqual(
    gaps.map((one) => [one.from, one.to]),
    [[at('2026-11-14T02:00'), at('2026-11-14T06:00')]],
  )
})

test('a night of the changed clocks has an hour more or less, and nobody is off duty in it', () => {
  const of = schedule([layer({ contactIds: [1], start: '2026-01-01', from: '22:00', to: '06:00' })])
  const nights = dutyBetween(of, at('2026-10-24T12:00'), at('2026-10-25T12:00'), ZONE).filter((one) => one.contactIds.length > 0)
  assert.deepEqual(
    nights.map((one) => (one.to - one.from) / HOUR),
    [9],
  )
  const spring = dutyBetween(of, at('2026-03-28T12:00'), at('2026-03-29T12:00'), ZONE).filter((one) => one.contactIds.length > 0)
  assert.deepEqual(
    spring.map((one) => (one.to - one.from) / HOUR),
    [7],
  )
})

test('quiet hours end at their time of day, over midnight and over changed clocks', () => {
  const quiet = { from: '22:00', to: '07:00' }
  assert.equal(quietUntil(quiet, at('2026-11-24T21:59'), ZONE), undefined)
  assert.equal(quietUntil(quiet, at('2026-11-24T22:00'), ZONE), at('2026-11-25T07:00'))
  assert.equal(quietUntil(quiet, at('2026-11-25T06:59'), ZONE), at('2026-11-25T07:00'))
  assert.equal(quietUntil(quiet, at('2026-11-25T07:00'), ZONE), undefined)
  assert.equal(quietUntil(quiet, at('2026-10-24T23:00'), ZONE), at('2026-10-25T07:00'))
  assert.equal(quietUntil({ from: '12:00', to: '13:00' }, at('2026-11-24T12:30'), ZONE), at('2026-11-24T13:00'))
})

test('stretches cover the time without a gap or an overlap, and each says what holds in its middle', () => {
  const time = fc
    .tuple(fc.nat(23), fc.constantFrom(0, 15, 30))
    .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`)
  const any = fc.record({
    name: fc.constant('x'),
    contactIds: fc.uniqueArray(fc.integer({ min: 1, max: 5 }), { maxLength: 3 }),
    start: fc.constantFrom('2026-10-01', '2026-10-24', '2026-03-20'),
    handover: time,
    everyDays: fc.integer({ min: 1, max: 9 }),
    days: fc.subarray([1, 2, 3, 4, 5, 6, 7]),
    from: time,
    to: time,
    holidays: fc.constantFrom('also' as const, 'only' as const, 'not' as const),
  })
  fc.assert(
    fc.property(
      fc.array(any, { maxLength: 3 }),
      fc.constantFrom('2026-10-20T05:00', '2026-03-26T00:00'),
      fc.nat(1000),
      (layers, begin, pick) => {
        const of = schedule(layers, { holidays: ['2026-10-24', '2026-03-29'] })
        const [from, to] = [at(begin), at(begin) + 8 * 24 * HOUR]
        const stretches = dutyBetween(of, from, to, ZONE)
        assert.equal(stretches[0]?.from, from)
        assert.equal(stretches.at(-1)?.to, to)
        for (const [index, one] of stretches.entries()) {
          assert.ok(one.to > one.from)
          if (index > 0) assert.equal(one.from, stretches[index - 1]?.to)
          const inside = one.from + Math.floor(((one.to - one.from - 1) * pick) / 1000)
          // minutes count: an instant within a minute is that minute
          assert.deepEqual(onDutyAt(of, inside, ZONE).contactIds, one.contactIds)
        }
      },
    ),
    { numRuns: 200 },
  )
})
