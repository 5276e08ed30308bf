import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Zone } from '#calc/zone.ts'
import { QualityFlag } from '#domain/sample.ts'
import { newOrderMemory, placeLocal, type Placed } from './local-order.ts'

const lisbon = new Zone('Europe/Lisbon')
const SECOND = 1_000_000
/** Clocks went back at 01:00 UTC: 01:00 to 02:00 came twice. */
const BACK = Temporal.Instant.from('2026-10-25T01:00:00Z').epochMilliseconds * 1000

function place(instants: readonly number[]): Placed[] {
  const memory = newOrderMemory()
  return instants.map((instant) => {
    const placed = { instant: 0, flags: 0 }
    placeLocal(lisbon.toLocal(instant), lisbon, memory, placed)
    return placed
  })
}

const steps = fc.array(fc.integer({ min: 3, max: 50 * 60 }), { minLength: 1, maxLength: 60 })

test('rows that follow each other keep their instants through the doubled hour, in both directions', () => {
  fc.assert(
    fc.property(steps, fc.boolean(), (seconds, backwards) => {
      // from well before, so that the first hour has a row
      let at = BACK - 3 * 3600 * SECOND
      const instants = [at]
      for (const step of seconds) {
        // a step of less than an hour cannot skip the whole of it
        instants.push((at += Math.min(step, 45 * 60) * SECOND))
      }
      const ordered = backwards ? instants.toReversed() : instants
      const ambiguous = instants.filter((instant) => lisbon.resolve(lisbon.toLocal(instant)).kind === 'ambiguous')
      // a file that begins or ends within the two hours cannot be told by its rows alone
      if (backwards && (ordered[0] ?? 0) < BACK + 3600 * SECOND) return
      const firstHour = ambiguous.filter((instant) => instant < BACK)
      const secondHour = ambiguous.filter((instant) => instant >= BACK)
      const told =
        firstHour.length > 0 && secondHour.length > 0 && lisbon.toLocal(secondHour[0] ?? 0) < lisbon.toLocal(firstHour.at(-1) ?? 0)
      if (ambiguous.length > 0 && !told) return
      const placed = place(ordered)
      assert.deepEqual(
        placed.map(({ instant }) => instant),
        ordered,
      )
      for (const { instant, flags } of placed) assert.equal(flags === QualityFlag.Ambiguous, ambiguous.includes(instant))
    }),
    { numRuns: 2000 },
  )
})

test('one row an hour: the same stamp twice is both hours', () => {
  const hours = Array.from({ length: 6 }, (_, i) => BACK + (i - 3) * 3600 * SECOND)
  assert.deepEqual(
    place(hours).map(({ instant }) => instant),
    hours,
  )
})

test('the hour that never was is marked', () => {
  const memory = newOrderMemory()
  const placed = { instant: 0, flags: 0 }
  // 2026-03-29 01:30 in Lisbon
  placeLocal(Date.UTC(2026, 2, 29, 1, 30) * 1000, lisbon, memory, placed)
  assert.deepEqual(placed, { instant: Date.UTC(2026, 2, 29, 1, 30) * 1000, flags: QualityFlag.TimeInvalid })
})
