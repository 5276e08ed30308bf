import assert from 'node:assert/strict'
import { test } from 'node:test'
import { previewFormula } from '#alarm/preview-formula.ts'
import { parseFormula } from '#calc/formula/parse.ts'
import type { DeviceScope } from '#domain/user.ts'
import { insertTags } from '#store/tags.ts'
import { readLatest } from '#store/latest.ts'
import { AlarmPlant, SOURCE, startEngine, until } from '../support/alarm-plant.ts'
import { testDatabase } from '../support/database.ts'

const PLAIN = {
  address: '',
  settings: {},
  kind: 'analog' as const,
  unit: 'm',
  decimals: 1,
  scale: 1,
  offset: 0,
  deadband: 0,
  stateText: null,
  enabled: true,
}

/** A counter that rises by one a second for five minutes, read every 5 s. */
async function count(plant: AlarmPlant): Promise<void> {
  for (let value = 0; value <= 300; value += 5) await plant.deliver([value], { stored: true, seconds: 5 })
  await plant.judged()
}

/** The clock of the source may be a reading further by now. */
function assertAbout(value: number | null | undefined, expected: number): void {
  assert.ok(typeof value === 'number' && value <= expected && value >= expected - 5, `${String(value)} instead of ${expected}`)
}

test('a rule and a formula that look back are judged by stored history from their first moment on, and an edit changes nothing but what it says', async () => {
  await using t = await testDatabase()
  const plant = await AlarmPlant.make(t.db)
  await using _ = startEngine(t.db)
  await count(plant)
  const many = await plant.rule({ kind: 'totalizer', windowSeconds: 120, setpoint: 100, deadband: 0, operator: '>=', name: 'Too many' })
  const few = await plant.rule({ kind: 'totalizer', windowSeconds: 200, setpoint: 150, deadband: 0, operator: '<', name: 'Too few' })
  await until(async () => (await plant.alarms()).length === 1, 'the rule sees the two minutes before it')
  const [raised] = await plant.alarms()
  assert.equal(raised?.name, 'Too many')
  assertAbout(raised.valueAtRaise, 120)

  // a longer window: the same alarm stands on, nothing clears and raises again
  await plant.rule({ kind: 'totalizer', windowSeconds: 240, setpoint: 200, deadband: 0, operator: '>=', name: 'Too many' }, many)
  await plant.rule({ kind: 'totalizer', windowSeconds: 100, setpoint: 90, deadband: 0, operator: '<', name: 'Too few' }, few)
  const [sum] = await insertTags(t.db, plant.deviceId, [{ ...PLAIN, name: 'Mean', formula: 'avg_over(${PS-01:Level 1}, 100s)' }])
  await plant.deliver([305], { stored: true, seconds: 5 })
  await plant.deliver([310], { stored: true, seconds: 5 })
  await plant.judged()
  const mean = async (): Promise<unknown> =>
    (await readLatest(t.db, 'all', [{ id: sum?.id ?? 0, deviceId: plant.deviceId }])).latest.get(sum?.id ?? 0)?.value
  await until(async () => typeof (await mean()) === 'number', 'the mean has a value')
  assert.deepEqual(
    (await plant.alarms()).map((one) => [one.id, one.clearedAt]),
    [[raised.id, null]],
  )
  assertAbout(Number(await mean()), 260)

  // whoever writes the formula sees the same before it is saved
  const [level = 0] = plant.tagIds
  const newest = (await readLatest(t.db, 'all', [{ id: level, deviceId: plant.deviceId }])).latest.get(level)
  const reading = { tagId: level, value: Number(newest?.value), severity: 0, at: newest?.sourceTimestamp ?? null }
  const preview = async (scope: DeviceScope, longest?: number): Promise<number | undefined> =>
    await previewFormula(t.db, scope, parseFormula('avg_over(${PS-01:Level 1}, 100s) + 0'), [reading], longest)
  assertAbout(await preview('all'), 260)
  // what is not theirs has no history for them
  assert.deepEqual(await preview([]), Number.NaN)
  assert.equal(await preview('all', -1), undefined)
})

test('what was edited while no engine ran looks back as well', async () => {
  await using t = await testDatabase()
  const plant = await AlarmPlant.make(t.db)
  {
    await using _ = startEngine(t.db)
    await count(plant)
  }
  await t.db.query('delete from deliveries')
  await plant.rule({ kind: 'totalizer', windowSeconds: 240, setpoint: 200, deadband: 0, operator: '>=', name: 'Too many' })
  await using _ = startEngine(t.db)
  await until(async () => (await plant.alarms()).length === 1, 'the rule sees the four minutes before it')
  assertAbout((await plant.alarms())[0]?.valueAtRaise, 240)
})

test('a change is told across a gap neither after a kill nor when its window is filled from history', async () => {
  await using t = await testDatabase()
  const plant = await AlarmPlant.make(t.db)
  const id = await plant.rule({ kind: 'rate_of_change', windowSeconds: 60, setpoint: 30, operator: '>', deadband: 0 })
  const judged = async (): Promise<void> => {
    await using _ = startEngine(t.db)
    await plant.judged()
  }
  await plant.deliver([0], { stored: true })
  await judged()
  await plant.deliver([1], { stored: true, seconds: 20 })
  await plant.deliver([null], { stored: true, seconds: 20 })
  // as if it had been killed: what it remembers is of before the gap
  const remembered = await t.db.query<{ seq: number; body: Buffer }>('select seq, body from alarm_memory where source = $1', [SOURCE])
  await judged()
  await t.db.query('update alarm_memory set seq = $2, body = $3 where source = $1', [SOURCE, remembered[0]?.seq, remembered[0]?.body])
  await plant.deliver([900], { stored: true, seconds: 5 })
  await judged()
  assert.deepEqual(await plant.alarms(), [])
  // a window of another length is filled from what was stored
  await plant.rule({ kind: 'rate_of_change', windowSeconds: 50, setpoint: 30, operator: '>', deadband: 0 }, id)
  await plant.deliver([901], { stored: true, seconds: 5 })
  await judged()
  assert.deepEqual(await plant.alarms(), [])
})
