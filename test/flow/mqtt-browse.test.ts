import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { BrowseRequest } from '#drivers/driver.ts'
import { DataType } from '#drivers/mqtt/core/sparkplug-payload.ts'
import { createDriver } from '#drivers/mqtt/driver.ts'
import { SimulatedSparkplugNode } from '../../simulator/sparkplug-node.ts'
import { startMosquitto } from '../support/mosquitto.ts'
import { mqttPlan } from '../support/mqtt-device.ts'
import { until } from '../support/installation.ts'
import { recordedContext } from '../support/session-context.ts'

const folder = mkdtempSync(join(tmpdir(), 'synctide-browse-'))
const look = (parent: string | null, more: Partial<BrowseRequest> = {}): BrowseRequest => ({
  parent,
  search: null,
  cursor: null,
  limit: 100,
  ...more,
})

test('plain topics: levels, payloads from inside, proposed tags, search and pages', { timeout: 60_000 }, async () => {
  await using broker = await startMosquitto()
  for (const [topic, payload] of [
    ['plant/p1/flow', '12.5'],
    ['plant/p1/state', 'true'],
    ['plant/p2', '{"ts":1767225600,"temp":{"value":21.5,"unit":"°C"},"list":[1,2]}'],
    ['other', 'x'],
    ['spBv1.0/Plant/NDATA/Edge1', 'x'],
  ] as const) {
    await broker.publish(topic, payload, '-r')
  }
  const stop = new AbortController()
  const context = recordedContext({ folder, signal: stop.signal })
  const driver = createDriver()
  const browse = async (connection: Readonly<Record<string, unknown>>, request: BrowseRequest) =>
    await driver.browse?.(mqttPlan({ port: broker.port }, connection, []), request, context)
  const root = await browse({}, look(null))
  assert.deepEqual(
    root?.nodes.map(({ name, hasChildren }) => [name, hasChildren]),
    [
      ['other', false],
      ['plant', true],
      ['spBv1.0', false],
    ],
  )
  const below = await browse({}, look('plant/p1'))
  assert.deepEqual(
    below?.nodes.map(({ name, type, value, tag }) => [name, type, value, tag?.name, tag?.address, tag?.kind]),
    [
      ['flow', 'Number', '12.5', 'plant.p1.flow', 'plant/p1/flow', 'analog'],
      ['state', 'Boolean', 'true', 'plant.p1.state', 'plant/p1/state', 'digital'],
    ],
  )
  const prefixed = await browse({ topicPrefix: 'plant' }, look('plant/p2'))
  const temp = prefixed?.nodes.find(({ name }) => name === 'temp')
  const inside = await browse({ topicPrefix: 'plant' }, look(temp?.key ?? ''))
  assert.deepEqual(inside?.nodes.find(({ name }) => name === 'value')?.tag, {
    name: 'p2.temp.value',
    address: 'p2',
    settings: { path: '$.temp.value', timestampPath: '$.ts' },
    kind: 'analog',
    unit: '°C',
  })
  const found = await browse({}, look(null, { search: 'FLOW', limit: 1 }))
  assert.deepEqual([found?.nodes.map(({ path }) => path), found?.cursor], [['plant/p1/flow'], null])
  const page = await browse({}, look(null, { limit: 1 }))
  assert.equal(page?.cursor, '1')
  assert.deepEqual(
    (await browse({}, look(null, { limit: 1, cursor: page.cursor })))?.nodes.map(({ name }) => name),
    ['plant'],
  )
  stop.abort()
})

test('Sparkplug: groups, edge nodes, devices, folders and metrics of births', { timeout: 60_000 }, async () => {
  await using broker = await startMosquitto()
  await using node = await SimulatedSparkplugNode.start({
    url: `mqtt://127.0.0.1:${broker.port}`,
    groupId: 'North',
    edgeNodeId: 'GW1',
    metrics: [{ name: 'Supply', dataType: DataType.Float, value: 24.5 }],
    devices: { Pump1: [{ name: 'Drive/Speed', dataType: DataType.UInt16, value: 1450, unit: 'rpm' }] },
  })
  const stop = new AbortController()
  const context = recordedContext({ folder, signal: stop.signal })
  const driver = createDriver()
  const browse = async (connection: Readonly<Record<string, unknown>>, request: BrowseRequest) => {
    return (await driver.browse?.(mqttPlan({ port: broker.port }, { kind: 'sparkplug', ...connection }, []), request, context))?.nodes ?? []
  }
  const talking = setInterval(() => void node.set(null, 'Supply', Math.random()), 100)
  const [group] = await browse({}, look(null))
  assert.equal(group?.name, 'North')
  const [edge] = await browse({}, look(group.key))
  assert.equal(edge?.name, 'GW1')
  // the births of the devices follow that of the node
  let below = await browse({}, look(edge.key))
  await until('the birth of Pump1', async () => {
    below = await browse({}, look(edge.key))
    return below.some((one) => one.name === 'Pump1') ? true : undefined
  })
  clearInterval(talking)
  assert.deepEqual(below.map(({ name, type }) => [name, type]).slice(0, 3), [
    ['Pump1', 'Device'],
    ['Node Control', 'Folder'],
    ['Supply', 'Float'],
  ])
  const [drive] = await browse({}, look(below[0]?.key ?? ''))
  assert.equal(drive?.type, 'Folder')
  const [speed] = await browse({}, look(drive.key))
  assert.deepEqual(
    [speed?.value, speed?.tag],
    ['1450', { name: 'Drive.Speed', address: 'Drive/Speed', settings: {}, kind: 'analog', unit: 'rpm' }],
  )
  const own = await browse({ groupId: 'North', edgeNodeId: 'GW1', deviceId: 'Pump1' }, look(null, { search: 'speed' }))
  assert.deepEqual(
    own.map(({ tag }) => tag?.address),
    ['Drive/Speed'],
  )
  stop.abort()
})
