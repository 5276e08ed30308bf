import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Micros } from '#base/time.ts'
import { Aggregator } from '#calc/aggregate.ts'
import { daysInPieces } from '#store/blocks.ts'
import { joinDays } from '#store/write-blocks.ts'
import type { Database } from '#store/database.ts'
import { mergeLateSamples } from '#store/late-samples.ts'
import { readSamples } from '#store/measurements.ts'
import { ensurePartitionsAt } from '#store/partitions.ts'
import { sealClosedWindows } from '#store/seal.ts'
import { sqlTime } from '#store/time.ts'
import type { Bucket } from '#store/core/bucket-filling.ts'
import { readBuckets, readManyBuckets } from '#store/trend.ts'
import { type Interpolation, interpolate } from '#domain/interpolation.ts'
import { testDatabase } from '../support/database.ts'
import { insertPlainTags } from '../support/plain-tags.ts'

const SECOND = 1_000_000
const HOUR = 3600 * SECOND
const DAY = 24 * HOUR

/** A tag whose history lies everywhere: a joined day, sealed hours, open rows, late ones merged and waiting. */
async function scattered(db: Database): Promise<{ tagId: number; other: number; empty: number; now: Micros }> {
  const [tagId = 0, other = 0, empty = 0] = await insertPlainTags(db, ['a', 'b', 'c'])
  const [clock] = await db.query<{ hour: Micros }>(`select date_trunc('hour', now()) as hour`)
  const now = clock?.hour ?? 0
  const hours = [-30, -29, -5, -4, -2]
  const [busy, fair] = [-3, -6]
  await ensurePartitionsAt(
    db,
    'measurements',
    [...hours, busy, fair, -1].map((hour) => now + hour * HOUR),
  )
  let seed = 7
  const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below
  const insert = async (table: string, hour: number, count: number): Promise<void> => {
    for (let index = 0; index < count; index++) {
      const at = now + hour * HOUR + random(3_600_000) * 1000
      const bad = random(6) === 0
      await db.query(`insert into ${table} (tag_id, time_stamp, value, quality) values ($1, $2, $3, $4)`, [
        tagId,
        sqlTime(at),
        bad && random(2) === 0 ? null : random(100) - 20,
        bad ? 2 : 0,
      ])
    }
  }
  for (const hour of hours) await insert('measurements', hour, 12)
  // hours with enough samples for an outline, with minutes and without
  for (const [hour, seconds] of [
    [busy, 3],
    [fair, 10],
  ] as const) {
    await db.query(
      `insert into measurements (tag_id, time_stamp, value, quality)
       select $1, $2::timestamptz + s * $3::int * interval '1 second', s % 17, case when s % 50 = 0 then 2 else 0 end
       from generate_series(0, 3600 / $3 - 1) s`,
      [tagId, sqlTime(now + hour * HOUR), seconds],
    )
  }
  await sealClosedWindows(db, now)
  const end = Math.floor((now - 24 * HOUR) / DAY) * DAY + DAY
  for (const { day } of await daysInPieces(db, end, 100)) await db.transaction(async (tx) => await joinDays(tx, [{ tagId, day }]))
  for (const hour of [-29, -28, -5]) await insert('late_samples', hour, 3)
  await mergeLateSamples(db, now)
  await insert('late_samples', -4, 3)
  await insert('measurements', -1, 12)
  return { tagId, other, empty, now }
}

/** The same from all samples one by one. */
async function plainly(db: Database, tagId: number, edges: Float64Array, now: Micros, interpolation: Interpolation): Promise<Bucket[]> {
  const { samples } = await readSamples(db, 'all', tagId, now - 100 * DAY, now + DAY, 1_000_000)
  const numbers = samples.map((one) => ({ at: one.at, value: (one.quality & 3) === 2 || typeof one.value === 'string' ? null : one.value }))
  const before = new Aggregator()
  for (const one of numbers) if (one.at < (edges[0] ?? 0)) before.add(one.at, one.value)
  let start = before.end(edges[0] ?? 0)
  const startOf = (at: Micros): number | null => {
    const next = numbers.findIndex((one) => one.at > at)
    const last = next < 0 ? numbers.length - 1 : next - 1
    return at > now ? null : interpolate(at, numbers[last], numbers[last + 1], interpolation)
  }
  return Array.from(edges.subarray(1), (to, index) => {
    const from = edges[index] ?? 0
    const bucket = new Aggregator(start)
    for (const one of numbers) if (one.at >= from && one.at < to) bucket.add(one.at, one.value)
    start = { ...bucket.end(Math.max(from, Math.min(to, now))), at: to }
    return { from, to, known: bucket.result(), integral: bucket.integral, knownSeconds: bucket.knownSeconds, start: startOf(from) }
  })
}

test('buckets say the same wherever the samples lie', async () => {
  await using t = await testDatabase()
  const { tagId, now } = await scattered(t.db)
  const edges = fc.uniqueArray(fc.integer({ min: -40 * 60, max: 60 }), { minLength: 2, maxLength: 30 }).map((minutes) =>
    Float64Array.from(
      minutes.toSorted((a, b) => a - b),
      (minute) => now + minute * 60 * SECOND,
    ),
  )
  const close = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(a))
  await fc.assert(
    fc.asyncProperty(edges, fc.constantFrom<Interpolation>('stepped', 'sloped'), async (where, interpolation) => {
      const found = (await readManyBuckets(t.db, 'all', [tagId], where, now, new Map([[tagId, interpolation]]))).get(tagId) ?? []
      const expected = await plainly(t.db, tagId, where, now, interpolation)
      assert.equal(found.length, expected.length)
      for (const [index, bucket] of found.entries()) {
        const other = expected[index]
        assert.ok(other !== undefined)
        const { sum: _, integral: __, knownSeconds: ___, rise: ____, ...exact } = bucket.known ?? {}
        const { sum: _1, integral: _2, knownSeconds: _3, rise: _4, ...wanted } = other.known ?? {}
        assert.deepEqual(
          { ...exact, from: bucket.from, to: bucket.to, start: bucket.start },
          { ...wanted, from: other.from, to: other.to, start: other.start },
        )
        for (const name of ['integral', 'knownSeconds'] as const)
          assert.ok(close(bucket[name], other[name]), `${name} ${bucket[name]} ${other[name]}`)
        for (const name of ['sum', 'rise'] as const) assert.ok(close(bucket.known?.[name] ?? 0, other.known?.[name] ?? 0), name)
      }
    }),
    // begins amid samples that wait to be merged
    { numRuns: 150, examples: [[Float64Array.of(now - 186 * 60 * SECOND, now), 'sloped']] },
  )
})

test('nothing is told of a tag out of scope', async () => {
  await using t = await testDatabase()
  const { tagId, now } = await scattered(t.db)
  assert.deepEqual(await readBuckets(t.db, [], tagId, Float64Array.of(now - DAY, now), now), [])
  assert.deepEqual((await readSamples(t.db, [], tagId, now - DAY, now, 10)).samples, [])
})

test('several tags at once say what each says alone', async () => {
  await using t = await testDatabase()
  const { tagId, other, empty, now } = await scattered(t.db)
  await t.db.query(
    `insert into measurements (tag_id, time_stamp, value, quality) select $1, time_stamp, value + 1, quality from measurements where tag_id = $2`,
    [other, tagId],
  )
  await t.db.query(
    `insert into late_samples (tag_id, time_stamp, value, quality)
     select $1, $2::timestamptz - s * interval '7 minutes', s, 0 from generate_series(0, 300) s`,
    [other, sqlTime(now - HOUR)],
  )
  await mergeLateSamples(t.db, now)
  const edges = Float64Array.from({ length: 60 }, (_, index) => now + (index - 59) * 30 * 60 * SECOND)
  const all = await readManyBuckets(t.db, 'all', [tagId, other, empty, 999_999], edges, now)
  assert.deepEqual(new Set(all.keys()), new Set([tagId, other, empty]))
  for (const [id, buckets] of all) assert.deepEqual(buckets, await readBuckets(t.db, 'all', id, edges, now))
  assert.notDeepEqual(all.get(other), all.get(tagId))
  assert.equal((await readManyBuckets(t.db, [], [tagId, other], edges, now)).size, 0)
})
