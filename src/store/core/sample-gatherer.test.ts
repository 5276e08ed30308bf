import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Value } from '#domain/sample.ts'
import { storedValue } from './copy-samples.ts'
import { SampleGatherer } from './sample-gatherer.ts'
import { rowAt } from './sample-columns.ts'

const values = fc.oneof(
  fc.double(),
  fc.string({ maxLength: 5 }),
  fc.boolean(),
  fc.constant(null),
  fc.bigInt({ min: 1n << 60n, max: 1n << 62n }),
)
const added = fc.record({
  tagId: fc.integer({ min: 1, max: 3 }),
  at: fc.integer({ min: 0, max: 90_000 }),
  value: values,
  quality: fc.nat(16_383),
  statusCode: fc.option(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
})
const LONG_AFTER = 10 * 86_400_000_000

test('what is handed out is what was added, in order, the last of equal times, each in its window', () => {
  fc.assert(
    fc.property(fc.array(added, { maxLength: 600 }), (samples) => {
      const gatherer = new SampleGatherer()
      const expected = new Map<string, { value: Value; quality: number; statusCode: number | null }>()
      for (const { tagId, at, value, quality, statusCode } of samples) {
        gatherer.add(tagId, at * 1_000_000, value, quality, statusCode)
        expected.set(`${tagId} ${at * 1_000_000}`, { value, quality, statusCode })
      }
      const found = new Map<string, unknown>()
      for (const { tagId, from, to, columns } of gatherer.take(LONG_AFTER)) {
        let before = -Infinity
        for (let index = 0; index < columns.times.length; index++) {
          const { at, value, valueText, quality, statusCode } = rowAt(columns, index)
          assert.ok(at > before && at >= from && at < to)
          assert.equal(found.has(`${tagId} ${at}`), false)
          found.set(`${tagId} ${at}`, { value, valueText, quality, statusCode })
          before = at
        }
      }
      assert.deepEqual(
        found,
        new Map([...expected].map(([key, { value, ...rest }]) => [key, { ...storedValue(value), ...rest }] as const)),
        'all of them',
      )
      assert.equal(gatherer.held, 0)
    }),
  )
})

test('a sample a second comes in hours, a sample a minute in days', () => {
  const gatherer = new SampleGatherer()
  for (let second = 0; second < 7200; second++) gatherer.add(1, second * 1_000_000, second, 0)
  for (let minute = 0; minute < 1440; minute++) gatherer.add(2, minute * 60_000_000, minute, 0)
  assert.deepEqual(
    gatherer.take(LONG_AFTER).map((one) => [one.tagId, one.from / 3_600_000_000, one.to / 3_600_000_000, one.columns.times.length]),
    [
      [1, 0, 1, 3600],
      [1, 1, 2, 3600],
      [2, 0, 24, 1440],
    ],
  )
})

test('a day that is over for less than a day comes in hours, however few samples it has', () => {
  const gatherer = new SampleGatherer()
  for (const hour of [1, 1.5, 3]) gatherer.add(1, hour * 3_600_000_000, 1, 0)
  assert.deepEqual(
    gatherer.take(2 * 86_400_000_000 - 1).map((one) => [one.from / 3_600_000_000, one.to / 3_600_000_000, one.columns.times.length]),
    [
      [1, 2, 2],
      [3, 4, 1],
    ],
  )
})
