import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { EmbeddedBroker } from '#broker/embedded-broker.ts'
import type { Tag } from '#domain/device.ts'
import { QualitySeverity, severityOf } from '#domain/sample.ts'
import { createDriver as csv } from '#drivers/csv/driver.ts'
import type { BrowseNode, Driver, Session } from '#drivers/driver.ts'
import { createDriver as iec104 } from '#drivers/iec104/driver.ts'
import { createDriver as modbus } from '#drivers/modbus/driver.ts'
import { parseBroker } from '#drivers/mqtt/broker-config.ts'
import { createDriver as mqtt } from '#drivers/mqtt/driver.ts'
import { createDriver as opcua } from '#drivers/opcua/driver.ts'
import { createLogger } from '#host/log.ts'
import { DEMO_BROKER } from '#plant/demo.ts'
import { demoDevices } from '../../simulator/demo-plant.ts'
import { removeDemoFiles } from '../../simulator/laboratory.ts'
import { demoPlant } from '../support/demo-plant.ts'
import { until } from '../support/installation.ts'
import { type RecordedContext, recordedContext } from '../support/session-context.ts'

type DemoPlant = Awaited<ReturnType<typeof demoPlant>>

let broker: EmbeddedBroker
let plant: DemoPlant
const config = parseBroker({ bundled: true, port: 1 })

before(async () => {
  broker = await EmbeddedBroker.start({ config: { ...config, port: 0 }, log: createLogger('broker', () => undefined) })
  plant = await demoPlant({ broker: { code: DEMO_BROKER, url: () => `mqtt://127.0.0.1:${broker.state.port}` } })
})
after(async () => {
  await plant[Symbol.asyncDispose]()
  await broker[Symbol.asyncDispose]()
})

/** The session of a demo device over the real driver of its protocol, with what it emits. */
async function listenTo(code: string, connection: Readonly<Record<string, unknown>> = {}): Promise<Heard> {
  const described = demoDevices(plant.connections).find((one) => one.code === code)
  assert.ok(described !== undefined)
  const { tags, ...device } = described
  const drivers = { modbus, iec104, opcua, mqtt, csv: () => csv(() => ({ rawData: plant.rawData, allowed: [] })) }
  const driver: Driver = drivers[device.protocol as keyof typeof drivers]()
  const parsed = driver.parseConfig({ ...device.connection, ...connection })
  const points = tags.map((tag, index) => {
    const full: Tag = { ...tag, id: index + 1, deviceId: 1 }
    return { tag: full, point: driver.parsePoint(full, parsed) }
  })
  const folder = join(plant.rawData, `of-driver-${code}`)
  const context = recordedContext({ folder })
  const shared = { code: DEMO_BROKER, config: { ...config, port: broker.state.port } }
  const session = await driver.connect({ device: { ...device, id: 1 }, config: parsed, points, shared }, context)
  const browse = async (parent: string | null): Promise<readonly BrowseNode[]> => {
    const page = await driver.browse?.(
      { device: { ...device, id: 1 }, config: parsed, points: [], shared },
      { parent, search: null, cursor: null, limit: 100 },
      context,
    )
    return page?.nodes ?? []
  }
  return { session, context, browse, tags: tags.length }
}
interface Heard {
  readonly session: Session
  readonly context: RecordedContext
  readonly browse: (parent: string | null) => Promise<readonly BrowseNode[]>
  readonly tags: number
}

const isBad = ({ quality }: { readonly quality: number }): boolean => severityOf(quality) === QualitySeverity.Bad
const goodTags = ({ context }: Heard): number => new Set(context.emitted.filter((one) => !isBad(one)).map(({ tagId }) => tagId)).size
const heardAll = async (heard: Heard): Promise<void> =>
  await heard.context.until(() => goodTags(heard) === heard.tags, `${heard.tags} good tags`)

test('a borehole over IEC 104: states, values and totals; broken it says so, and what happened behind a cut cable comes afterwards', async () => {
  const heard = await listenTo('BH-01')
  await using _ = heard.session
  await heardAll(heard)
  await plant.inject('BH-01', 'exception')
  await heard.context.until(() => isBad(heard.context.emitted.at(-1) ?? { quality: 0 }), 'bad quality')
  await plant.inject('BH-01', null)
  await heard.context.until(() => !isBad(heard.context.emitted.at(-1) ?? { quality: 2 }), 'good again')

  await plant.inject('BH-01', 'cable')
  assert.ok((await heard.session.closed) !== undefined)
  const cutAt = Date.now() * 1000
  plant.advance(1)
  await plant.inject('BH-01', null)
  const again = await listenTo('BH-01')
  await using _again = again.session
  await heardAll(again)
  assert.ok(
    again.context.emitted.some(({ sourceTimestamp }) => sourceTimestamp >= cutAt - 1000),
    'what the station kept',
  )
})

test('a PLC over OPC UA: subscribed and polled, browsed with units, broken and silent', async () => {
  for (const mode of ['subscription', 'poll']) {
    const heard = await listenTo('TP-01', { mode, connectTimeoutMillis: 1000 })
    await using _ = heard.session
    const folder = (await heard.browse(null)).find(({ name }) => name === 'TP-01')
    assert.equal(folder?.hasChildren, true)
    const chlorine = (await heard.browse(folder?.key ?? null)).find(({ name }) => name === 'Chlorine')
    const address = 'nsu=urn:synctide:demo;s=TP-01.Chlorine'
    assert.deepEqual([chlorine?.good, chlorine?.tag?.unit, chlorine?.tag?.address], [true, 'mg/L', address])
    if (heard.session.poll === undefined) await heardAll(heard)
    else {
      const samples = await heard.session.poll(0, new AbortController().signal)
      // what has not changed for a while comes once as it was and once as of now
      assert.deepEqual([new Set(samples.map(({ tagId }) => tagId)).size, samples.filter(isBad).length], [heard.tags, 0])
      continue
    }
    await plant.inject('TP-01', 'exception')
    await heard.context.until(
      () => heard.context.emitted.some(({ statusCode }) => statusCode !== null && statusCode >>> 0 === 0x808b_0000),
      'BadDeviceFailure',
    )
    await plant.inject('TP-01', 'cable')
    assert.ok((await heard.session.closed) !== undefined)
    await plant.inject('TP-01', null)
  }
})

test('an energy meter over Sparkplug: it is born, dies with its cable, and comes back by itself', async () => {
  const heard = await listenTo('EM-01')
  await using _ = heard.session
  await heardAll(heard)
  await plant.inject('EM-01', 'cable')
  await heard.context.until(() => typeof heard.context.absences.at(-1) === 'string', 'its death')
  await plant.inject('EM-01', null)
  await heard.context.until(() => heard.context.absences.at(-1) === null, 'its birth')
  await plant.inject('EM-01', 'exception')
  await heard.context.until(() => typeof heard.context.absences.at(-1) === 'string', 'the death of the device')
  await plant.inject('EM-01', null)
  await heard.context.until(() => heard.context.absences.at(-1) === null, 'the birth of the device')
})

test('a pump station over Modbus', async () => {
  const heard = await listenTo('PS-01')
  await using _ = heard.session
  const samples = (await heard.session.poll?.(0, new AbortController().signal)) ?? []
  assert.deepEqual([samples.length, samples.filter(isBad).length], [heard.tags, 0])
})

test('a laboratory over its files: analyses come, an unreadable one is told, and nothing of it stays behind', async () => {
  const heard = await listenTo('LB-01', { scanSeconds: 1 })
  await using _ = heard.session
  await heardAll(heard)
  await plant.inject('LB-01', 'exception')
  await heard.context.until(() => typeof heard.context.absences.at(-1) === 'string', 'the unreadable file')
  await plant.inject('LB-01', null)
  await heard.context.until(() => heard.context.absences.at(-1) === null, 'a sound file')
  await plant.inject('LB-01', 'cable')
  await heard.session[Symbol.asyncDispose]()
  removeDemoFiles(plant.rawData)
  assert.equal(existsSync(join(plant.rawData, 'LB-01')), false, readdirSync(plant.rawData).join(', '))
})

test('values stand still when frozen, and come late when slow', async () => {
  const heard = await listenTo('BH-02')
  await using _ = heard.session
  await heardAll(heard)
  await plant.inject('BH-02', 'freeze')
  const before = heard.context.emitted.length
  plant.advance(30)
  plant.advance(30)
  assert.equal(heard.context.emitted.length, before)
  await plant.inject('BH-02', 'slow')
  await until('a late value', () => {
    const last = heard.context.emitted.at(-1)
    return heard.context.emitted.length > before && last !== undefined && Date.now() * 1000 - last.sourceTimestamp > 9_000_000
      ? true
      : undefined
  })
})
