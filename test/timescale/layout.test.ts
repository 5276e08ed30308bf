import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '#host/clock.ts'
import { addToBlocks } from '#store/write-blocks.ts'
import { columnsOf } from '#store/core/sample-columns.ts'
import type { Database } from '#store/database.ts'
import { dropSamplesBefore } from '#store/drop-samples.ts'
import { dropUncompressedRows, measurementsLayout, readTimescale } from '#store/hypertable.ts'
import { mergeLateSamples } from '#store/late-samples.ts'
import { readSamples } from '#store/measurements.ts'
import { ensurePartitionsAt } from '#store/partitions.ts'
import { retentionEffects } from '#store/retention-effect.ts'
import { sealClosedWindows } from '#store/seal.ts'
import { serverFacts, tableSizes } from '#store/storage-sizes.ts'
import { sqlTime } from '#store/time.ts'
import { testDatabase } from '../support/database.ts'
import { insertPlainTags } from '../support/plain-tags.ts'

const HOUR = 3_600_000_000
const DAY = 24 * HOUR
const now = systemClock.now()

async function rowsOf(db: Database): Promise<number> {
  return (await db.query<{ n: number }>('select count(*) as n from measurements'))[0]?.n ?? 0
}

/** A sample every ten minutes of some days, the last of them yesterday, not sealed yet. */
async function unsealed(db: Database, days: number): Promise<number> {
  const [tagId = 0] = await insertPlainTags(db, ['a'])
  await ensurePartitionsAt(db, 'measurements', [now - days * DAY])
  await db.query(
    `insert into measurements (tag_id, time_stamp, value, quality)
     select $1, at, extract(epoch from at), 0 from generate_series($2::timestamptz, $3::timestamptz, interval '10 minutes') at`,
    [tagId, sqlTime(now - days * DAY), sqlTime(now - DAY)],
  )
  return tagId
}

test('a new database on a server with TimescaleDB has a hypertable with chunks of a day, and both indexes', async () => {
  await using t = await testDatabase()
  assert.equal(await measurementsLayout(t.db), 'hypertable')
  const facts = await serverFacts(t.db)
  assert.match(facts.timescale?.version ?? '', /^\d+\.\d+\.\d+/)
  const chunks = await t.db.query<{ length: string }>(
    `select time_interval::text as length from timescaledb_information.dimensions where hypertable_name = 'measurements'`,
  )
  assert.deepEqual(chunks, [{ length: '1 day' }])
  const indexes = await t.db.query<{ kind: string }>(
    `select am.amname as kind from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am am on am.oid = c.relam
     where i.indrelid = 'measurements'::regclass order by 1`,
  )
  assert.deepEqual(
    indexes.map((one) => one.kind),
    ['brin', 'btree'],
  )
})

test('the community edition compresses after a week by a policy; the Apache edition has none, and rows of a week ago go', async () => {
  await using t = await testDatabase()
  const tagId = await unsealed(t.db, 10)
  const before = (await readSamples(t.db, 'all', tagId, now - 20 * DAY, now, 100_000)).samples
  await sealClosedWindows(t.db, now)
  const timescale = await readTimescale(t.db)
  if (timescale?.edition === 'community') {
    const jobs = await t.db.query<{ after: string }>(
      `select config->>'compress_after' as after from timescaledb_information.jobs where hypertable_name = 'measurements'`,
    )
    assert.deepEqual(jobs, [{ after: '168:00:00' }])
  } else {
    const rows = await rowsOf(t.db)
    assert.ok((await dropUncompressedRows(t.db, now)) > 0)
    assert.ok((await rowsOf(t.db)) < rows)
    const [oldest] = await t.db.query<{ at: number }>('select min(time_stamp) as at from measurements')
    assert.ok((oldest?.at ?? 0) > now - 9 * DAY)
  }
  assert.deepEqual((await readSamples(t.db, 'all', tagId, now - 20 * DAY, now, 100_000)).samples, before)
})

test('what nobody sealed before it was compressed is read and sealed all the same', async (context) => {
  await using t = await testDatabase()
  if ((await readTimescale(t.db))?.edition !== 'community') return context.skip('the Apache edition does not compress')
  const tagId = await unsealed(t.db, 10)
  const read = async (): Promise<unknown> => (await readSamples(t.db, 'all', tagId, now - 20 * DAY, now, 100_000)).samples
  const before = await read()
  await t.db.query(`select compress_chunk(c) from show_chunks('measurements', older_than => interval '2 days') c`)
  assert.deepEqual(await read(), before)
  const { samples } = await sealClosedWindows(t.db, now)
  assert.equal(samples, (before as readonly unknown[]).length)
  assert.deepEqual(await read(), before)
  const size = (await tableSizes(t.db)).find((one) => one.table === 'measurements')
  assert.ok((size?.bytes ?? 0) > 0)
})

test('a late sample of a sealed hour is in its block and, for SQL, a row', async () => {
  await using t = await testDatabase()
  const tagId = await unsealed(t.db, 3)
  await sealClosedWindows(t.db, now)
  const rows = await rowsOf(t.db)
  const at = now - 2 * DAY + 1
  await t.db.query('insert into late_samples (tag_id, time_stamp, value, quality) values ($1, $2, 42, 0)', [tagId, sqlTime(at)])
  assert.equal(await mergeLateSamples(t.db, now), 1)
  assert.equal(await rowsOf(t.db), rows + 1)
  const { samples } = await readSamples(t.db, 'all', tagId, at, at + 1, 10)
  assert.deepEqual(samples, [{ at, value: 42, quality: 0 }])
})

test('retention drops whole chunks, and never one that is not sealed', async () => {
  await using t = await testDatabase()
  const tagId = await unsealed(t.db, 10)
  await dropSamplesBefore(t.db, now - 3 * DAY)
  const all = (await readSamples(t.db, 'all', tagId, now - 20 * DAY, now, 100_000)).samples.length
  assert.ok(all > 9 * 144 - 2, 'nothing is sealed, so nothing goes')
  await sealClosedWindows(t.db, now)
  const [effect] = (await retentionEffects(t.db, now, 'UTC', [3])).samples.effects
  const { samples, bytes } = await dropSamplesBefore(t.db, now - 3 * DAY)
  assert.ok(Math.abs((effect?.bytes ?? 0) - bytes) <= 0.2 * bytes, `${effect?.bytes ?? 0} were told, ${bytes} went`)
  assert.ok(samples > 0 && bytes > 0)
  const [oldest] = await t.db.query<{ at: number }>('select min(time_stamp) as at from measurements')
  assert.ok((oldest?.at ?? 0) >= now - 5 * DAY)
})

test('history before the hypertable is seen with it', async () => {
  await using t = await testDatabase()
  const tagId = await unsealed(t.db, 2)
  const from = Math.floor((now - 30 * DAY) / DAY) * DAY
  const columns = columnsOf([{ at: from + 1, value: 7, quality: 0, valueText: null, statusCode: null }])
  await t.db.transaction(async (tx) => await addToBlocks(tx, [{ tagId, from, to: from + DAY, columns }], 'stored'))
  const { samples } = await readSamples(t.db, 'all', tagId, from, now, 100_000)
  assert.equal(samples[0]?.value, 7)
  assert.ok(samples.length > 144)
})
