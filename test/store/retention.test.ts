import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Micros } from '#base/time.ts'
import { createLogger } from '#host/log.ts'
import { keepOnce } from '#keeper/keeper.ts'
import type { Database } from '#store/database.ts'
import { listPartitions } from '#store/partitions.ts'
import { dropOldDeliveries } from '#store/retention.ts'
import { sqlTime } from '#store/time.ts'
import { testDatabase } from '../support/database.ts'

const HOUR = 3_600_000_000

/** Hours are relative to the current hour; a partition and one delivery in each. */
async function journal(db: Database, hours: readonly number[]): Promise<Micros> {
  const [row] = await db.query<{ now: Micros }>(`select date_trunc('hour', now()) as now`)
  const start = row?.now ?? 0
  for (const [index, hour] of hours.entries()) {
    const [from, to] = [sqlTime(start + hour * HOUR), sqlTime(start + (hour + 1) * HOUR)]
    if (hour < 0) await db.query(`create table deliveries_test_${-hour} partition of deliveries for values from ('${from}') to ('${to}')`)
    await db.query(`insert into deliveries (source, seq, received_at, payload) values ('plc', $1, $2, '\\x00')`, [index + 1, from])
  }
  await db.query(`insert into sources (source, seq, latest_seq) values ('plc', $1, $1)`, [hours.length])
  return start
}

test('deliveries go when they are old and everybody has read them', async () => {
  await using t = await testDatabase()
  const start = await journal(t.db, [-5, -4, -3, -2, 0])
  const now = start + HOUR / 2
  await t.db.query(`insert into watermarks (reader, source, seq) values ('alarm', 'plc', 2), ('other', 'plc', 5)`)
  assert.deepEqual(await dropOldDeliveries(t.db, now), { dropped: ['deliveries_test_5', 'deliveries_test_4'], unread: null })
  assert.deepEqual(await dropOldDeliveries(t.db, now), { dropped: [], unread: null }, 'the rest is unread')
  await t.db.query(`update watermarks set seq = 5`)
  assert.deepEqual((await dropOldDeliveries(t.db, now)).dropped, ['deliveries_test_3', 'deliveries_test_2'])
})

test('deliveries that nobody has read yet stay', async () => {
  await using t = await testDatabase()
  const start = await journal(t.db, [-5, -4, 0])
  assert.deepEqual(await dropOldDeliveries(t.db, start + HOUR / 2), { dropped: [], unread: null })
})

test('past the size cap the oldest go unread, and that is told', async () => {
  await using t = await testDatabase()
  const start = await journal(t.db, [-5, -4, 0])
  await t.db.query(`insert into watermarks (reader, source, seq) values ('alarm', 'plc', 0)`)
  const { dropped, unread } = await dropOldDeliveries(t.db, start + HOUR / 2, 0)
  assert.deepEqual(dropped, ['deliveries_test_5', 'deliveries_test_4'])
  assert.deepEqual(unread, { from: start - 5 * HOUR, to: start - 3 * HOUR })
})

test('a round of care makes partitions and clears what expired', async () => {
  await using t = await testDatabase({ layout: 'partitions' })
  const [clock] = await t.db.query<{ now: Micros }>('select now() as now')
  const now = clock?.now ?? 0
  const [doomed] = await listPartitions(t.db, 'measurements')
  await t.db.query(`drop table ${doomed?.name ?? ''}`)
  await t.db.query(
    `insert into setup_tokens values ('\\x01', 'first_administrator', null, now() - interval '1 minute'), ('\\x02', 'first_administrator', null, now() + interval '1 hour')`,
  )
  const lines: string[] = []
  const fixed = { now: () => now, mono: () => 0 }
  await keepOnce({ db: t.db, clock: fixed, dataFolder: '/nowhere', log: createLogger('keeper', (line) => lines.push(line)) })
  assert.ok((await listPartitions(t.db, 'measurements')).some((one) => one.name === doomed?.name))
  assert.equal((await t.db.query('select from setup_tokens')).length, 1)
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as { event: string }).event),
    ['keeper.partitions_made'],
  )
})
