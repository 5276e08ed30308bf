import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Aggregator } from './aggregate.ts'
import { chooseStep } from './choose-step.ts'
import { METRICS, metricOf } from './metric.ts'

const SECOND = 1_000_000

test('each metric of a counter that was set back', () => {
  const bucket = new Aggregator({ at: 0, held: 8, before: 8 })
  for (const [second, value] of [
    [10, 10],
    [40, 2],
    [50, 4],
  ] as const)
    bucket.add(second * SECOND, value)
  bucket.end(60 * SECOND)
  const told = { known: bucket.result(), integral: bucket.integral, knownSeconds: bucket.knownSeconds, start: 8 }
  const found = Object.fromEntries(METRICS.map((metric) => [metric, metricOf(told, metric)]))
  assert.deepEqual(found, {
    average: (8 * 10 + 10 * 30 + 2 * 10 + 4 * 10) / 60,
    mean: 16 / 3,
    minimum: 2,
    maximum: 10,
    first: 10,
    last: 4,
    interpolated: 8,
    difference: -6,
    rise: 2 + 2 + 2,
    sum: 16,
    count: 3,
  })
})

test('a bucket in which nothing happened still knows what held', () => {
  const bucket = new Aggregator({ at: 0, held: 7, before: 7 })
  bucket.end(60 * SECOND)
  const told = { known: bucket.result(), integral: bucket.integral, knownSeconds: bucket.knownSeconds }
  assert.deepEqual([metricOf(told, 'average'), metricOf(told, 'maximum'), metricOf(told, 'count')], [7, null, 0])
})

test('the narrowest usual bucket that fits', () => {
  const days = (count: number): number => count * 24 * 3600 * SECOND
  assert.deepEqual(chooseStep(0, days(1), 1000), { count: 5, unit: 'minute' })
  assert.deepEqual(chooseStep(0, days(30), 1000), { count: 1, unit: 'hour' })
  assert.deepEqual(chooseStep(0, days(36_500), 10), { count: 1, unit: 'year' })
})
