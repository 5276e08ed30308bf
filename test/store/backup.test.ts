import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { BackupRefused } from '#base/errors.ts'
import { systemClock } from '#host/clock.ts'
import { startEmbeddedPostgres } from '#host/embedded-postgres.ts'
import { openKey, seal } from '#host/secrets.ts'
import { type BackupWork, takeBackup } from '#keeper/backup.ts'
import { restoreBackup } from '#keeper/restore.ts'
import { restoreMark } from '#keeper/restore-mark.ts'
import { holdBackups, isDumping, lastGoodBackup, listBackups } from '#store/backups.ts'
import { type Database, openDatabase } from '#store/database.ts'
import { isHalfRestored } from '#store/half-restored.ts'
import { SourceJournal } from '#store/journal.ts'
import { readSamples } from '#store/measurements.ts'
import { proveTables } from '#store/dump.ts'
import { sealClosedWindows } from '#store/seal.ts'
import { saveSettings } from '#store/settings.ts'
import { emptyDatabase, testDatabase } from '../support/database.ts'
import { insertPlainTags } from '../support/plain-tags.ts'

function folder(t: { after: (done: () => void) => void }): string {
  const made = mkdtempSync(join(tmpdir(), 'synctide-backup-'))
  chmodSync(made, 0o755)
  t.after(() => rmSync(made, { recursive: true, force: true }))
  return made
}

function workOf(db: Database, dataFolder: string): BackupWork {
  const log = { info: () => undefined, warn: () => undefined }
  return { db, dataFolder, folder: join(dataFolder, 'backups'), hook: null, clock: systemClock, program: 'test', log }
}

/** Open rows, blocks, late samples, a delivery, an alarm with a comment, a device whose trigger makes a rule. */
async function plant(db: Database): Promise<readonly number[]> {
  const tagIds = await insertPlainTags(db, ['a', 'b', 'c'])
  await db.query(`update devices set comm_timeout_seconds = 60`)
  const now = systemClock.now()
  const { journal } = await SourceJournal.open(db, 'driver-modbus')
  for (let seq = 1; seq <= 20; seq++) {
    const store = tagIds.flatMap((tagId) =>
      Array.from({ length: 50 }, (_, index) => ({
        tagId,
        sourceTimestamp: now - seq * 50_000_000 - index * 1_000_000,
        value: index % 7 === 0 ? `state ${index}` : seq * index * 0.1,
        quality: 0,
        statusCode: index % 9 === 0 ? -5 : null,
      })),
    )
    await journal.append({ delivery: { seq, receivedAt: now, readings: store.slice(0, 9), devices: [] }, store, spoolRecord: seq })
  }
  await db.query(`insert into late_samples (tag_id, time_stamp, value, quality) values ($1, '1970-01-02', 1, 0)`, [tagIds[0]])
  await db.query(
    `insert into alarm_events (display_number, rule_version, kind, device_id, device_code, name, severity, raised_at)
     values (1, 1, 'threshold', 1, 'X', 'High', 'warning', now())`,
  )
  await db.query(`insert into alarm_comments (alarm_event_id, at, who, body) select id, now(), 'Ana', 'ação ≥ 3' from alarm_events`)
  return tagIds
}

test('a backup is restored and compared before it is called good, and makes a whole installation of an empty folder', async (context) => {
  await using t = await testDatabase()
  const [data, target] = [folder(context), folder(context)]
  const tagIds = await plant(t.db)
  const key = openKey(data)
  await saveSettings(t.db, {
    backup: { enabled: true, keep: 7, passphrase: Buffer.from(seal(key, 'correct horse')).toString('base64') },
  })
  const report = await takeBackup(workOf(t.db, data), 'asked')
  assert.equal(report.encrypted, true)
  const good = await lastGoodBackup(t.db)
  assert.equal(good?.file, report.file)
  assert.ok(report.rows > 3000)
  assert.deepEqual(
    readdirSync(join(data, 'backups')),
    [report.file.slice(join(data, 'backups').length + 1)],
    'no draft and no scratch server stay behind',
  )

  const request = { file: report.file, passphrase: 'correct horse', dataFolder: join(target, 'new'), databaseUrl: undefined }
  chmodSync(target, 0o755)
  const restored = await restoreBackup(request)
  assert.equal(restored.rows, report.rows)
  assert.ok(restored.keyRestored)
  assert.deepEqual(Buffer.from(openKey(request.dataFolder)), Buffer.from(key))
  await assert.rejects(restoreBackup(request), /not empty/)

  const server = await startEmbeddedPostgres({ folder: request.dataFolder, volatile: true })
  const db = openDatabase(server.url, { name: 'test', max: 2 })
  try {
    for (const tagId of tagIds) {
      const samples = async (from: Database): Promise<unknown> => await readSamples(from, 'all', tagId, 0, systemClock.now(), 10_000)
      assert.deepEqual(await samples(db), await samples(t.db))
    }
    // numbers of rows go on, and triggers work again
    const [first] = await t.db.query<{ id: number }>('select max(id) as id from devices')
    await insertPlainTags(db, ['d'], 'D2')
    assert.deepEqual(await db.query('select id from devices where code = $1', ['D2']), [{ id: (first?.id ?? 0) + 1 }])
    await db.query(`update devices set comm_timeout_seconds = 30 where code = 'D2'`)
    assert.equal((await db.query(`select from alarm_rules where kind = 'communication_loss'`)).length, 2)
  } finally {
    await db.close()
    await server.stop()
  }
})

test('a file that was cut short or changed is refused before anything is touched', async (context) => {
  await using t = await testDatabase()
  const data = folder(context)
  await plant(t.db)
  const { file, encrypted } = await takeBackup(workOf(t.db, data), 'asked', join(data, 'mine.backup'))
  assert.equal(encrypted, false)
  const bytes = readFileSync(file)
  const target = join(data, 'target')
  const broken = join(data, 'broken.backup')
  const changed = Buffer.from(bytes)
  changed[bytes.length >> 1] = (changed[bytes.length >> 1] ?? 0) ^ 1
  const restoring = { passphrase: null, dataFolder: target, databaseUrl: undefined }
  await assert.rejects(restoreBackup({ ...restoring, file: broken }), /broken.backup cannot be read: .*no such file/)
  for (const content of [
    bytes.subarray(0, bytes.length - 1),
    bytes.subarray(0, 1000),
    changed,
    Buffer.from('no backup'),
    Buffer.alloc(0),
  ]) {
    writeFileSync(broken, content)
    await assert.rejects(restoreBackup({ ...restoring, file: broken }), BackupRefused)
    assert.equal(existsSync(target), false)
  }
})

test('a restore into an external database that holds something is refused, and nothing is left behind', async (context) => {
  await using t = await testDatabase()
  const data = folder(context)
  await plant(t.db)
  const { file } = await takeBackup(workOf(t.db, data), 'asked')
  const before = await proveTables(t.db)
  const other = join(data, 'other')
  await assert.rejects(restoreBackup({ file, passphrase: null, dataFolder: other, databaseUrl: t.url }), /holds an installation already/)
  assert.equal(existsSync(restoreMark(other)), false)
  assert.deepEqual(await proveTables(t.db), before)
})

test('a restore into an empty external database that is cut short begins anew, and is whole', async (context) => {
  await using t = await testDatabase()
  const data = folder(context)
  await plant(t.db)
  const { file } = await takeBackup(workOf(t.db, data), 'asked')
  await using empty = await emptyDatabase()
  const request = { file, passphrase: null, dataFolder: join(data, 'other'), databaseUrl: empty.url }
  const cut = (step: string): void => {
    if (step === 'loaded') throw new Error('cut short')
  }
  await assert.rejects(restoreBackup({ ...request, onStep: cut }), /cut short/)
  assert.equal(await isHalfRestored(empty.db), true, 'nothing starts on it')
  const report = await restoreBackup(request)
  assert.equal(await isHalfRestored(empty.db), false)
  const written = (await proveTables(t.db)).filter((one) => one.table !== 'audit')
  assert.deepEqual(
    (await proveTables(empty.db)).filter((one) => one.table !== 'audit'),
    written,
  )
  assert.ok(report.rows > 0)
  assert.equal(existsSync(restoreMark(request.dataFolder)), false)
})

test('writers go on while the whole database is read, and nobody drops what is being read', async (context) => {
  await using t = await testDatabase()
  const data = folder(context)
  const [tagId = 0] = await insertPlainTags(t.db, ['a'])
  const { journal } = await SourceJournal.open(t.db, 'driver-modbus')
  const state = { done: false, dumping: 0, slowest: 0, commits: 0 }
  const backing = takeBackup(workOf(t.db, data), 'asked').finally(() => void (state.done = true))
  for (let seq = 1; !state.done; seq++) {
    const now = systemClock.now()
    const began = performance.now()
    const sample = { tagId, sourceTimestamp: now, value: seq, quality: 0, statusCode: null }
    await journal.append({ delivery: { seq, receivedAt: now, readings: [sample], devices: [] }, store: [sample], spoolRecord: seq })
    state.slowest = Math.max(state.slowest, performance.now() - began)
    state.commits++
    if (await isDumping(t.db)) state.dumping++
    await sealClosedWindows(t.db, systemClock.now())
  }
  const report = await backing
  assert.ok(state.dumping > 0 && state.commits > 10)
  assert.equal(await isDumping(t.db), false)
  context.diagnostic(`${state.commits} commits, the slowest ${Math.round(state.slowest)} ms, ${report.seconds} s`)
  await using _ = await holdBackups(t.db)
  await assert.rejects(takeBackup(workOf(t.db, data), 'asked'), /is being taken already/)
})

test('one that does not become good leaves nothing but a record of why; older ones are cleared away', async (context) => {
  await using t = await testDatabase()
  const data = folder(context)
  await saveSettings(t.db, { backup: { enabled: true, keep: 1, passphrase: null } })
  const first = await takeBackup(workOf(t.db, data), 'nightly')
  const second = await takeBackup(workOf(t.db, data), 'upgrade')
  assert.equal(existsSync(first.file), false)
  assert.equal(existsSync(second.file), true)
  const closed = openDatabase(t.url, { name: 'test', max: 2 })
  writeFileSync(join(data, 'a file'), '')
  const work = { ...workOf(closed, data), folder: join(data, 'a file', 'below') }
  await assert.rejects(takeBackup(work, 'nightly'))
  await closed.close()
  const [failed] = await listBackups(t.db, 1)
  assert.equal(failed?.state, 'failed')
  assert.match(String(failed.detail['problem']), /ENOTDIR|EEXIST/)
  assert.deepEqual(
    (await t.db.query<{ code: string }>('select code from system_events')).map((row) => row.code),
    ['keeper.backup_failed'],
  )
  assert.equal((await proveTables(t.db)).find((one) => one.table === 'tags')?.rows, 0)
})
