import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { allowedLateness, nextSlot, stillDue, timelineOf } from './schedule.ts'

const START = 1_795_000_000_000_000
const SECOND = 1_000_000

test('ticks fall on the grid, one period apart, whatever the jitter of the timer', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100_000 }),
      fc.constantFrom(50, 100, 1000, 5000, 60_000),
      fc.array(fc.integer({ min: -1, max: 4 }), { minLength: 1, maxLength: 50 }),
      (deviceId, periodMillis, jitters) => {
        const timeline = timelineOf(deviceId, periodMillis)
        let slot = nextSlot(timeline, null, START)
        for (const jitter of jitters) {
          const next = nextSlot(timeline, slot.tick, slot.tick + jitter * 1000)
          assert.equal(next.tick - slot.tick, periodMillis * 1000)
          assert.equal(next.missed, 0)
          assert.equal((next.tick - timeline.phaseMillis * 1000) % (periodMillis * 1000), 0)
          slot = next
        }
      },
    ),
  )
})

test('slots that passed during a long poll are counted, not queued', () => {
  const timeline = timelineOf(7, 1000)
  const first = nextSlot(timeline, null, START)
  const late = nextSlot(timeline, first.tick, first.tick + 3.5 * SECOND)
  assert.equal(late.tick - first.tick, 4 * SECOND)
  assert.equal(late.missed, 3)
})

test('missed and polled slots together make up the elapsed time', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 5_000_000 }), { maxLength: 40 }), (durations) => {
      const timeline = timelineOf(3, 1000)
      const first = nextSlot(timeline, null, START)
      let slot = first
      let slots = 0
      let now = slot.tick
      for (const duration of durations) {
        now = Math.max(now, slot.tick) + duration
        const next = nextSlot(timeline, slot.tick, now)
        assert.ok(next.tick > slot.tick)
        assert.ok(next.tick >= now - allowedLateness(timeline) * 1000)
        slots += 1 + next.missed
        slot = next
      }
      assert.equal(slot.tick - first.tick, slots * SECOND)
    }),
  )
})

test('a poll a hair longer than its period loses only a slot now and then', () => {
  const timeline = timelineOf(1, 1000)
  let slot = nextSlot(timeline, null, START)
  let now = slot.tick
  let missed = 0
  for (let poll = 0; poll < 1000; poll += 1) {
    now = Math.max(now, slot.tick) + 1_003_000
    slot = nextSlot(timeline, slot.tick, now)
    missed += slot.missed
  }
  assert.ok(missed > 0 && missed < 40, `missed ${missed}`)
})

test('a clock stepped by an hour neither stops the polls nor repeats a slot', () => {
  const timeline = timelineOf(5, 1000)
  const slot = nextSlot(timeline, null, START)
  for (const step of [-3600, 3600, -600, 600]) {
    const now = slot.tick + step * SECOND
    const next = nextSlot(timeline, slot.tick, now)
    assert.ok(next.tick >= now - allowedLateness(timeline) * 1000 && next.tick <= now + SECOND)
    assert.equal(stillDue(timeline, slot.tick, now), false)
  }
  assert.equal(stillDue(timeline, slot.tick, slot.tick + 2000), true)
})

test('devices are spread over their period, an hourly one over one second only', () => {
  const phases = new Set(Array.from({ length: 100 }, (_, index) => Math.floor(timelineOf(index + 1, 1000).phaseMillis / 100)))
  assert.equal(phases.size, 10)
  assert.ok(Array.from({ length: 100 }, (_, index) => timelineOf(index, 3_600_000).phaseMillis).every((phase) => phase < 1000))
})
