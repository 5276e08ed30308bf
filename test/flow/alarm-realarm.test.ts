import assert from 'node:assert/strict'
import { test } from 'node:test'
import { acknowledge } from '#alarm/commands.ts'
import { systemClock } from '#host/clock.ts'
import { shelveRules, unshelveRules } from '#store/alarm-suppress.ts'
import { alarmTimeline } from '#store/alarms.ts'
import type { Database } from '#store/database.ts'
import { AlarmPlant, SECOND, startEngine, until } from '../support/alarm-plant.ts'
import { testDatabase } from '../support/database.ts'
import { ANA, FakeTelegram } from '../support/fake-telegram.ts'
import { NotifySite } from '../support/notify-site.ts'

/** Everything that was said of alarms was said so much earlier. */
async function timePasses(db: Database, minutes: number): Promise<void> {
  await db.query(
    `update alarm_events set committed_at = committed_at - $1 * interval '1 min', annunciated_at = annunciated_at - $1 * interval '1 min',
       acknowledged_at = acknowledged_at - $1 * interval '1 min'`,
    [minutes],
  )
}

async function acknowledgeAs(plant: AlarmPlant, user: string): Promise<void> {
  const eventIds = (await plant.alarms()).map((one) => one.id)
  const attribution = { by: 'platform', user } as const
  await acknowledge(plant.db, { selection: { eventIds }, scope: 'all', attribution, comment: null, at: systemClock.now() })
}

test('an alarm that stands still is told again, acknowledged or not, and history keeps every acknowledgement', async () => {
  await using t = await testDatabase()
  await using telegram = await FakeTelegram.start(ANA)
  const site = await NotifySite.make(t.db)
  await site.telegram(telegram)
  await site.contact('Ana', [ANA.id])
  const plant = await AlarmPlant.make(t.db, { tags: 2 })
  await plant.rule({ reAlarmMinutes: 30, cooldownMinutes: 60 })
  await plant.rule({ tagId: plant.tag(1), name: 'Told once' })
  await using _engine = startEngine(t.db)
  await using _notify = site.notify()
  const toldOf = (name: string): number => telegram.messages.filter((one) => one.text.includes(name) && one.replyTo === undefined).length
  await plant.deliver([90, 90])
  await until(() => toldOf('Level high') === 1 && toldOf('Told once') === 1, 'both are told')
  await acknowledgeAs(plant, 'ana')
  await timePasses(t.db, 29)
  await plant.deliver([91, 91])
  await plant.judged()
  assert.equal((await plant.alarms())[0]?.reAlarms, 0)

  await timePasses(t.db, 2)
  await until(() => toldOf('Level high') === 2, 'it is told again')
  const [again, once] = await plant.alarms()
  assert.deepEqual([again?.reAlarms, again?.acknowledgedBy, again?.closedAt], [1, null, null])
  assert.equal(once?.acknowledgedBy, 'Platform: ana', 'the other rule knows no re-alarm')
  assert.equal((await plant.alarms()).length, 2, 'never a new occurrence')

  // nobody acknowledges, and more than a day has gone: it is told all the same
  await timePasses(t.db, 31)
  await t.db.query(`update alarm_events set raised_at = raised_at - interval '2 days'`)
  await until(() => toldOf('Level high') === 3, 'it is told a third time')
  await acknowledgeAs(plant, 'rui')
  await plant.deliver([10, 10])
  await until(async () => (await plant.alarms()).every((one) => one.closedAt !== null), 'both are over')
  const timeline = await alarmTimeline(t.db, 'all', again?.id ?? 0)
  assert.deepEqual(
    timeline.filter(({ kind }) => kind === 'acknowledged' || kind === 're_alarmed').map(({ kind, who }) => `${kind} ${who ?? ''}`),
    ['acknowledged Platform: ana', 're_alarmed ', 're_alarmed ', 'acknowledged Platform: rui'],
  )
  await timePasses(t.db, 60)
  await plant.deliver([11, 11])
  await plant.judged()
  assert.equal(toldOf('Level high'), 3, 'what is over is not told again')
})

test('what is shelved is not told again; when the shelf ends after days it is', async () => {
  await using t = await testDatabase()
  await using telegram = await FakeTelegram.start(ANA)
  const site = await NotifySite.make(t.db)
  await site.telegram(telegram)
  await site.contact('Ana', [ANA.id])
  const plant = await AlarmPlant.make(t.db)
  const rule = await plant.rule({ reAlarmMinutes: 1 })
  await using _engine = startEngine(t.db)
  await using _notify = site.notify()
  const by = { who: 'Platform: Ana', reason: 'Pump is being cleaned', at: systemClock.now() }
  await shelveRules(t.db, 'all', [rule], systemClock.now() + 7200 * SECOND, by)
  await plant.deliver([90])
  await until(async () => (await plant.alarms()).length === 1, 'the raise is on record')
  await timePasses(t.db, 3 * 1440)
  await t.db.query(`update alarm_events set raised_at = raised_at - interval '3 days'`)
  await plant.deliver([91])
  await plant.judged()
  assert.deepEqual([(await plant.alarms())[0]?.reAlarms, telegram.messages.length], [0, 0])
  await unshelveRules(t.db, 'all', [rule], by)
  await until(() => telegram.messages.length === 1, 'it is told when it comes back')
})
