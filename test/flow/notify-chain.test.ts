import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runAuditor } from '#notify/auditor.ts'
import { systemClock } from '#host/clock.ts'
import { createLogger } from '#host/log.ts'
import type { Database } from '#store/database.ts'
import { saveChain, saveGroup, type ChainInput, type GroupInput } from '#store/escalation.ts'
import { AlarmPlant, startEngine, until } from '../support/alarm-plant.ts'
import { testDatabase } from '../support/database.ts'
import { ANA, FakeTelegram, RUI } from '../support/fake-telegram.ts'
import { NotifySite } from '../support/notify-site.ts'
import { raiseAlarm } from '../support/raise-alarm.ts'

async function group(db: Database, name: string, memberIds: readonly number[], change: Partial<GroupInput> = {}): Promise<number> {
  const schedule = { layers: [], overrides: [], holidays: [] }
  return (await db.transaction((tx) => saveGroup(tx, null, { name, parentId: null, memberIds, duty: 'everybody', schedule, ...change }))).id
}

async function chain(db: Database, groupId: number, change: Partial<ChainInput> = {}): Promise<void> {
  const steps = [{ groupId, waitMinutes: 5, attempts: 1, climb: true }]
  const rest = { enabled: true, position: 0, minSeverity: 'info' as const, deviceIds: null, categories: null, onClear: 'continue' as const }
  await db.transaction((tx) => saveChain(tx, null, { name: 'Night', steps, maxAgeMinutes: 4320, repeatMinutes: 1440, ...rest, ...change }))
}

/** The time that a case waits for has come. */
async function timePasses(db: Database): Promise<void> {
  await db.query(`update notify_cases set next_action_at = now() where next_action_at is not null`)
  await db.query(`select pg_notify('outbox', '')`)
}

const caseOf = async (db: Database): Promise<{ state: string; step: number; reason: string; due: boolean } | undefined> =>
  (
    await db.query<{ state: string; step: number; reason: string; due: boolean }>(
      'select state, step, reason, next_action_at is not null as due from notify_cases order by id',
    )
  )[0]

test('nobody answers: the chain of its category climbs to the parent group, ends aloud, and begins anew', async () => {
  await using t = await testDatabase()
  await using telegram = await FakeTelegram.start(ANA, RUI)
  const site = await NotifySite.make(t.db)
  await site.telegram(telegram)
  const ana = await site.contact('Ana', [ANA.id])
  const rui = await site.contact('Rui', [RUI.id], { systemMessages: true })
  const parent = await group(t.db, 'Heads', [rui.id])
  await chain(t.db, parent, { name: 'Power', categories: ['Power'] })
  await chain(t.db, await group(t.db, 'Shift', [ana.id], { parentId: parent }), { position: 1, categories: ['Process'] })
  const plant = await AlarmPlant.make(t.db)
  await plant.rule({ category: 'Process/Levels' })
  await using _engine = startEngine(t.db)
  await using _notify = site.notify()
  await plant.deliver([90])
  await until(() => telegram.messages.length === 1, 'the shift is told')
  assert.equal(telegram.messages[0]?.chat, ANA.id)
  assert.match((await caseOf(t.db))?.reason ?? '', /^Shift, 1: told to Ana \(telegram\)$/)
  await timePasses(t.db)
  await until(() => telegram.messages.length === 2, 'the parent group is told')
  assert.equal(telegram.messages[1]?.chat, RUI.id)
  await timePasses(t.db)
  await until(async () => (await caseOf(t.db))?.state === 'exhausted', 'the chain has ended')
  await until(() => telegram.messages.length === 3, 'whoever looks after the system is told')
  assert.match(telegram.messages[2]?.text ?? '', /^⚠️ Nobody answered for \d+ min: #100/)
  assert.equal((await t.db.query(`select from system_events where code = 'notify.exhausted' and severity = 'critical'`)).length, 1)
  await timePasses(t.db)
  await until(() => telegram.messages.length === 4, 'the chain begins anew')
  assert.equal(telegram.messages[3]?.chat, ANA.id)
})

test('"não" escalates at once, an acknowledgement ends the chain, and everybody paged is told once', async () => {
  await using t = await testDatabase()
  await using telegram = await FakeTelegram.start(ANA, RUI)
  const site = await NotifySite.make(t.db)
  await site.telegram(telegram)
  const ana = await site.contact('Ana', [ANA.id], { language: 'pt' })
  const rui = await site.contact('Rui', [RUI.id])
  await chain(t.db, await group(t.db, 'Shift', [ana.id], { parentId: await group(t.db, 'Heads', [rui.id]) }))
  const plant = await AlarmPlant.make(t.db)
  await plant.rule()
  await using _engine = startEngine(t.db)
  await using _notify = site.notify()
  await using _inbound = site.inbound()
  await plant.deliver([90])
  await until(() => telegram.in(ANA.id).length === 1, 'Ana is told')
  telegram.say(ANA, 'não')
  await until(() => telegram.in(RUI.id).length === 1, 'Rui is told at once')
  await until(() => telegram.in(ANA.id).length === 2, 'Ana is answered')
  assert.match(telegram.in(ANA.id)[1]?.text ?? '', /Quem se segue é avisado agora: #100/)
  telegram.say(RUI, 'ok')
  await until(async () => (await plant.alarms())[0]?.acknowledgedBy === 'Telegram: Rui', 'Rui acknowledges')
  await until(() => telegram.in(ANA.id).length === 3, 'Ana learns by whom')
  await timePasses(t.db)
  await until(async () => (await t.db.query('select from outbox where done_at is null')).length === 0, 'everything is worked on')
  assert.deepEqual([(await caseOf(t.db))?.state, (await caseOf(t.db))?.due], ['acknowledged', false])
  assert.equal(telegram.messages.filter((one) => one.text.startsWith('☑️')).length, 1)
  assert.equal(telegram.messages.filter((one) => one.text.startsWith('🔴')).length, 2)
})

test('an edit of the chain leaves what is under way alone; who is off duty is not told, and why stands on record', async () => {
  await using t = await testDatabase()
  await using telegram = await FakeTelegram.start(ANA, RUI)
  const site = await NotifySite.make(t.db)
  await site.telegram(telegram)
  const ana = await site.contact('Ana', [ANA.id])
  const rui = await site.contact('Rui', [RUI.id])
  const layer = {
    name: 'week',
    start: '2026-01-05',
    handover: '08:00',
    everyDays: 7,
    days: [],
    from: '00:00',
    to: '00:00',
    holidays: 'also' as const,
  }
  const schedule = { layers: [{ ...layer, contactIds: [rui.id] }], overrides: [], holidays: [] }
  const duty = await group(t.db, 'On call', [ana.id, rui.id], { duty: 'on_call', schedule })
  await chain(t.db, duty)
  const plant = await AlarmPlant.make(t.db, { tags: 2 })
  await plant.rule()
  await plant.rule({ tagId: plant.tag(1), name: 'Other' })
  await using _engine = startEngine(t.db)
  await using _notify = site.notify()
  await plant.deliver([90, 10])
  await until(() => telegram.messages.length === 1, 'who is on duty is told')
  assert.equal(telegram.messages[0]?.chat, RUI.id)
  const [skipped] = await t.db.query<{ who: string; why: string }>(
    `select s ->> 'contactName' as who, s ->> 'why' as why from notify_cases, jsonb_array_elements(policy -> 'skipped') s`,
  )
  assert.deepEqual([skipped?.who, skipped?.why], ['Ana', 'not on duty.'])
  await t.db.query(`update escalation_chains set steps = '[]'`)
  await plant.deliver([90, 90])
  await until(() => telegram.messages.length === 3, 'the new alarm is told to everybody')
  const chains = await t.db.query<{ name: string | null }>(`select chain ->> 'name' as name from notify_cases order by id`)
  assert.deepEqual(
    chains.map((one) => one.name),
    ['Night', null],
  )
})

test('what is older than its chain allows is told no further, and why stands on record', async () => {
  await using t = await testDatabase()
  await using telegram = await FakeTelegram.start(ANA, RUI)
  const site = await NotifySite.make(t.db)
  await site.telegram(telegram)
  const parent = await group(t.db, 'Heads', [(await site.contact('Rui', [RUI.id])).id])
  await chain(t.db, await group(t.db, 'Shift', [(await site.contact('Ana', [ANA.id])).id], { parentId: parent }), { maxAgeMinutes: 60 })
  const { deviceId } = await AlarmPlant.make(t.db)
  await using _notify = site.notify()
  await raiseAlarm(t.db, deviceId)
  await until(() => telegram.messages.length === 1, 'the shift is told')
  await t.db.query(`update alarm_events set raised_at = now() - interval '2 hours', annunciated_at = now() - interval '2 hours'`)
  await timePasses(t.db)
  await until(async () => (await caseOf(t.db))?.state === 'expired', 'it is over')
  assert.equal((await caseOf(t.db))?.reason, 'Nobody answered, and it is too old to be told any more.')
  assert.equal(telegram.messages.length, 1)
})

test('without a chain quiet hours hold too: a warning waits for their end, a critical alarm does not', async () => {
  await using t = await testDatabase()
  await using telegram = await FakeTelegram.start(ANA, RUI)
  const site = await NotifySite.make(t.db)
  await site.telegram(telegram)
  await site.contact('Ana', [ANA.id], { quiet: { from: '00:00', to: '00:00', severity: 'warning' } })
  await site.contact('Rui', [RUI.id])
  const { deviceId } = await AlarmPlant.make(t.db)
  await using _notify = site.notify()
  const warning = await raiseAlarm(t.db, deviceId, 'warning')
  await until(() => telegram.in(RUI.id).length === 1, 'Rui is told')
  const critical = await raiseAlarm(t.db, deviceId)
  await until(() => telegram.in(ANA.id).length === 1, 'Ana is told of the critical one')
  assert.match(telegram.in(ANA.id)[0]?.text ?? '', new RegExp(`#${critical.number} `))
  const [waiting] = await t.db.query<{ state: string; reason: string; later: boolean }>(
    `select state, reason, next_at > now() as later from messaging_history where alarm_event_id = $1 and contact_name = 'Ana'`,
    [warning.id],
  )
  assert.deepEqual(waiting, { state: 'queued', reason: 'First choice; waits for the end of quiet hours.', later: true })
  await t.db.query('update messaging_history set next_at = now() where bundled')
  await t.db.query(`select pg_notify('outbox', '')`)
  await until(() => telegram.in(ANA.id).length === 2, 'in the morning she is told')
})

test('while a device is not heard of its tags are not paged, and why stands on record', async () => {
  await using t = await testDatabase()
  await using telegram = await FakeTelegram.start(ANA)
  const site = await NotifySite.make(t.db)
  await site.telegram(telegram)
  await site.contact('Ana', [ANA.id])
  const plant = await AlarmPlant.make(t.db)
  await plant.rule()
  await using _engine = startEngine(t.db)
  await plant.deliver([10])
  await plant.judged()
  await t.db.query(
    `insert into alarm_events (display_number, rule_version, kind, device_id, device_code, name, severity, raised_at)
     values (900, 1, 'communication_loss', $1, 'PS-01', 'Communication lost', 'warning', now() - interval '1 hour')`,
    [plant.deviceId],
  )
  await using _notify = site.notify()
  await plant.deliver([90])
  await until(async () => /not heard of/.test((await caseOf(t.db))?.reason ?? ''), 'it waits')
  assert.equal(telegram.messages.length, 0)
  await t.db.query(`update alarm_events set cleared_at = now() where display_number = 900`)
  await timePasses(t.db)
  await until(() => telegram.messages.length === 1, 'heard of again, it is told')
})

test('a gateway that is down is told once, by the other one', async () => {
  await using t = await testDatabase()
  await using telegram = await FakeTelegram.start(ANA, RUI)
  const site = await NotifySite.make(t.db)
  await site.telegram(telegram)
  await site.email(1)
  await site.contact('Rui', [RUI.id], { systemMessages: true, minSeverity: 'critical' })
  await site.contact('Mail', ['mail@plant.test'], {})
  const plant = await AlarmPlant.make(t.db, { tags: 3 })
  for (let index = 0; index < 3; index++) await plant.rule({ tagId: plant.tag(index), name: `Level ${index}`, severity: 'warning' })
  await using _engine = startEngine(t.db)
  await using _notify = site.notify()
  await plant.deliver([90, 90, 90])
  // sent in one or each on its own: three failures in a row it takes
  await until(async () => {
    await t.db.query(`update messaging_history set next_at = now() where state = 'queued' and next_at > now()`)
    await t.db.query(`select pg_notify('outbox', '')`)
    return telegram.in(RUI.id).length === 1
  }, 'Rui is told of the mail server')
  assert.match(telegram.in(RUI.id)[0]?.text ?? '', /^⚠️ E-mail does not work:/)
  assert.equal((await t.db.query(`select from system_events where code = 'notify.gateway_down'`)).length, 1)
})

test('when the engine stands still another process says so', async () => {
  await using t = await testDatabase()
  await using telegram = await FakeTelegram.start(RUI)
  const site = await NotifySite.make(t.db)
  await site.telegram(telegram)
  await site.contact('Rui', [RUI.id], { systemMessages: true })
  await t.db.query(`insert into outbox (kind, created_at) values ('system', now() - interval '2 minutes')`)
  const stop = new AbortController()
  const log = createLogger('inbound', () => undefined, 'error')
  const auditing = runAuditor({ db: t.db, log, clock: systemClock, signal: stop.signal, key: site.key }, 20)
  await until(() => telegram.messages.length === 1, 'Rui is told')
  assert.match(telegram.messages[0]?.text ?? '', /messaging has stopped/)
  stop.abort()
  await auditing
  assert.equal((await t.db.query(`select from system_events where code = 'notify.overdue'`)).length, 1)
})
