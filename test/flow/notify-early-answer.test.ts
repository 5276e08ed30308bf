import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '#host/clock.ts'
import type { Database } from '#store/database.ts'
import { AlarmPlant, until } from '../support/alarm-plant.ts'
import { testDatabase } from '../support/database.ts'
import { ANA, type ChatMessage, FakeTelegram } from '../support/fake-telegram.ts'
import { NotifySite } from '../support/notify-site.ts'
import { raiseAlarm } from '../support/raise-alarm.ts'

/** Somebody reads his answer, and it waits for what is under way to the same chat to be on record. */
const waits = (db: Database): Promise<void> =>
  until(async () => (await db.query(`select from pg_locks where not granted`)).length > 0, 'the answer waits to be read')

const outcomes = async (db: Database): Promise<readonly string[]> =>
  (await db.query<{ outcome: string }>('select outcome from inbound_messages where outcome is not null order by id')).map(
    (one) => one.outcome,
  )

const acknowledged = async (db: Database): Promise<readonly number[]> =>
  (
    await db.query<{ number: number }>(
      'select display_number as number from alarm_events where acknowledged_at is not null order by display_number',
    )
  ).map((one) => one.number)

test('an answer that comes before we know that the message arrived is read as the answer to it, and never as one to something newer', async () => {
  await using t = await testDatabase()
  const { db } = t
  await using telegram = await FakeTelegram.start(ANA)
  const site = await NotifySite.make(db)
  await site.telegram(telegram)
  await site.contact('Ana', [ANA.id])
  const { deviceId } = await AlarmPlant.make(db)
  await using _notify = site.notify()
  await using _inbound = site.inbound()
  /** Raises one that arrives, and holds back the news of its arrival until told. */
  const arrived = async (): Promise<{ number: number; message: ChatMessage; confirm: () => void }> => {
    const { promise, resolve } = Promise.withResolvers<void>()
    // what is said back to her meanwhile is not held
    telegram.at = (step, _method, text) => (step === 'accepted' && text.startsWith('🔴') ? promise : undefined)
    const { number } = await raiseAlarm(db, deviceId)
    const found = (): ChatMessage | undefined => telegram.messages.find((one) => one.text.startsWith(`🔴 CRITICAL #${number} `))
    await until(() => found() !== undefined, `#${number} has arrived`)
    const message = found()
    assert.ok(message)
    return { number, message, confirm: resolve }
  }

  // the button, pressed within milliseconds
  const first = await arrived()
  telegram.press(ANA, first.message)
  await waits(db)
  assert.deepEqual(await outcomes(db), [])
  first.confirm()
  await until(async () => (await outcomes(db)).length === 1, 'the press is read')
  assert.deepEqual([await outcomes(db), await acknowledged(db)], [['acknowledged'], [first.number]])

  // a plain yes of the same second cannot be an answer to what nobody can have read: it is asked, not lost
  const second = await arrived()
  telegram.say(ANA, 'ok', { secondsFromNow: 0 })
  await waits(db)
  second.confirm()
  await until(async () => (await outcomes(db)).length === 2, 'the yes is read')
  assert.deepEqual([(await outcomes(db))[1], await acknowledged(db)], ['asked', [first.number]])
  await until(
    () => telegram.messages.some((one) => one.text.includes(`Which one?`) && one.text.includes(`#${second.number} `)),
    'which one?',
  )

  // an older one waits, and the newer one is in the same chat already: which of them is meant is not for us to say
  const third = await arrived()
  telegram.say(ANA, 'ok')
  await waits(db)
  third.confirm()
  await until(async () => (await outcomes(db)).length === 3, 'the second yes is read')
  assert.deepEqual([(await outcomes(db))[2], await acknowledged(db)], ['asked', [first.number]])
  // named, it is acknowledged
  telegram.say(ANA, `ok ${third.number}`)
  await until(async () => (await outcomes(db)).length === 4, 'the number is read')
  assert.deepEqual(await acknowledged(db), [first.number, third.number])
})

test('two machines that answer each other stop; a bot that was away for longer than a day says that answers may be lost', async () => {
  await using t = await testDatabase()
  const { db } = t
  await using telegram = await FakeTelegram.start(ANA)
  const site = await NotifySite.make(db)
  await site.telegram(telegram)
  await site.contact('Ana', [ANA.id], { systemMessages: true })
  const { deviceId } = await AlarmPlant.make(db)
  const yesterday = (systemClock.now() - 25 * 3_600_000_000).toString()
  await db.query(`update gateways set state = state || jsonb_build_object('identity', '900001', 'askedAt', $1::bigint)`, [yesterday])
  await using _notify = site.notify()
  await using _inbound = site.inbound()
  await until(() => telegram.messages.some((one) => one.text.includes('Answers may have been lost')), 'it is said that answers may be lost')
  const { number } = await raiseAlarm(db, deviceId)
  await until(() => telegram.messages.some((one) => one.text.startsWith(`🔴 CRITICAL #${number} `)), 'the alarm is told')
  for (let again = 0; again < 16; again++) telegram.say(ANA, `ok ${number}`)
  await until(async () => (await outcomes(db)).length === 16, 'every word is read')
  assert.deepEqual(await acknowledged(db), [number])
  // what is said back leaves after it was read
  telegram.say(ANA, 'xyz')
  await until(() => telegram.messages.some((one) => one.text.includes('I did not understand that')), 'the last is answered')
  assert.equal(telegram.messages.filter((one) => one.text.includes('was already acknowledged')).length, 12)
})
