import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Interpolation } from '#domain/interpolation.ts'
import { heldOver } from './held-over.ts'
import { seriesOf } from './samples.ts'
import { sparklinePath } from './sparkline-path.ts'

const series = (points: readonly (readonly [number, number | null])[], interpolation: Interpolation = 'sloped') => ({
  times: points.map(([at]) => at),
  values: points.map(([, value]) => value),
  truncated: false,
  held: null,
  interpolation,
})

test('a spike of one sample among a thousand is drawn', () => {
  const points = Array.from({ length: 1000 }, (_, at) => [at, at === 500 ? 100 : 0] as const)
  const path = sparklinePath(series(points), 0, 1000, 100, 28)
  assert.match(path, /L50 1\.0/)
  assert.match(path, /L51 27\.0/)
})

test('a gap lifts the pen', () => {
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
  assert.match(path, /L40 1\.0$/)
})

test('a state steps, a polled value slopes', () => {
  const points = [
    [0, 0],
    [50, 1],
  ] as const
  assert.equal(sparklinePath(series(points, 'stepped'), 0, 100, 100, 28), 'M0 27.0H50V1.0')
  assert.equal(sparklinePath(series(points, 'sloped'), 0, 100, 100, 28), 'M0 27.0L50 1.0')
})

test('what did not change in the period is a line from edge to edge, as far as the device told it', () => {
  const constant = { ...series([], 'stepped'), held: 5 }
  const drawn = (until: number): string => sparklinePath(heldOver(constant, 0, until), 0, 100, 100, 28)
  assert.equal(drawn(100), 'M0 14.0H100V14.0')
  assert.equal(drawn(40), 'M0 14.0H40V14.0')
  assert.equal(drawn(-5), '')
})

test('nothing known, nothing drawn; a constant stands in the middle', () => {
  assert.equal(sparklinePath(series([[1, null]]), 0, 10, 100, 28), '')
  assert.equal(sparklinePath(series([]), 0, 10, 100, 28), '')
  assert.equal(sparklinePath(series([[1, 5]]), 0, 10, 100, 28), 'M10 14.0')
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
    { interpolation: 'stepped', held: 7, truncated: false },
  )
  assert.deepEqual(made, { times: [1, 2, 3, 4, 5], values: [1, null, null, 12, null], truncated: false, held: 7, interpolation: 'stepped' })
})
