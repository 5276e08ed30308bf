import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { QualityFlag, hasFlag, packQuality } from '#domain/sample.ts'
import type { Sample, Value } from '#domain/sample.ts'
import { exceeds, keep, newTagMemory } from './report-by-exception.ts'
import type { Reading, ReportPolicy } from './report-by-exception.ts'

const SECOND = 1_000_000
const BAD = packQuality(2, 1)
const MARKS = QualityFlag.Heartbeat | QualityFlag.LastBeforeChange

function sample(second: number, value: Value, quality = 0): Sample {
  return { tagId: 1, sourceTimestamp: second * SECOND, value, quality, statusCode: null }
}

function run(samples: readonly Sample[], policy: Partial<ReportPolicy> = {}): Reading[] {
  const memory = newTagMemory()
  const out: Reading[] = []
  for (const each of samples) keep(memory, each, { on: true, deadband: 0, heartbeatSeconds: 0, ...policy }, out)
  return out
}
const stored = (readings: readonly Reading[]) => readings.filter((each) => each.store).map((each) => each.sample)
const delivered = (readings: readonly Reading[]) => readings.filter((each) => each.changed).map((each) => each.sample)

const anyValue = fc.oneof(
  fc.constantFrom<Value>(1, 2, 2.4, 3, Number.NaN, Infinity, -0, 0, true, false, 'a', 'b', null, 5n, 2n ** 60n),
  fc.double({ min: -10, max: 10 }),
)
const history = fc
  .array(fc.tuple(anyValue, fc.constantFrom(0, 0, 0, BAD)), { maxLength: 60 })
  .map((steps) => steps.map(([value, quality], second) => sample(second, value, quality)))

const same = (a: Sample, b: Sample) => (a.quality & ~MARKS) === (b.quality & ~MARKS) && (a.value === b.value || Object.is(a.value, b.value))

test('no deadband and no heartbeat ever hides a change from the delivery', () => {
  fc.assert(
    fc.property(
      history,
      fc.double({ min: 0, max: 100, noNaN: true }),
      fc.nat(20),
      fc.boolean(),
      (samples, deadband, heartbeatSeconds, on) => {
        const expected = samples.filter((each, index) => {
          const before = samples[index - 1]
          return before === undefined || !same(before, each)
        })
        assert.deepEqual(
          delivered(run(samples, { on, deadband, heartbeatSeconds })).map((each) => each.sourceTimestamp),
          expected.map((each) => each.sourceTimestamp),
        )
      },
    ),
  )
})

test('without a deadband the whole history can be rebuilt from what was stored', () => {
  fc.assert(
    fc.property(history, fc.nat(20), (samples, heartbeatSeconds) => {
      const kept = stored(run(samples, { heartbeatSeconds }))
      for (const original of samples) {
        const holds = kept.findLast((each) => each.sourceTimestamp <= original.sourceTimestamp)
        assert.ok(holds !== undefined && same(holds, original))
      }
      // and a straight line between two stored points never invents a ramp: before each change stands the reading before it
      for (const [index, original] of samples.entries()) {
        const before = samples[index - 1]
        if (before !== undefined && !same(before, original)) {
          assert.ok(kept.some((each) => each.sourceTimestamp === before.sourceTimestamp && same(each, before)))
        }
      }
    }),
  )
})

test('a stored trend is never further than the deadband from the truth', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { maxLength: 60 }),
      fc.double({ min: 0, max: 5, noNaN: true }),
      (values, deadband) => {
        const kept = stored(
          run(
            values.map((value, second) => sample(second, value)),
            { deadband },
          ),
        )
        for (const [second, value] of values.entries()) {
          const holds = kept.findLast(
            (each) => each.sourceTimestamp <= second * SECOND && !hasFlag(each.quality, QualityFlag.LastBeforeChange),
          )
          assert.ok(typeof holds?.value === 'number' && Math.abs(holds.value - value) <= deadband)
        }
      },
    ),
  )
})

test('time stamps are stored in order and at most once', () => {
  fc.assert(
    fc.property(history, fc.nat(10), fc.double({ min: 0, max: 3, noNaN: true }), (samples, heartbeatSeconds, deadband) => {
      const times = stored(run(samples, { heartbeatSeconds, deadband })).map((each) => each.sourceTimestamp)
      assert.deepEqual(
        times,
        [...new Set(times)].toSorted((a, b) => a - b),
      )
    }),
  )
})

test('the heartbeat stores an unchanged value, marked, also after the clock was set back', () => {
  const steady = stored(
    run(
      Array.from({ length: 25 }, (_, second) => sample(second, 7)),
      { heartbeatSeconds: 10 },
    ),
  )
  assert.deepEqual(
    steady.map((each) => [each.sourceTimestamp / SECOND, hasFlag(each.quality, QualityFlag.Heartbeat)]),
    [
      [0, false],
      [10, true],
      [20, true],
    ],
  )
  assert.equal(stored(run([sample(7200, 7), sample(3600, 7)], { heartbeatSeconds: 10 })).length, 2)
})

test('the last equal value goes before a change, marked, and is not told twice', () => {
  const readings = run([sample(0, 1), sample(1, 1), sample(2, 1), sample(3, 5)])
  assert.deepEqual(
    readings.map(({ sample: { sourceTimestamp, value, quality }, store, changed }) => [
      sourceTimestamp / SECOND,
      value,
      quality,
      store,
      changed,
    ]),
    [
      [0, 1, 0, true, true],
      [2, 1, QualityFlag.LastBeforeChange, true, false],
      [3, 5, 0, true, true],
    ],
  )
})

test('switched off, every reading is stored and only changes are told', () => {
  const readings = run([sample(0, 1), sample(1, 1), sample(2, 2)], { on: false, deadband: 100 })
  assert.equal(stored(readings).length, 3)
  assert.equal(delivered(readings).length, 2)
})

test('replayed history passes and leaves the live state alone', () => {
  const old = sample(1, 99, QualityFlag.Historical)
  const readings = run([sample(10, 1), old, sample(11, 1)])
  assert.deepEqual(
    readings.map((each) => each.sample),
    [sample(10, 1), old],
  )
})

test('exceeds: NaN equals NaN, kinds differ, big integers keep their deadband', () => {
  assert.equal(exceeds(Number.NaN, Number.NaN, 0), false)
  assert.equal(exceeds(Number.NaN, 1, 1000), true)
  assert.equal(exceeds(Infinity, 1, 1e300), true)
  assert.equal(exceeds(0, -0, 0), false)
  assert.equal(exceeds(1, '1', 10), true)
  assert.equal(exceeds(2n ** 60n, 2n ** 60n + 1n, 0), true)
  assert.equal(exceeds(2n ** 60n, 2n ** 60n + 1n, 1), false)
  assert.equal(exceeds(10, 11, 1), false)
})

test('an equal value whose time comes from elsewhere is no change; a clock that became invalid is one', () => {
  const { TimeSubstituted, SummerTime, Ambiguous, TimeInvalid } = QualityFlag
  const same = [0, TimeSubstituted, SummerTime | Ambiguous, 0].map((flags, second) => sample(second, 5, flags))
  assert.equal(stored(run(same)).length, 1)
  assert.equal(
    stored(run([...same, sample(4, 5, TimeInvalid | TimeSubstituted)])).filter(({ quality }) => hasFlag(quality, TimeInvalid)).length,
    1,
  )
})

test('what listeners hold as the newest is always the newest value, however late others come in between', () => {
  const steps = fc.array(fc.tuple(fc.constantFrom<Value>(0, 1, 2), fc.nat(20)), { minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(steps, (all) => {
      const samples = all.map(([value, second]) => sample(second, value))
      const newestOf = (some: readonly Sample[]): Sample | undefined =>
        some.reduce<Sample | undefined>(
          (best, each) => (best === undefined || each.sourceTimestamp >= best.sourceTimestamp ? each : best),
          undefined,
        )
      assert.equal(newestOf(delivered(run(samples)))?.value, newestOf(samples)?.value)
    }),
  )
})
