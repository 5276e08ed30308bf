import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ConfigError } from '#base/errors.ts'
import { Zone } from './zone.ts'

/** The wall clock as if it were UTC. */
const local = (text: string): number => Date.parse(`${text}Z`) * 1000
const utc = local
const HOUR = 3_600_000_000

test('the doubled hour has two instants, the missing one none', () => {
  const lisbon = new Zone('Europe/Lisbon')
  assert.deepEqual(lisbon.resolve(local('2026-10-25T01:30:00')), {
    kind: 'ambiguous',
    earlier: utc('2026-10-25T00:30:00'),
    later: utc('2026-10-25T01:30:00'),
  })
  assert.deepEqual(lisbon.resolve(local('2026-03-29T01:30:00')), {
    kind: 'gap',
    earlier: utc('2026-03-29T01:30:00'),
    later: utc('2026-03-29T00:30:00'),
  })
  assert.deepEqual(lisbon.resolve(local('2026-07-01T12:00:00')), {
    kind: 'unique',
    earlier: utc('2026-07-01T11:00:00'),
    later: utc('2026-07-01T11:00:00'),
  })
})

test('half hours of summer time, quarters of an hour, and zones that gave it up', () => {
  // Lord Howe: +11 in summer, +10:30 in winter, back on 2026-04-05 at 02:00
  const howe = new Zone('Australia/Lord_Howe')
  assert.deepEqual(howe.resolve(local('2026-04-05T01:45:00')), {
    kind: 'ambiguous',
    earlier: utc('2026-04-04T14:45:00'),
    later: utc('2026-04-04T15:15:00'),
  })
  assert.equal(new Zone('Asia/Kathmandu').resolve(local('2026-01-01T05:45:00')).earlier, utc('2026-01-01T00:00:00'))
  const paulo = new Zone('America/Sao_Paulo')
  assert.equal(paulo.resolve(local('2026-01-15T12:00:00')).earlier, utc('2026-01-15T15:00:00'))
  assert.equal(paulo.resolve(local('2019-01-15T12:00:00')).earlier, utc('2019-01-15T14:00:00'))
})

test('summer is what is ahead of the year’s smaller offset', () => {
  const dublin = new Zone('Europe/Dublin')
  assert.equal(dublin.isSummerAt(utc('2026-07-01T00:00:00')), true)
  assert.equal(dublin.isSummerAt(utc('2026-01-01T00:00:00')), false)
  assert.equal(new Zone('UTC').isSummerAt(utc('2026-07-01T00:00:00')), false)
})

test('agrees with Temporal everywhere, and there and back is the same', () => {
  const zones = ['Europe/Lisbon', 'America/Santiago', 'Australia/Lord_Howe', 'Africa/Casablanca', 'America/St_Johns', 'Pacific/Apia', 'UTC']
  const known = zones.map((name) => new Zone(name))
  const instants = fc.integer({ min: utc('1990-01-01T00:00:00') / HOUR, max: utc('2037-01-01T00:00:00') / HOUR })
  fc.assert(
    fc.property(fc.constantFrom(...known), instants, fc.nat(HOUR - 1), (zone, hour, rest) => {
      const instant = hour * HOUR + rest
      const zoned = Temporal.Instant.fromEpochNanoseconds(BigInt(instant) * 1000n).toZonedDateTimeISO(zone.name)
      assert.equal(zone.offsetAt(instant), zoned.offsetNanoseconds / 1000)
      const found = zone.resolve(zone.toLocal(instant))
      assert.ok(found.kind !== 'gap' && (found.earlier === instant || found.later === instant))
      const plain = zoned.toPlainDateTime()
      const earlier = plain.toZonedDateTime(zone.name, { disambiguation: 'earlier' }).epochNanoseconds / 1000n
      assert.equal(BigInt(found.earlier), earlier)
    }),
    { numRuns: 3000 },
  )
})

test('an unknown zone is refused by its field', () => {
  assert.throws(
    () => new Zone('Europe/Lisboa'),
    (error) => error instanceof ConfigError && error.field === 'timeZone',
  )
})
