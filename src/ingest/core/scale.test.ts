import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { scaleValue } from './scale.ts'

test('short decimals stay short', () => {
  assert.equal(scaleValue(3, { scale: 0.1, offset: 0 }), 0.3)
  assert.equal(scaleValue(12_345, { scale: 0.001, offset: 0 }), 12.345)
  assert.equal(scaleValue(-7, { scale: -0.01, offset: 0 }), 0.07)
  assert.equal(scaleValue(27_648, { scale: 2, offset: -40 }), 55_256)
})

test('the result is raw * scale + offset to the last digit but one', () => {
  const real = fc.double({ min: -1e9, max: 1e9, noNaN: true })
  fc.assert(
    fc.property(real, real, real, (raw, scale, offset) => {
      const exact = raw * scale + offset
      const got = Number(scaleValue(raw, { scale, offset }))
      assert.ok(Math.abs(got - exact) <= Math.abs(raw * scale) * 4.5e-16 + Math.abs(exact) * 4.5e-16)
    }),
  )
})

test('what cannot be scaled passes unharmed', () => {
  for (const value of [true, false, 'text', null]) assert.equal(scaleValue(value, { scale: 10, offset: 5 }), value)
  assert.equal(scaleValue(2n ** 60n + 1n, { scale: 1, offset: 0 }), 2n ** 60n + 1n)
  assert.equal(scaleValue(2n ** 60n, { scale: 0.5, offset: 1 }), 2 ** 59 + 1)
  assert.ok(Number.isNaN(scaleValue(Number.NaN, { scale: 0.1, offset: 0 })))
})
