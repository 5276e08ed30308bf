import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Micros } from '#base/time.ts'
import { GOOD, type Sample } from '#domain/sample.ts'
import { joinDays } from '#store/write-blocks.ts'
import type { Database, Queryable } from '#store/database.ts'
import { SourceJournal } from '#store/journal.ts'
import { mergeLateSamples } from '#store/late-samples.ts'
import { readSamples } from '#store/measurements.ts'
import { ensurePartitionsAt, freezePartition, listPartitions } from '#store/partitions.ts'
import { sealClosedWindows } from '#store/seal.ts'
import { sqlTime } from '#store/time.ts'
import { readBuckets } from '#store/trend.ts'
import { testDatabase } from '../support/database.ts'
import { insertPlainTags } from '../support/plain-tags.ts'

const SECOND = 1_000_000
const HOUR = 3600 * SECOND
const DAY = 24 * HOUR

async function currentHour(db: Database): Promise<Micros> {
  const [clock] = await db.query<{ hour: Micros }>(`select date_trunc('hour', now()) as hour`)
  return clock?.hour ?? 0
}

function sampleOf(tagId: number, sourceTimestamp: Micros, value = 1): Sample {
  return { tagId, sourceTimestamp, value, quality: GOOD, statusCode: null }
}

async function insert(db: Queryable, table: 'measurements' | 'late_samples', tagId: number, instants: readonly Micros[]): Promise<void> {
  await db.query(`insert into ${table} (tag_id, time_stamp, value, quality) select $1, at, 1, 0 from unnest($2::timestamptz[]) at`, [
    tagId,
    instants.map(sqlTime),
  ])
}

/** The same database, with something that happens right before or after some of the statements. */
function meddled(db: Database, when: (text: string) => boolean, then: () => Promise<void>): Queryable {
  return {
    async query<Row>(text: string, values?: readonly unknown[]) {
      const rows = await db.query<Row>(text, values)
      if (when(text)) await then()
      return rows
    },
  }
}

test('a window frozen anew before each attempt of a flush: its samples come late, none is refused', async () => {
  await using t = await testDatabase()
  const [tagId = 0] = await insertPlainTags(t.db, ['a'])
  const now = await currentHour(t.db)
  const hours = [5, 4, 3, 2].map((ago) => now - ago * HOUR)
  await ensurePartitionsAt(t.db, 'measurements', hours)
  const left = (await listPartitions(t.db, 'measurements')).filter((one) => one.from < now)
  const racing: Database = {
    ...t.db,
    async transaction(work) {
      const next = left.shift()
      if (next !== undefined) await freezePartition(t.db, next)
      return await t.db.transaction(work)
    },
  }
  const { journal } = await SourceJournal.open(racing, 'csv')
  const store = hours.map((at) => sampleOf(tagId, at))
  await journal.append({ delivery: { seq: 1, receivedAt: now, readings: [], devices: [] }, store, spoolRecord: 1 })
  await sealClosedWindows(t.db, now)
  await mergeLateSamples(t.db, now)
  assert.equal((await readSamples(t.db, 'all', tagId, now - DAY, now, 100)).samples.length, 4)
})

test('two keepers at once, one sealing an hour, one merging what came late for it: nothing is lost', async () => {
  await using t = await testDatabase()
  const [tagId = 0] = await insertPlainTags(t.db, ['a'])
  const now = await currentHour(t.db)
  const from = now - 3 * HOUR
  await ensurePartitionsAt(t.db, 'measurements', [from])
  await insert(t.db, 'measurements', tagId, [from, from + SECOND])
  await insert(t.db, 'late_samples', tagId, [from + 2 * SECOND])
  const seen = Promise.withResolvers<void>()
  let merging: Promise<number> | undefined
  // the sealing has read that there is no block yet when the other keeper writes one
  const sealing: Database = {
    ...t.db,
    async transaction(work) {
      return await t.db.transaction(async (tx) => {
        const query = async <Row>(text: string, values?: readonly unknown[]): Promise<Row[]> => {
          const rows = await tx.query<Row>(text, values)
          if (text.includes('delete from measurement_blocks')) {
            merging = mergeLateSamples(t.db, now)
            await Promise.race([merging, blocked(t.db)])
            seen.resolve()
          }
          return rows
        }
        return await work({ client: tx.client, query })
      })
    },
  }
  await sealClosedWindows(sealing, now)
  await seen.promise
  await merging
  assert.equal((await readSamples(t.db, 'all', tagId, from, now, 100)).samples.length, 3)
})

/** Resolves when somebody waits for an advisory lock. */
async function blocked(db: Database): Promise<void> {
  while ((await db.query(`select from pg_locks where locktype = 'advisory' and not granted`)).length === 0);
}

test('late samples that go to an open window while somebody reads are not missed', async () => {
  await using t = await testDatabase()
  const [tagId = 0] = await insertPlainTags(t.db, ['a'])
  const now = await currentHour(t.db)
  await insert(t.db, 'measurements', tagId, [now])
  for (const read of [readCount, bucketCount]) {
    await insert(t.db, 'late_samples', tagId, [now + SECOND])
    const before = await read(t.db, tagId, now)
    let merged = 0
    const db = meddled(
      t.db,
      (text) => /from (measurements|late_samples)\s+where tag_id/.test(text),
      async () => {
        merged += await mergeLateSamples(t.db, now + HOUR)
      },
    )
    assert.equal(await read(db, tagId, now), before)
    assert.equal(merged, 1)
  }
})

async function readCount(db: Queryable, tagId: number, from: Micros): Promise<number> {
  return (await readSamples(db, 'all', tagId, from, from + HOUR, 100)).samples.length
}

async function bucketCount(db: Queryable, tagId: number, from: Micros): Promise<number> {
  const [bucket] = await readBuckets(db, 'all', tagId, Float64Array.of(from, from + HOUR), from + HOUR)
  return bucket?.known?.numbers ?? 0
}

test('hours that become a day while somebody sums them up count once', async () => {
  await using t = await testDatabase()
  const [tagId = 0] = await insertPlainTags(t.db, ['a'])
  const now = await currentHour(t.db)
  const day = Math.floor(now / DAY) * DAY - DAY
  // every 20 minutes; buckets of seven minutes and a half, so that no block fits into one and no outline serves
  const instants = Array.from({ length: 72 }, (_, index) => day + index * 1200 * SECOND)
  await ensurePartitionsAt(t.db, 'measurements', instants)
  await insert(t.db, 'measurements', tagId, instants)
  await sealClosedWindows(t.db, now + 2 * DAY)
  const edges = Float64Array.from({ length: 193 }, (_, index) => day + index * 450 * SECOND)
  let joined = false
  const db = meddled(
    t.db,
    (text) => text.includes('starts_at as "startsAt"') && text.includes('t1 > $2'),
    async () => {
      if (!joined) await t.db.transaction(async (tx) => await joinDays(tx, [{ tagId, day }]))
      joined = true
    },
  )
  const buckets = await readBuckets(db, 'all', tagId, edges, now)
  assert.ok(joined)
  assert.equal(
    buckets.reduce((sum, { known }) => sum + (known?.numbers ?? 0), 0),
    72,
  )
})
