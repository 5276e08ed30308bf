import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { PairWalk } from './pair-walk.ts'

type Reading = readonly [at: number, value: number | null]

/** What held at an instant, looked up anew each time. */
function heldAt(readings: readonly Reading[], at: number): number | null {
  return readings.findLast(([time]) => time <= at)?.[1] ?? null
}

test('at every instant the walk says what held', () => {
  const tag = fc.uniqueArray(fc.tuple(fc.integer({ min: -5, max: 40 }), fc.option(fc.integer({ min: 0, max: 3 }))), {
    selector: ([at]) => at,
    maxLength: 12,
  })
  fc.assert(
    fc.property(tag, tag, (first, second) => {
      const xs = first.toSorted((a, b) => a[0] - b[0])
      const ys = second.toSorted((a, b) => a[0] - b[0])
      const told = new Map<number, readonly [number, number]>()
      const walk = new PairWalk(0, 30, (from, until, x, y) => {
        for (let at = from; at < until; at++) {
          assert.ok(!told.has(at), `${at} twice`)
          told.set(at, [x, y])
        }
      })
      const all = [...xs.map((one) => ['x', ...one] as const), ...ys.map((one) => ['y', ...one] as const)]
      for (const [axis, at, value] of all.toSorted((a, b) => a[1] - b[1])) walk.set(axis, at, value)
      walk.end()
      for (let at = -6; at < 42; at++) {
        const [x, y] = [heldAt(xs, at), heldAt(ys, at)]
        assert.deepEqual(told.get(at), at >= 0 && at < 30 && x !== null && y !== null ? [x, y] : undefined, `at ${at}`)
      }
    }),
  )
})
