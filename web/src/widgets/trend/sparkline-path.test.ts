import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Interpolation } from '#domain/interpolation.ts'
import { seriesOf } from './samples.ts'
import { sparklinePath } from './sparkline-path.ts'

const series = (points: readonly (readonly [number, number | null])[], interpolation: Interpolation = 'sloped') => ({
  times: points.map(([at]) => at),
  values: points.map(([, value]) => value),
  truncated: false,
  interpolation,
})

test('a spike of one sample among a thousand is drawn', () => {
  const points = Array.from({ length: 1000 }, (_, at) => [at, at === 500 ? 100 : 0] as const)
  const path = sparklinePath(series(points), 0, 1000, 100, 28)
  assert.match(path, /L50 1\.0/)
  assert.match(path, /L51 27\.0/)
})

test('a gap lifts the pen and the last value reaches the right edge', () => {
  const path = sparklinePath(
    series([
      [0, 1],
      [10, 2],
      [20, null],
      [30, 1],
      [40, 2],
    ]),
    0,
    100,
    100,
    28,
  )
  assert.equal(path.match(/M/g)?.length, 2)
  assert.match(path, /H100$/)
})

test('a state steps, a polled value slopes', () => {
  const points = [
    [0, 0],
    [50, 1],
  ] as const
  assert.equal(sparklinePath(series(points, 'stepped'), 0, 100, 100, 28), 'M0 27.0H50V1.0H100')
  assert.equal(sparklinePath(series(points, 'sloped'), 0, 100, 100, 28), 'M0 27.0L50 1.0H100')
})

test('nothing known, nothing drawn; a constant stands in the middle', () => {
  assert.equal(sparklinePath(series([[1, null]]), 0, 10, 100, 28), '')
  assert.equal(sparklinePath(series([]), 0, 10, 100, 28), '')
  assert.equal(sparklinePath(series([[1, 5]]), 0, 10, 100, 28), 'M10 14.0H100')
})

test('samples become numbers: states 0 and 1, bad ones and words gaps', () => {
  const made = seriesOf(
    [
      [1_000_000, true, 0],
      [2_000_000, 5, 2],
      [3_000_000, 'text', 0],
      [4_000_000, '12', 0],
      [5_000_000, null, 0],
    ],
    'stepped',
    false,
  )
  assert.deepEqual(made, { times: [1, 2, 3, 4, 5], values: [1, null, null, 12, null], truncated: false, interpolation: 'stepped' })
})
