import assert from 'node:assert/strict'
import { test } from 'node:test'
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
    telegram.gate = promise
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
