import assert from 'node:assert/strict'
import { test } from 'node:test'
import { interpolate, interpolationOf } from './interpolation.ts'

test('OPC UA Part 13, 3.1.6: the table of interpolation', () => {
  const raw = [
    { at: 0, value: 10 },
    { at: 10, value: 20 },
    { at: 20, value: 30 },
  ]
  const told = [
    [0, 10, 10],
    [5, 15, 10],
    [8, 18, 10],
    [15, 25, 20],
    // held beyond the last one: SteppedExtrapolation for both
    [25, 30, 30],
  ] as const
  for (const [at, sloped, stepped] of told) {
    const before = raw.findLast((point) => point.at <= at)
    const after = raw.find((point) => point.at > at)
    assert.equal(interpolate(at, before, after, 'sloped'), sloped)
    assert.equal(interpolate(at, before, after, 'stepped'), stepped)
  }
})

test('towards what is Bad a value holds, and after it there is none', () => {
  for (const interpolation of ['sloped', 'stepped'] as const) {
    assert.equal(interpolate(5, { at: 0, value: 10 }, { at: 10, value: null }, interpolation), 10)
    assert.equal(interpolate(5, { at: 0, value: null }, { at: 10, value: 20 }, interpolation), null)
    assert.equal(interpolate(5, undefined, { at: 10, value: 20 }, interpolation), null)
  }
})

test('what is polled slopes; states, texts, formulas and what tells its changes alone step', () => {
  const found = (['analog', 'counter', 'digital', 'text'] as const).map((kind) =>
    [interpolationOf({ kind }, false), interpolationOf({ kind }, true), interpolationOf({ kind, formula: '1' }, false)].join(' '),
  )
  const [sloped, never] = ['sloped stepped stepped', 'stepped stepped stepped']
  assert.deepEqual(found, [sloped, sloped, never, never])
})
