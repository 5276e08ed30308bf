import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limitOf } from './alarm-limit.ts'

test('a limit is told with its sign and in its unit, and no zero of a kind that has none', () => {
  const alarm = { operator: null, setpoint: 8, target: null, unit: 'bar' }
  assert.deepEqual(limitOf({ ...alarm, kind: 'threshold', operator: '>' }), { sign: '>', value: 8, unit: 'bar', around: null })
  assert.deepEqual(limitOf({ ...alarm, kind: 'deviation', target: 50 }), { sign: '±', value: 8, unit: '%', around: 50 })
  assert.deepEqual(limitOf({ ...alarm, kind: 'out_of_band', target: 0 }), { sign: '±', value: 8, unit: 'bar', around: 0 })
  for (const kind of ['curve', 'digital', 'stale', 'bad_quality', 'communication_loss'])
    assert.equal(limitOf({ ...alarm, kind, setpoint: 0 }), null, kind)
  assert.equal(limitOf({ ...alarm, kind: 'threshold', operator: '>', setpoint: null }), null)
})
