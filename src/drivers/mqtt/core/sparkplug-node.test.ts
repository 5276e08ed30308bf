import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type OutgoingMetric, writePayload } from './sparkplug-encode.ts'
import { type NodeEvent, SparkplugNode } from './sparkplug-node.ts'
import { DataType, readPayload } from './sparkplug-payload.ts'
import type { MessageType } from './sparkplug-topic.ts'

const SECOND = 1_000_000

/** A node and a pen that writes its messages; the clock runs in seconds. */
function rig(reorderMillis = 3000) {
  const node = new SparkplugNode(reorderMillis)
  const say = (
    type: MessageType,
    seq: number | undefined,
    metrics: readonly OutgoingMetric[],
    more: { device?: string; at?: number; timestamp?: number } = {},
  ): NodeEvent[] => {
    const { device = null, at = 0, timestamp = at * 1000 } = more
    const payload = readPayload(writePayload({ timestamp, metrics, ...(seq === undefined ? {} : { seq }) }))
    assert.ok(payload)
    return node.receive({ type, deviceId: device, payload, receivedAt: at * SECOND })
  }
  const bdSeq = (value: number): OutgoingMetric => ({ name: 'bdSeq', dataType: DataType.Int64, value })
  return { node, say, bdSeq }
}

const speed = (alias: number, value: number): OutgoingMetric => ({ name: 'Speed', alias, dataType: DataType.Int32, value })
const values = (events: readonly NodeEvent[]): string[] =>
  events.flatMap((event) =>
    event.kind === 'metrics'
      ? event.metrics.map(({ definition, metric, late }) => `${definition.name}=${JSON.stringify(metric.value)}${late ? ' late' : ''}`)
      : [],
  )
const kinds = (events: readonly NodeEvent[]): string[] => events.map((event) => (event.kind === 'counted' ? event.name : event.kind))

test('birth, data by alias, device birth, data, device death, node death', () => {
  const { node, say, bdSeq } = rig()
  assert.deepEqual(values(say('NBIRTH', 0, [bdSeq(4), speed(1, 10)])), ['bdSeq=4', 'Speed=10'])
  assert.deepEqual(values(say('NDATA', 1, [{ alias: 1, value: 11 }])), ['Speed=11'])
  assert.deepEqual(kinds(say('DBIRTH', 2, [{ name: 'Flow', alias: 2, dataType: DataType.Int32, value: 1 }], { device: 'P1' })), [
    'born',
    'metrics',
  ])
  assert.deepEqual(values(say('DDATA', 3, [{ alias: 2, value: 2 }], { device: 'P1' })), ['Flow=2'])
  assert.deepEqual(node.devices, ['P1'])
  assert.deepEqual(say('DDEATH', 4, [], { device: 'P1', at: 9 }), [{ kind: 'died', deviceId: 'P1', at: 9 * SECOND }])
  assert.deepEqual(say('NDEATH', undefined, [bdSeq(4)], { at: 10 }), [{ kind: 'died', deviceId: null, at: 10 * SECOND }])
  assert.equal(node.state, 'dead')
})

test('an alias of one device is none of another, and none of a former birth', () => {
  const { say, bdSeq } = rig()
  say('NBIRTH', 0, [bdSeq(0)])
  say('DBIRTH', 1, [{ name: 'A', alias: 5, dataType: DataType.Int32, value: 1 }], { device: 'P1' })
  say('DBIRTH', 2, [{ name: 'B', alias: 6, dataType: DataType.Int32, value: 1 }], { device: 'P2' })
  assert.deepEqual(kinds(say('DDATA', 3, [{ alias: 5, value: 2 }], { device: 'P2' })), ['unknown_metrics', 'rebirth'])
  say('DBIRTH', 4, [{ name: 'A', alias: 7, dataType: DataType.Int32, value: 1 }], { device: 'P1' })
  assert.deepEqual(kinds(say('DDATA', 5, [{ alias: 5, value: 2 }], { device: 'P1' })), ['unknown_metrics', 'rebirth'])
})

test('a rebirth keeps its bdSeq; the death of a former session and the birth of one that has died are ignored', () => {
  const { node, say, bdSeq } = rig()
  say('NBIRTH', 0, [bdSeq(7)], { at: 1 })
  assert.deepEqual(kinds(say('NBIRTH', 0, [bdSeq(7)], { at: 2 })), ['born', 'metrics'])
  assert.deepEqual(kinds(say('NDEATH', undefined, [bdSeq(6)], { at: 3 })), ['stale_deaths'])
  assert.equal(node.state, 'alive')
  // the death of session 8 overtook its birth
  assert.deepEqual(kinds(say('NDEATH', undefined, [bdSeq(8)], { at: 4 })), ['died'])
  assert.deepEqual(kinds(say('NBIRTH', 0, [bdSeq(8)], { at: 5 })), ['stale_births', 'rebirth'])
  assert.equal(node.state, 'dead')
  // a node whose bdSeq never changes answers the request all the same
  node.rebirthAsked()
  assert.deepEqual(kinds(say('NBIRTH', 0, [bdSeq(8)], { at: 6 })), ['born', 'metrics'])
  assert.deepEqual(kinds(say('NBIRTH', 0, [bdSeq(3)], { at: 2 })), ['stale_births'], 'older, and neither this session nor the next')
})

test('messages that overtook each other are put in order within the reorder time-out, over the turn from 255 to 0', () => {
  const { say, bdSeq } = rig()
  say('NBIRTH', 254, [bdSeq(0), speed(1, 0)])
  assert.deepEqual(values(say('NDATA', 1, [{ alias: 1, value: 3 }])), [])
  assert.deepEqual(values(say('NDATA', 0, [{ alias: 1, value: 2 }])), [])
  assert.deepEqual(values(say('NDATA', 255, [{ alias: 1, value: 1 }])), ['Speed=1', 'Speed=2', 'Speed=3'])
})

test('any order of messages within the window comes out in order', () => {
  const order = fc.shuffledSubarray(
    Array.from({ length: 20 }, (_, index) => index),
    { minLength: 20 },
  )
  fc.assert(
    fc.property(order, fc.nat(255), (sequence, first) => {
      const { say, bdSeq } = rig()
      say('NBIRTH', first, [bdSeq(0), speed(1, -1)])
      const seen = sequence.flatMap((index) => values(say('NDATA', (first + 1 + index) & 255, [{ alias: 1, value: index }], { at: 1 })))
      assert.deepEqual(
        seen,
        sequence.toSorted((a, b) => a - b).map((index) => `Speed=${index}`),
      )
    }),
  )
})

test('a message that never comes: rebirth, and what followed is history once the birth vouches for its aliases', () => {
  const { node, say, bdSeq } = rig(3000)
  say('NBIRTH', 0, [bdSeq(0), speed(1, 0), { name: 'Level', alias: 2, dataType: DataType.Int32, value: 0 }])
  say(
    'NDATA',
    2,
    [
      { alias: 1, value: 5 },
      { alias: 2, value: 50 },
    ],
    { at: 1 },
  )
  assert.deepEqual(node.tick(3.9 * SECOND), [])
  const gap = node.tick(4 * SECOND)
  assert.ok(kinds(gap).includes('sequence_gaps') && kinds(gap).includes('rebirth'))
  assert.equal(node.isCertain, false)
  assert.deepEqual(values(say('NDATA', 3, [{ alias: 1, value: 6 }], { at: 5 })), [], 'no value under an alias in doubt')
  // alias 2 now means something else: its value is not believed
  const birth = say('NBIRTH', 0, [bdSeq(0), speed(1, 7), { name: 'Pressure', alias: 2, dataType: DataType.Int32, value: 9 }], { at: 6 })
  assert.deepEqual(values(birth), ['Speed=5 late', 'Speed=6 late', 'bdSeq=0', 'Speed=7', 'Pressure=9'])
  assert.equal(node.isCertain, true)
})

test('after a new session nothing of the old one is believed', () => {
  const { node, say, bdSeq } = rig(3000)
  say('NBIRTH', 0, [bdSeq(0), speed(1, 0)])
  say('NDATA', 2, [{ alias: 1, value: 5 }], { at: 1 })
  node.tick(4 * SECOND)
  assert.deepEqual(values(say('NBIRTH', 0, [bdSeq(1), speed(1, 7)], { at: 6 })), ['bdSeq=1', 'Speed=7'])
})

test('data before a birth waits, then a rebirth is wanted; values that say their own name and type count', () => {
  const { node, say, bdSeq } = rig(3000)
  assert.deepEqual(say('NDATA', 1, [{ alias: 1, value: 1 }], { at: 1 }), [])
  assert.deepEqual(kinds(node.tick(4 * SECOND)), ['rebirth'])
  assert.deepEqual(values(say('NDATA', 3, [{ name: 'Speed', dataType: DataType.Int32, value: 9 }], { at: 4 })), ['Speed=9'])
  node.tick(8 * SECOND)
  // the birth was overtaken by the data that followed it
  say('NDATA', 1, [{ alias: 1, value: 2 }], { at: 9 })
  assert.deepEqual(values(say('NBIRTH', 0, [bdSeq(0), speed(1, 0)], { at: 9 })), ['bdSeq=0', 'Speed=0', 'Speed=2'])
})

test('devices of a node that was born again are told dead if they do not follow', () => {
  const { node, say, bdSeq } = rig()
  say('NBIRTH', 0, [bdSeq(0)])
  say('DBIRTH', 1, [speed(1, 1)], { device: 'P1' })
  say('DBIRTH', 2, [speed(2, 1)], { device: 'P2' })
  say('NBIRTH', 0, [bdSeq(0)], { at: 1 })
  say('DBIRTH', 1, [speed(1, 1)], { device: 'P1', at: 2 })
  assert.deepEqual(node.tick(10 * SECOND), [])
  assert.deepEqual(node.tick(11 * SECOND), [{ kind: 'died', deviceId: 'P2', at: 11 * SECOND }])
})

test('a message that the broker delivers twice counts once; bytes that are no payload want a rebirth', () => {
  const { node, say, bdSeq } = rig()
  say('NBIRTH', 0, [bdSeq(0), speed(1, 0)], { at: 1 })
  say('NDATA', 1, [{ alias: 1, value: 1 }], { at: 2 })
  assert.deepEqual(kinds(say('NDATA', 1, [{ alias: 1, value: 1 }], { at: 2 })), ['duplicates'])
  assert.deepEqual(kinds(node.receiveBroken()), ['rebirth'])
  assert.equal(node.isCertain, false)
})

test('whatever comes in whatever order: no crash, memory bounded, no value under an alias that its device does not have', () => {
  const message = fc.record({
    type: fc.constantFrom<MessageType>('NBIRTH', 'NDEATH', 'DBIRTH', 'DDEATH', 'NDATA', 'DDATA'),
    seq: fc.nat(255),
    alias: fc.nat(3),
    device: fc.constantFrom('P1', 'P2'),
    session: fc.nat(3),
    at: fc.nat(60),
  })
  fc.assert(
    fc.property(fc.array(message, { maxLength: 60 }), (messages) => {
      const { node, say, bdSeq } = rig()
      for (const { type, seq, alias, device, session, at } of messages) {
        const ofDevice = type.startsWith('D')
        const owner = ofDevice ? device : 'node'
        const metrics = type.endsWith('BIRTH')
          ? [...(ofDevice ? [] : [bdSeq(session)]), { name: `${owner}.${alias}`, alias, dataType: DataType.Int32, value: 1 }]
          : type === 'NDEATH'
            ? [bdSeq(session)]
            : [{ alias, value: 2 }]
        const events = [...say(type, seq, metrics, { at, ...(ofDevice ? { device } : {}) }), ...node.tick(at * SECOND)]
        for (const event of events) {
          if (event.kind !== 'metrics') continue
          for (const { definition } of event.metrics)
            assert.ok(definition.name === 'bdSeq' || definition.name.startsWith(event.deviceId ?? 'node'))
        }
      }
    }),
    { numRuns: 500 },
  )
})
