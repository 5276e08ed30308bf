import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { connectAsync } from 'mqtt'
import { hasFlag, QualityFlag } from '#domain/sample.ts'
import { DataType } from '#drivers/mqtt/core/sparkplug-payload.ts'
import { openKey } from '#host/secrets.ts'
import { saveBroker } from '#plant/brokers.ts'
import { addTags, saveDevice } from '#plant/configure.ts'
import { brokerShape, deviceShape, tagShape } from '#plant/shapes.ts'
import { listDeviceStates } from '#store/device-states.ts'
import { saveSettings } from '#store/settings.ts'
import { SimulatedSparkplugNode } from '../../simulator/sparkplug-node.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { until } from '../support/installation.ts'
import { type Mosquitto, startMosquitto } from '../support/mosquitto.ts'
import { OPEN_SAMPLES } from '../support/samples.ts'

interface Rig extends AsyncDisposable {
  readonly t: TestDatabase
  readonly broker: Mosquitto
  /** Of each device in order, its tags in order. */
  readonly tagIds: readonly (readonly number[])[]
  /** The driver process, as the supervisor starts it. */
  start(): ChildProcess
  values(tagId: number): Promise<readonly { readonly value: number | null; readonly quality: number }[]>
  statuses(): Promise<readonly string[]>
}

/** A broker and devices at it, every value stored. */
async function rig(
  devices: readonly { readonly connection: Readonly<Record<string, unknown>>; readonly addresses: readonly string[] }[],
): Promise<Rig> {
  const t = await testDatabase()
  const folder = mkdtempSync(join(tmpdir(), 'synctide-mqtt-'))
  const broker = await startMosquitto(['allow_anonymous true', 'max_queued_messages 100000'])
  await saveSettings(t.db, { reportByException: { mqtt: { enabled: false, heartbeatSeconds: 0 } } })
  await saveBroker(t.db, null, brokerShape.parse({ code: 'B1', name: 'Broker', settings: { host: '127.0.0.1', port: broker.port } }), {
    key: openKey(folder),
    given: {},
  })
  const tagIds: number[][] = []
  for (const [index, { connection, addresses }] of devices.entries()) {
    const shape = deviceShape.parse({
      code: `M-${index}`,
      name: `M ${index}`,
      protocol: 'mqtt',
      connection: { broker: 'B1', ...connection },
    })
    const device = await saveDevice(t.db, 'all', null, shape)
    const tags = await addTags(
      t.db,
      'all',
      device.id,
      addresses.map((address) => tagShape.parse({ name: address.replaceAll('/', '.'), address })),
    )
    tagIds.push(tags.map((tag) => tag.id))
  }
  const children = new Set<ChildProcess>()
  return {
    t,
    broker,
    tagIds,
    start() {
      const child = spawn(process.execPath, [new URL('../../src/main/driver-mqtt.ts', import.meta.url).pathname], {
        env: { ...process.env, SYNCTIDE_DATA: folder, SYNCTIDE_DATABASE_URL: t.url },
        stdio: ['ignore', 'ignore', 'inherit'],
      })
      children.add(child)
      return child
    },
    async values(tagId) {
      return await t.db.query(`select value, quality from ${OPEN_SAMPLES} where tag_id = $1 order by time_stamp`, [tagId])
    },
    async statuses() {
      return (await listDeviceStates(t.db, 'all')).map(({ status }) => status)
    },
    async [Symbol.asyncDispose]() {
      for (const child of children) {
        if (child.exitCode !== null || child.signalCode !== null) continue
        child.kill('SIGTERM')
        await once(child, 'exit')
      }
      await broker[Symbol.asyncDispose]()
      await t[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

test(
  'QoS 1 from the broker into PostgreSQL: connections cut, the driver killed and restarted, nothing lost',
  { timeout: 120_000 },
  async () => {
    await using plant = await rig([
      { connection: {}, addresses: ['count/a'] },
      { connection: {}, addresses: ['count/b'] },
    ])
    const [[a = 0] = [], [b = 0] = []] = plant.tagIds
    const count = async (tagId: number): Promise<number> =>
      new Set((await plant.values(tagId)).map(({ value }) => value).filter((value) => value !== null)).size
    let child = plant.start()
    const device = await connectAsync(`mqtt://127.0.0.1:${plant.broker.port}`, { clientId: 'counter' })
    await until('both are subscribed', () => ((plant.broker.log().match(/count\/[ab] \(QoS 1\)/g)?.length ?? 0) >= 2 ? true : undefined))
    let sent = 0
    const send = async (many: number): Promise<void> => {
      for (let index = 0; index < many; index++) {
        sent++
        await device.publishAsync('count/a', String(sent), { qos: 1 })
        await device.publishAsync('count/b', String(sent), { qos: 1 })
      }
    }
    await send(50)
    await until('the first values', async () => ((await count(a)) > 0 ? true : undefined))
    for (let cut = 0; cut < 3; cut++) {
      await plant.t.db
        .query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`)
        .catch(() => undefined)
      await send(50)
    }
    child.kill('SIGKILL')
    await once(child, 'exit')
    await send(50)
    child = plant.start()
    await send(50)
    await until('all of a', async () => ((await count(a)) === sent ? true : undefined))
    await until('all of b', async () => ((await count(b)) === sent ? true : undefined))
    child.kill('SIGTERM')
    const [code] = await once(child, 'exit')
    assert.equal(code, 0)
    await device.endAsync()
  },
)

test(
  'Sparkplug from births to PostgreSQL: live values, an edge node that dies, what it stored as history',
  { timeout: 60_000 },
  async () => {
    await using plant = await rig([
      { connection: { kind: 'sparkplug', groupId: 'G', edgeNodeId: 'N', deviceId: 'P' }, addresses: ['Flow'] },
    ])
    const [[flow = 0] = []] = plant.tagIds
    plant.start()
    await using node = await SimulatedSparkplugNode.start({
      url: `mqtt://127.0.0.1:${plant.broker.port}`,
      groupId: 'G',
      edgeNodeId: 'N',
      metrics: [],
      devices: { P: [{ name: 'Flow', dataType: DataType.Double, value: 1 }] },
    })
    const stored = async (value: number) => (await plant.values(flow)).find((row) => row.value === value)
    await until('the birth', async () => await stored(1))
    await node.set('P', 'Flow', 2)
    await until('data', async () => await stored(2))
    assert.deepEqual(await plant.statuses(), ['online'])
    node.vanish()
    await until('the death', async () => ((await plant.statuses())[0] === 'error' ? true : undefined))
    assert.match((await listDeviceStates(plant.t.db, 'all'))[0]?.problem ?? '', /edge node G\/N has gone offline/)
    await node.set('P', 'Flow', 3, Date.now() - 1000)
    await node.set('P', 'Flow', 4)
    await node.connect()
    const late = await until('what was stored', async () => await stored(3))
    assert.ok(hasFlag(late.quality, QualityFlag.Historical))
    await until('it is back', async () => ((await plant.statuses())[0] === 'error' ? undefined : true))
  },
)
