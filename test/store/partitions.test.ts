import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Micros } from '#base/time.ts'
import type { Database } from '#store/database.ts'
import { dropPartition, ensurePartitions, ensurePartitionsAt, listPartitions } from '#store/partitions.ts'
import { sqlTime } from '#store/time.ts'
import { testDatabase } from '../support/database.ts'

const HOUR = 3_600_000_000
const DAY = 24 * HOUR

async function nowOf(db: Database): Promise<Micros> {
  const [clock] = await db.query<{ now: Micros }>('select now() as now')
  return clock?.now ?? 0
}

/** @returns where one partition ends and the next does not begin */
function holes(partitions: readonly { from: Micros; to: Micros }[]): Micros[] {
  return partitions.slice(1).flatMap((one, index) => (partitions[index]?.to === one.from ? [] : [one.from]))
}

test('the next thirty hours of samples and the next five of the journal have partitions, without holes', async () => {
  await using t = await testDatabase({ layout: 'partitions' })
  const now = await nowOf(t.db)
  const measurements = await listPartitions(t.db, 'measurements')
  const deliveries = await listPartitions(t.db, 'deliveries')
  assert.deepEqual([...holes(measurements), ...holes(deliveries)], [])
  const reach = (all: typeof measurements, from: Micros, to: Micros): boolean =>
    (all[0]?.from ?? now) <= from && (all.at(-1)?.to ?? now) >= to
  assert.ok(reach(measurements, now, now + 30 * HOUR))
  assert.ok(reach(deliveries, now, now + 5 * HOUR))
})

test('a partition that goes while they are listed is none of them', async () => {
  await using t = await testDatabase({ layout: 'partitions' })
  const [first, ...rest] = await listPartitions(t.db, 'deliveries')
  await t.db.transaction(async (tx) => {
    // what it sees of the catalogue stays as it is now
    await tx.query('set transaction isolation level repeatable read')
    await tx.query('select from pg_class')
    await t.db.query(`drop table ${first?.name ?? ''}`)
    assert.deepEqual(await listPartitions(tx, 'deliveries'), rest)
  })
})

test('many makers at once make each partition once', async () => {
  await using t = await testDatabase({ layout: 'partitions' })
  for (const table of ['measurements', 'deliveries'] as const) {
    for (const { name } of await listPartitions(t.db, table)) assert.ok(await dropPartition(t.db, name))
  }
  await Promise.all(Array.from({ length: 6 }, async () => await ensurePartitions(t.db)))
  assert.deepEqual(await ensurePartitions(t.db), [], 'nothing is left to make')
  assert.deepEqual(holes(await listPartitions(t.db, 'measurements')), [])
})

test('an instant between odd partitions gets the gap that is left there', async () => {
  await using t = await testDatabase({ layout: 'partitions' })
  const day = Math.floor((await nowOf(t.db)) / DAY) * DAY - 30 * DAY
  await t.db.query(
    `create table odd partition of measurements for values from ('${sqlTime(day + 6 * HOUR)}') to ('${sqlTime(day + 7 * HOUR)}')`,
  )
  await ensurePartitionsAt(t.db, 'measurements', [day + 5.5 * HOUR, day + 6.5 * HOUR, day + 7.5 * HOUR])
  const there = (await listPartitions(t.db, 'measurements')).filter((one) => one.from >= day && one.to <= day + DAY)
  assert.deepEqual(
    there.map((one) => [(one.from - day) / HOUR, (one.to - day) / HOUR]),
    [
      [5, 6],
      [6, 7],
      [7, 8],
    ],
  )
})

test('a partition that is in use is dropped another time', async () => {
  await using t = await testDatabase({ layout: 'partitions' })
  const [oldest] = await listPartitions(t.db, 'deliveries')
  assert.ok(oldest !== undefined)
  await t.db.transaction(async (tx) => {
    await tx.query(`select from ${oldest.name}`)
    assert.equal(await dropPartition(t.db, oldest.name), false)
  })
  assert.equal(await dropPartition(t.db, oldest.name), true)
  assert.ok(!(await listPartitions(t.db, 'deliveries')).some((one) => one.name === oldest.name))
})
