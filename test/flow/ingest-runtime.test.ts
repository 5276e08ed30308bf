import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { DriverError, StoreError } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'
import { loadDriver } from '#drivers/catalogue.ts'
import type { Driver } from '#drivers/driver.ts'
import { type Inquiry, InquiryKind } from '#drivers/inquiry.ts'
import { QualityFlag } from '#domain/sample.ts'
import { systemClock } from '#host/clock.ts'
import { createLogger } from '#host/log.ts'
import { openKey, sealFields } from '#host/secrets.ts'
import { runDriver } from '#ingest/runtime.ts'
import { ask } from '#api/ask.ts'
import { insertBroker } from '#store/brokers.ts'
import type { Database } from '#store/database.ts'
import { insertDevice, updateDevice } from '#store/devices.ts'
import { readReadingCounts } from '#store/reading-counts.ts'
import { saveSettings } from '#store/settings.ts'
import { insertTags } from '#store/tags.ts'
import { type ApiSite, apiSite } from '../support/api-site.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { FakeDriver, type FakeSession, sampleOf } from '../support/fake-driver.ts'
import { until } from '../support/installation.ts'
import { OPEN_SAMPLES } from '../support/samples.ts'

const SECRET = 'correct-horse-battery'
const now = (): Micros => systemClock.now()
const DEVICE = {
  code: 'A',
  name: 'A',
  area: '',
  protocol: 'fake',
  enabled: true,
  pollMillis: 100,
  timeoutMillis: 500,
  commTimeoutSeconds: null,
  commSeverity: 'info',
  livenessCounts: true,
  connection: { host: 'plc', broker: 'plant' },
  demo: false,
} as const
const TAG = {
  settings: {},
  kind: 'analog',
  unit: '',
  decimals: 2,
  scale: 1,
  offset: 0,
  deadband: 0,
  stateText: null,
  enabled: true,
} as const

/** A driver process of this test, inside it. */
class Process implements AsyncDisposable {
  readonly lines: string[] = []
  readonly #stop = new AbortController()
  readonly #ended: Promise<void>

  constructor(driver: Driver, db: Database, dataFolder: string) {
    const log = createLogger('driver', (line) => this.lines.push(line))
    const source = `driver-${driver.protocol}`
    this.#ended = runDriver({ driver, source, db, dataFolder, clock: systemClock, log, signal: this.#stop.signal })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.#ended
  }
}

interface Rig {
  readonly driver: FakeDriver
  readonly folder: string
  readonly key: Uint8Array
  readonly deviceId: number
  readonly tagIds: readonly number[]
}

async function rig(t: TestDatabase, defer: (work: () => void) => void): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), 'synctide-runtime-'))
  defer(() => rmSync(folder, { recursive: true, force: true }))
  const key = openKey(folder)
  await insertBroker(
    t.db,
    { code: 'PLANT', name: 'Plant', protocol: 'fake', enabled: true, settings: { url: 'mqtt://plant' } },
    sealFields(key, { token: `${SECRET}-of-broker` }),
  )
  const device = await insertDevice(t.db, DEVICE, sealFields(key, { password: SECRET }))
  const tags = await insertTags(
    t.db,
    device.id,
    ['One', 'Two'].map((name) => ({ ...TAG, name, address: name })),
  )
  return { driver: new FakeDriver({ sharing: true }), folder, key, deviceId: device.id, tagIds: tags.map((tag) => tag.id) }
}

/** A database that is away. */
const GONE: Database = {
  query: () => Promise.reject(new StoreError('unavailable', 'The database is away')),
  transaction: () => Promise.reject(new StoreError('unavailable', 'The database is away')),
  connect: () => Promise.reject(new StoreError('unavailable', 'The database is away')),
  until: () => GONE,
  listen: () => ({ [Symbol.asyncDispose]: async () => undefined }),
  close: async () => undefined,
}

async function session(driver: FakeDriver, nth = 1): Promise<FakeSession> {
  return await until(`session ${nth}`, () => driver.sessions[nth - 1])
}

test('secrets reach the driver with the settings and stand nowhere in clear', async (t) => {
  await using database = await testDatabase()
  const { driver, folder, deviceId } = await rig(database, (work) => t.after(work))
  const process = new Process(driver, database.db, folder)
  const { plan, context } = await session(driver)
  assert.deepEqual(plan.config, { host: 'plc', broker: 'plant', password: SECRET })
  assert.deepEqual(plan.shared, { code: 'PLANT', config: { url: 'mqtt://plant', token: `${SECRET}-of-broker` } })
  context.emit([sampleOf(plan, 0, 1, now())])
  await context.accepted()
  await process[Symbol.asyncDispose]()
  for (const file of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (file.isFile()) assert.equal(readFileSync(join(file.parentPath, file.name)).includes(SECRET), false, file.name)
  }
  assert.equal(process.lines.join().includes(SECRET), false)
  const { db } = database
  const dump = JSON.stringify([await db.query('select * from devices'), await db.query('select * from brokers')])
  assert.equal(dump.includes(SECRET), false)

  // a reboot without the database still knows the password
  const again = new FakeDriver({ sharing: true })
  await using _ = new Process(again, GONE, folder)
  assert.deepEqual((await session(again)).plan.config, { host: 'plc', broker: 'plant', password: SECRET })
  assert.equal(deviceId, (await session(again)).plan.device.id)
})

test('a shared connection that is edited, switched off or missing', async (t) => {
  await using database = await testDatabase()
  const { driver, folder, deviceId } = await rig(database, (work) => t.after(work))
  const { db } = database
  await using _ = new Process(driver, db, folder)
  await session(driver)
  const status = async (wanted: string): Promise<string> =>
    await until(wanted, async () => {
      const [row] = await db.query<{ status: string; problem: string | null }>(
        'select status, problem from device_states where device_id = $1',
        [deviceId],
      )
      return row?.status === wanted ? (row.problem ?? '') : undefined
    })
  await db.query(`update brokers set settings = '{"url": "mqtt://other"}'`)
  const second = await session(driver, 2)
  assert.deepEqual(second.plan.shared?.config, { url: 'mqtt://other', token: `${SECRET}-of-broker` })
  await db.query('update brokers set enabled = false')
  await status('disabled')
  await db.query(`update brokers set enabled = true, code = 'ELSEWHERE'`)
  assert.match(await status('error'), /There is no Fake broker plant\. Add the Fake broker/)
})

test('browse, actions, diagnosis and frames are answered by the process itself, and nothing of it stays behind', async (t) => {
  await using database = await testDatabase()
  const { driver, folder, key, deviceId } = await rig(database, (work) => t.after(work))
  const { db } = database
  await using _ = new Process(driver, db, folder)
  const { plan, context } = await session(driver)
  context.emit([sampleOf(plan, 0, 1, now())])
  context.frame('sent', new TextEncoder().encode(`login ${SECRET}`))
  context.count('bytes_sent', 7)
  context.remember('illegal', [4, 5])
  const form: Inquiry = {
    deviceId,
    code: 'A',
    timeoutMillis: 500,
    connection: { host: 'edited', broker: 'PLANT' },
    secrets: Buffer.from(sealFields(key, { password: 'edited too' }).sealed ?? []).toString('base64'),
    shared: { code: 'PLANT', settings: { url: 'x' }, secrets: null },
    tags: [],
  }
  const browse = { parent: null, search: null, cursor: null, limit: 10 }
  const page = (await ask(db, 'fake', { kind: InquiryKind.Browse, body: { ...form, browse } }, 5000)) as { nodes: unknown[] }
  assert.equal(page.nodes.length, 1)
  const asked = driver.asked.at(-1)
  assert.deepEqual(asked?.plan.config, { host: 'edited', broker: 'PLANT', password: 'edited too' })
  assert.deepEqual([asked?.plan.device.id, asked?.plan.points.length, asked?.context.recall('illegal')], [deviceId, 0, [4, 5]])
  asked?.context.remember('illegal', undefined)
  assert.deepEqual(context.recall('illegal'), [4, 5], 'a form that nobody saved teaches nothing')

  await assert.rejects(
    ask(db, 'fake', { kind: InquiryKind.Browse, body: { ...form, browse: { ...browse, parent: 'secret room' } } }, 5000),
    (error) => error instanceof DriverError && error.fault === 'auth' && error.remedy === 'Check the password.',
  )
  const taught = await ask(db, 'fake', { kind: InquiryKind.Action, body: { ...form, action: { name: 'learn', body: { a: 1 } } } }, 5000)
  assert.deepEqual(taught, { host: 'edited', knows: ['illegal', 'taught'] })
  assert.deepEqual(context.recall('taught'), { a: 1 }, 'an action may')

  const diagnosis = (await ask(db, 'fake', { kind: InquiryKind.Diagnose, body: { deviceId } }, 5000)) as Record<
    string,
    Record<string, unknown>
  >
  assert.deepEqual(diagnosis['counters'], { bytes_sent: 7 })
  assert.deepEqual(diagnosis['facts'], { parallel: 4 })
  assert.deepEqual(diagnosis['readings'], { seen: 1, stored: 1 })
  assert.equal(diagnosis['state']?.['status'], 'online')
  assert.equal(diagnosis['spool']?.['backPressure'], false)
  const frames = await ask(db, 'fake', { kind: InquiryKind.Frames, body: { deviceId, after: 0, limit: 10 } }, 5000)
  assert.equal(JSON.stringify(frames).includes('login *********'), true, JSON.stringify(frames))
  assert.deepEqual(await db.query('select kind from requests'), [])

  await assert.rejects(ask(db, 'nobody', { kind: InquiryKind.Diagnose, body: { deviceId } }, 200), (error) => {
    return error instanceof DriverError && error.fault === 'timeout' && /driver-nobody did not answer/.test(error.message)
  })
  assert.deepEqual(await db.query('select kind from requests'), [])
})

test('what was learned comes back with a new process, an edit and a restart without the database; a removed device forgets', async (t) => {
  await using database = await testDatabase()
  const { driver, folder, deviceId } = await rig(database, (work) => t.after(work))
  const { db } = database
  {
    await using _ = new Process(driver, db, folder)
    const { plan, context } = await session(driver)
    context.emit([sampleOf(plan, 0, 1, now())])
    context.remember('file a\u0001.csv', { rows: 10, odd: 'nul \u0000, half \ud800' })
    context.remember('gone', true)
    context.remember('gone', undefined)
    await context.accepted()
    await updateDevice(db, deviceId, { ...DEVICE, name: 'edited' })
    const edited = await session(driver, 2)
    assert.deepEqual(edited.context.recall('file a\u0001.csv'), { rows: 10, odd: 'nul \u0000, half \ud800' })
  }
  {
    await using _ = new Process(driver, db, folder)
    const { context } = await session(driver, 3)
    assert.deepEqual(context.recalled(''), ['file a\u0001.csv'])
    assert.deepEqual(context.recall('file a\u0001.csv'), { rows: 10, odd: 'nul \u0000, half \ud800' })
  }
  {
    await using _ = new Process(driver, GONE, folder)
    const { plan, context } = await session(driver, 4)
    assert.deepEqual(context.recall('file a\u0001.csv'), { rows: 10, odd: 'nul \u0000, half \ud800' })
    context.emit([sampleOf(plan, 0, 2, now())])
    context.remember('learned without the database', true)
    await context.accepted()
  }
  {
    await using _ = new Process(driver, db, folder)
    const { context } = await session(driver, 5)
    assert.equal(context.recall('learned without the database'), true)
    await until('the database has it', async () => ((await db.query('select * from driver_memory')).length === 2 ? true : undefined))
    await db.query('delete from devices where id = $1', [deviceId])
    await until('the session ended', () => (driver.sessions[4]?.disposed === true ? true : undefined))
  }
  assert.deepEqual(await db.query('select * from driver_memory'), [])
})

test('what report by exception is said to spare is what a count of rows says', async (t) => {
  await using database = await testDatabase()
  const { driver, folder, deviceId, tagIds } = await rig(database, (work) => t.after(work))
  const { db } = database
  await saveSettings(db, { reportByException: { fake: { enabled: true, heartbeatSeconds: 60 } } })
  await using first = new Process(driver, db, folder)
  const { plan, context } = await session(driver)
  const from = now() - 300_000_000
  for (let second = 0; second < 300; second++) {
    const at = from + second * 1_000_000
    // one never changes, the other every seventh second; a third is of a tag that was removed
    const removed = { ...sampleOf(plan, 0, second, at), tagId: 999_999 }
    context.emit([sampleOf(plan, 0, 5, at), sampleOf(plan, 1, Math.floor(second / 7), at), removed])
  }
  await context.accepted()
  const rows = await until('all that is stored', async () => {
    const found = await db.query<{ tagId: number; n: number }>(
      `select tag_id as "tagId", count(*)::int as n from ${OPEN_SAMPLES} group by 1 order by 1`,
    )
    const { readings, readingsOfProtocol } = (await ask(db, 'fake', { kind: InquiryKind.Diagnose, body: { deviceId } }, 5000)) as Record<
      string,
      { seen: number; stored: number }
    >
    const sum = found.reduce((all, one) => all + one.n, 0)
    assert.equal(readings?.seen, 600)
    assert.deepEqual(readingsOfProtocol, readings)
    return sum === readings.stored ? found : undefined
  })
  // a heartbeat a minute; 43 values, and before each new one the last of the old
  assert.deepEqual(rows, [
    { tagId: tagIds[0], n: 5 },
    { tagId: tagIds[1], n: 43 + 42 },
  ])
  // tag by tag, told when the process ends, and added to by the next one
  await first[Symbol.asyncDispose]()
  assert.deepEqual(await countsOf(db, deviceId), [
    { tagId: tagIds[1], seen: 300, stored: 85 },
    { tagId: tagIds[0], seen: 300, stored: 5 },
  ])
  {
    await using _ = new Process(driver, db, folder)
    const next = await session(driver, 2)
    next.context.emit([sampleOf(next.plan, 0, 6, now())])
    await next.context.accepted()
  }
  assert.deepEqual(await countsOf(db, deviceId), [
    { tagId: tagIds[1], seen: 300, stored: 85 },
    { tagId: tagIds[0], seen: 301, stored: 6 },
  ])
})

async function countsOf(db: Database, deviceId: number): Promise<unknown> {
  return (await readReadingCounts(db, deviceId, 10)).map(({ tagId, seen, stored }) => ({ tagId, seen, stored }))
}

test('historical samples are stored, and neither the latest value nor the newest timestamp moves', async (t) => {
  await using database = await testDatabase()
  const { driver, folder, deviceId, tagIds } = await rig(database, (work) => t.after(work))
  const { db } = database
  const [one = 0] = tagIds
  let at = 0
  {
    await using _ = new Process(driver, db, folder)
    const { plan, context } = await session(driver)
    at = now()
    context.emit([sampleOf(plan, 0, 42, at)])
    await context.accepted()
    context.emit([7, 7, 8].map((value, index) => sampleOf(plan, 0, value, at - 60_000_000 + index, QualityFlag.Historical)))
    await context.accepted()
  }
  const stored = await db.query<{ value: number }>(`select value from ${OPEN_SAMPLES} where tag_id = $1 order by time_stamp`, [one])
  assert.deepEqual(
    stored.map((row) => row.value),
    [7, 7, 8, 42],
  )
  assert.deepEqual(await db.query('select value from latest where tag_id = $1', [one]), [{ value: 42 }])
  const [state] = await db.query<{ newest: number }>('select newest from device_states where device_id = $1', [deviceId])
  assert.equal(state?.newest, at)
})

test('the api shows the diagnosis and the frames of a device to those who may', async (t) => {
  await using site: ApiSite = await apiSite()
  const modbus = await loadDriver('modbus')
  assert.ok(modbus)
  await site.db.query(`update devices set connection = '{"host": "127.0.0.1", "port": 1}' where id = $1`, [site.a.deviceId])
  const folder = mkdtempSync(join(tmpdir(), 'synctide-runtime-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  await using _ = new Process(modbus, site.db, folder)
  const operator = await site.session(await site.user('operator', [site.a.deviceId]))
  const engineer = await site.session(await site.user('engineer'))
  const told = await until('the refusal', async () => {
    const { body, status } = await site.call(`GET /api/devices/${site.a.deviceId}/diagnostics`, operator)
    return status === 200 && body['lastError'] !== null ? body : undefined
  })
  assert.match(JSON.stringify(told['lastError']), /driver_refused/)
  assert.equal((await site.call(`GET /api/devices/${site.a.deviceId}/frames`, operator)).status, 403)
  assert.deepEqual((await site.call(`GET /api/devices/${site.a.deviceId}/frames`, engineer)).body, { frames: [], missed: 0 })
})
