import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StoreError } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'
import { GOOD, type Sample } from '#domain/sample.ts'
import type { Database } from '#store/database.ts'
import { readAfter } from '#store/deliveries.ts'
import { insertDevice } from '#store/devices.ts'
import { SourceJournal } from '#store/journal.ts'
import { readLatest } from '#store/latest.ts'
import { dropPartition, listPartitions } from '#store/partitions.ts'
import { insertTags, listTags } from '#store/tags.ts'
import { testDatabase } from '../support/database.ts'
import { OPEN_ROWS } from '../support/samples.ts'

async function plant(db: Database): Promise<{ tagId: number; otherId: number; now: Micros }> {
  const device = await insertDevice(db, {
    code: 'A',
    name: 'A',
    area: '',
    protocol: 'modbus',
    enabled: true,
    pollMillis: 1000,
    timeoutMillis: 1000,
    commTimeoutSeconds: null,
    commSeverity: 'info',
    livenessCounts: true,
    connection: {},
    demo: false,
  })
  const shape = {
    address: 'HR0',
    settings: {},
    kind: 'analog',
    unit: '',
    decimals: 2,
    scale: 1,
    offset: 0,
    deadband: 0,
    stateText: null,
  } as const
  const [tag, other] = await insertTags(
    db,
    device.id,
    ['T', 'U'].map((name) => ({ ...shape, name, enabled: true })),
  )
  const [clock] = await db.query<{ now: Micros }>('select now() as now')
  return { tagId: tag?.id ?? 0, otherId: other?.id ?? 0, now: clock?.now ?? 0 }
}

const sample = (tagId: number, sourceTimestamp: Micros, value: number): Sample => ({
  tagId,
  sourceTimestamp,
  value,
  quality: GOOD,
  statusCode: null,
})

test('readings whose commit was never confirmed are in the next checkpoint all the same', async () => {
  await using t = await testDatabase()
  const { tagId, otherId, now } = await plant(t.db)
  let deaf = false
  const db: Database = {
    ...t.db,
    async transaction(work) {
      const result = await t.db.transaction(work)
      if (deaf) throw new StoreError('unavailable', 'the answer got lost')
      return result
    },
  }
  const { journal } = await SourceJournal.open(db, 'plc')
  const flushOf = (seq: number, readings: readonly Sample[]) => ({
    delivery: { seq, receivedAt: now, readings, devices: [] },
    store: readings,
    spoolRecord: seq,
  })
  await journal.append(flushOf(1, [sample(tagId, now, 1)]))
  deaf = true
  await assert.rejects(journal.append(flushOf(2, [sample(tagId, now + 1, 2), sample(otherId, now + 1, 7)])), StoreError)
  deaf = false
  assert.equal((await journal.position()).seq, 2)
  const last = [sample(otherId, now + 2, 8)]
  await journal.append(flushOf(3, last))
  await journal.checkpoint(3, last)
  // nothing after the checkpoint is read from the journal, so this is what the table has
  const { latest } = await readLatest(t.db, 'all', await listTags(t.db, 'all'))
  assert.deepEqual([latest.get(tagId)?.value, latest.get(otherId)?.value], [2, 8])
})

test('a partition that vanished under the writer is made again, and nothing is lost', async () => {
  await using t = await testDatabase({ layout: 'partitions' })
  const { tagId, now } = await plant(t.db)
  const { journal } = await SourceJournal.open(t.db, 'plc')
  const store = [sample(tagId, now, 1)]
  await journal.append({ delivery: { seq: 1, receivedAt: now, readings: store, devices: [] }, store, spoolRecord: 1 })
  for (const table of ['deliveries', 'measurements'] as const) {
    for (const { name } of await listPartitions(t.db, table)) assert.ok(await dropPartition(t.db, name))
  }
  await journal.append({ delivery: { seq: 2, receivedAt: now, readings: store, devices: [] }, store, spoolRecord: 2 })
  assert.deepEqual(
    (await readAfter(t.db, 'plc', 0)).map((one) => one.seq),
    [2],
  )
  const kept = await t.db.query(`select from ${OPEN_ROWS}`)
  const late = await t.db.query('select from late_samples')
  assert.equal(kept.length + late.length, 1)
})
