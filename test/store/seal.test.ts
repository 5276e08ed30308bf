import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Micros } from '#base/time.ts'
import { daysInPieces, readBlocks } from '#store/blocks.ts'
import { joinDays } from '#store/write-blocks.ts'
import type { Database } from '#store/database.ts'
import { SourceJournal } from '#store/journal.ts'
import { mergeLateSamples } from '#store/late-samples.ts'
import { readSamples } from '#store/measurements.ts'
import { ensurePartitionsAt, freezePartition, listPartitions } from '#store/partitions.ts'
import { type SealStep, sealClosedWindows } from '#store/seal.ts'
import { sqlTime } from '#store/time.ts'
import { testDatabase } from '../support/database.ts'
import { insertPlainTags } from '../support/plain-tags.ts'
import { OPEN_ROWS } from '../support/samples.ts'

const MINUTE = 60_000_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The hour that ended three hours ago with a sample a second of five tags: numbers, gaps, text, status codes, exact integers. */
async function plant(db: Database): Promise<{ tagIds: readonly number[]; from: Micros; now: Micros }> {
  const tagIds = await insertPlainTags(db, ['a', 'b', 'c', 'd', 'e'])
  const [clock] = await db.query<{ hour: Micros }>(`select date_trunc('hour', now()) as hour`)
  const now = clock?.hour ?? 0
  const from = now - 3 * HOUR
  await ensurePartitionsAt(db, 'measurements', [from])
  await db.query(
    `insert into measurements (tag_id, time_stamp, value, quality, value_text, status_code)
     select tag, $1::timestamptz + second * interval '1 second',
       case when second % 97 = 0 then null when tag = $3 then 2::float8 ^ 60 else round((sin(second / 100.0) * 50)::numeric, 1) end,
       case when second % 97 = 0 then 6 else 0 end,
       case when tag = $3 and second % 97 <> 0 then '1152921504606846977' when tag = $4 and second % 97 = 0 then 'state ' || second % 5 end,
       case when tag = $5 and second % 97 = 0 then -2147217408 end
     from generate_series(0, 3599) second, unnest($2::int[]) tag order by second, tag`,
    [sqlTime(from), tagIds, tagIds[2], tagIds[3], tagIds[4]],
  )
  return { tagIds, from, now }
}

async function historyOf(db: Database, tagIds: readonly number[], from: Micros, to: Micros): Promise<unknown> {
  const all: unknown[] = []
  for (const id of tagIds) all.push((await readSamples(db, 'all', id, from, to, 100_000)).samples)
  return all
}

test('a window that is over becomes blocks that say the same, and its rows are gone', async () => {
  await using t = await testDatabase()
  const { tagIds, from, now } = await plant(t.db)
  const before = await historyOf(t.db, tagIds, from - DAY, now)
  const report = await sealClosedWindows(t.db, now)
  assert.deepEqual(report, { windows: 1, samples: 18_000, blocks: 5 })
  assert.equal((await t.db.query(`select from ${OPEN_ROWS}`)).length, 0)
  assert.ok(!(await listPartitions(t.db, 'measurements')).some((one) => one.from === from))
  assert.deepEqual(await historyOf(t.db, tagIds, from - DAY, now), before)
  assert.deepEqual(await historyOf(t.db, tagIds, from + 100 * 1_000_000, from + 101 * 1_000_000 + 1), await oneOf(before, 100, 102))
  const [header] = await t.db.query(
    `select n, numbers, first_at as "firstAt", least, greatest, known_seconds as "knownSeconds" from measurement_blocks where tag_id = $1`,
    [tagIds[0]],
  )
  // every 97th second is Bad: 38 of them, each ending what was held a second before the next number
  assert.deepEqual(header, { n: 3600, numbers: 3562, firstAt: from + 1_000_000, least: -50, greatest: 50, knownSeconds: 3561 })
})

function oneOf(all: unknown, first: number, end: number): unknown {
  return (all as readonly (readonly unknown[])[]).map((samples) => samples.slice(first, end))
}

test('killed at any step and begun again: each sample is there once at every moment', async () => {
  const steps: SealStep[] = ['frozen', 'blocks', 'dropped']
  for (const step of steps) {
    await using t = await testDatabase()
    const { tagIds, from, now } = await plant(t.db)
    const before = await historyOf(t.db, tagIds, from, now)
    const die = (at: SealStep): void => {
      if (at === step) throw new Error(`killed after ${at}`)
    }
    await assert.rejects(sealClosedWindows(t.db, now, die), /killed/)
    assert.deepEqual(await historyOf(t.db, tagIds, from, now), before, `after ${step}`)
    await sealClosedWindows(t.db, now)
    assert.deepEqual(await historyOf(t.db, tagIds, from, now), before, `after ${step}, sealed again`)
    assert.equal((await t.db.query(`select from ${OPEN_ROWS}`)).length, 0)
  }
})

test('readers see each sample once all the while', async () => {
  await using t = await testDatabase()
  const { tagIds, from, now } = await plant(t.db)
  const before = await historyOf(t.db, tagIds, from, now)
  const state = { sealed: false, looks: 0 }
  const sealing = sealClosedWindows(t.db, now).finally(() => void (state.sealed = true))
  while (!state.sealed) {
    assert.deepEqual(await historyOf(t.db, tagIds, from, now), before)
    state.looks += 1
  }
  await sealing
  assert.ok(state.looks > 0)
})

test('what comes for a sealed window corrects its block; the last to arrive stays', async () => {
  await using t = await testDatabase()
  const { tagIds, from, now } = await plant(t.db)
  const [tagId = 0] = tagIds
  const [window] = (await listPartitions(t.db, 'measurements')).filter((one) => one.from === from)
  assert.ok(window !== undefined && (await freezePartition(t.db, window)))
  const { journal } = await SourceJournal.open(t.db, 'plc')
  const late = (offset: number, value: number) => ({ tagId, sourceTimestamp: from + offset, value, quality: 0, statusCode: null })
  const store = [late(500_000, 1), late(1_000_000, 2), late(1_000_000, 3), late(-5 * DAY, 4), late(-HOUR, 5)]
  await journal.append({ delivery: { seq: 1, receivedAt: now, readings: [], devices: [] }, store, spoolRecord: 1 })
  const shown = async (): Promise<unknown> => {
    const { samples } = await readSamples(t.db, 'all', tagId, from - 10 * DAY, from + 1_500_000, 100)
    return samples.map((one) => [one.at - from, one.value])
  }
  const expected = [
    [-5 * DAY, 4],
    [-HOUR, 5],
    [0, null],
    [500_000, 1],
    [1_000_000, 3],
  ]
  assert.deepEqual(await shown(), expected, 'while it waits')
  assert.equal(await mergeLateSamples(t.db, now), 5)
  assert.deepEqual(await shown(), expected, 'merged before its window was sealed')
  await sealClosedWindows(t.db, now)
  assert.deepEqual(await shown(), expected, 'sealed')
  assert.equal((await t.db.query('select from late_samples')).length, 0)
})

test('hours of a day that is over become one block', async () => {
  await using t = await testDatabase()
  const { tagIds, from, now } = await plant(t.db)
  const [tagId = 0] = tagIds
  await sealClosedWindows(t.db, now)
  const before = await historyOf(t.db, tagIds, from - DAY, now)
  const day = Math.floor(from / DAY) * DAY
  assert.equal((await daysInPieces(t.db, day + DAY, 100)).length, 5)
  assert.equal((await daysInPieces(t.db, day + DAY - 1, 100)).length, 0, 'the day is not over')
  for (const piece of await daysInPieces(t.db, day + DAY, 100))
    await t.db.transaction(async (tx) => await joinDays(tx, [{ tagId: piece.tagId, day: piece.day }]))
  assert.deepEqual(
    (await readBlocks(t.db, tagId, from, now)).map((block) => [block.from, block.to]),
    [[day, day + DAY]],
  )
  assert.deepEqual(await historyOf(t.db, tagIds, from - DAY, now), before)
  assert.equal((await daysInPieces(t.db, day + DAY, 100)).length, 0)
})

test('samples of 1970 and of next year wait where somebody can look at them', async () => {
  await using t = await testDatabase()
  const { tagIds, now } = await plant(t.db)
  for (const at of [0, now + 365 * DAY, now - 10 * 365 * DAY]) {
    await t.db.query('insert into late_samples (tag_id, time_stamp, value, quality) values ($1, $2, 1, 0)', [tagIds[0], sqlTime(at)])
  }
  assert.equal(await mergeLateSamples(t.db, now), 1)
  assert.equal((await t.db.query('select from late_samples')).length, 2)
  assert.equal((await readBlocks(t.db, tagIds[0] ?? 0, now - 11 * 365 * DAY, now - 9 * 365 * DAY)).length, 1, 'ten years ago is history')
})

test('a window that a draining source still fills stays open', async () => {
  await using t = await testDatabase()
  const { from, now } = await plant(t.db)
  await t.db.query(`insert into sources (source, seq, received_at) values ('driver-modbus', 1, $1)`, [sqlTime(from + 30 * MINUTE)])
  assert.equal((await sealClosedWindows(t.db, now)).windows, 0)
  await t.db.query('update sources set received_at = $1', [sqlTime(now)])
  assert.equal((await sealClosedWindows(t.db, now)).windows, 1)
})
