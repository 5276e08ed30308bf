import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Zone } from '#calc/zone.ts'
import { QualityFlag } from '#domain/sample.ts'
import { encodeCp56 } from './cp56time2a.ts'
import { DeviceTime, type SummerTimeBit } from './device-time.ts'

const micros = (text: string): number => Date.parse(text.endsWith('Z') ? text : `${text}Z`) * 1000
const iso = (at: number): string => new Date(at / 1000).toISOString().slice(0, 19)
const { SummerTime, Ambiguous, TimeInvalid, TimeSubstituted } = QualityFlag

/** A wall clock's time, and the summer-time bit. */
type Told = readonly [local: string, summer: boolean]

function resolver(zone: string, bit: SummerTimeBit, receivedAt = '2030-01-01T00:00:00Z'): (told: Told) => readonly [string, number] {
  const time = new DeviceTime(new Zone(zone), bit)
  return ([local, summer]) => {
    const bytes = encodeCp56({ local: micros(local), invalid: false, substituted: false, summer, dayOfWeek: 0 })
    const { at, flags } = time.full(bytes, 0, micros(receivedAt))
    return [iso(at), flags]
  }
}

test('UTC is taken as it is', () => {
  assert.deepEqual(resolver('UTC', 'honour')(['2026-10-25T01:30:00', false]), ['2026-10-25T01:30:00', 0])
})

test('Lisbon: the hour that comes twice, told apart by the summer-time bit', () => {
  const read = resolver('Europe/Lisbon', 'honour')
  assert.deepEqual(read(['2026-10-25T00:59:59', true]), ['2026-10-24T23:59:59', SummerTime])
  assert.deepEqual(read(['2026-10-25T01:30:00', true]), ['2026-10-25T00:30:00', SummerTime | Ambiguous])
  assert.deepEqual(read(['2026-10-25T01:10:00', false]), ['2026-10-25T01:10:00', Ambiguous])
  assert.deepEqual(read(['2026-10-25T01:50:00', true]), ['2026-10-25T00:50:00', SummerTime | Ambiguous], 'a replayed event of before')
  assert.deepEqual(read(['2026-10-25T02:00:00', false]), ['2026-10-25T02:00:00', 0])
})

test('Lisbon: a station that never sets the bit is not believed when it leaves it out', () => {
  const read = resolver('Europe/Lisbon', 'honour')
  assert.deepEqual(read(['2026-10-25T00:30:00', false]), ['2026-10-24T23:30:00', 0], 'summer time, and no bit')
  assert.deepEqual(read(['2026-10-25T01:30:00', false]), ['2026-10-25T00:30:00', Ambiguous])
  assert.deepEqual(read(['2026-10-25T01:10:00', false]), ['2026-10-25T01:10:00', Ambiguous], 'the clock went back: the second time')
  assert.deepEqual(read(['2026-10-25T01:59:00', false]), ['2026-10-25T01:59:00', Ambiguous])
})

test('Lisbon, bit ignored: the order of the events decides, and little disorder does not', () => {
  const read = resolver('Europe/Lisbon', 'ignore')
  assert.deepEqual(read(['2026-10-25T01:40:00', true]), ['2026-10-25T00:40:00', SummerTime | Ambiguous])
  assert.deepEqual(read(['2026-10-25T01:39:58', true]), ['2026-10-25T00:39:58', SummerTime | Ambiguous])
  assert.deepEqual(read(['2026-10-25T01:05:00', true]), ['2026-10-25T01:05:00', SummerTime | Ambiguous])
})

test('Lisbon, bit ignored, nothing before: what cannot be yet is not, else the earlier', () => {
  assert.deepEqual(resolver('Europe/Lisbon', 'ignore', '2026-10-25T00:30:05Z')(['2026-10-25T01:30:00', false]), [
    '2026-10-25T00:30:00',
    Ambiguous,
  ])
  assert.deepEqual(resolver('Europe/Lisbon', 'ignore')(['2026-10-25T01:30:00', false]), ['2026-10-25T00:30:00', Ambiguous])
})

test('Lisbon: the hour that never comes is read with the offset before it, and flagged', () => {
  assert.deepEqual(resolver('Europe/Lisbon', 'honour')(['2026-03-29T01:30:00', false]), ['2026-03-29T01:30:00', Ambiguous])
})

test('Lord Howe puts its clocks by half an hour', () => {
  const read = resolver('Australia/Lord_Howe', 'honour')
  assert.deepEqual(read(['2026-04-05T01:29:00', true]), ['2026-04-04T14:29:00', SummerTime])
  assert.deepEqual(read(['2026-04-05T01:45:00', true]), ['2026-04-04T14:45:00', SummerTime | Ambiguous])
  assert.deepEqual(read(['2026-04-05T01:45:00', false]), ['2026-04-04T15:15:00', Ambiguous])
  assert.deepEqual(read(['2026-10-04T02:15:00', false]), ['2026-10-03T15:45:00', Ambiguous], 'the half hour that never comes')
})

test('Kathmandu and São Paulo have no summer time any more', () => {
  assert.deepEqual(resolver('Asia/Kathmandu', 'honour')(['2026-06-01T12:00:00', false]), ['2026-06-01T06:15:00', 0])
  assert.deepEqual(resolver('America/Sao_Paulo', 'honour')(['2026-01-15T12:00:00', false]), ['2026-01-15T15:00:00', 0])
  // the last time clocks were put back there: the 17th of February 2019 at midnight
  const read = resolver('America/Sao_Paulo', 'ignore', '2019-03-01T00:00:00Z')
  assert.deepEqual(read(['2019-02-16T22:59:00', true]), ['2019-02-17T00:59:00', SummerTime])
  assert.deepEqual(read(['2019-02-16T23:30:00', true]), ['2019-02-17T01:30:00', SummerTime | Ambiguous])
  assert.deepEqual(read(['2019-02-16T23:10:00', false]), ['2019-02-17T02:10:00', Ambiguous])
})

test('a bit against the zone is counted, and does not move the time', () => {
  const time = new DeviceTime(new Zone('Europe/Lisbon'), 'honour')
  const bytes = encodeCp56({ local: micros('2026-01-15T12:00:00'), invalid: false, substituted: false, summer: true, dayOfWeek: 0 })
  assert.equal(iso(time.full(bytes, 0, micros('2026-01-15T12:00:01')).at), '2026-01-15T12:00:00')
  assert.equal(time.mismatches, 1)
})

test('an invalid time, no time and a clock that was never set: the time of receipt, flagged', () => {
  const time = new DeviceTime(new Zone('UTC'), 'honour')
  const receivedAt = micros('2026-06-01T12:00:00')
  const invalid = encodeCp56({ local: receivedAt, invalid: true, substituted: false, summer: false, dayOfWeek: 0 })
  for (const bytes of [
    invalid,
    new Uint8Array(7),
    encodeCp56({ local: micros('2070-01-01T00:00:00'), invalid: false, substituted: false, summer: false, dayOfWeek: 0 }),
  ]) {
    assert.deepEqual(time.full(bytes, 0, receivedAt), { at: receivedAt, flags: TimeInvalid | TimeSubstituted, told: false })
  }
  assert.deepEqual(time.untimed(receivedAt), { at: receivedAt, flags: TimeSubstituted, told: false })
})

test('GEN: the time was put in on the way', () => {
  const time = new DeviceTime(new Zone('UTC'), 'honour')
  const bytes = encodeCp56({ local: micros('2026-06-01T12:00:00'), invalid: false, substituted: true, summer: false, dayOfWeek: 0 })
  assert.deepEqual(time.full(bytes, 0, micros('2026-06-01T12:00:01')), {
    at: micros('2026-06-01T12:00:00'),
    flags: TimeSubstituted,
    told: true,
  })
})

test('CP24Time2a: the newest hour in which these minutes are not more than five minutes ahead', () => {
  const cases: readonly (readonly [zone: string, receivedAt: string, minute: number, expected: string])[] = [
    ['UTC', '2026-06-01T12:10:00Z', 9, '2026-06-01T12:09:00'],
    ['UTC', '2026-06-01T12:00:01Z', 59, '2026-06-01T11:59:00'],
    ['UTC', '2026-06-01T12:59:59Z', 10, '2026-06-01T12:10:00'],
    ['UTC', '2026-06-01T12:59:59Z', 2, '2026-06-01T13:02:00'],
    ['UTC', '2026-06-01T00:00:00Z', 50, '2026-05-31T23:50:00'],
    // a quarter past the hour in UTC is the full hour there
    ['Asia/Kathmandu', '2026-06-01T12:16:00Z', 0, '2026-06-01T12:15:00'],
  ]
  for (const [zone, receivedAt, minute, expected] of cases) {
    const { at, flags } = new DeviceTime(new Zone(zone), 'honour').withinHour(Uint8Array.of(0, 0, minute), 0, micros(receivedAt))
    assert.deepEqual([iso(at), flags], [expected, TimeSubstituted])
  }
})

test('what the clock of a station has to show', () => {
  const time = new DeviceTime(new Zone('Europe/Lisbon'), 'honour')
  const summer = time.clockAt(micros('2026-10-25T00:30:00'))
  const winter = time.clockAt(micros('2026-10-25T01:30:00'))
  assert.equal(summer.local, winter.local)
  assert.deepEqual([summer.summer, winter.summer, summer.dayOfWeek], [true, false, 7])
})
