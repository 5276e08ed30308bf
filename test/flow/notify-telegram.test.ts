import assert from 'node:assert/strict'
import { test } from 'node:test'
import { acknowledge } from '#alarm/commands.ts'
import { systemClock } from '#host/clock.ts'
import { createPairing } from '#notify/pairing.ts'
import { testSend } from '#notify/test-send.ts'
import { saveTemplates } from '#plant/people.ts'
import { listContacts } from '#store/contacts.ts'
import { AlarmPlant, startEngine, until } from '../support/alarm-plant.ts'
import { testDatabase } from '../support/database.ts'
import { ANA, FakeTelegram, RUI } from '../support/fake-telegram.ts'
import { NotifySite } from '../support/notify-site.ts'

const PLATFORM = { by: 'platform', user: 'Joana' } as const

function byHand(eventId: number): Parameters<typeof acknowledge>[1] {
  return { selection: { eventIds: [eventId] }, attribution: PLATFORM, comment: null, at: systemClock.now(), scope: 'all' }
}

test('a raised alarm arrives, "sim" acknowledges as Telegram: Ana S., the others learn by whom and the button goes', async () => {
  await using t = await testDatabase()
  await using telegram = await FakeTelegram.start(ANA, RUI)
  const site = await NotifySite.make(t.db)
  await site.telegram(telegram)
  await site.contact('Ana', [ANA.id], { language: 'pt' })
  await site.contact('Rui', [RUI.id])
  const plant = await AlarmPlant.make(t.db)
  await plant.rule()
  await using _engine = startEngine(t.db)
  await using _notify = site.notify()
  await using _inbound = site.inbound()
  await plant.deliver([50])
  await plant.deliver([90.5])
  await until(() => telegram.messages.length === 2, 'both are told')
  const [toAna] = telegram.in(ANA.id)
  assert.match(toAna?.text ?? '', /^🔴 CRÍTICO #100 Level high\nPS-01 Level 1: 90,5 m \(limite > 80 m\)\n/)
  assert.match(telegram.in(RUI.id)[0]?.text ?? '', /CRITICAL #100[^]*To acknowledge/)
  assert.equal(toAna?.silent, false)

  telegram.say(ANA, 'sim')
  await until(async () => (await plant.alarms())[0]?.acknowledgedBy === 'Telegram: Ana S.', 'the alarm is acknowledged')
  await until(() => telegram.messages.length === 4, 'Ana is answered and Rui is told')
  assert.match(telegram.in(ANA.id)[1]?.text ?? '', /Reconhecido: #100 Level high/)
  const [first, note] = telegram.in(RUI.id)
  assert.match(note?.text ?? '', /Acknowledged #100 Level high\nTelegram: Ana S\./)
  assert.deepEqual([note?.silent, note?.replyTo], [true, first?.id])
  await until(() => toAna?.buttons.length === 0 && first?.buttons.length === 0, 'nobody is offered to acknowledge any more')

  telegram.say(RUI, 'ok')
  await until(() => telegram.in(RUI.id).length === 3, 'the second is answered')
  assert.match(telegram.in(RUI.id)[2]?.text ?? '', /already acknowledged. Telegram: Ana S\./)
  assert.equal((await plant.alarms())[0]?.acknowledgedBy, 'Telegram: Ana S.')
  assert.ok(telegram.offsets.at(-1) !== undefined)
})

test('several open: a plain yes asks; a swipe, a number, the button and a thumb each acknowledge exactly theirs', async () => {
  await using t = await testDatabase()
  await using telegram = await FakeTelegram.start(ANA)
  const site = await NotifySite.make(t.db)
  await site.telegram(telegram)
  await site.contact('Ana', [ANA.id])
  const plant = await AlarmPlant.make(t.db, { tags: 5 })
  for (let index = 0; index < 5; index++) await plant.rule({ tagId: plant.tag(index), name: `Level ${index} high` })
  await using _engine = startEngine(t.db)
  await using _notify = site.notify()
  await using _inbound = site.inbound()
  await plant.deliver([90, 90, 90, 90, 90])
  await until(() => telegram.messages.length === 5, 'five alarms are told')
  const told = (number: number): (typeof telegram.messages)[number] => {
    const found = telegram.messages.find((one) => one.text.includes(`#${number} `) && one.text.startsWith('🔴'))
    assert.ok(found)
    return found
  }
  const acknowledged = async (): Promise<number[]> =>
    (await plant.alarms())
      .filter((one) => one.acknowledgedAt !== null)
      .map((one) => one.displayNumber)
      .sort((a, b) => a - b)

  telegram.say(ANA, 'sim')
  await until(() => telegram.messages.length === 6, 'it is asked which')
  assert.match(telegram.messages[5]?.text ?? '', /Which one\?[^]*#100 [^]*#104 /)
  assert.deepEqual(await acknowledged(), [])
  telegram.say(ANA, 'não, ok?')
  await until(() => telegram.messages.length === 7, 'a question is not understood')
  assert.deepEqual(await acknowledged(), [])

  telegram.say(ANA, 'ok', { replyTo: told(101).id })
  await until(async () => (await acknowledged()).join() === '101', 'the swiped one')
  telegram.say(ANA, 'ok 103')
  await until(async () => (await acknowledged()).join() === '101,103', 'the one with the number')
  telegram.press(ANA, told(100))
  await until(async () => (await acknowledged()).join() === '100,101,103', 'the one of the button')
  await until(() => telegram.presses.length === 1, 'the press is answered')
  telegram.react(ANA, told(104), '👍')
  await until(async () => (await acknowledged()).join() === '100,101,103,104', 'the one with the thumb')
  telegram.say(ANA, 'ok', { forward_origin: { type: 'user' } })
  telegram.say(ANA, 'si')
  await until(async () => (await acknowledged()).length === 5, 'now that one is left a plain yes will do')
})

test('a chat that blocked the bot is told by e-mail at once and its address is marked', async () => {
  await using t = await testDatabase()
  await using telegram = await FakeTelegram.start(ANA)
  telegram.block(ANA)
  const site = await NotifySite.make(t.db)
  await site.telegram(telegram)
  await site.email(1)
  await site.contact('Ana', [ANA.id, 'ana@plant.test'])
  const plant = await AlarmPlant.make(t.db)
  await plant.rule()
  await using _engine = startEngine(t.db)
  await using _notify = site.notify()
  await plant.deliver([90])
  await until(async () => (await site.messages()).some((one) => one.channel === 'email'), 'the next channel is tried')
  const [first] = await site.messages()
  assert.deepEqual([first?.channel, first?.state], ['telegram', 'failed'])
  assert.match(first?.reason ?? '', /blocked by the user/)
  const [contact] = await listContacts(t.db)
  assert.match(contact?.addresses[0]?.problem ?? '', /blocked/)
})

test('a pause that the provider asks for is kept', async () => {
  await using t = await testDatabase()
  await using telegram = await FakeTelegram.start(ANA)
  const site = await NotifySite.make(t.db)
  await site.telegram(telegram)
  await site.contact('Ana', [ANA.id])
  const plant = await AlarmPlant.make(t.db)
  await plant.rule()
  await using _engine = startEngine(t.db)
  await using _notify = site.notify()
  telegram.fail({ code: 429, description: 'Too Many Requests: retry after 1', parameters: { retry_after: 1 } })
  await plant.deliver([90])
  await until(async () => (await site.messages())[0]?.reason?.includes('Too Many Requests') === true, 'it waits')
  assert.equal((await site.messages())[0]?.state, 'queued')
  await until(() => telegram.messages.length === 1, 'it is sent')
})

test('a process that dies between send and receipt costs at most one duplicate', async () => {
  await using t = await testDatabase()
  await using telegram = await FakeTelegram.start(ANA)
  const site = await NotifySite.make(t.db)
  await site.telegram(telegram)
  await site.contact('Ana', [ANA.id])
  const plant = await AlarmPlant.make(t.db)
  await plant.rule()
  await using _engine = startEngine(t.db)
  const { promise, resolve } = Promise.withResolvers<void>()
  telegram.gate = promise
  {
    await using _first = site.notify()
    await plant.deliver([90])
    await until(() => telegram.messages.length === 1, 'it has left')
  }
  assert.equal((await site.messages())[0]?.state, 'unknown')
  telegram.gate = undefined
  resolve()
  await using _second = site.notify()
  await until(async () => (await site.messages())[0]?.state === 'handed', 'the next process sends it again')
  assert.equal(telegram.messages.length, 2)
})

test('what a killed process had leased is taken up at the start of the next, once more and no third time', async () => {
  await using t = await testDatabase()
  await using telegram = await FakeTelegram.start(ANA)
  const site = await NotifySite.make(t.db)
  await site.telegram(telegram)
  await site.contact('Ana', [ANA.id])
  const plant = await AlarmPlant.make(t.db, { tags: 2 })
  await plant.rule()
  await plant.rule({ tagId: plant.tag(1), name: 'Other' })
  await using _engine = startEngine(t.db)
  {
    await using _first = site.notify()
    telegram.fail(...Array.from({ length: 2 }, () => ({ code: 500, description: 'Internal Server Error' })))
    await plant.deliver([90, 90])
    await until(async () => (await site.messages()).filter((one) => one.reason?.includes('Internal') === true).length === 2, 'both wait')
  }
  // as a process leaves them that was killed in the middle, once and twice
  await t.db.query(
    `update messaging_history set state = 'leased', lease_owner = 'killed', lease_until = now() + interval '1 hour', tries = 9, uncertain_tries = case when id = 1 then 0 else 1 end`,
  )
  await using _second = site.notify()
  await until(async () => (await site.messages()).every((one) => one.state !== 'leased' && one.state !== 'unknown'), 'both are taken up')
  assert.deepEqual(
    (await site.messages()).map((one) => one.state),
    ['handed', 'failed'],
  )
  assert.equal(telegram.messages.length, 1)
})

test('an acknowledgement waits for a message in flight, and nothing leaves after it', async () => {
  await using t = await testDatabase()
  await using telegram = await FakeTelegram.start(ANA, RUI)
  const site = await NotifySite.make(t.db)
  await site.telegram(telegram)
  await site.contact('Ana', [ANA.id])
  const plant = await AlarmPlant.make(t.db)
  await plant.rule()
  await using _engine = startEngine(t.db)
  const { promise, resolve } = Promise.withResolvers<void>()
  telegram.gate = promise
  await using _notify = site.notify()
  await plant.deliver([90])
  await until(() => telegram.messages.length === 1, 'one is in flight')
  const [alarm] = await plant.alarms()
  assert.ok(alarm)
  let acknowledged = false
  const acknowledging = acknowledge(t.db, byHand(alarm.id)).then(() => (acknowledged = true))
  await until(async () => (await t.db.query(`select from pg_locks where not granted`)).length > 0, 'the acknowledgement waits')
  assert.equal(acknowledged, false)
  resolve()
  await acknowledging
  await until(() => telegram.messages.length === 2, 'the note follows')
  assert.deepEqual(
    telegram.messages.map((one) => one.text.slice(0, 2)),
    ['🔴', '☑️'],
  )
})

test('a queued message of an acknowledged alarm never leaves', async () => {
  await using t = await testDatabase()
  await using telegram = await FakeTelegram.start(ANA)
  const site = await NotifySite.make(t.db)
  await site.telegram(telegram)
  await site.contact('Ana', [ANA.id])
  const plant = await AlarmPlant.make(t.db, { tags: 2 })
  await plant.rule()
  await plant.rule({ tagId: plant.tag(1), name: 'Other' })
  await using _engine = startEngine(t.db)
  await using _notify = site.notify()
  telegram.fail({ code: 429, description: 'Too Many Requests: retry after 1', parameters: { retry_after: 1 } })
  await plant.deliver([90])
  await until(async () => (await site.messages())[0]?.reason?.includes('Too Many') === true, 'it waits')
  const [alarm] = await plant.alarms()
  assert.ok(alarm)
  await acknowledge(t.db, byHand(alarm.id))
  const [message] = await site.messages()
  assert.deepEqual([message?.state, message?.reason], ['cancelled', 'Acknowledged by Platform: Joana'])
  await plant.deliver([90, 90])
  await until(() => telegram.messages.length > 0, 'a later alarm is told')
  assert.match(telegram.messages[0]?.text ?? '', /#101 Other/)
})

test('a pairing link binds the chat that presses Start, once', async () => {
  await using t = await testDatabase()
  await using telegram = await FakeTelegram.start()
  const site = await NotifySite.make(t.db)
  await site.telegram(telegram)
  const contact = await site.contact('Ana', ['ana@plant.test'], { language: 'pt' })
  await using _inbound = site.inbound()
  const context = { db: t.db, key: site.key, clock: systemClock, signal: AbortSignal.timeout(20_000) }
  const { link } = await createPairing(context, contact.id, 'telegram')
  const token = /^https:\/\/t\.me\/plant_alarm_bot\?start=([\w-]{22})$/.exec(link)?.[1]
  assert.ok(token)
  telegram.say(ANA, `/start ${token}`)
  await until(() => telegram.messages.length === 1, 'the person is greeted')
  assert.match(telegram.messages[0]?.text ?? '', /passa a receber os alarmes de Ana/)
  telegram.say(RUI, `/start ${token}`)
  await until(() => telegram.messages.length === 2, 'a second use is refused')
  assert.match(telegram.messages[1]?.text ?? '', /já não é válida/)
  const [stored] = await listContacts(t.db)
  assert.deepEqual(
    stored?.addresses.map((one) => [one.channel, one.address]),
    [
      ['telegram', String(ANA.id)],
      ['email', 'ana@plant.test'],
    ],
  )
})

test('test send tells each step, a wrong token by name, and never the token', async () => {
  await using t = await testDatabase()
  await using telegram = await FakeTelegram.start(ANA)
  const site = await NotifySite.make(t.db)
  const context = { db: t.db, key: site.key, clock: systemClock, signal: AbortSignal.timeout(20_000), who: 'Ana Silva' }
  assert.deepEqual(
    (await testSend(context, 'telegram', String(ANA.id))).steps.map((one) => one.message),
    ['Telegram is not set up.'],
  )
  await site.telegram(telegram)
  await site.contact('Ana', [ANA.id], { language: 'pt' })
  const text = '{gateway} chega aqui. {who}, {time}'
  await saveTemplates(t.db, [{ kind: 'test', style: 'full', language: 'pt', text }])
  const good = await testSend(context, 'telegram', String(ANA.id))
  assert.deepEqual([good.ok, good.steps.map((one) => one.name)], [true, ['settings', 'connect', 'send']])
  assert.match(telegram.in(ANA.id)[0]?.text ?? '', /^Telegram chega aqui\. Ana Silva, \d\d\/\d\d\/\d{4}, \d\d:\d\d:\d\d$/)
  const phone = await testSend(context, 'telegram', '+351912345678')
  assert.match(phone.steps[0]?.message ?? '', /no Telegram chat id/)
  Object.assign(telegram, { token: '900001:another-token-of-the-same-bot' })
  const bad = await testSend(context, 'telegram', String(ANA.id))
  assert.match(bad.steps.at(-1)?.message ?? '', /does not accept the bot token/)
  assert.doesNotMatch(JSON.stringify(bad), /test-token/)
})
