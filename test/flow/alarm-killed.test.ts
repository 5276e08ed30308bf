import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { configure } from '#alarm/core/configure.ts'
import { evaluate } from '#alarm/core/evaluate.ts'
import { createMemory } from '#alarm/core/memory.ts'
import type { Delivery } from '#domain/delivery.ts'
import { readAlarmPlan } from '#store/alarm-plan.ts'
import type { Database } from '#store/database.ts'
import { readAfter } from '#store/deliveries.ts'
import { AlarmPlant, SECOND, SOURCE, startEngine, until } from '../support/alarm-plant.ts'
import { testDatabase } from '../support/database.ts'
import { spawnEngine } from '../support/engine-process.ts'

/** A bench run kills 150 times: SYNCTIDE_TEST_KILLS=150 node --test test/flow/alarm-killed.test.ts */
const KILLS = Number(process.env['SYNCTIDE_TEST_KILLS'] ?? 4)
const TAGS = 10_000
const FLUSHES = 10
/** As far apart as the engine lets its own clock run ahead: however slow this machine is, delays end by the deliveries alone. */
const STEP = { seconds: 5 } as const

async function bigPlant(db: Database): Promise<AlarmPlant> {
  const plant = await AlarmPlant.make(db, { tags: TAGS, commTimeoutSeconds: 600 })
  plant.now -= 6 * 3600 * SECOND
  await db.query(
    `insert into alarm_rules (kind, device_id, tag_id, slot, name, severity, operator, setpoint, deadband, on_delay_seconds, off_delay_seconds, auto_close)
     select 'threshold', device_id, id, 1, 'High', 'warning', '>', 80, 2, case when id % 3 = 0 then 20 else 0 end, case when id % 5 = 0 then 30 else 0 end, true
     from tags`,
  )
  await plant.rule({ tagId: plant.tag(1), kind: 'totalizer', windowSeconds: 600, setpoint: 60, deadband: 5 })
  await plant.rule({ tagId: plant.tag(2), kind: 'rate_of_change', windowSeconds: 300, setpoint: 5 })
  return plant
}

/** A tenth of the tags each time; a few of them beyond their limit, a few silent. */
function valuesAt(flush: number): (number | undefined)[] {
  const size = TAGS / FLUSHES
  const from = (flush % FLUSHES) * size
  const values = Array<number | undefined>(TAGS)
  for (let index = from; index < from + size; index++) {
    const chance = Math.random()
    values[index] = chance < 0.002 ? 85 + Math.random() * 10 : chance < 0.05 ? undefined : 40 + Math.random() * 30
  }
  // windows see something each time
  values[1] = 40 + ((flush * 7) % 45)
  values[2] = 40 + ((flush * 11) % 39)
  return values
}

async function* allDeliveries(db: Database): AsyncGenerator<Delivery> {
  for (let seq = 0; ;) {
    const page = await readAfter(db, SOURCE, seq, 50)
    yield* page
    const last = page.at(-1)
    if (last === undefined) return
    seq = last.seq
  }
}

/** What one engine that never stopped makes of everything delivered. */
async function uninterrupted(plant: AlarmPlant): Promise<string[]> {
  const memory = createMemory()
  configure(memory, await readAlarmPlan(plant.db), () => undefined)
  const events: string[] = []
  for await (const delivery of allDeliveries(plant.db))
    for (const one of evaluate(memory, delivery).transitions) events.push(`${one.rule.id} ${one.kind} ${one.at}`)
  return events.sort()
}

interface Row {
  readonly id: number
  readonly ruleId: number
  readonly raisedAt: number
  readonly clearedAt: number | null
  readonly told: boolean
}

test(`killed ${KILLS} times at random under 10,000 samples/s the engine judges as one that never stopped`, async () => {
  await using t = await testDatabase()
  const plant = await bigPlant(t.db)
  const over = new AbortController()
  const began = performance.now()
  const delivering = (async () => {
    for (let flush = 0; !over.signal.aborted; flush++) {
      const wait = began + flush * (1000 / FLUSHES) - performance.now()
      if (wait > 0) await delay(wait)
      await plant.deliver(valuesAt(flush), STEP)
    }
  })()
  try {
    for (let life = 0; life < KILLS; life++) {
      await using engine = spawnEngine(t.url)
      const before = await plant.watermark()
      await delay(Math.random() * 1500)
      // most lives get somewhere, some do not
      if (life % 5 !== 0) await until(async () => (await plant.watermark()) > before, 'this engine has judged something', 120_000)
      await delay(Math.random() * 400)
      await engine.kill()
    }
  } finally {
    over.abort()
    await delivering
  }
  const seconds = (performance.now() - began) / 1000
  const samplesPerSecond = Math.round((plant.seq * TAGS) / FLUSHES / seconds)
  {
    await using _ = startEngine(t.db)
    await until(async () => (await plant.watermark()) >= plant.seq, 'the last engine has judged everything', 300_000)
  }
  // it has stopped: nothing is raised between one question to the database and the next
  const expected = await uninterrupted(plant)
  const rows = await t.db.query<Row>(
    `select id, rule_id as "ruleId", raised_at as "raisedAt", cleared_at as "clearedAt", not chattering as told from alarm_events order by id`,
  )
  const stored = rows.flatMap((one) => [
    `${one.ruleId} raise ${one.raisedAt}`,
    ...(one.clearedAt === null ? [] : [`${one.ruleId} clear ${one.clearedAt}`]),
  ])
  // after the last delivery the engine's own clock goes on for a while
  const settled = (event: string): boolean => Number(event.split(' ')[2]) < plant.now - SECOND
  assert.ok(expected.length > 20 * KILLS, `${expected.length} events are worth comparing`)
  assert.deepEqual(stored.filter(settled).sort(), expected.filter(settled))
  const intents = (await plant.outbox()).flatMap((one) =>
    // what chatters and still stands after a minute is told after all: on a machine so slow that no engine got anywhere for so long
    (one.kind === 'raised' && one.body['chattering'] !== true) || one.kind === 'cleared' ? [`${one.kind} ${one.eventId}`] : [],
  )
  const facts = rows.flatMap((one) => [...(one.told ? [`raised ${one.id}`] : []), ...(one.clearedAt === null ? [] : [`cleared ${one.id}`])])
  assert.deepEqual(intents.sort(), facts.sort())
  console.log(`${KILLS} kills in ${Math.round(seconds)} s, ${samplesPerSecond} samples/s, ${expected.length} events, none lost, none twice`)
})
