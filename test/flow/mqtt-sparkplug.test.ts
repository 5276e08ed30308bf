import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { connectAsync } from 'mqtt'
import { hasFlag, QualityFlag } from '#domain/sample.ts'
import { type OutgoingMetric, writePayload } from '#drivers/mqtt/core/sparkplug-encode.ts'
import { DataType } from '#drivers/mqtt/core/sparkplug-payload.ts'
import { createDriver } from '#drivers/mqtt/driver.ts'
import { SimulatedSparkplugNode } from '../../simulator/sparkplug-node.ts'
import { until } from '../support/installation.ts'
import { startMosquitto } from '../support/mosquitto.ts'
import { mqttPlan } from '../support/mqtt-device.ts'
import { type RecordedContext, recordedContext } from '../support/session-context.ts'

const folder = mkdtempSync(join(tmpdir(), 'synctide-sparkplug-'))
const newest = (context: RecordedContext, tagId: number) => context.emitted.findLast((sample) => sample.tagId === tagId)

async function startNode(port: number, more: { bdSeq?: number; edgeNodeId?: string } = {}): Promise<SimulatedSparkplugNode> {
  return await SimulatedSparkplugNode.start({
    url: `mqtt://127.0.0.1:${port}`,
    groupId: 'North',
    edgeNodeId: 'GW1',
    metrics: [
      { name: 'Supply', dataType: DataType.Float, value: 24.5 },
      { name: 'Count', dataType: DataType.Int32, value: -7 },
    ],
    devices: { Pump1: [{ name: 'Speed', dataType: DataType.UInt16, value: 1450, unit: 'rpm' }] },
    ...more,
  })
}

test('an edge node that was there before us: a rebirth is asked, births and data arrive, deaths are told', async () => {
  await using broker = await startMosquitto()
  await using node = await startNode(broker.port)
  const driver = createDriver()
  const ofNode = recordedContext({ folder })
  const ofPump = recordedContext({ folder })
  await using _1 = await driver.connect(
    mqttPlan({ port: broker.port }, { kind: 'sparkplug', groupId: 'North', edgeNodeId: 'GW1' }, [['Supply'], ['Count']]),
    ofNode,
  )
  await using session = await driver.connect(
    mqttPlan({ port: broker.port }, { kind: 'sparkplug', groupId: 'North', edgeNodeId: 'GW1', deviceId: 'Pump1' }, [['Speed']]),
    ofPump,
  )
  await ofPump.until(() => newest(ofPump, 1)?.value === 1450, 'the birth of the pump')
  assert.equal(newest(ofNode, 1)?.value, 24.5)
  assert.equal(newest(ofNode, 2)?.value, -7)
  assert.equal(node.rebirths, 1, 'two devices of one node ask once')

  await node.set('Pump1', 'Speed', 1500)
  await ofPump.until(() => newest(ofPump, 1)?.value === 1500, 'data under an alias')
  assert.equal(session.facts?.()['Sequence complete'], true)

  await node.deviceDeath('Pump1')
  await ofPump.until(() => typeof ofPump.absences.at(-1) === 'string', 'the death of the pump')
  assert.deepEqual(
    ofNode.absences.filter((one) => one !== null),
    [],
    'its edge node lives on',
  )

  node.vanish()
  await ofNode.until(() => typeof ofNode.absences.at(-1) === 'string', 'the death of the node')
  await node.set('Pump1', 'Speed', 1, 1_700_000_000_000)
  await node.connect()
  await ofPump.until(
    () => ofPump.emitted.some((sample) => sample.value === 1 && hasFlag(sample.quality, QualityFlag.Historical)),
    'what was stored',
  )
  assert.equal(ofNode.absences.at(-1), null)
  assert.equal(ofPump.absences.at(-1), null)
})

test('a lost message: what follows waits, a rebirth is asked, and the values come as history once their aliases are vouched for', async () => {
  await using broker = await startMosquitto()
  await using node = await startNode(broker.port)
  const context = recordedContext({ folder })
  await using _ = await createDriver().connect(
    mqttPlan({ port: broker.port, reorderMillis: 300 }, { kind: 'sparkplug', groupId: 'North', edgeNodeId: 'GW1' }, [
      ['Supply'],
      ['Count'],
    ]),
    context,
  )
  await context.until(() => newest(context, 2) !== undefined, 'the birth')
  const before = node.rebirths
  node.loseOne()
  await node.set(null, 'Count', 41)
  await node.set(null, 'Count', 42)
  await context.until(() => newest(context, 2)?.value === 42 && node.rebirths > before, 'the rebirth')
  assert.ok(context.emitted.some((sample) => sample.value === 41 && hasFlag(sample.quality, QualityFlag.Historical)))
  assert.equal(context.counts.get('sequence_gaps'), 1)
  assert.equal(hasFlag(newest(context, 2)?.quality ?? 0, QualityFlag.Historical), false, 'the birth itself is the current value')
})

test('500 edge nodes reborn at once: every one is well again, each asked at most once in its pause', { timeout: 90_000 }, async () => {
  await using broker = await startMosquitto(['allow_anonymous true', 'max_queued_messages 100000'])
  await using stack = new AsyncDisposableStack()
  const client = await connectAsync(`mqtt://127.0.0.1:${broker.port}`)
  stack.defer(async () => await client.endAsync(true))
  const payload = (seq: number, value: number, birth: boolean): Buffer =>
    Buffer.from(
      writePayload({
        timestamp: Date.now(),
        seq,
        metrics: [
          ...(birth ? [{ name: 'bdSeq', dataType: DataType.Int64, value: 0 }] : []),
          { ...(birth ? { name: 'Level' } : {}), alias: 1, dataType: DataType.Int32, value },
        ],
      }),
    )
  const asked = new Map<string, number>()
  // who is asked tells what holds by now
  let level = 2
  client.on('message', (topic) => {
    const [, , , name = ''] = topic.split('/')
    asked.set(name, (asked.get(name) ?? 0) + 1)
    client.publish(`spBv1.0/G/NBIRTH/${name}`, payload(0, level, true))
  })
  await client.subscribeAsync('spBv1.0/G/NCMD/+')
  const driver = createDriver()
  const names = Array.from({ length: 500 }, (_, index) => `N${index}`)
  const contexts = names.map(() => recordedContext({ folder }))
  for (const [index, name] of names.entries()) {
    const plan = mqttPlan({ port: broker.port }, { kind: 'sparkplug', groupId: 'G', edgeNodeId: name }, [['Level']])
    stack.use(await driver.connect(plan, contexts[index] ?? recordedContext()))
  }
  const valued = (value: number): boolean => contexts.every((context) => newest(context, 1)?.value === value)
  const storm = performance.now()
  for (const name of names) client.publish(`spBv1.0/G/NBIRTH/${name}`, payload(0, level, true))
  await until('all are born', () => (contexts.every((context) => context.emitted.length > 0) ? true : undefined))
  level = 7
  for (const name of names) client.publish(`spBv1.0/G/NBIRTH/${name}`, payload(0, level, true))
  await until('all are reborn', () => (valued(7) ? true : undefined))
  const seconds = (performance.now() - storm) / 1000
  const most = [...asked.values()].reduce((sum, one) => sum + one, 0)
  assert.ok(most <= 500 + 20 * seconds, `${most} requests`)
  assert.ok(Math.max(0, ...asked.values()) <= 1 + seconds / 5)
})

test('STATE: the will says offline, the birth online with the same time, a foreign offline is corrected, a clean end says offline', async () => {
  await using broker = await startMosquitto()
  const watcher = await connectAsync(`mqtt://127.0.0.1:${broker.port}`)
  await using stack = new AsyncDisposableStack()
  stack.defer(async () => await watcher.endAsync(true))
  const states: { online: boolean; timestamp: number }[] = []
  watcher.on('message', (_topic, text) => states.push(JSON.parse(String(text)) as { online: boolean; timestamp: number }))
  await watcher.subscribeAsync('spBv1.0/STATE/SyncTide')
  const context = recordedContext({ folder })
  const session = await createDriver().connect(
    mqttPlan({ port: broker.port }, { kind: 'sparkplug', groupId: 'G', edgeNodeId: 'N' }, [['a']]),
    context,
  )
  const [online] = await until('the birth', () => (states.length > 0 ? states : undefined))
  assert.equal(online?.online, true)
  assert.ok(Math.abs(online.timestamp - Date.now()) < 10_000)
  await watcher.publishAsync('spBv1.0/STATE/SyncTide', '{"online":false,"timestamp":1}', { qos: 1, retain: true })
  await until('the correction', () => (states.length >= 3 ? true : undefined))
  assert.deepEqual(states.at(-1), online)
  await session[Symbol.asyncDispose]()
  await until('the farewell', () => (states.at(-1)?.online === false ? true : undefined))
  assert.equal(states.at(-1)?.timestamp, online.timestamp)
})

test('to an edge node of 2.2 with every kind of metric: cells, members, null and replayed values; what has no tag is counted, never thrown', async () => {
  await using broker = await startMosquitto()
  const node = await connectAsync(`mqtt://127.0.0.1:${broker.port}`)
  await using stack = new AsyncDisposableStack()
  stack.defer(async () => await node.endAsync(true))
  const states: string[] = []
  const set = { columns: [{ name: 'kW', dataType: DataType.Int32 }], rows: [[7], [8]] }
  const metrics: readonly OutgoingMetric[] = [
    { name: 'bdSeq', dataType: DataType.Int64, value: 0 },
    { name: 'Feeder', dataType: DataType.DataSet, value: set },
    { name: 'Unwanted', dataType: DataType.DataSet, value: set },
    { name: 'Pump', dataType: DataType.Template, value: [{ name: 'Speed', dataType: DataType.Int16, value: -3 }] },
    { name: 'Level', dataType: DataType.Int32, value: 1, alias: 1 },
    { name: 'Missing', dataType: DataType.Int32, value: null },
  ]
  const say = async (kind: string, payload: Parameters<typeof writePayload>[0]): Promise<unknown> =>
    await node.publishAsync(`spBv1.0/G/${kind}/Old`, Buffer.from(writePayload({ timestamp: Date.now(), ...payload })))
  node.on('message', (topic, text) => {
    if (topic.startsWith('STATE/')) states.push(String(text))
    else void say('NBIRTH', { seq: 0, metrics })
  })
  await node.subscribeAsync(['STATE/SyncTide', 'spBv1.0/G/NCMD/Old'])
  const context = recordedContext({ folder })
  const session = await createDriver().connect(
    mqttPlan({ port: broker.port, sparkplugState: '2.2' }, { kind: 'sparkplug', groupId: 'G', edgeNodeId: 'Old' }, [
      ['Feeder/kW[1]'],
      ['Pump/Speed'],
      ['Level'],
      ['Missing'],
    ]),
    context,
  )
  await context.until(() => newest(context, 4) !== undefined, 'the birth')
  assert.deepEqual(
    [1, 2, 3, 4].map((tagId) => newest(context, tagId)?.value),
    [8, -3, 1, null],
  )
  assert.ok((context.counts.get('datasets_skipped') ?? 0) >= 1)
  await say('NDATA', {
    seq: 1,
    metrics: [
      { alias: 1, value: 90, dataType: DataType.Int32, isTransient: true },
      { alias: 1, value: 2, dataType: DataType.Int32, isHistorical: true, timestamp: 1_700_000_000_000 },
    ],
  })
  await context.until(() => newest(context, 3)?.value === 2, 'the replayed value')
  assert.ok(hasFlag(newest(context, 3)?.quality ?? 0, QualityFlag.Historical))
  assert.ok(
    context.emitted.every(({ value }) => value !== 90),
    'what is transient is not kept',
  )
  await session[Symbol.asyncDispose]()
  await until('the farewell', () => (states.at(-1) === 'OFFLINE' ? true : undefined))
  assert.ok(states.includes('ONLINE'))
})
