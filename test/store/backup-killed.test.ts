import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { systemClock } from '#host/clock.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#host/embedded-postgres.ts'
import { takeBackup } from '#keeper/backup.ts'
import { listBackups } from '#store/backups.ts'
import { addToBlocks } from '#store/write-blocks.ts'
import { columnsOf } from '#store/core/sample-columns.ts'
import { type Database, openDatabase } from '#store/database.ts'
import { dropSamplesBefore } from '#store/drop-samples.ts'
import { migrate } from '#store/migrate.ts'
import { insertPlainTags } from '../support/plain-tags.ts'

const DAY = 86_400_000_000
const TODAY = Math.floor((Date.now() * 1000) / DAY) * DAY
const folder = mkdtempSync(join(tmpdir(), 'synctide-killed-'))
chmodSync(folder, 0o755)
let server: EmbeddedPostgres
let db: Database
let tagIds: readonly number[]
before(async () => {
  // it syncs to disk: what was committed must be there after a kill
  server = await startEmbeddedPostgres({ folder })
  db = openDatabase(server.url, { name: 'test', max: 4 })
  await migrate(db)
  tagIds = await insertPlainTags(db, ['a', 'b'])
})
after(async () => {
  await db.close()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function fill(days: number): Promise<void> {
  await db.transaction(async (tx) => {
    for (let day = 1; day <= days; day++) {
      const from = TODAY - day * DAY
      const rows = Array.from({ length: 200 }, (_, index) => ({
        at: from + index * 1e6,
        value: index,
        quality: 0,
        valueText: null,
        statusCode: null,
      }))
      await addToBlocks(
        tx,
        tagIds.map((tagId) => ({ tagId, from, to: from + DAY, columns: columnsOf(rows) })),
        'stored',
      )
    }
  })
}

/** Kills the server as hard as it goes, and waits until it is up again by itself. */
async function killServer(): Promise<void> {
  const killed = server.pid() ?? 0
  process.kill(killed, 'SIGKILL')
  for (;;) {
    try {
      // a connection of the killed one may still answer
      if (server.pid() !== killed && server.pid() !== undefined) return void (await db.query('select 1'))
      await delay(20)
    } catch {
      await delay(50)
    }
  }
}

test('the server is killed while days are dropped: whole days are gone, the others whole, and the next call ends it', async () => {
  await fill(30)
  for (let kill = 0; kill < 5; kill++) {
    const after = 2 + kill
    let days = 0
    let killed: Promise<void> | undefined
    const dropping = dropSamplesBefore(db, TODAY - 5 * DAY, {
      onDay: () => {
        if (++days === after) killed = killServer()
      },
    })
    await dropping.catch(() => undefined)
    await killed
    const left = await db.query<{ n: number }>('select sum(n)::int8 as n from measurement_blocks group by date_trunc($1, t0)', ['day'])
    assert.ok(left.every((one) => one.n === 400))
  }
  await dropSamplesBefore(db, TODAY - 5 * DAY)
  assert.equal((await db.query<{ n: number }>('select sum(n)::int8 as n from measurement_blocks'))[0]?.n, 5 * 400)
})

test('the server is killed while a backup is taken: there is no file, and a record of why; the next one is good', async () => {
  const log = { info: () => undefined, warn: () => undefined }
  const backups = join(folder, 'backups')
  mkdirSync(backups)
  const work = { db, clock: systemClock, program: 'test', log, dataFolder: folder, folder: backups, hook: null }
  for (const millis of [0, 30, 300]) {
    const taking = takeBackup(work, 'asked').then(
      () => 'good',
      () => 'failed',
    )
    await delay(millis)
    await killServer()
    const end = await taking
    const files = readdirSync(backups, { withFileTypes: true }).filter((one) => one.isFile() && !one.name.startsWith('.'))
    assert.equal(files.length > 0, end === 'good')
    for (const one of files) rmSync(join(backups, one.name))
  }
  const report = await takeBackup(work, 'asked')
  assert.ok(report.rows > 0)
  const [last, ...others] = await listBackups(db, 10)
  assert.equal(last?.state, 'good')
  assert.ok(others.every((one) => one.state !== 'running'))
})
