import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemClock } from '#host/clock.ts'
import { createLogger } from '#host/log.ts'
import { loadDriver } from '#drivers/catalogue.ts'
import type { Inquiry } from '#drivers/inquiry.ts'
import { runDriver } from '#ingest/runtime.ts'
import { addTags, saveDevice, saveTag } from '#plant/configure.ts'
import { deviceShape, tagShape } from '#plant/shapes.ts'
import { readAfter } from '#store/deliveries.ts'
import { listDeviceStates } from '#store/device-states.ts'
import type { Database } from '#store/database.ts'
import { createRequest, readRequest } from '#store/requests.ts'
import { saveSettings } from '#store/settings.ts'
import { type Bank, ModbusServer } from '../../simulator/modbus-server.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { until } from '../support/installation.ts'
import { OPEN_SAMPLES } from '../support/samples.ts'

interface Rig extends AsyncDisposable {
  readonly db: Database
  readonly holding: Uint16Array
  readonly server: ModbusServer
  readonly deviceId: number
  readonly tagIds: readonly number[]
  readonly lines: string[]
  start(): void
  stop(): Promise<void>
}

/** A Modbus server, a device of three tags polled each 100 ms, every value stored. */
async function rig(t: TestDatabase): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), 'synctide-ingest-'))
  const holding = new Uint16Array(10)
  const bank: Bank = { holding, input: holding, coils: new Uint8Array(0), discrete: new Uint8Array(0) }
  const server = await ModbusServer.start({ port: 0, banks: new Map([[1, bank]]) })
  await saveSettings(t.db, { reportByException: { modbus: { enabled: false, heartbeatSeconds: 0 } } })
  const device = await saveDevice(
    t.db,
    'all',
    null,
    deviceShape.parse({
      code: 'A',
      name: 'A',
      protocol: 'modbus',
      pollMillis: 100,
      timeoutMillis: 300,
      connection: { host: '127.0.0.1', port: server.port },
    }),
  )
  const tags = await addTags(
    t.db,
    'all',
    device.id,
    ['One', 'Two', 'Three'].map((name, index) => tagShape.parse({ name, address: `HR${index}` })),
  )
  const lines: string[] = []
  let running: { stop: AbortController; ended: Promise<void> } | undefined
  const driver = await loadDriver('modbus')
  assert.ok(driver)
  const self: Rig = {
    db: t.db,
    holding,
    server,
    deviceId: device.id,
    tagIds: tags.map((tag) => tag.id),
    lines,
    start() {
      const stop = new AbortController()
      const log = createLogger('driver-modbus', (line) => lines.push(line))
      const ended = runDriver({
        driver,
        source: 'driver-modbus',
        db: t.db,
        dataFolder: folder,
        clock: systemClock,
        log,
        signal: stop.signal,
      })
      running = { stop, ended }
    },
    async stop() {
      running?.stop.abort()
      await running?.ended
      running = undefined
    },
    async [Symbol.asyncDispose]() {
      await self.stop()
      await server[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  return self
}

async function valuesOf(db: Database, tagId: number): Promise<(number | null)[]> {
  const rows = await db.query<{ value: number | null }>(`select value from ${OPEN_SAMPLES} where tag_id = $1 order by time_stamp`, [tagId])
  return rows.map((row) => row.value)
}

/** Sequence numbers of the whole journal: 1, 2, 3 … or something was lost. */
async function seqs(db: Database): Promise<number[]> {
  const all: number[] = []
  for (;;) {
    const deliveries = await readAfter(db, 'driver-modbus', all.at(-1) ?? 0)
    if (deliveries.length === 0) return all
    all.push(...deliveries.map((one) => one.seq))
  }
}

const counting = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index)

test('values arrive, the state is online, the journal has no gap', async () => {
  await using t = await testDatabase()
  await using plant = await rig(t)
  plant.holding.set([7, 8, 9])
  plant.start()
  await until('a value of each tag', async () => {
    const seen = await Promise.all(plant.tagIds.map(async (id) => (await valuesOf(t.db, id)).at(-1)))
    return seen.join() === '7,8,9' ? true : undefined
  })
  assert.equal((await listDeviceStates(t.db, 'all'))[0]?.status, 'online')
  await plant.stop()
  const all = await seqs(t.db)
  assert.deepEqual(all, counting(1, all.length))
})

test(
  'connections to the database are cut again and again: every value that the device showed is stored once',
  { timeout: 60_000 },
  async () => {
    await using t = await testDatabase()
    await using plant = await rig(t)
    const [tagId = 0] = plant.tagIds
    plant.start()
    // the register counts polls: whatever is missing or doubled in the store shows
    let shown = 0
    const counter = setInterval(() => {
      if (plant.server.requests > shown) {
        shown = plant.server.requests
        plant.holding[0] = shown
      }
    }, 5)
    try {
      for (let cut = 0; cut < 6; cut++) {
        const before = (await valuesOf(t.db, tagId)).length
        await until('more values', async () => ((await valuesOf(t.db, tagId)).length > before + 3 ? true : undefined))
        await t.db
          .query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`)
          .catch(() => undefined)
      }
    } finally {
      clearInterval(counter)
    }
    await plant.stop()
    const values = await valuesOf(t.db, tagId)
    assert.deepEqual(
      values,
      values.toSorted((a, b) => (a ?? 0) - (b ?? 0)),
      'in order',
    )
    assert.equal(new Set(values).size, values.length, 'none twice')
    const polls = (values.at(-1) ?? 0) - (values[0] ?? 0) + 1
    assert.ok(values.length >= polls, `${values.length} values of ${polls} polls`)
    const all = await seqs(t.db)
    assert.deepEqual(all, counting(1, all.length))
  },
)

test('a restart goes on where it was', async () => {
  await using t = await testDatabase()
  await using plant = await rig(t)
  const [tagId = 0] = plant.tagIds
  for (let start = 0; start < 3; start++) {
    const before = (await valuesOf(t.db, tagId)).length
    plant.start()
    await until('values', async () => ((await valuesOf(t.db, tagId)).length > before + 2 ? true : undefined))
    await plant.stop()
  }
  const all = await seqs(t.db)
  assert.deepEqual(all, counting(1, all.length))
})

test('a cut cable: Error after three failures, every tag Bad once, and back at once when somebody asks', async () => {
  await using t = await testDatabase()
  await using plant = await rig(t)
  const [tagId = 0] = plant.tagIds
  plant.start()
  const status = async (): Promise<string | undefined> => (await listDeviceStates(t.db, 'all'))[0]?.status
  await until('online', async () => ((await status()) === 'online' ? true : undefined))
  await plant.server.setFault('cable')
  await until('error', async () => ((await status()) === 'error' ? true : undefined))
  const [state] = await listDeviceStates(t.db, 'all')
  assert.match(state?.problem ?? '', /127\.0\.0\.1/)
  // one where the gap begins, and one since it is known
  const bad = async (): Promise<number> => (await valuesOf(t.db, tagId)).filter((value) => value === null).length
  await until('the Bad samples', async () => ((await bad()) >= 2 ? true : undefined))
  assert.equal(await bad(), 2)
  await plant.server.setFault(null)
  await createRequest(t.db, { kind: 'retry_now', target: 'driver-modbus', body: { deviceId: plant.deviceId } })
  await until('online again', async () => ((await status()) === 'online' || (await status()) === 'degraded' ? true : undefined))
})

test('an edit is in force without a restart and disturbs nobody else', async () => {
  await using t = await testDatabase()
  await using plant = await rig(t)
  const [one = 0] = plant.tagIds
  plant.holding.set([100])
  plant.start()
  await until('a value', async () => ((await valuesOf(t.db, one)).at(-1) === 100 ? true : undefined))
  await saveTag(t.db, 'all', one, tagShape.parse({ name: 'One', address: 'HR0', scale: 0.1, offset: 1 }))
  await until('the scaled value', async () => ((await valuesOf(t.db, one)).at(-1) === 11 ? true : undefined))
})

test('Test Connection reports its steps, over the connection that is open already', async () => {
  await using t = await testDatabase()
  await using plant = await rig(t)
  plant.holding.set([0, 0, 0, 42])
  plant.start()
  await until('the device', async () => (plant.server.accepted > 0 ? true : undefined))
  const ask = async (connection: Record<string, unknown>): Promise<unknown> => {
    const tags = [{ name: 'Four', address: 'HR3', settings: {} }]
    const body = { deviceId: null, code: 'test', timeoutMillis: 500, connection, secrets: null, shared: null, tags } satisfies Inquiry
    const id = await createRequest(t.db, { kind: 'probe', target: 'driver-modbus', body })
    return await until('the answer', async () => {
      const answer = await readRequest(t.db, id)
      return answer?.state === 'done' ? answer.result : undefined
    })
  }
  const good = (await ask({ host: '127.0.0.1', port: plant.server.port })) as { ok: boolean; values: { value: string }[] }
  assert.deepEqual([good.ok, good.values[0]?.value], [true, '42'])
  assert.equal(plant.server.accepted, 1, 'no second connection')
  const bad = (await ask({ host: '127.0.0.1', port: 70_000 })) as { ok: boolean; steps: { message: string; remedy: string }[] }
  assert.equal(bad.ok, false)
  assert.ok((bad.steps[0]?.remedy ?? '') !== '')
})
