import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { StoreError } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'
import type { DeviceReport } from '#domain/delivery.ts'
import { GOOD, QualityFlag, type Sample, type Value } from '#domain/sample.ts'
import type { Database } from '#store/database.ts'
import { readAfter } from '#store/deliveries.ts'
import { listDeviceStates } from '#store/device-states.ts'
import { insertDevice } from '#store/devices.ts'
import { SourceJournal } from '#store/journal.ts'
import { readLatest } from '#store/latest.ts'
import { readSamples } from '#store/measurements.ts'
import { insertTags, listTags } from '#store/tags.ts'
import { testDatabase } from '../support/database.ts'
import { OPEN_ROWS } from '../support/samples.ts'

const DEVICE = {
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
} as const
const TAG = {
  address: 'HR0',
  settings: {},
  kind: 'analog',
  unit: '',
  decimals: 2,
  scale: 1,
  offset: 0,
  deadband: 0,
  stateText: null,
  enabled: true,
} as const

async function plant(db: Database, tags: number): Promise<{ deviceId: number; tagIds: number[]; now: Micros }> {
  const device = await insertDevice(db, { ...DEVICE, code: 'A' })
  const added = await insertTags(
    db,
    device.id,
    Array.from({ length: tags }, (_, index) => ({ ...TAG, name: `T${index}` })),
  )
  const [clock] = await db.query<{ now: Micros }>('select now() as now')
  return { deviceId: device.id, tagIds: added.map((tag) => tag.id), now: clock?.now ?? 0 }
}

const sample = (tagId: number, sourceTimestamp: Micros, value: Value, quality = GOOD): Sample => ({
  tagId,
  sourceTimestamp,
  value,
  quality,
  statusCode: null,
})
const report = (deviceId: number, newest: Micros, status: DeviceReport['status'] = 'online'): DeviceReport => ({
  deviceId,
  newest,
  status,
  consecutiveFailures: 0,
  successRate: 1,
  problem: null,
})

test('a flush is samples, delivery and position at once; the next must follow', async () => {
  await using t = await testDatabase()
  const { deviceId, tagIds, now } = await plant(t.db, 2)
  const [one = 0, two = 0] = tagIds
  const { journal, position } = await SourceJournal.open(t.db, 'driver-modbus')
  assert.deepEqual([position.seq, position.spoolRecord], [0, 0])
  const flush = {
    delivery: { seq: 1, receivedAt: now, readings: [sample(two, now, 2.5), sample(one, now, true)], devices: [report(deviceId, now)] },
    store: [sample(two, now, 2.5)],
    spoolRecord: 77,
  }
  await journal.append(flush)
  await assert.rejects(journal.append(flush), (error) => error instanceof StoreError && error.code === 'store_conflict')
  await assert.rejects(journal.append({ ...flush, delivery: { ...flush.delivery, seq: 3 } }), StoreError)
  assert.deepEqual(await readAfter(t.db, 'driver-modbus', 0), [{ source: 'driver-modbus', ...flush.delivery }])
  const { seq, spoolRecord } = await journal.position()
  assert.deepEqual([seq, spoolRecord], [1, 77])
  assert.equal((await t.db.query(`select from ${OPEN_ROWS}`)).length, 1, 'a refused flush leaves nothing')
  assert.equal((await listDeviceStates(t.db, 'all'))[0]?.status, 'online')
})

test('a second writer shuts the first one out', async () => {
  await using t = await testDatabase()
  const { now } = await plant(t.db, 1)
  const flush = { delivery: { seq: 1, receivedAt: now, readings: [], devices: [] }, store: [], spoolRecord: 1 }
  const { journal: first } = await SourceJournal.open(t.db, 'plc')
  const { journal: second } = await SourceJournal.open(t.db, 'plc')
  await assert.rejects(first.append(flush), StoreError)
  await assert.rejects(first.position(), StoreError)
  await second.append(flush)
})

test('every value comes back as it went in', async () => {
  await using t = await testDatabase()
  const { tagIds, now } = await plant(t.db, 1)
  const [tagId = 0] = tagIds
  const { journal } = await SourceJournal.open(t.db, 'plc')
  let seq = 0
  let at = now
  const value = fc.oneof(
    fc.double({ noNaN: true }),
    fc.boolean(),
    fc.string({ unit: 'grapheme' }),
    fc.constant(null),
    fc.bigInt(2n ** 53n, 2n ** 64n - 1n),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(value, fc.integer({ min: 0, max: 16_383 })), { minLength: 1, maxLength: 40 }), async (values) => {
      seq++
      const from = at
      const samples = values.map(([one, quality]) => sample(tagId, (at += 1), one, quality))
      await journal.append({ delivery: { seq, receivedAt: now, readings: samples, devices: [] }, store: samples, spoolRecord: seq })
      const stored = await readSamples(t.db, 'all', tagId, from + 1, at + 1, 1000)
      const shown = (one: Value): unknown =>
        typeof one === 'bigint'
          ? one.toString()
          : typeof one === 'boolean'
            ? Number(one)
            : typeof one === 'string'
              ? one.replaceAll('\0', '\uFFFD')
              : one
      assert.deepEqual(
        stored.samples.map((row) => [row.at, row.value, row.quality]),
        samples.map((one) => [one.sourceTimestamp, shown(one.value), one.quality]),
      )
      assert.deepEqual((await readAfter(t.db, 'plc', seq - 1))[0]?.readings, samples)
    }),
    { numRuns: 30 },
  )
})

test('what has no partition waits in late_samples; a delivery that waited for hours gets its partition', async () => {
  await using t = await testDatabase()
  const { tagIds, now } = await plant(t.db, 1)
  const [tagId = 0] = tagIds
  const { journal } = await SourceJournal.open(t.db, 'plc')
  const hours = (count: number): Micros => count * 3_600_000_000
  const store = [sample(tagId, now - hours(24 * 30), 1), sample(tagId, now, 2), sample(tagId, now + hours(2), 3)]
  await journal.append({ delivery: { seq: 1, receivedAt: now, readings: [], devices: [] }, store, spoolRecord: 1 })
  assert.deepEqual(
    (await t.db.query<{ value: number }>('select value from late_samples order by value')).map((row) => row.value),
    [1, 3],
  )
  await journal.append({ delivery: { seq: 2, receivedAt: now - hours(7), readings: [], devices: [] }, store: [], spoolRecord: 2 })
  assert.equal((await readAfter(t.db, 'plc', 1))[0]?.receivedAt, now - hours(7))
})

test('the latest values are those of the checkpoint and of the journal since, within the scope', async () => {
  await using t = await testDatabase()
  const { deviceId, tagIds, now } = await plant(t.db, 3)
  const [one = 0, two = 0, three = 0] = tagIds
  const { journal } = await SourceJournal.open(t.db, 'plc')
  const first = [sample(one, now, 1), sample(two, now, 'open')]
  await journal.append({
    delivery: { seq: 1, receivedAt: now, readings: first, devices: [report(deviceId, now)] },
    store: first,
    spoolRecord: 1,
  })
  await journal.checkpoint(1, first)
  const second = [
    sample(two, now + 5, 2n ** 60n),
    sample(three, now + 5, true),
    sample(one, now - 5, 9),
    sample(one, now + 9, 8, QualityFlag.Historical),
  ]
  await journal.append({ delivery: { seq: 2, receivedAt: now, readings: second, devices: [] }, store: [], spoolRecord: 2 })
  const tags = await listTags(t.db, 'all')
  const { latest, seqs } = await readLatest(t.db, 'all', tags)
  assert.deepEqual(
    tagIds.map((id) => latest.get(id)?.value),
    [1, String(2n ** 60n), 1],
  )
  assert.deepEqual([...seqs], [['plc', 2]])
  assert.equal((await readLatest(t.db, [], tags)).latest.size, 0)
  assert.equal((await readLatest(t.db, [deviceId], tags)).latest.size, 3)
  assert.deepEqual((await readSamples(t.db, [], one, now - 10, now + 10, 10)).samples, [])
})

test('readers hear of a delivery when it is committed', async () => {
  await using t = await testDatabase()
  const { now } = await plant(t.db, 1)
  const { journal } = await SourceJournal.open(t.db, 'plc')
  const heard = Promise.withResolvers<string>()
  const listening = Promise.withResolvers<void>()
  await using _ = t.db.listen('deliveries', (payload) => (payload === '' ? listening.resolve() : heard.resolve(payload)))
  await listening.promise
  await journal.append({ delivery: { seq: 1, receivedAt: now, readings: [], devices: [] }, store: [], spoolRecord: 1 })
  assert.equal(await heard.promise, 'plc')
})
