import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { firstOut, type FloodShare } from './first-out.ts'

interface Alarm {
  readonly id: number
  readonly deviceId: number
  readonly raisedAt: number
}

const alarm = (id: number, deviceId: number, raisedAt: number): Alarm => ({ id, deviceId, raisedAt })

const sharesOf = (alarms: readonly Alarm[]): FloodShare[] =>
  Array.from(Map.groupBy(alarms, (one) => one.deviceId).entries(), ([deviceId, own]) => {
    const first = own.toSorted((a, b) => a.raisedAt - b.raisedAt || a.id - b.id)[0]
    return { deviceId, alarms: own.length, firstId: first?.id ?? 0, firstAt: first?.raisedAt ?? 0 }
  })

test('without relations the first in time is the first out', () => {
  assert.equal(firstOut([], new Map()), undefined)
  assert.equal(firstOut(sharesOf([alarm(1, 1, 30), alarm(2, 2, 10), alarm(3, 2, 20)]), new Map())?.firstId, 2)
})

test('a switch tells why its eleven pumps fell silent, although they were missed before it, and a stray alarm before all', () => {
  const [STRAY, SWITCH] = [99, 50]
  const pumps = Array.from({ length: 11 }, (_, index) => index + 1)
  const fedBy = new Map(pumps.map((pump) => [pump, SWITCH]))
  const lost = pumps.map((pump) => alarm(pump, pump, 100 + pump))
  assert.equal(firstOut(sharesOf([alarm(90, STRAY, 1), ...lost, alarm(91, SWITCH, 500)]), fedBy)?.firstId, 91)
  // until the switch itself is missed, the first of its pumps
  assert.equal(firstOut(sharesOf([alarm(90, STRAY, 1), ...lost]), fedBy)?.firstId, 1)
})

test('of a chain the device furthest upstream with an alarm counts; of two plants the one with more alarms', () => {
  // 1 feeds 2 feeds 3; 10 feeds 11
  const fedBy = new Map([
    [2, 1],
    [3, 2],
    [11, 10],
  ])
  assert.equal(firstOut(sharesOf([alarm(1, 3, 10), alarm(2, 2, 20), alarm(3, 10, 5), alarm(4, 3, 21)]), fedBy)?.firstId, 2)
})

test('whatever the relations are, circles included, there is one among the alarms, and their order does not matter', () => {
  const alarms = fc.array(fc.record({ deviceId: fc.integer({ min: 1, max: 6 }), raisedAt: fc.integer({ min: 0, max: 50 }) }), {
    minLength: 1,
  })
  const relations = fc.array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 })))
  const property = fc.property(alarms, relations, (some, feeds) => {
    const all = sharesOf(some.map((one, id) => ({ ...one, id })))
    const found = firstOut(all, new Map(feeds))
    assert.ok(found !== undefined && all.includes(found))
    assert.deepEqual(firstOut(all.toReversed(), new Map(feeds)), found)
  })
  fc.assert(property, { numRuns: 500 })
})
