import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ChangeWindow } from './change-window.ts'
import type { SavedWindow } from './window.ts'

const SECOND = 1_000_000

interface Sample {
  readonly t: number
  /** NaN: Bad. */
  readonly value: number
}

/** The meaning: what holds now less what held when the window began, or first after the last sample without a value. */
function naive(samples: readonly Sample[], seconds: number, now: number, minCover: number): readonly [change: number, known: number] {
  const known = samples.slice(samples.findLastIndex((one) => Number.isNaN(one.value)) + 1)
  const [first, last] = [known.findLast((one) => one.t <= now - seconds) ?? known[0], known.at(-1)]
  if (first === undefined || last === undefined) return [Number.NaN, 0]
  const span = Math.min(seconds, now - first.t)
  return [span < minCover * seconds ? Number.NaN : last.value - first.value, span]
}

const samplesOf = fc
  .uniqueArray(
    fc.record({
      t: fc.nat(120),
      value: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: -5, max: 5 }) }, { weight: 1, arbitrary: fc.constant(Number.NaN) }),
    }),
    { selector: (one) => one.t, maxLength: 60 },
  )
  .map((all) => all.toSorted((a, b) => a.t - b.t))

test('it says what its samples say at every second, restarts or not, and nothing changes before the time it names', () => {
  const property = fc.property(
    samplesOf,
    fc.integer({ min: 1, max: 40 }),
    fc.constantFrom(0, 0.5, 1),
    fc.boolean(),
    (samples, seconds, cover, restarts) => {
      let window = new ChangeWindow(seconds)
      let [next, before]: [number | undefined, number] = [undefined, Number.NaN]
      for (let now = 0; now <= 170; now++) {
        const sample = samples.find((one) => one.t === now)
        if (sample !== undefined) window.add(now * SECOND, sample.value)
        if (restarts && now % 7 === 0) {
          const saved = JSON.parse(JSON.stringify(window.save())) as SavedWindow
          window = new ChangeWindow(seconds)
          window.restore(saved)
        }
        const seen = samples.filter((one) => one.t <= now)
        const [change, known] = naive(seen, seconds, now, cover)
        const value = window.change(now * SECOND, cover)
        assert.deepEqual([value, window.knownSeconds(now * SECOND)], [change, known], `at ${now}`)
        const due: boolean = sample !== undefined || now === 0 || (next !== undefined && next <= now * SECOND)
        assert.ok(due || Object.is(value, before), `it changed at ${now} unannounced`)
        before = value
        if (due) next = window.nextChange(now * SECOND, cover)
      }
    },
  )
  fc.assert(property, { numRuns: 1000 })
})

test('samples that come later than they were looked for count as far back as the look', () => {
  const window = new ChangeWindow(10)
  window.add(0, 1)
  assert.equal(window.change(100 * SECOND, 0.5), 0)
  window.add(50 * SECOND, 7)
  assert.equal(window.change(100 * SECOND, 0.5), 0)
  window.add(95 * SECOND, 9)
  assert.equal(window.change(100 * SECOND, 0.5), 2)
})

test('a day of seconds stays small and nearly exact', () => {
  const day = 86_400
  const window = new ChangeWindow(day)
  for (let t = 0; t < 2 * day; t++) window.add(t * SECOND, t)
  assert.ok(window.save().stretches.length < 6000)
  const change = window.change((2 * day - 1) * SECOND, 1)
  assert.ok(Math.abs(change - day) <= day / 1024 + 1, String(change))
})
