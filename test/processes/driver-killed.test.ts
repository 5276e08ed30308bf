import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createLogger } from '#host/log.ts'
import { Supervisor } from '#host/supervisor.ts'
import { insertDevice } from '#store/devices.ts'
import { insertTags } from '#store/tags.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { until } from '../support/installation.ts'
import { OPEN_SAMPLES } from '../support/samples.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const ENTRY = 'test/support/faulty-driver-process.ts'

async function device(t: TestDatabase, code: string, behaviour: string): Promise<{ deviceId: number; tagId: number }> {
  const { id } = await insertDevice(t.db, {
    code,
    name: code,
    area: '',
    protocol: 'fake',
    enabled: true,
    pollMillis: 100,
    timeoutMillis: 500,
    commTimeoutSeconds: null,
    commSeverity: 'info',
    livenessCounts: true,
    connection: { behaviour },
    demo: false,
  })
  const tag = { name: 'T', address: 'T', settings: {}, kind: 'analog', unit: '', decimals: 2, scale: 1, offset: 0 } as const
  const [made] = await insertTags(t.db, id, [{ ...tag, deadband: 0, stateText: null, enabled: true }])
  return { deviceId: id, tagId: made?.id ?? 0 }
}

function folderOf(defer: (work: () => void) => void): string {
  const folder = mkdtempSync(join(tmpdir(), 'synctide-killed-'))
  defer(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

test('a driver process killed again and again stores every item of its source exactly once', async (t) => {
  await using database = await testDatabase()
  const { db, url } = database
  const folder = folderOf((work) => t.after(work))
  const { tagId } = await device(database, 'COUNT', 'count')
  const stored = async (): Promise<number> =>
    (await db.query<{ count: number }>(`select count(*)::int as count from ${OPEN_SAMPLES} where tag_id = $1`, [tagId]))[0]?.count ?? 0
  const env = { ...process.env, SYNCTIDE_DATABASE_URL: url, SYNCTIDE_DATA: folder }
  const start = () => {
    const child = spawn(process.execPath, [join(ROOT, ENTRY)], { cwd: ROOT, env, stdio: 'ignore' })
    return { child, ended: new Promise<void>((resolve) => child.once('exit', () => resolve())) }
  }
  for (let round = 0; round < 8; round += 1) {
    const before = await stored()
    const { child, ended } = start()
    await until('it goes on', async () => ((await stored()) > before ? true : undefined), 30_000, 5)
    // somewhere within the next flushes
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 250))
    child.kill('SIGKILL')
    await ended
  }
  const before = await stored()
  const { child, ended } = start()
  await until('it goes on', async () => ((await stored()) > before ? true : undefined))
  child.kill('SIGTERM')
  await ended
  const rows = await db.query<{ value: number }>(
    `select value from ${OPEN_SAMPLES} where tag_id = $1 and value is not null order by value`,
    [tagId],
  )
  assert.deepEqual(
    rows.map((row) => row.value),
    Array.from({ length: rows.length }, (_, index) => index + 1),
  )
  const [memory] = await db.query<{ value: number }>(`select value from driver_memory where key = 'next'`)
  assert.equal(memory?.value, rows.length + 1)
  t.diagnostic(`${rows.length} items over 8 kills`)
})

test('a driver process that was killed leaves a gap with its cause, from its last delivery to its first answer', async (t) => {
  await using database = await testDatabase()
  const { db, url } = database
  const folder = folderOf((work) => t.after(work))
  const { deviceId, tagId } = await device(database, 'GOOD', 'good')
  const env = { ...process.env, SYNCTIDE_DATABASE_URL: url, SYNCTIDE_DATA: folder }
  const start = () => {
    const child = spawn(process.execPath, [join(ROOT, ENTRY)], { cwd: ROOT, env, stdio: 'ignore' })
    return { child, ended: new Promise<void>((resolve) => child.once('exit', () => resolve())) }
  }
  const newest = async (): Promise<number> =>
    (await db.query<{ at: number | null }>(`select max(time_stamp) as at from ${OPEN_SAMPLES} where tag_id = $1`, [tagId]))[0]?.at ?? 0
  const first = start()
  await until('samples', async () => ((await newest()) > 0 ? true : undefined))
  await until('it is known', async () => ((await db.query('select from device_states')).length === 1 ? true : undefined))
  first.child.kill('SIGKILL')
  await first.ended
  await until(
    'it was away for a while',
    async () => (await db.query(`select from sources where received_at < now() - interval '7 s'`))[0],
    30_000,
  )
  const before = await newest()
  const second = start()
  try {
    const gap = await until(
      'the gap',
      async () =>
        (
          await db.query<{ from: number; to: number; cause: string }>(
            'select from_at as "from", to_at as "to", cause from gaps where device_id = $1 and to_at is not null',
            [deviceId],
          )
        )[0],
      30_000,
    )
    const after = await until('samples again', async () => ((await newest()) > gap.from + 5_000_000 ? await newest() : undefined))
    assert.equal(gap.cause, 'process')
    assert.ok(gap.to - gap.from >= 5_000_000 && gap.to <= after, JSON.stringify({ gap, before, after }))
    assert.ok(Math.abs(gap.from - before) < 2_000_000, JSON.stringify({ gap, before, after }))
  } finally {
    second.child.kill('SIGTERM')
    await second.ended
  }
})

test('a device that brings its process down three times is left out alone; with other settings it is tried again', async (t) => {
  await using database = await testDatabase()
  const { db, url } = database
  const folder = folderOf((work) => t.after(work))
  const good = await device(database, 'GOOD', 'good')
  const bad = await device(database, 'BAD', 'crash')
  const supervisor = new Supervisor({
    services: [{ name: 'driver-fake', entry: ENTRY, memoryMegabytes: 256 }],
    root: ROOT,
    dataFolder: folder,
    environment: { ...process.env, SYNCTIDE_DATABASE_URL: url, SYNCTIDE_DATA: folder },
    log: createLogger('supervisor', () => undefined),
  })
  try {
    const state = async (deviceId: number): Promise<{ status: string; problem: string | null } | undefined> =>
      (
        await db.query<{ status: string; problem: string | null }>('select status, problem from device_states where device_id = $1', [
          deviceId,
        ])
      )[0]
    await until(
      'the device is left out',
      async () => {
        const now = await state(bad.deviceId)
        return now?.status === 'quarantined' && /three times/.test(now.problem ?? '') ? true : undefined
      },
      60_000,
    )
    const [{ pid, restarts } = { pid: null, restarts: 0 }] = supervisor.status()
    assert.ok(restarts >= 3)
    const values = async (): Promise<number> =>
      (await db.query<{ count: number }>(`select count(*)::int as count from ${OPEN_SAMPLES} where tag_id = $1`, [good.tagId]))[0]?.count ??
      0
    const before = await values()
    await until('the other one goes on', async () => ((await values()) > before + 10 ? true : undefined))
    assert.equal((await state(good.deviceId))?.status, 'online')
    assert.equal(supervisor.status()[0]?.pid, pid, 'the process stands')
    // as after a change of its settings
    await db.query(`update devices set connection = '{"behaviour": "good"}' where id = $1`, [bad.deviceId])
    await until('it is tried again', async () => ((await state(bad.deviceId))?.status === 'online' ? true : undefined))
  } finally {
    await supervisor.stop()
  }
})
