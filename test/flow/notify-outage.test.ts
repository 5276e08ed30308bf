import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AlarmPlant, until } from '../support/alarm-plant.ts'
import { testDatabase } from '../support/database.ts'
import { ANA, FakeTelegram, RUI } from '../support/fake-telegram.ts'
import { startMailServer } from '../support/mail-server.ts'
import { NotifySite } from '../support/notify-site.ts'
import { hourWithout, lookNow, ShiftedClock } from '../support/outage.ts'
import { raiseAlarm } from '../support/raise-alarm.ts'

test('an hour without the provider: everything leaves within 5 minutes of its return, critical first, and says that it is late', async () => {
  await using t = await testDatabase()
  await using telegram = await FakeTelegram.start(ANA)
  const site = await NotifySite.make(t.db)
  await site.telegram(telegram)
  await site.contact('Ana', [ANA.id])
  const { deviceId } = await AlarmPlant.make(t.db)
  const clock = new ShiftedClock()
  await using _notify = site.notify(undefined, clock)
  const { seconds, messages } = await hourWithout(telegram, site, { deviceId, clock, alarms: 30 })
  assert.ok(seconds <= 300, `${seconds} s`)
  const states = await t.db.query<{ state: string }>(`select distinct state from messaging_history where kind = 'alarm'`)
  assert.deepEqual(states, [{ state: 'handed' }])
  const pages = messages.filter((one) => /^(🔵|🟠|🔴)/u.test(one.text))
  const lines = messages.map((one) => one.text.split('\n')[0] ?? '')
  assert.equal(pages.length, 30, lines.join('\n'))
  const marks = pages.map((one) => one.text.slice(0, 2))
  // whose own pause ended first found out that it is back, and three are under way at once: they may overtake each other by that much
  const rest = marks.slice(3)
  assert.ok(rest.lastIndexOf('🔴') < 12 && rest.indexOf('🔵') > 12, marks.join(''))
  const late = pages.filter((one) => one.text.includes('(sent late)')).length
  assert.ok(late >= 26, `${late} of 30 are older than five minutes and say so`)
  const events = await t.db.query<{ code: string }>(`select code from system_events where code like 'notify.gateway%' order by id`)
  assert.deepEqual(
    events.map((one) => one.code),
    ['notify.gateway_down', 'notify.gateway_up'],
  )
})

test('a gateway that hangs: its circuit opens, people with another way are told by that at once; healed, everything leaves once', async () => {
  await using t = await testDatabase()
  await using telegram = await FakeTelegram.start(ANA, RUI)
  await using mail = await startMailServer()
  const site = await NotifySite.make(t.db)
  await site.telegram(telegram)
  await site.email(mail.port)
  await site.contact('Ana', [ANA.id])
  await site.contact('Rui', [RUI.id, 'rui@plant.test'])
  const { deviceId } = await AlarmPlant.make(t.db)
  const clock = new ShiftedClock()
  await using _notify = site.notify(undefined, clock)
  telegram.down = 'refused'
  const first = await raiseAlarm(t.db, deviceId)
  // Rui's other way is taken after the second try
  await until(async () => {
    clock.advance(2)
    await lookNow(t.db, clock)
    return mail.mails.length > 0
  }, 'the next way is taken')
  assert.match(mail.mails[0]?.text ?? '', new RegExp(`#${first.number} `))
  await until(
    async () => (await t.db.query(`select from system_events where code = 'notify.gateway_down'`)).length === 1,
    'the circuit opens',
  )
  // from now on nobody waits for it who need not
  const second = await raiseAlarm(t.db, deviceId)
  await until(() => mail.mails.some((one) => one.text.includes(`#${second.number} `)), 'Rui is told by mail at once')
  const [choice] = await t.db.query<{ reason: string }>(
    `select reason from messaging_history where alarm_event_id = $1 and channel = 'email'`,
    [second.id],
  )
  assert.match(choice?.reason ?? '', /telegram is failing/)
  const third = await raiseAlarm(t.db, deviceId)
  await until(async () => (await t.db.query('select from messaging_history where alarm_event_id = $1', [third.id])).length === 2, 'planned')
  // a hang costs the probe its time and nothing else
  telegram.down = 'hanging'
  clock.advance(40)
  await raiseAlarm(t.db, deviceId, 'info')
  await until(() => mail.mails.length === 4, 'mail goes on meanwhile')
  telegram.down = undefined
  await until(
    async () => {
      clock.advance(5)
      await lookNow(t.db, clock)
      return telegram.in(ANA.id).filter((one) => /^(🔵|🔴)/u.test(one.text)).length === 4
    },
    'Ana is told of everything',
    60_000,
  )
  const numbers = telegram.in(ANA.id).flatMap((one) => /^(?:🔵|🔴) \w+ #(\d+)/u.exec(one.text)?.[1] ?? [])
  assert.deepEqual(
    numbers.toSorted(),
    [first, second, third].map((one) => String(one.number)).concat(String(third.number + 1)),
    'each once',
  )
  assert.equal((await t.db.query(`select from system_events where code = 'notify.gateway_up'`)).length, 1)
})

test('while a circuit is open nothing is tried by it; whoever has another way is told by that at once, the others as soon as it is closed', async () => {
  await using t = await testDatabase()
  await using telegram = await FakeTelegram.start(ANA, RUI)
  await using mail = await startMailServer()
  const site = await NotifySite.make(t.db)
  await site.telegram(telegram)
  await site.email(mail.port)
  await site.contact('Ana', [ANA.id])
  await site.contact('Rui', [RUI.id, 'rui@plant.test'])
  const { deviceId } = await AlarmPlant.make(t.db)
  const clock = new ShiftedClock()
  await using _notify = site.notify(undefined, clock)
  telegram.down = 'refused'
  await raiseAlarm(t.db, deviceId)
  await raiseAlarm(t.db, deviceId)
  // Rui's two have gone by mail, Ana's two wait
  await until(() => mail.mails.length === 2, 'Rui is told by mail')
  assert.equal((await t.db.query(`select from system_events where code = 'notify.gateway_down'`)).length, 1)
  const third = await raiseAlarm(t.db, deviceId)
  await until(() => mail.mails.some((one) => one.text.includes(`#${third.number} `)), 'Rui is told of the third by mail')
  const { tries } = telegram
  assert.ok(tries >= 3 && tries <= 5, `${tries} tries until it opened: two may be under way when the third failed`)
  // the pauses of the failed ones end, and their channel is not tried
  clock.advance(20)
  await t.db.query(`select pg_notify('outbox', '')`)
  const waiting = async (): Promise<readonly { reason: string | null; tries: number }[]> =>
    await t.db.query(`select reason, tries from messaging_history where contact_name = 'Ana' and state = 'queued'`)
  await until(
    async () => (await waiting()).filter((one) => /does not work at the moment/.test(one.reason ?? '')).length === 3,
    'all of Ana’s know that they wait',
  )
  assert.equal(telegram.tries, tries)
  // a wait is no try
  assert.ok((await waiting()).every((one) => one.tries <= 2))
  telegram.down = undefined
  clock.advance(31)
  await t.db.query(`select pg_notify('outbox', '')`)
  await until(() => telegram.in(ANA.id).length === 3, 'the probe closes it, and Ana is told of all three')
  assert.equal(telegram.in(RUI.id).length, 0)
  assert.equal(telegram.tries, tries + 4)
})
