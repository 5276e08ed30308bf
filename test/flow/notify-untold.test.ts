import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '#host/clock.ts'
import { shelveRules, unshelveRules } from '#store/alarm-suppress.ts'
import type { Database } from '#store/database.ts'
import { saveContact, type StoredContact } from '#store/contacts.ts'
import { saveChain, saveGroup } from '#store/escalation.ts'
import { AlarmPlant, startEngine, until } from '../support/alarm-plant.ts'
import { testDatabase } from '../support/database.ts'
import { ANA, FakeTelegram, RUI } from '../support/fake-telegram.ts'
import { startMailServer } from '../support/mail-server.ts'
import { NotifySite } from '../support/notify-site.ts'
import { raiseAlarm } from '../support/raise-alarm.ts'

/** A chain of groups of one, each waited for five minutes, that does not begin again by itself. */
async function chainOf(db: Database, ...contacts: readonly StoredContact[]): Promise<void> {
  await db.transaction(async (tx) => {
    const steps = []
    for (const { id, name } of contacts) {
      const schedule = { layers: [], overrides: [], holidays: [] }
      const group = await saveGroup(tx, null, { name, parentId: null, memberIds: [id], duty: 'everybody', schedule })
      steps.push({ groupId: group.id, waitMinutes: 5, attempts: 1, climb: false })
    }
    const rest = {
      enabled: true,
      position: 0,
      minSeverity: 'info' as const,
      deviceIds: null,
      categories: null,
      onClear: 'continue' as const,
    }
    await saveChain(tx, null, { name: 'Night', steps, maxAgeMinutes: 4320, repeatMinutes: 0, ...rest })
  })
}

async function change(db: Database, { id, ...contact }: StoredContact, by: Partial<StoredContact>): Promise<void> {
  await saveContact(db, id, { ...contact, ...by })
}

const caseOf = async (db: Database): Promise<{ state: string; reason: string; due: boolean } | undefined> =>
  (
    await db.query<{ state: string; reason: string; due: boolean }>(
      'select state, reason, next_action_at is not null as due from notify_cases',
    )
  )[0]

/** The time that the case waits for has come. */
async function timePasses(db: Database): Promise<void> {
  await db.query(`update notify_cases set next_action_at = now() where next_action_at is not null`)
  await db.query(`select pg_notify('outbox', '')`)
}

/** The pause before the next try is over. */
async function tryAgain(db: Database): Promise<void> {
  await db.query(`update messaging_history set next_at = now() where state = 'queued'`)
  await db.query(`select pg_notify('outbox', '')`)
}

const countEvents = async (db: Database, code: string): Promise<number> =>
  (await db.query('select from system_events where code = $1', [code])).length

test('a chain that ended since nobody could be told is told in the moment in which somebody can be, and was said aloud once', async () => {
  await using t = await testDatabase()
  await using telegram = await FakeTelegram.start(ANA)
  const site = await NotifySite.make(t.db)
  const ana = await site.contact('Ana', [ANA.id], { enabled: false })
  await chainOf(t.db, ana)
  const plant = await AlarmPlant.make(t.db)
  await using _notify = site.notify()
  await raiseAlarm(t.db, plant.deviceId)
  await until(async () => (await caseOf(t.db))?.state === 'exhausted', 'the chain has ended')
  assert.deepEqual((await caseOf(t.db))?.reason, 'Nobody can be told. Ana: disabled.')
  await site.telegram(telegram)
  await until(async () => (await t.db.query('select from notify_cases where attempt > 1')).length === 1, 'it is looked at again')
  assert.equal((await caseOf(t.db))?.due, true)
  await change(t.db, ana, { enabled: true })
  await until(() => telegram.messages.length === 1, 'Ana is told')
  assert.equal(await countEvents(t.db, 'notify.exhausted'), 1)
  await timePasses(t.db)
  await until(async () => (await caseOf(t.db))?.due === false, 'now somebody was asked, and the chain does not begin again')
  assert.match((await caseOf(t.db))?.reason ?? '', /^Nobody answered/)
  assert.equal(await countEvents(t.db, 'notify.exhausted'), 2)
})

test('without a chain: an address that does not exist is said aloud, and once it is corrected the alarm is told', async () => {
  await using t = await testDatabase()
  await using server = await startMailServer({ refused: ['riu@plant.test'] })
  const site = await NotifySite.make(t.db)
  await site.email(server.port)
  const rui = await site.contact('Rui', ['riu@plant.test'])
  const plant = await AlarmPlant.make(t.db)
  await using _notify = site.notify()
  await raiseAlarm(t.db, plant.deviceId)
  await until(async () => (await countEvents(t.db, 'notify.nobody_told')) === 1, 'it is said aloud')
  await until(async () => /^Nobody can be told.*no such person here/.test((await caseOf(t.db))?.reason ?? ''), 'it is looked at again')
  assert.equal((await caseOf(t.db))?.state, 'exhausted', 'and stays on every screen')
  await change(t.db, rui, { addresses: [{ channel: 'email', address: 'rui@plant.test', problem: null, minSeverity: 'info' }] })
  await until(() => server.mails.length === 1, 'Rui is told')
  await until(async () => (await caseOf(t.db))?.state === 'open', 'and the case is one of those that are')
  assert.equal(await countEvents(t.db, 'notify.nobody_told'), 1)
})

test('what waits to be tried again follows a corrected address and a corrected gateway at once', async () => {
  await using t = await testDatabase()
  await using server = await startMailServer()
  const site = await NotifySite.make(t.db)
  const dead = await startMailServer()
  await dead[Symbol.asyncDispose]()
  await site.email(dead.port)
  const rui = await site.contact('Rui', ['former@plant.test'])
  const plant = await AlarmPlant.make(t.db)
  await using _notify = site.notify()
  await raiseAlarm(t.db, plant.deviceId)
  await until(async () => (await site.messages())[0]?.reason?.includes('answer') === true, 'the server does not answer')
  // instead of many failures
  await t.db.query(`update messaging_history set next_at = now() + interval '5 minutes', tries = 5`)
  await change(t.db, rui, { addresses: [{ channel: 'email', address: 'rui@plant.test', problem: null, minSeverity: 'info' }] })
  await until(async () => (await site.messages())[0]?.address === 'rui@plant.test', 'the address is taken over')
  await t.db.query(`update messaging_history set next_at = now() + interval '5 minutes'`)
  await site.email(server.port)
  await until(() => server.mails.length === 1, 'it is sent')
  assert.deepEqual(server.mails[0]?.to, ['rui@plant.test'])
})

test('the last of a chain are told when their channel is back, also when the chain has ended meanwhile', async () => {
  await using t = await testDatabase()
  await using telegram = await FakeTelegram.start(ANA)
  const site = await NotifySite.make(t.db)
  await site.telegram(telegram)
  telegram.down = 'refused'
  await chainOf(t.db, await site.contact('Ana', [ANA.id]))
  const plant = await AlarmPlant.make(t.db)
  await using _notify = site.notify()
  await raiseAlarm(t.db, plant.deviceId)
  await until(async () => /answer/.test((await site.messages())[0]?.reason ?? ''), 'it was tried')
  await timePasses(t.db)
  await until(async () => (await caseOf(t.db))?.state === 'exhausted', 'the chain has ended')
  telegram.down = undefined
  await tryAgain(t.db)
  await until(() => telegram.messages.length === 1, 'Ana is told')
})

test('somebody who is disabled while a message to them waits holds nobody up', async () => {
  await using t = await testDatabase()
  await using telegram = await FakeTelegram.start(ANA, RUI)
  const site = await NotifySite.make(t.db)
  await site.telegram(telegram)
  telegram.down = 'refused'
  const ana = await site.contact('Ana', [ANA.id])
  await chainOf(t.db, ana, await site.contact('Rui', [RUI.id]))
  const plant = await AlarmPlant.make(t.db)
  await using _notify = site.notify()
  await raiseAlarm(t.db, plant.deviceId)
  await until(async () => /answer/.test((await site.messages())[0]?.reason ?? ''), 'it was tried')
  await change(t.db, ana, { enabled: false })
  telegram.down = undefined
  await tryAgain(t.db)
  await until(() => telegram.messages.length === 1, 'the next one is told')
  assert.equal(telegram.messages[0]?.chat, RUI.id)
  assert.equal((await site.messages())[0]?.reason, 'The contact was removed or disabled.')
})

test('an alarm that comes back from the shelf is told from the first group on, and anew where nobody can be told by then', async () => {
  await using t = await testDatabase()
  await using telegram = await FakeTelegram.start(ANA)
  const site = await NotifySite.make(t.db)
  await site.telegram(telegram)
  const ana = await site.contact('Ana', [ANA.id])
  await chainOf(t.db, ana)
  const plant = await AlarmPlant.make(t.db)
  const rule = await plant.rule({ cooldownMinutes: 0 })
  await using _engine = startEngine(t.db)
  await using _notify = site.notify()
  await plant.deliver([90])
  await until(async () => (await site.messages())[0]?.state === 'handed', 'Ana is told')
  const who = { who: 'Platform: Joana', reason: 'cleaning', at: systemClock.now() }
  await shelveRules(t.db, 'all', [rule], who.at + 3_600_000_000, who)
  await change(t.db, ana, { enabled: false })
  await unshelveRules(t.db, 'all', [rule], { who: who.who, at: systemClock.now() })
  await until(async () => (await caseOf(t.db))?.state === 'exhausted', 'nobody can be told')
  assert.deepEqual([(await caseOf(t.db))?.reason, (await caseOf(t.db))?.due], ['Nobody can be told. Ana: disabled.', true])
  await change(t.db, ana, { enabled: true })
  await until(() => telegram.messages.length === 2, 'Ana is told again')
})
