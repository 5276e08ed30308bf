import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Tag } from '../../api/replies.ts'
import { alignPens, csvOf, heldPen, isInterpolated, type Pen, valueAt } from './pens.ts'

const pen = (label: string, points: readonly (readonly [number, number | null])[]): Pen => ({
  tag: { id: 1, name: label, unit: '', kind: 'analog', decimals: 1 } as Tag,
  label,
  look: 1,
  earlier: false,
  times: points.map(([at]) => at),
  values: points.map(([, value]) => value),
  qualities: [],
  minimum: [],
  maximum: [],
  interpolation: 'stepped',
  held: null,
})

test('lines share one axis; a gap is null, nothing there is undefined', () => {
  const { times, lines } = alignPens([
    pen('a', [
      [1, 10],
      [3, null],
    ]),
    pen('b', [
      [2, 20],
      [3, 30],
    ]),
  ])
  assert.deepEqual(times, [1, 2, 3])
  assert.deepEqual(lines, [
    [10, undefined, null],
    [undefined, 20, 30],
  ])
})

test('the cursor shows the last value at or before it', () => {
  const line = pen('a', [
    [1, 10],
    [5, null],
    [9, 90],
  ])
  assert.deepEqual(
    [0, 1, 4, 5, 8, 100].map((at) => valueAt(line, at)),
    [null, 10, 10, null, null, 90],
  )
})

test('between two samples the cursor shows what a sloped line shows, and says that nobody measured it', () => {
  const samples = { qualities: [0, 0, 2, 0], interpolation: 'sloped' } as const
  const made = pen('a', [
    [1, 10],
    [5, 30],
    [9, null],
    [11, 90],
  ])
  const shown = (line: Pen): unknown => [0, 1, 2, 5, 6, 9, 10, 100].map((at) => [valueAt(line, at), isInterpolated(line, at)])
  const at = (value: number | null, between = false): unknown => [value, between]
  const held = [at(null), at(10), at(10), at(30), at(30), at(null), at(null), at(90)]
  assert.deepEqual(shown({ ...made, ...samples }), held.with(2, at(15, true)))
  assert.deepEqual(shown({ ...made, ...samples, interpolation: 'stepped' }), held)
  // the figure of a bucket is that of all of it
  assert.deepEqual(shown({ ...made, interpolation: 'sloped' }), held)
})

test('a spreadsheet with quotes, and no formula in it', () => {
  const text = csvOf([pen('=cmd', [[1, -5]]), pen('a, "b"', [[2, null]])], (at) => `t${at}`, 'Time')
  assert.equal(text, `Time,'=cmd,"a, ""b"""\r\nt1,-5,\r\nt2,,\r\n`)
})

test('a line of samples holds from edge to edge of the period, but not over what is Bad, nor beyond what the device told', () => {
  const samples = (points: Parameters<typeof pen>[1], held: number | null): Pen => ({
    ...pen('a', points),
    qualities: points.map(() => 2),
    held,
  })
  const told = (line: Pen): unknown => line.times.map((at, index) => [at, line.values[index], line.qualities[index]])
  const nothingCame = heldPen(samples([], 7), 0, 9)
  assert.deepEqual(
    [nothingCame.times, nothingCame.values],
    [
      [0, 9],
      [7, 7],
    ],
  )
  assert.deepEqual(told(heldPen(samples([[3, 30]], 7), 0, 9)), [
    [0, 7, 0],
    [3, 30, 2],
    [9, 30, 2],
  ])
  assert.deepEqual(told(heldPen(samples([[0, 30]], 7), 0, 9)), [
    [0, 30, 2],
    [9, 30, 2],
  ])
  assert.deepEqual(
    heldPen(
      samples(
        [
          [3, 30],
          [5, null],
        ],
        null,
      ),
      0,
      9,
    ).times,
    [3, 5],
  )
  assert.deepEqual(heldPen(samples([[3, 30]], null), 0, 2).times, [3])
  assert.deepEqual(heldPen(samples([], null), 0, 9).times, [])
  assert.deepEqual(heldPen(pen('buckets', [[3, 30]]), 0, 9).times, [3])
})
