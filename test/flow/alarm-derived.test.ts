import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exportHistory } from '#api/history-export.ts'
import { metricOf } from '#calc/metric.ts'
import { QualitySeverity, severityOf } from '#domain/sample.ts'
import { listHistory } from '#store/alarms.ts'
import { readCompleteness } from '#store/completeness.ts'
import { insertTags } from '#store/tags.ts'
import { readLatest } from '#store/latest.ts'
import { readBuckets, readNumbers } from '#store/trend.ts'
import { requestReset } from '#store/suppressions.ts'
import { putInService, shelveRules, takeOutOfService, unshelveRules } from '#store/alarm-suppress.ts'
import { AlarmPlant, SECOND, startEngine, until } from '../support/alarm-plant.ts'
import { testDatabase } from '../support/database.ts'
import { OPEN_SAMPLES } from '../support/samples.ts'

const PLAIN = {
  address: '',
  settings: {},
  kind: 'analog' as const,
  unit: 'kW',
  decimals: 1,
  scale: 1,
  offset: 0,
  deadband: 0,
  stateText: null,
  enabled: true,
}

test('a virtual tag is stored, shown and judged like any other, and a restart is invisible', async () => {
  await using t = await testDatabase()
  const plant = await AlarmPlant.make(t.db)
  const [sum, double] = await insertTags(t.db, plant.deviceId, [
    { ...PLAIN, name: 'Sum', formula: 'coalesce(${PS-01:Level 1}, 0) * 2 + max_over(${PS-01:Level 1}, 60s, 0)' },
    { ...PLAIN, name: 'Double', formula: '${PS-01:Level 1} * 2' },
  ])
  assert.ok(sum && double)
  const begin = plant.now
  await plant.rule({ tagId: sum.id, setpoint: 100, deadband: 0 })
  let engine = startEngine(t.db)
  await plant.deliver([10])
  await plant.deliver([40])
  await until(async () => (await listHistory(t.db, 'all')).alarms.length === 1, 'the sum raises')
  await engine[Symbol.asyncDispose]()
  engine = startEngine(t.db)
  await plant.deliver([5])
  await until(async () => (await listHistory(t.db, 'all')).alarms[0]?.clearedAt !== null, 'the sum clears')
  await plant.deliver([null])
  await plant.judged()
  await engine[Symbol.asyncDispose]()
  const [alarm] = (await listHistory(t.db, 'all')).alarms
  assert.equal(alarm?.valueAtRaise, 120)
  assert.equal(alarm.tagName, 'Sum')
  const { latest } = await readLatest(t.db, 'all', [{ id: sum.id, deviceId: plant.deviceId }])
  // the highest of the last minute is still 40
  assert.equal(latest.get(sum.id)?.value, 40)
  const stored = await t.db.query<{ value: number }>(`select value from ${OPEN_SAMPLES} where tag_id = $1 order by time_stamp`, [sum.id])
  assert.deepEqual(
    stored.map((one) => one.value),
    [30, 120, 50, 40],
  )

  // the past of one whose input failed: samples, buckets, completeness and the file of an export
  const [from, to] = [begin, begin + 7 * SECOND]
  const raw = await readNumbers(t.db, 'all', double.id, from, to, 100)
  assert.deepEqual(raw.values, [20, 80, 10, null])
  assert.deepEqual(raw.qualities.map(severityOf), [0, 0, 0, QualitySeverity.Bad])
  const [bucket] = await readBuckets(t.db, 'all', double.id, Float64Array.of(from, to), to)
  assert.ok(bucket)
  assert.deepEqual([metricOf(bucket, 'maximum'), metricOf(bucket, 'count'), bucket.knownSeconds], [80, 3, 3])
  assert.deepEqual(await readCompleteness(t.db, 'all', double, Float64Array.of(from, to), to), [0.5])
  const look = { delimiter: ',', decimal: '.', dateFormat: 'iso', timeZone: 'UTC' } as const
  const file = await Array.fromAsync(await exportHistory(t.db, 'all', { tagIds: [double.id], from, to, layout: 'long', ...look }))
  assert.deepEqual(
    file
      .join('')
      .split('\r\n')
      .slice(1, -1)
      .map((line) => line.split(',').slice(1).join()),
    ['PS-01:Double,20,kW,Good,', 'PS-01:Double,80,kW,Good,', 'PS-01:Double,10,kW,Good,', 'PS-01:Double,,kW,Bad,no data'],
  )
})

test('what is shelved or out of service is recorded and told to nobody, until it comes back', async () => {
  await using t = await testDatabase()
  const plant = await AlarmPlant.make(t.db)
  const rule = await plant.rule()
  const engine = startEngine(t.db)
  const by = { who: 'Platform: Ana', reason: 'Pump is being cleaned', at: plant.now }
  const told = async (): Promise<number> => (await t.db.query(`select 1 from outbox where kind = 'raised'`)).length
  const suppressed = async (): Promise<(string | null)[]> =>
    (await t.db.query<{ suppressed: string | null }>('select suppressed from alarm_events order by id')).map((one) => one.suppressed)
  await shelveRules(t.db, 'all', [rule], plant.now + 3_600_000_000, by)
  await plant.deliver([90])
  await until(async () => (await suppressed()).length === 1, 'the raise is on record')
  assert.deepEqual(await suppressed(), ['shelved'])
  assert.equal(await told(), 0)
  await takeOutOfService(t.db, 'all', plant.deviceId, null, by)
  assert.deepEqual(await suppressed(), ['out_of_service'])
  await unshelveRules(t.db, 'all', [rule], by)
  assert.equal(await told(), 0)
  await putInService(t.db, 'all', plant.deviceId, by)
  assert.deepEqual(await suppressed(), [null])
  assert.equal(await told(), 1)
  await engine[Symbol.asyncDispose]()
})

test('a latched alarm stands until it is reset', async () => {
  await using t = await testDatabase()
  const plant = await AlarmPlant.make(t.db)
  const rule = await plant.rule({ latch: true })
  const engine = startEngine(t.db)
  await plant.deliver([90])
  await plant.deliver([10])
  const condition = async (): Promise<string | undefined> =>
    (await t.db.query<{ condition: string }>('select condition from alarm_states where rule_id = $1', [rule]))[0]?.condition
  await until(async () => (await condition()) === 'latched', 'it is latched')
  assert.equal((await listHistory(t.db, 'all')).alarms[0]?.clearedAt, null)
  await requestReset(t.db, 'all', rule, 'Platform: Ana', plant.now)
  await until(async () => (await listHistory(t.db, 'all')).alarms[0]?.clearedAt !== null, 'it is reset')
  assert.equal(await condition(), 'normal')
  await engine[Symbol.asyncDispose]()
})
