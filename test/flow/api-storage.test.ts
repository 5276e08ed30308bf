import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { addToBlocks } from '#store/write-blocks.ts'
import { columnsOf } from '#store/core/sample-columns.ts'
import { readSettings } from '#store/settings.ts'
import { watchDisk } from '#keeper/watch-disk.ts'
import { type ApiSite, apiSite } from '../support/api-site.ts'

const DAY = 86_400_000_000
let site: ApiSite
before(async () => {
  site = await apiSite()
  const today = Math.floor((Date.now() * 1000) / DAY) * DAY
  const rows = (from: number) =>
    Array.from({ length: 1000 }, (_, index) => ({
      at: from + index * 1_000_000,
      value: index,
      quality: 0,
      valueText: null,
      statusCode: null,
    }))
  await site.db.transaction(async (tx) => {
    for (let day = 1; day <= 20; day++) {
      const from = today - day * DAY
      for (const tagId of [...site.a.tagIds, ...site.b.tagIds]) {
        await addToBlocks(tx, [{ tagId, from, to: from + DAY, columns: columnsOf(rows(from)) }], 'stored')
      }
    }
  })
})
after(async () => await site[Symbol.asyncDispose]())

test('retention is told to engineers, changed by administrators, and says what it would delete', async () => {
  const engineer = await site.session(await site.user('engineer'))
  const administrator = await site.session(await site.user('administrator'))
  const told = await site.call('GET /api/retention', engineer)
  assert.equal(told.status, 200)
  const samples = told.body['samples'] as { rows: number; effects: { days: number; rows: number; bytes: number }[] }
  assert.equal(samples.rows, 40_000)
  const week = samples.effects.find((one) => one.days === 7)
  assert.ok(week !== undefined && week.rows >= 24_000 && week.rows <= 28_000 && week.bytes > 0)
  const policy = { samplesDays: 30, alarmsDays: null, messagesDays: null, csvFilesDays: 7 }
  assert.equal((await site.call('PUT /api/retention', engineer, policy)).status, 403)
  assert.equal((await site.call('PUT /api/retention', administrator, { ...policy, samplesDays: 3 })).status, 400)
  assert.equal((await site.call('PUT /api/retention', administrator, policy)).status, 200)
  assert.deepEqual((await readSettings(site.db)).retention, policy)
})

test('storage tells tables, devices and tags; who is confined to some devices may not look', async () => {
  const administrator = await site.session(await site.user('administrator'))
  const { status, body } = await site.call('GET /api/storage', administrator)
  assert.equal(status, 200)
  assert.equal(body['samples'], 40_000)
  const devices = new Map((body['devices'] as { deviceId: number; samples: number }[]).map((one) => [one.deviceId, one.samples]))
  assert.deepEqual([devices.size, devices.get(site.a.deviceId), devices.get(site.b.deviceId)], [2, 20_000, 20_000])
  assert.ok(Number(body['bytesADay']) > 0)
  const confined = await site.session(await site.user('engineer', [site.a.deviceId]))
  assert.equal((await site.call('GET /api/storage', confined)).status, 403)
})

test('the key of backups goes in and never comes out', async () => {
  const administrator = await site.session(await site.user('administrator'))
  assert.equal((await site.call('PUT /api/backups', administrator, { enabled: true, keep: 3, key: 'short' })).status, 400)
  assert.equal((await site.call('PUT /api/backups', administrator, { enabled: true, keep: 3, key: 'correct horse battery' })).status, 200)
  const { body } = await site.call('GET /api/backups', administrator)
  assert.deepEqual([body['encrypted'], body['keep']], [true, 3])
  const everything = JSON.stringify([body, (await site.call('GET /api/audit', administrator)).body, await readSettings(site.db)])
  assert.ok(!everything.includes('correct horse'))
  assert.equal((await site.call('PUT /api/backups', administrator, { enabled: true, keep: 3 })).status, 200)
  assert.equal((await readSettings(site.db)).backup.passphrase !== null, true, 'left out it stays')
  assert.equal((await site.call('POST /api/backups', administrator)).status, 200)
  assert.equal((await site.db.query(`select from requests where target = 'keeper' and kind = 'backup'`)).length, 1)
})

test('a disk that is watched is told in the health, and its level is told once', async () => {
  mkdirSync(join(site.dataFolder, 'run'), { recursive: true })
  writeFileSync(join(site.dataFolder, 'run', 'database.json'), JSON.stringify({ url: '', folder: site.dataFolder }))
  const { body } = await site.call('GET /api/health', {})
  assert.ok(Number(body['diskFreePercent']) > 0)
  assert.equal(body['backupAgeSeconds'], null)
  const level = await watchDisk(site.db, site.dataFolder, Date.now() * 1000)
  await watchDisk(site.db, site.dataFolder, Date.now() * 1000)
  assert.equal((await site.db.query('select from storage_sizes')).length, 1)
  assert.equal((await site.db.query('select from system_events')).length, level === 'good' ? 0 : 1)
})

test('a file of history comes in through the page: looked at, stored, and not by whoever is confined', async () => {
  const engineer = await site.session(await site.user('engineer'))
  const content = Buffer.from('time,A:A0\n2024-05-01T00:00:00Z,1\n2024-05-01T00:01:00Z,2\n').toString('base64')
  const body = { name: 'x.csv', content, device: null, dryRun: true }
  const looked = await site.call('POST /api/history/import', engineer, body)
  assert.deepEqual([looked.status, looked.body['samples']], [200, 2], JSON.stringify(looked.body))
  const stored = async (): Promise<number> => (await site.db.query(`select from measurement_blocks where t0 < '2024-06-01'`)).length
  assert.equal(await stored(), 0)
  await site.call('POST /api/history/import', engineer, { ...body, dryRun: false })
  assert.equal(await stored(), 1)
  const confined = await site.session(await site.user('engineer', [site.a.deviceId]))
  assert.equal((await site.call('POST /api/history/import', confined, body)).status, 403)
  assert.deepEqual(readdirSync(join(site.dataFolder, 'imports')), [])
})
