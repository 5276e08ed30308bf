import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { CurvePoint } from '#domain/alarm.ts'
import { addPoint, movePoint, niceStep, removePoint } from '../../../widgets/curve/move-point.ts'
import { edited, freshCurve, lineOf, measuredIn, undone, type Edits } from './curve-draft.ts'

const start: Edits = { present: freshCurve(), past: [], kind: '', at: 0 }

test('a drag is undone as one edit, two edits as two', () => {
  let edits = edited(start, { tolerance: 1 }, 'drag', 1000)
  edits = edited(edits, { tolerance: 2 }, 'drag', 1100)
  edits = edited(edits, { tolerance: 3 }, 'drag', 1800)
  assert.equal(undone(edits).present.tolerance, 10)
  edits = edited(edits, { tolerance: 4 }, 'table', 1810)
  assert.equal(undone(edits).present.tolerance, 3)
  assert.equal(undone(undone(edits)).present.tolerance, 10)
  assert.equal(undone(start), start)
})

test('two points at one x, or a number that is none, make no line', () => {
  const of = (points: CurvePoint[], tolerance = 1): boolean => lineOf({ ...freshCurve(), points, tolerance }) !== null
  assert.ok(
    of([
      [3, 1],
      [1, 2],
    ]),
  )
  assert.ok(
    !of([
      [1, 1],
      [1, 2],
    ]),
  )
  assert.ok(!of([[1, 1]]))
  assert.ok(
    !of(
      [
        [3, 1],
        [1, 2],
      ],
      -1,
    ),
  )
  assert.ok(
    !of([
      [Number.NaN, 1],
      [1, 2],
    ]),
  )
})

test('wherever a point is dragged to, the others stay and the order of x stays', () => {
  const bounds = { x: [0, 100], y: [-50, 50] } as const
  const points: readonly CurvePoint[] = [
    [10, 1],
    [40, 2],
    [40.01, 3],
    [90, 4],
  ]
  const far = fc.double({ min: -500, max: 500, noNaN: true })
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3 }), far, far, (index, x, y) => {
      const moved = movePoint(points, index, [x, y], bounds)
      assert.deepEqual(
        moved.filter((_, at) => at !== index),
        points.filter((_, at) => at !== index),
      )
      assert.ok(
        moved.every(([at], one) => one === 0 || at > (moved[one - 1]?.[0] ?? at)),
        JSON.stringify(moved),
      )
    }),
  )
})

test('points come in the middle of a segment, and two always stay', () => {
  const two: readonly CurvePoint[] = [
    [0, 0],
    [10, 20],
  ]
  assert.deepEqual(addPoint(two, 0), {
    points: [
      [0, 0],
      [5, 10],
      [10, 20],
    ],
    index: 1,
  })
  assert.deepEqual(addPoint(two, 1).points.length, 3)
  assert.equal(removePoint(two, 0), two)
  assert.equal(removePoint(addPoint(two, 0).points, 1).length, 2)
})

test('steps are those that people read', () => {
  for (const [about, step] of [
    [0.9, 1],
    [0.03, 0.02],
    [7.6, 10],
    [0, 1],
  ] as const)
    assert.equal(niceStep(about), step)
})

test('the units of the tags stay when everything is undone', () => {
  const fresh = { present: freshCurve(), past: [], kind: '', at: 0 }
  const moved = edited(fresh, { tolerance: 8 }, 'tolerance', 1)
  const back = undone(measuredIn(moved, { xUnit: 'm³/h', yUnit: 'bar' }))
  assert.deepEqual(back.present, { ...freshCurve(), xUnit: 'm³/h', yUnit: 'bar' })
  assert.deepEqual(undone(back), back)
})
