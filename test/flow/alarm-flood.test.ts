import assert from 'node:assert/strict'
import { test } from 'node:test'
import { floodNow } from '#store/alarm-guards.ts'
import { insertDevice } from '#store/devices.ts'
import { listEvents } from '#store/system-events.ts'
import { AlarmPlant, startEngine, until } from '../support/alarm-plant.ts'
import { testDatabase } from '../support/database.ts'

const PUMPS = 12

/** A switch, the pumps that hang on it, and a stray device: a tag and a rule each, in this order. */
async function makePlant(db: AlarmPlant['db'], related: boolean): Promise<AlarmPlant> {
  const plant = await AlarmPlant.make(db, { tags: PUMPS + 2 })
  for (let index = 0; index < PUMPS + 2; index++) {
    const code = index === 0 ? 'SWITCH' : index <= PUMPS ? `PUMP-${index}` : 'STRAY'
    const device = await insertDevice(db, {
      code,
      name: code,
      area: '',
      protocol: 'modbus',
      enabled: true,
      pollMillis: 1000,
      timeoutMillis: 1000,
      commTimeoutSeconds: null,
      commSeverity: 'warning',
      livenessCounts: true,
      fedBy: related && code.startsWith('PUMP') ? 'SWITCH' : '',
      connection: {},
      demo: false,
    })
    await db.query('update tags set device_id = $2 where id = $1', [plant.tag(index), device.id])
    await plant.rule({ tagId: plant.tag(index), name: `${code} high` })
  }
  return plant
}

const only = (index: number): (number | undefined)[] => Array.from({ length: PUMPS + 2 }, (_, at) => (at === index ? 90 : undefined))

test('a flood is named after the device that the others hang on, although it was missed last', async () => {
  await using t = await testDatabase()
  const plant = await makePlant(t.db, true)
  await using _engine = startEngine(t.db)
  const firstOuts = async (): Promise<string[]> => (await plant.alarms()).flatMap((one) => (one.firstOut ? [one.name] : []))
  await plant.deliver(only(PUMPS + 1))
  for (let pump = 1; pump <= PUMPS; pump++) await plant.deliver(only(pump))
  await until(async () => (await firstOuts()).length > 0, 'a flood has begun')
  assert.deepEqual(await firstOuts(), ['PUMP-1 high'], 'the stray alarm before it did not begin it')
  await plant.deliver(only(0))
  await until(async () => (await firstOuts())[0] === 'SWITCH high', 'the switch is named')
  assert.deepEqual(await firstOuts(), ['SWITCH high'], 'one flood has one first out')

  const alarms = await plant.alarms()
  const flood = await floodNow(t.db, 'all')
  assert.equal(flood?.firstOut?.eventId, alarms.find((one) => one.name === 'SWITCH high')?.id)
  const [told] = await t.db.query<{ body: { code: string; severity: string; detail: { alarms: number } } }>(
    `select body from outbox where kind = 'system'`,
  )
  assert.deepEqual([told?.body.code, told?.body.severity], ['alarm.flood', 'warning'])
  assert.ok((told?.body.detail.alarms ?? 0) > 10)
  assert.equal((await listEvents(t.db, 'all', 10)).filter((one) => one.code === 'alarm.flood').length, 1)
  await t.db.query(`update alarm_events set committed_at = committed_at - interval '11 min'`)
  await until(async () => (await floodNow(t.db, 'all')) === undefined, 'nothing more comes: the flood is over')
  assert.deepEqual(await firstOuts(), ['SWITCH high'], 'history keeps it')
})

test('without relations the first alarm in time is the first out', async () => {
  await using t = await testDatabase()
  const plant = await makePlant(t.db, false)
  await using _engine = startEngine(t.db)
  await plant.deliver(only(PUMPS + 1))
  for (let pump = 1; pump <= PUMPS; pump++) await plant.deliver(only(pump))
  await until(async () => (await plant.alarms()).some((one) => one.firstOut), 'a flood has begun')
  assert.equal((await plant.alarms()).find((one) => one.firstOut)?.name, 'STRAY high')
})
