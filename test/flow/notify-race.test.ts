import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { test } from 'node:test'
import { acknowledge } from '#alarm/commands.ts'
import { systemClock } from '#host/clock.ts'
import { AlarmPlant, startEngine, until } from '../support/alarm-plant.ts'
import { testDatabase } from '../support/database.ts'
import { ANA, FakeTelegram, RUI } from '../support/fake-telegram.ts'
import { NotifySite } from '../support/notify-site.ts'

const COUNT = 24

test('acknowledged while everything is being sent by two processes: not one page leaves after its acknowledgement, none twice', async () => {
  await using t = await testDatabase()
  await using telegram = await FakeTelegram.start(ANA, RUI)
  telegram.latencyMillis = 20
  const site = await NotifySite.make(t.db)
  await site.telegram(telegram)
  await site.contact('Ana', [ANA.id])
  await site.contact('Rui', [RUI.id])
  const plant = await AlarmPlant.make(t.db, { tags: COUNT })
  for (let index = 0; index < COUNT; index++) await plant.rule({ tagId: plant.tag(index), name: `Level ${index}` })
  await using _engine = startEngine(t.db)
  await using first = site.notify()
  await using second = site.notify()
  await plant.deliver(Array.from({ length: COUNT }, () => 90))
  await plant.judged()
  const alarms = await plant.alarms()
  assert.equal(alarms.length, COUNT)
  const pages = (number: number): number => telegram.messages.filter((one) => one.text.startsWith(`🔴 CRITICAL #${number} `)).length
  const atAcknowledgement = new Map<number, number>()
  for (const [index, alarm] of alarms.entries()) {
    // somewhere between nothing sent and everything sent
    await delay((index % 4) * 5)
    const [result] = await acknowledge(t.db, {
      selection: { eventIds: [alarm.id] },
      attribution: { by: 'platform', user: 'Joana' },
      comment: null,
      at: systemClock.now(),
      scope: 'all',
    })
    assert.equal(result?.result, 'acknowledged')
    atAcknowledgement.set(alarm.displayNumber, pages(alarm.displayNumber))
  }
  await until(async () => (await t.db.query('select from outbox where done_at is null')).length === 0, 'every intent is worked on')
  await until(
    async () => (await site.messages()).every((one) => one.state === 'handed' || one.state === 'cancelled'),
    'everything is handed over or cancelled',
  )
  for (const [number, count] of atAcknowledgement) {
    assert.equal(pages(number), count, `#${number}`)
    assert.ok(count <= 2, `#${number} at most once a contact`)
  }
  const messages = await site.messages()
  for (const alarm of alarms) {
    const of = messages.filter((one) => one.alarmEventId === alarm.id)
    const paged = of.filter((one) => one.kind === 'alarm' && one.state === 'handed').map((one) => one.contactName)
    const noted = of.filter((one) => one.kind === 'acknowledged').map((one) => one.contactName)
    assert.deepEqual(noted.toSorted(), paged.toSorted(), 'exactly those who were paged learn who acknowledged')
  }
  // the one that starts later may take up what the other has leased and not begun to send
  const complaints = [...first.lines, ...second.lines].filter((line) => !line.includes('notify.taken_up'))
  assert.deepEqual(complaints, [])
})
