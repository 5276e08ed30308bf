import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Aggregate, Aggregator } from './aggregate.ts'

const SECOND = 1_000_000

type Reading = readonly [at: number, value: number | null]
const readings = fc
  .uniqueArray(fc.nat(200), { maxLength: 40 })
  .chain((times) =>
    fc.tuple(
      fc.constant(times),
      fc.array(fc.option(fc.integer({ min: -50, max: 50 })), { minLength: times.length, maxLength: times.length }),
    ),
  )
  .map(([times, values]) => times.toSorted((a, b) => a - b).map((at, index): Reading => [at * SECOND, values[index] ?? null]))

function of(all: readonly Reading[]): Aggregate | undefined {
  const sum = new Aggregator()
  for (const [at, value] of all) sum.add(at, value)
  return sum.result()
}

test('says what a plain reading of the definition says', () => {
  fc.assert(
    fc.property(readings, (all) => {
      const found = of(all)
      if (all.length === 0) return assert.equal(found, undefined)
      assert.ok(found !== undefined)
      const numbers = all.flatMap(([, value]) => (value === null ? [] : [value]))
      assert.equal(found.numbers, numbers.length)
      let [integral, known, rise] = [0, 0, 0]
      for (const [index, [at, value]] of all.entries()) {
        const next = all[index + 1]
        if (value === null || next === undefined) continue
        integral += (value * (next[0] - at)) / SECOND
        known += (next[0] - at) / SECOND
      }
      for (const [index, value] of numbers.entries()) {
        const before = numbers[index - 1]
        if (before !== undefined) rise += value >= before ? value - before : value
      }
      assert.deepEqual([found.integral, found.knownSeconds, found.rise], [integral, known, rise])
      if (numbers.length === 0) return
      assert.deepEqual([found.least, found.greatest], [Math.min(...numbers), Math.max(...numbers)])
      assert.deepEqual([found.firstValue, found.lastValue], [numbers[0], numbers.at(-1)])
    }),
  )
})

test('evenly apart, the stepped integral differs from the sloped one by half a step of the rise (docs/adr/0019)', () => {
  const level = fc.integer({ min: -50, max: 50 })
  fc.assert(
    fc.property(fc.array(level, { minLength: 2, maxLength: 40 }), fc.integer({ min: 1, max: 60 }), (values, apart) => {
      const found = of(values.map((value, index) => [index * apart * SECOND, value]))
      const sloped = values.slice(1).reduce((sum, value, index) => sum + ((value + (values[index] ?? 0)) / 2) * apart, 0)
      assert.equal(sloped - (found?.integral ?? 0), (((values.at(-1) ?? 0) - (values[0] ?? 0)) * apart) / 2)
    }),
  )
})

test('many at once say the same as one by one', () => {
  const numbers = fc.array(
    fc.tuple(fc.nat(50), fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constantFrom(Number.NaN, Infinity, -0, 0.1))),
    {
      maxLength: 30,
    },
  )
  const start = fc.option(fc.record({ at: fc.constant(-3), held: fc.option(fc.nat(9), { nil: undefined }), before: fc.constant(4) }), {
    nil: undefined,
  })
  fc.assert(
    fc.property(numbers, start, fc.nat(30), (all, begin, cut) => {
      const [single, several] = [new Aggregator(begin), new Aggregator(begin)]
      let at = 0
      const times = Float64Array.from(all, ([step]) => (at += step))
      const values = Float64Array.from(all, ([, value]) => value)
      for (const [index, time] of times.entries()) single.add(time, values[index] ?? null)
      several.addAll(times, values, 0, Math.min(cut, all.length))
      several.addAll(times, values, Math.min(cut, all.length), all.length)
      assert.deepEqual(several.end(at + 1), single.end(at + 1))
      assert.deepEqual([several.result(), several.integral, several.knownSeconds], [single.result(), single.integral, single.knownSeconds])
    }),
  )
})

test('stretches put together say the same as the whole, wherever it is cut', () => {
  fc.assert(
    fc.property(readings, fc.array(fc.nat(40), { maxLength: 4 }), (all, cuts) => {
      const edges = [0, ...cuts.map((cut) => Math.min(cut, all.length)).toSorted((a, b) => a - b), all.length]
      const joined = new Aggregator()
      for (const [index, edge] of edges.entries()) {
        const stretch = index === 0 ? undefined : of(all.slice(edges[index - 1], edge))
        if (stretch !== undefined) joined.addStretch(stretch)
      }
      assert.deepEqual(joined.result(), of(all))
    }),
  )
})

test('buckets that hand on what holds add up to the whole', () => {
  fc.assert(
    fc.property(readings, (all) => {
      const whole = new Aggregator()
      for (const [at, value] of all) whole.add(at, value)
      whole.end(300 * SECOND)
      let [integral, known, rise] = [0, 0, 0]
      let start: ConstructorParameters<typeof Aggregator>[0]
      for (let from = 0; from < 300; from += 25) {
        const bucket: Aggregator = new Aggregator(start)
        for (const [at, value] of all) if (at >= from * SECOND && at < (from + 25) * SECOND) bucket.add(at, value)
        start = bucket.end((from + 25) * SECOND)
        integral += bucket.integral
        known += bucket.knownSeconds
        rise += bucket.result()?.rise ?? 0
      }
      assert.deepEqual([integral, known, rise], [whole.integral, whole.knownSeconds, whole.result()?.rise ?? 0])
    }),
  )
})
