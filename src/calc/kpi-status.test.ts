import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { kpiStatus, kpiTargetOf } from './kpi-status.ts'

test('the edge of the tolerance is green, twice of it amber, beyond red; no value is no status', () => {
  const target = { target: 10, tolerance: 2 }
  for (const [value, status] of [
    [8, 'green'],
    [12, 'green'],
    [12.1, 'amber'],
    [14, 'amber'],
    [14.1, 'red'],
    [-90, 'red'],
    [Number.NaN, 'none'],
  ] as const)
    assert.equal(kpiStatus(value, target, 'none'), status, String(value))
  assert.equal(kpiStatus(10, target, 'returned'), 'amber')
})

test('without a target its alarms decide', () => {
  assert.equal(kpiStatus(1, null, 'none'), 'green')
  assert.equal(kpiStatus(1, null, 'returned'), 'amber')
  assert.equal(kpiStatus(1, null, 'standing'), 'red')
})

test('a deviation is in % of the target, on both sides of 0', () => {
  assert.deepEqual(kpiTargetOf({ kind: 'deviation', target: -50, setpoint: 10 }), { target: -50, tolerance: 5 })
  assert.deepEqual(kpiTargetOf({ kind: 'out_of_band', target: 3, setpoint: 1 }), { target: 3, tolerance: 1 })
  assert.equal(kpiTargetOf({ kind: 'threshold', target: null, setpoint: 1 }), null)
})

test('further away is never better', () => {
  const order = ['green', 'amber', 'red']
  const number = fc.double({ min: 0, max: 1000, noNaN: true })
  fc.assert(
    fc.property(number, number, number, (near, more, tolerance) => {
      const at = (far: number): number => order.indexOf(kpiStatus(5 + far, { target: 5, tolerance }, 'none'))
      assert.ok(at(near) <= at(near + more))
    }),
  )
})
