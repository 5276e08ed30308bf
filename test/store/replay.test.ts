import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StoreError } from '#base/errors.ts'
import { systemClock } from '#host/clock.ts'
import type { Micros } from '#base/time.ts'
import { GOOD, type Sample } from '#domain/sample.ts'
import type { Database } from '#store/database.ts'
import { readAfter } from '#store/deliveries.ts'
import { SourceJournal } from '#store/journal.ts'
import { readLatest } from '#store/latest.ts'
import { readSamples } from '#store/measurements.ts'
import { ensurePartitionsAt } from '#store/partitions.ts'
import { sealClosedWindows } from '#store/seal.ts'
import { listTags } from '#store/tags.ts'
import { Replay } from '../../src/ingest/replay.ts'
import { testDatabase } from '../support/database.ts'
import { insertPlainTags } from '../support/plain-tags.ts'

const SECOND = 1_000_000
const HOUR = 3600 * SECOND
const now = systemClock.now()
const clock = { now: () => now, mono: () => systemClock.mono() }

const sampleOf = (tagId: number, sourceTimestamp: Micros, value: number | string, statusCode: number | null = null): Sample => ({
  tagId,
  sourceTimestamp,
  value,
  quality: GOOD,
  statusCode,
})

/** Three hours of a spool, a record every ten seconds, then one of this moment. */
function threeHours(tagIds: readonly number[], from: Micros): { replay: Replay; samples: Sample[] } {
  const replay = new Replay(clock, { seq: 0, spoolRecord: 0 })
  const samples: Sample[] = []
  const add = (number: number, at: Micros, own: readonly Sample[]): void => {
    samples.push(...own)
    const readings = own.map((sample) => ({ sample, store: true, changed: true }))
    replay.add([{ number, record: { receivedAt: at, readings, reports: [], memory: [], gaps: [] } }])
  }
  const [first = 0, second = 0] = tagIds
  for (let step = 0; step < 1080; step++) {
    const at = from + step * 10 * SECOND
    const numbers = Array.from({ length: 25 }, (_, index) => sampleOf(first, at + index * 400_000, step + index / 10))
    const texts = numbers.map((one, index) => sampleOf(second, one.sourceTimestamp + 7, `state ${index % 3}`, step % 5 === 0 ? -9 : null))
    add(step + 1, at + 10 * SECOND, [...numbers, ...texts])
  }
  add(1081, now, [sampleOf(first, now, 42)])
  return { replay, samples }
}

async function seen(db: Database, tagIds: readonly number[]): Promise<unknown[]> {
  const all: unknown[] = []
  for (const tagId of tagIds) {
    const { samples } = await readSamples(db, 'all', tagId, now - 9 * HOUR, now + HOUR, 100_000)
    all.push(...samples.map(({ at, value, quality }) => [tagId, at, value, quality]))
  }
  return all
}

test('a replay of hours that are over goes straight to blocks, whether or not their rows are open; readers see it once, sealed or not', async () => {
  await using t = await testDatabase({ layout: 'partitions' })
  const { db } = t
  const tagIds = await insertPlainTags(db, ['a', 'b'])
  const from = Math.floor(now / HOUR) * HOUR - 5 * HOUR
  // the first hour is still open and has a live sample, which is in the spool again as another
  await ensurePartitionsAt(db, 'measurements', [from])
  await db.query('insert into measurements (tag_id, time_stamp, value, quality) values ($1, $2, 7, 0), ($1, $3, 8, 0)', [
    tagIds[0],
    new Date(from / 1000),
    new Date(from / 1000 + 1),
  ])
  const { replay, samples } = threeHours(tagIds, from)
  const { journal } = await SourceJournal.open(db, 'driver-modbus')
  const gathered = replay.take()
  await journal.replay(gathered)

  const rows = samples.map((one) => [one.tagId, one.sourceTimestamp, one.value, one.quality])
  const expected = [...rows, [tagIds[0], from + 1000, 8, GOOD]].sort((a, b) => Number(a[0]) - Number(b[0]) || Number(a[1]) - Number(b[1]))
  assert.deepEqual(await seen(db, tagIds), expected)
  const [late] = await db.query<{ n: number }>('select count(*)::int as n from late_samples where time_stamp < $1', [
    new Date(now / 1000 - 1),
  ])
  assert.equal(late?.n, 0)
  await sealClosedWindows(db, now)
  assert.deepEqual(await seen(db, tagIds), expected, 'sealed')

  const deliveries = await readAfter(db, 'driver-modbus', 0, 2000)
  assert.deepEqual(
    deliveries.map((one) => one.seq),
    Array.from({ length: 1081 }, (_, index) => index + 1),
  )
  assert.deepEqual(deliveries[500]?.readings, samples.slice(500 * 50, 501 * 50))
  assert.equal((await journal.position()).spoolRecord, 1081)
  await journal.checkpoint(1081, gathered.newest)
  assert.equal((await readLatest(db, 'all', await listTags(db, 'all'))).latest.get(tagIds[0] ?? 0)?.value, 42)
})

test('a replay is there whole or not at all, and not twice', async () => {
  await using t = await testDatabase({ layout: 'partitions' })
  const tagIds = await insertPlainTags(t.db, ['a', 'b'])
  const from = Math.floor(now / HOUR) * HOUR - 5 * HOUR
  const { journal } = await SourceJournal.open(t.db, 'driver-modbus')
  const first = threeHours(tagIds, from).replay.take()
  // two blocks of one window: the second violates the key
  await assert.rejects(journal.replay({ ...first, windows: [...first.windows, ...first.windows.slice(0, 1)] }))
  assert.deepEqual(await seen(t.db, tagIds), [])
  assert.equal((await journal.position()).seq, 0)
  await journal.replay(first)
  const once = await seen(t.db, tagIds)
  await assert.rejects(journal.replay(first), (error) => error instanceof StoreError && error.code === 'store_conflict')
  assert.deepEqual(await seen(t.db, tagIds), once)
})
