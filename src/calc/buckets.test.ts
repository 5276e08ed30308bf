import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigError } from '#base/errors.ts'
import { bucketEdges } from './buckets.ts'

const at = (text: string): number => Temporal.Instant.from(text).epochMilliseconds * 1000
const texts = (edges: Float64Array): string[] => [...edges].map((edge) => Temporal.Instant.fromEpochMilliseconds(edge / 1000).toString())

test('days of 23 and 25 hours', () => {
  const spring = bucketEdges(at('2026-03-28T12:00:00Z'), at('2026-03-30T12:00:00Z'), { count: 1, unit: 'day' }, 'Europe/Lisbon')
  assert.deepEqual(texts(spring), ['2026-03-28T00:00:00Z', '2026-03-29T00:00:00Z', '2026-03-29T23:00:00Z', '2026-03-30T23:00:00Z'])
  const autumn = bucketEdges(at('2026-10-25T00:00:00Z'), at('2026-10-26T00:00:00Z'), { count: 1, unit: 'day' }, 'Europe/Lisbon')
  assert.deepEqual(texts(autumn), ['2026-10-24T23:00:00Z', '2026-10-26T00:00:00Z'])
})

test('a day whose midnight does not exist begins when it does', () => {
  // Santiago puts its clocks forward at midnight: 6 September 2026 begins at 01:00 local
  const edges = bucketEdges(at('2026-09-05T12:00:00Z'), at('2026-09-07T12:00:00Z'), { count: 1, unit: 'day' }, 'America/Santiago')
  assert.deepEqual(texts(edges), ['2026-09-05T04:00:00Z', '2026-09-06T04:00:00Z', '2026-09-07T03:00:00Z', '2026-09-08T03:00:00Z'])
})

test('weeks begin on Monday, months on the first, quarter hours at the quarter of the wall clock', () => {
  const week = bucketEdges(at('2026-11-26T12:00:00Z'), at('2026-11-27T00:00:00Z'), { count: 1, unit: 'week' }, 'UTC')
  assert.deepEqual(texts(week), ['2026-11-23T00:00:00Z', '2026-11-30T00:00:00Z'])
  const months = bucketEdges(at('2026-01-31T12:00:00Z'), at('2026-03-02T00:00:00Z'), { count: 1, unit: 'month' }, 'UTC')
  assert.deepEqual(texts(months), ['2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z', '2026-04-01T00:00:00Z'])
  const quarter = bucketEdges(at('2026-01-01T00:01:00Z'), at('2026-01-01T00:20:00Z'), { count: 15, unit: 'minute' }, 'Asia/Kathmandu')
  assert.deepEqual(texts(quarter), ['2026-01-01T00:00:00Z', '2026-01-01T00:15:00Z', '2026-01-01T00:30:00Z'])
})

test('a bucket too narrow for the period is refused by its field', () => {
  assert.throws(
    () => bucketEdges(0, at('2026-01-01T00:00:00Z'), { count: 1, unit: 'second' }, 'UTC'),
    (error) => error instanceof ConfigError && error.field === 'bucket',
  )
})
