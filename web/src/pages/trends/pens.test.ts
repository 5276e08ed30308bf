import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Tag } from '../../api/replies.ts'
import { alignPens, csvOf, type Pen, valueAt } from './pens.ts'

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

test('a spreadsheet with quotes, and no formula in it', () => {
  const text = csvOf([pen('=cmd', [[1, -5]]), pen('a, "b"', [[2, null]])], (at) => `t${at}`, 'Time')
  assert.equal(text, `Time,'=cmd,"a, ""b"""\r\nt1,-5,\r\nt2,,\r\n`)
})
