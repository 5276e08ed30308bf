import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { curveAt } from './curve.ts'
import { curveVerdict } from './curve-verdict.ts'
import { fitCurve, type MeasuredPoints } from './fit-curve.ts'
import { PointCloud } from './point-cloud.ts'

/** A pump: pressure falls with the square of the flow. */
const pump = (flow: number): number => 6 - 0.0001 * flow * flow

function measured(count: number, y: (x: number, index: number) => number): MeasuredPoints {
  const x = Array.from({ length: count }, (_, index) => 50 + ((index * 37) % 151))
  return { x, y: x.map(y), seconds: x.map(() => 1) }
}

test('a curve fitted through what was measured lies on it, from end to end', () => {
  const fitted = fitCurve(
    measured(3000, (x) => pump(x)),
    12,
  )
  assert.ok(fitted !== undefined)
  assert.equal(fitted.points[0]?.[0], 50)
  assert.equal(fitted.points.at(-1)?.[0], 200)
  for (const [x, y] of fitted.points) assert.ok(Math.abs(y - pump(x)) < 0.05, `${x}: ${y} and not ${pump(x)}`)
  assert.ok(fitted.tolerance < 0.06)
})

test('a tenth of the time anywhere else moves neither the line nor the band', () => {
  const clean = fitCurve(
    measured(3000, (x) => pump(x)),
    8,
  )
  const fitted = fitCurve(
    measured(3000, (x, index) => (index % 30 === 0 ? 0 : pump(x))),
    8,
  )
  assert.ok(clean !== undefined && fitted !== undefined)
  for (const [x, y] of clean.points) assert.ok(Math.abs((curveAt(fitted.points, x) ?? Number.NaN) - y) < 0.05)
  assert.ok(fitted.tolerance < 0.05, `${fitted.tolerance}`)
})

test('whatever was measured: points ascend, and the band holds nine tenths of the time on the curve', () => {
  const value = fc.double({ min: -1e4, max: 1e4, noNaN: true })
  const row = fc.record({ x: value, y: value, seconds: fc.double({ min: 0.1, max: 100, noNaN: true }) })
  fc.assert(
    fc.property(fc.array(row, { minLength: 2, maxLength: 200 }), fc.integer({ min: 2, max: 20 }), (rows, count) => {
      const points = { x: rows.map((one) => one.x), y: rows.map((one) => one.y), seconds: rows.map((one) => one.seconds) }
      const fitted = fitCurve(points, count)
      if (fitted === undefined) return
      assert.ok(fitted.points.every(([x], index) => index === 0 || x > (fitted.points[index - 1]?.[0] ?? x)))
      const time = { inside: 0, outside: 0, beyond: 0 }
      const most = Math.max(...points.seconds)
      const band = { points: fitted.points, tolerance: fitted.tolerance, percent: false }
      for (const { x, y, seconds } of rows) time[curveVerdict(band, x, y)] += seconds
      // one point cannot be split
      assert.ok(time.outside <= 0.1 * (time.inside + time.outside) + most, JSON.stringify({ fitted, time }))
    }),
  )
})

test('an x that stood still, or nothing at all, makes no curve', () => {
  assert.equal(fitCurve({ x: [], y: [], seconds: [] }, 8), undefined)
  assert.equal(fitCurve({ x: [5, 5], y: [1, 2], seconds: [1, 1] }, 8), undefined)
})

test('a band in % is offered only where the line never touches 0', () => {
  const of = (y: (x: number) => number): number | null | undefined => fitCurve(measured(500, y), 6)?.percent
  assert.equal(
    of((x) => x - 100),
    null,
  )
  assert.equal(
    of((x) => x),
    0,
  )
})

test('a cloud keeps every second and the worst of each moment', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 300 }),
      fc.integer({ min: 2, max: 50 }),
      (ys, most) => {
        const cloud = new PointCloud(0, most, (_, y) => y)
        for (const [index, y] of ys.entries()) cloud.add(index * 1_000_000, (index + 1) * 1_000_000, 1, y)
        const { at, y, seconds } = cloud.end()
        assert.ok(Math.abs(seconds.reduce((a, b) => a + b, 0) - ys.length) < 1e-6)
        assert.equal(Math.max(...y), Math.max(...ys))
        assert.equal(Math.min(...y), Math.min(...ys))
        assert.ok(y.length <= most)
        assert.deepEqual(
          at,
          at.toSorted((a, b) => a - b),
        )
      },
    ),
  )
})
