import assert from 'node:assert/strict'
import { test } from 'node:test'
import { configure } from '#alarm/core/configure.ts'
import { evaluate } from '#alarm/core/evaluate.ts'
import { createMemory } from '#alarm/core/memory.ts'
import { readAlarmPlan } from '#store/alarm-plan.ts'
import { openDatabase, type Database } from '#store/database.ts'
import { readAfter } from '#store/deliveries.ts'
import { insertTags } from '#store/tags.ts'
import { AlarmPlant, SOURCE, startEngine, until } from '../support/alarm-plant.ts'
import { testDatabase } from '../support/database.ts'
import { spawnEngine } from '../support/engine-process.ts'

/** As far apart as the engine lets its own clock run ahead: however slow this machine is, delays end by the deliveries alone. */
const STEP = { seconds: 5 } as const

/** Thresholds with and without delays, windows, a virtual tag and communication loss, on values that cross often. */
async function busyPlant(db: Database): Promise<AlarmPlant> {
  const plant = await AlarmPlant.make(db, { tags: 4, commTimeoutSeconds: 30 })
  await plant.rule()
  await plant.rule({ tagId: plant.tag(1), onDelaySeconds: 10 })
  await plant.rule({ tagId: plant.tag(2), offDelaySeconds: 15, autoClose: true })
  await plant.rule({ tagId: plant.tag(3), onDelaySeconds: 5, offDelaySeconds: 5, operator: '<', setpoint: 20 })
  await plant.rule({ tagId: plant.tag(0), kind: 'totalizer', windowSeconds: 60, setpoint: 250, deadband: 20 })
  await plant.rule({ tagId: plant.tag(1), kind: 'rate_of_change', windowSeconds: 30, setpoint: 60 })
  const shape = { address: '', settings: {}, unit: '', decimals: 0, scale: 1, offset: 0, deadband: 0, stateText: null, enabled: true }
  const formula = '${PS-01:Level 1} + max_over(${PS-01:Level 2}, 40s, 0)'
  const [sum] = await insertTags(db, plant.deviceId, [{ ...shape, kind: 'analog', name: 'Sum', formula }])
  await plant.rule({ tagId: sum?.id ?? 0, setpoint: 140, deadband: 10, onDelaySeconds: 5 })
  return plant
}

/** The same every time: a small generator of our own, started at `seed`. */
function valuesFrom(seed: number): () => readonly (number | undefined)[] {
  let state = seed
  const next = (): number => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return state / 2 ** 31
  }
  return () => Array.from({ length: 4 }, () => (next() < 0.3 ? undefined : Math.round(next() * 100)))
}

async function deliverSome(plant: AlarmPlant, values: () => readonly (number | undefined)[], count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const silent = plant.seq % 70 > 50
    await plant.deliver(silent ? [] : values(), { ...STEP, silent })
  }
}

/** What one engine that never stopped makes of everything delivered. */
async function uninterrupted(plant: AlarmPlant): Promise<string[]> {
  const memory = createMemory()
  configure(memory, await readAlarmPlan(plant.db), () => undefined)
  const deliveries = await readAfter(plant.db, SOURCE, 0, 100_000)
  const transitions = deliveries.flatMap((delivery) => evaluate(memory, delivery).transitions)
  return transitions.map((one) => `${one.rule.id} ${one.kind} ${one.at}`).sort()
}

async function stored(plant: AlarmPlant): Promise<string[]> {
  const alarms = await plant.alarms()
  return alarms
    .flatMap((one) => [`${one.ruleId} raise ${one.raisedAt}`, ...(one.clearedAt === null ? [] : [`${one.ruleId} clear ${one.clearedAt}`])])
    .sort()
}

/** Each fact has exactly one intent. */
async function assertOneIntentEach(plant: AlarmPlant): Promise<void> {
  // a flood is told as well, but by no alarm
  const intents = (await plant.outbox()).flatMap((one) => (one.kind === 'system' ? [] : [`${one.kind} ${one.eventId}`]))
  // nobody is told of the third raise within a minute
  const facts = (await plant.alarms()).flatMap((one) => [
    ...(one.chattering ? [] : [`raised ${one.id}`]),
    ...(one.clearedAt === null ? [] : [`cleared ${one.id}`]),
  ])
  assert.deepEqual(intents.sort(), facts.sort())
}

test('an engine process killed again and again judges as one that never stopped', async () => {
  await using t = await testDatabase()
  const plant = await busyPlant(t.db)
  const values = valuesFrom(7)
  for (let life = 0; life < 5; life++) {
    await using engine = spawnEngine(t.url)
    const before = plant.seq
    await deliverSome(plant, values, 40)
    await until(async () => (await plant.watermark()) > before, 'this engine has judged something')
    await deliverSome(plant, values, 10)
    await engine.kill()
    await deliverSome(plant, values, 10)
  }
  await using _ = startEngine(t.db)
  await plant.judged()
  const expected = await uninterrupted(plant)
  assert.ok(expected.length > 100, `${expected.length} events are worth comparing`)
  assert.deepEqual(await stored(plant), expected)
  await assertOneIntentEach(plant)
})

test('an engine that was killed knows the last good values and stamps from the deliveries it had judged', async () => {
  await using t = await testDatabase()
  const plant = await AlarmPlant.make(t.db)
  const ruleId = await plant.rule()
  {
    await using engine = spawnEngine(t.url)
    await plant.deliver([70])
    await plant.judged()
    await engine.kill()
  }
  assert.deepEqual(await t.db.query('select 1 from alarm_memory'), [], 'it had no time to write down what it remembers')
  await plant.rule({ setpoint: 60 }, ruleId)
  await using _ = startEngine(t.db)
  await until(async () => (await plant.alarms()).length === 1, 'the lowered rule has raised')
  assert.deepEqual((await plant.alarms())[0]?.valueAtRaise, 70)
  const remembered = await t.db.query('select 1 from alarm_memory')
  assert.equal(remembered.length, 1, 'what was read again is written down at once: one that dies often must not read more each time')
  // a reading that is older than what was known before the kill
  await plant.deliver([10], { age: 1.5 })
  await plant.judged()
  assert.deepEqual((await plant.alarms())[0]?.clearedAt, null)
})

test('connections that break in the midst lose and repeat nothing', async () => {
  await using t = await testDatabase()
  const plant = await busyPlant(t.db)
  const values = valuesFrom(11)
  const own = openDatabase(t.url, { name: 'cut', max: 3 })
  try {
    await using _ = startEngine(own)
    for (let cut = 0; cut < 4; cut++) {
      const before = plant.seq
      await deliverSome(plant, values, 40)
      await until(async () => (await plant.watermark()) > before, 'the engine is back')
      await deliverSome(plant, values, 5)
      await t.db.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'synctide cut'`)
    }
    await deliverSome(plant, values, 5)
    await plant.judged()
    assert.deepEqual(await stored(plant), await uninterrupted(plant))
    await assertOneIntentEach(plant)
  } finally {
    await own.close()
  }
})

test('of two engines one judges, and the other takes over in its place', async () => {
  await using t = await testDatabase()
  const plant = await busyPlant(t.db)
  const values = valuesFrom(3)
  const epoch = async (): Promise<number | undefined> =>
    (await t.db.query<{ epoch: number }>(`select epoch from epochs where name = 'alarm'`))[0]?.epoch
  const first = startEngine(t.db)
  await until(async () => (await epoch()) === 1, 'the first engine holds the lock')
  await using _ = startEngine(t.db)
  await deliverSome(plant, values, 60)
  await plant.judged()
  assert.equal(await epoch(), 1, 'the second one waits')
  await first[Symbol.asyncDispose]()
  await deliverSome(plant, values, 60)
  await plant.judged()
  assert.equal(await epoch(), 2)
  assert.deepEqual(await stored(plant), await uninterrupted(plant))
  await assertOneIntentEach(plant)
})
