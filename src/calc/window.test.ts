import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { SampleWindow, WINDOW_FUNCTIONS, type SavedWindow, type WindowFunction } from './window.ts'

const SECOND = 1_000_000

interface Sample {
  readonly t: number
  /** NaN: Bad. */
  readonly value: number
}

/** The meaning, second by second: what held, and which samples lie in (now - seconds, now]. */
function naive(samples: readonly Sample[], name: WindowFunction, seconds: number, now: number, minCover: number): number {
  const heldAt = (t: number): number => samples.findLast((one) => one.t <= t)?.value ?? Number.NaN
  const grid = Array.from({ length: seconds }, (_, index) => heldAt(now - seconds + index))
  const known = grid.filter((value) => !Number.isNaN(value))
  if (known.length < minCover * seconds) return Number.NaN
  const within = samples.filter((one) => one.t > now - seconds && one.t <= now && !Number.isNaN(one.value))
  const begin = heldAt(now - seconds)
  const all = [...(Number.isNaN(begin) ? [] : [begin]), ...within.map((one) => one.value)]
  switch (name) {
    case 'sum_over':
      return within.reduce((sum, one) => sum + one.value, 0)
    case 'count_over':
      return within.length
    case 'increase_over':
      return rises(samples)
        .filter((one) => one.t > now - seconds && one.t <= now)
        .reduce((sum, one) => sum + one.value, 0)
    case 'avg_over':
      return known.length === 0 ? (all.at(-1) ?? Number.NaN) : known.reduce((sum, value) => sum + value, 0) / known.length
    case 'min_over':
      return all.length === 0 ? Number.NaN : Math.min(...all)
    case 'max_over':
      return all.length === 0 ? Number.NaN : Math.max(...all)
    case 'first_over':
      return all[0] ?? Number.NaN
    case 'last_over':
      return all.at(-1) ?? Number.NaN
    case 'delta_over':
      return (all.at(-1) ?? Number.NaN) - (all[0] ?? Number.NaN)
  }
}

/** By how much a counter rose to each sample: a step down is a reset, a single 0 a fault of the reading. */
function rises(samples: readonly Sample[]): Sample[] {
  const good = samples.filter((one) => !Number.isNaN(one.value))
  const real = good.filter((one, index) => {
    const before = good[index - 1]
    return !(one.value === 0 && before !== undefined && before.value > 0)
  })
  // written for counters that do not fall to 0 twice in a row: see the generator
  return real.map(({ t, value }, index) => {
    const before = real[index - 1]?.value
    return { t, value: before === undefined ? 0 : value >= before ? value - before : value }
  })
}

const stream = (values: fc.Arbitrary<number>): fc.Arbitrary<Sample[]> =>
  fc
    .uniqueArray(fc.record({ t: fc.nat(120), value: values }), { selector: (one) => one.t, maxLength: 60 })
    .map((all) => all.sort((a, b) => a.t - b.t))
const signed = fc.oneof({ weight: 6, arbitrary: fc.integer({ min: -5, max: 5 }) }, { weight: 1, arbitrary: fc.constant(Number.NaN) })
const counter = fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 1, max: 9 }) }, { weight: 1, arbitrary: fc.constant(Number.NaN) })

test('a window says what its samples say, at every second, restarts or not', () => {
  const property = fc.property(
    stream(signed),
    fc.constantFrom(...WINDOW_FUNCTIONS.filter((name) => name !== 'increase_over')),
    fc.integer({ min: 1, max: 40 }),
    fc.constantFrom(0, 0.5, 1),
    fc.boolean(),
    (samples, name, seconds, cover, restarts) => check(samples, name, seconds, cover, restarts),
  )
  fc.assert(property, { numRuns: 1000 })
})

test('an increase counts what a counter rose, through resets', () => {
  const property = fc.property(stream(counter), fc.integer({ min: 1, max: 40 }), fc.boolean(), (samples, seconds, restarts) =>
    check(samples, 'increase_over', seconds, 0, restarts),
  )
  fc.assert(property, { numRuns: 500 })
})

function check(samples: readonly Sample[], name: WindowFunction, seconds: number, cover: number, restarts: boolean): void {
  let window = new SampleWindow(seconds)
  for (let now = 0; now <= 130; now++) {
    const sample = samples.find((one) => one.t === now)
    if (sample !== undefined) window.add(now * SECOND, sample.value)
    if (restarts && now % 7 === 0) {
      const saved = JSON.parse(JSON.stringify(window.save())) as SavedWindow
      window = new SampleWindow(seconds)
      window.restore(saved)
    }
    const seen = samples.filter((one) => one.t <= now)
    const expected = naive(seen, name, seconds, now, cover)
    const value = window.value(name, now * SECOND, cover)
    if (Number.isNaN(expected)) assert.ok(Number.isNaN(value), `${name} at ${now}: ${value} instead of nothing`)
    else assert.ok(Math.abs(value - expected) < 1e-9, `${name} at ${now}: ${value} instead of ${expected}`)
  }
}

test('between two times that a window names nothing changes', () => {
  const names = WINDOW_FUNCTIONS.filter((name) => name !== 'avg_over')
  const property = fc.property(
    stream(signed),
    fc.constantFrom(...names),
    fc.integer({ min: 2, max: 40 }),
    fc.constantFrom(0, 0.5, 1),
    (samples, name, seconds, cover) => {
      const window = new SampleWindow(seconds)
      let next: number | undefined
      let last = Number.NaN
      for (let now = 0; now <= 130; now++) {
        const sample = samples.find((one) => one.t === now)
        if (sample !== undefined) window.add(now * SECOND, sample.value)
        const value = window.value(name, now * SECOND, cover)
        const due = sample !== undefined || now === 0 || (next !== undefined && next <= now * SECOND)
        if (!due) assert.ok(Object.is(value, last) || Math.abs(value - last) < 1e-9, `${name} changed at ${now} unannounced`)
        last = value
        if (due) next = window.nextChange(now * SECOND, name, cover)
      }
    },
  )
  fc.assert(property, { numRuns: 500 })
})

test('a counter rolls over at its modulus; a single zero is none; a value that falls to 0 and goes on was reset', () => {
  const rise = (values: readonly number[], modulus: number | null = null): number => {
    const window = new SampleWindow(1000, modulus)
    values.forEach((value, t) => window.add(t * SECOND, value))
    return window.value('increase_over', values.length * SECOND, 0)
  }
  assert.equal(rise([65_530, 65_534, 4], 65_536), 10)
  assert.equal(rise([65_530, 65_534, 4]), 8)
  assert.equal(rise([100, 0, 101]), 1)
  assert.equal(rise([100, Number.NaN, 101]), 1)
  assert.equal(rise([100, 0, 3, 5]), 5)
  assert.equal(rise([100, 0, 0, 5]), 5)
})

test('a day of seconds stays small and nearly exact', () => {
  const window = new SampleWindow(86_400)
  const day = 86_400
  for (let t = 0; t < 2 * day; t++) window.add(t * SECOND, t)
  assert.ok(window.save().stretches.length < 6000)
  const increase = window.value('increase_over', (2 * day - 1) * SECOND, 1)
  assert.ok(Math.abs(increase - day) <= day / 1024 + 1, String(increase))
})
