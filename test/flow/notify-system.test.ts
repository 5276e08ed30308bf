import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tellBackup, watchBackups } from '#keeper/tell-backup.ts'
import { shelveRules, takeOutOfService } from '#store/alarm-suppress.ts'
import { listLiveCases } from '#store/cases.ts'
import type { Database } from '#store/database.ts'
import { saveGroup } from '#store/escalation.ts'
import { saveSettings } from '#store/settings.ts'
import { systemClock } from '#host/clock.ts'
import { AlarmPlant, startEngine, until } from '../support/alarm-plant.ts'
import { testDatabase } from '../support/database.ts'
import { ANA, FakeTelegram, RUI } from '../support/fake-telegram.ts'
import { NotifySite } from '../support/notify-site.ts'

async function report(db: Database, code: string, severity: string, detail: object = {}): Promise<void> {
  await db.query(`insert into outbox (kind, body) values ('system', $1)`, [JSON.stringify({ code, severity, deviceId: null, detail })])
  await db.query(`select pg_notify('outbox', '')`)
}

const worked = (db: Database): Promise<void> =>
  until(async () => (await db.query('select from outbox where done_at is null')).length === 0, 'everything is worked on')

test('a trouble of the system is an alarm: told to whoever is marked for it in their language, acknowledged by an answer, on the live cases', async () => {
  await using t = await testDatabase()
  await using telegram = await FakeTelegram.start(ANA, RUI)
  const site = await NotifySite.make(t.db)
  await site.telegram(telegram)
  const plant = await AlarmPlant.make(t.db)
  await site.contact('Ana', [ANA.id], { language: 'de', systemMessages: true, minSeverity: 'critical', deviceIds: [plant.deviceId] })
  await site.contact('Rui', [RUI.id])
  await using _engine = startEngine(t.db)
  await using _notify = site.notify()
  await using _inbound = site.inbound()
  await report(t.db, 'keeper.disk_room', 'warning', { level: 'warning', freePercent: 8.2 })
  await until(() => telegram.messages.length === 1, 'Ana is told')
  const [told] = telegram.in(ANA.id)
  assert.match(told?.text ?? '', /^🟠 WARNUNG #100 Festplatte fast voll\nSyncTide: 8,2 % \(Grenzwert < 10 %\)\n[^]*ja 100$/)
  const [live] = await listLiveCases(t.db, 'all')
  assert.deepEqual([live?.displayNumber, live?.alarmKind, live?.deviceCode], [100, 'system', 'SyncTide'])
  assert.deepEqual(await listLiveCases(t.db, [plant.deviceId]), [], 'who sees some devices only does not see it')
  // the same again is nothing new, and a rule that comes or goes does not end it
  await report(t.db, 'keeper.disk_room', 'warning', { freePercent: 8.1 })
  await plant.rule()
  await plant.deliver([10])
  await plant.judged()
  await worked(t.db)
  assert.equal(telegram.messages.length, 1)
  // it becomes worse
  await report(t.db, 'keeper.disk_room', 'critical', { freePercent: 4.4 })
  await until(() => telegram.messages.length === 2, 'told anew')
  assert.match(telegram.messages[1]?.text ?? '', /^🔴 KRITISCH #101 Festplatte fast voll\nSyncTide: 4,4 % \(Grenzwert < 5 %\)/)
  telegram.say(ANA, 'ja')
  await until(async () => (await plant.alarms()).at(-1)?.acknowledgedBy === 'Telegram: Ana S.', 'acknowledged by the answer')
  assert.deepEqual(
    (await plant.alarms()).map((one) => [one.displayNumber, one.acknowledgedBy]),
    [
      [100, 'System: became more severe'],
      [101, 'Telegram: Ana S.'],
    ],
  )
  assert.deepEqual(await listLiveCases(t.db, 'all'), [])
  await report(t.db, 'keeper.disk_room', 'info', { freePercent: 30 })
  await until(async () => (await plant.alarms()).at(-1)?.closedAt !== null, 'closed when there is room again')
  await until(() => telegram.in(ANA.id).some((one) => one.text.startsWith('🟢 Wieder normal #101')), 'Ana learns that there is room again')
})

test('troubles of the system go to the group of the site, and climb to its parent; what nobody knows is told by its code', async () => {
  await using t = await testDatabase()
  await using telegram = await FakeTelegram.start(ANA, RUI)
  const site = await NotifySite.make(t.db)
  await site.telegram(telegram)
  const schedule = { layers: [], overrides: [], holidays: [] }
  const ana = await site.contact('Ana', [ANA.id], { minSeverity: 'critical' })
  const rui = await site.contact('Rui', [RUI.id], { deviceIds: [] })
  const group = { duty: 'everybody', schedule } as const
  const parent = await t.db.transaction((tx) => saveGroup(tx, null, { ...group, name: 'Heads', parentId: null, memberIds: [rui.id] }))
  const admins = await t.db.transaction((tx) => saveGroup(tx, null, { ...group, name: 'IT', parentId: parent.id, memberIds: [ana.id] }))
  await saveSettings(t.db, { systemRoute: { to: 'group', id: admins.id } })
  await using _notify = site.notify()
  await report(t.db, 'keeper.backup_failed', 'warning', { problem: 'The folder is full.' })
  await until(() => telegram.messages.length === 1, 'the group is told')
  assert.match(telegram.messages[0]?.text ?? '', /WARNING #100 Backup failed\nSyncTide: The folder is full\./)
  for (let round = 0; round < 3; round++) {
    const before = telegram.messages.length
    await t.db.query(`update notify_cases set next_action_at = now() where next_action_at is not null`)
    await t.db.query(`select pg_notify('outbox', '')`)
    await until(() => telegram.messages.length > before, 'the next one is told')
  }
  assert.deepEqual(
    telegram.messages.map((one) => one.chat),
    [ANA.id, ANA.id, ANA.id, RUI.id],
  )
  await report(t.db, 'room.strange_thing', 'critical')
  await until(
    () => telegram.messages.some((one) => one.text.startsWith('🔴 CRITICAL #101 Trouble of the system: room.strange_thing')),
    'told',
  )
  // it only happened: nothing is said to have returned, and it closes when somebody takes notice
  assert.doesNotMatch(telegram.messages.at(-1)?.text ?? '', /Returned/)
})

test('where nobody is marked for it everybody who is told of all devices is told', async () => {
  await using t = await testDatabase()
  await using telegram = await FakeTelegram.start(ANA, RUI)
  const site = await NotifySite.make(t.db)
  await site.telegram(telegram)
  await site.contact('Ana', [ANA.id], { minSeverity: 'critical' })
  await site.contact('Rui', [RUI.id], { deviceIds: [] })
  await using _notify = site.notify()
  await report(t.db, 'alarm.engine_silent', 'critical')
  await worked(t.db)
  await until(() => telegram.messages.length === 1, 'somebody is told')
  assert.deepEqual(
    [telegram.messages[0]?.chat, telegram.messages[0]?.text.split('\n')[0]],
    [ANA.id, '🔴 CRITICAL #100 Alarms are not being judged'],
  )
})

test('shelved, or its device out of service: the chain stops, and the case says by whom and why', async () => {
  await using t = await testDatabase()
  await using telegram = await FakeTelegram.start(ANA)
  const site = await NotifySite.make(t.db)
  await site.telegram(telegram)
  await site.contact('Ana', [ANA.id])
  const plant = await AlarmPlant.make(t.db, { tags: 2 })
  const rule = await plant.rule()
  await plant.rule({ tagId: plant.tag(1), name: 'Other' })
  await using _engine = startEngine(t.db)
  await using _notify = site.notify()
  await plant.deliver([90, 90])
  await until(() => telegram.messages.length === 2, 'both are told')
  await until(async () => (await site.messages()).every((one) => one.state === 'handed'), 'receipts')
  const at = systemClock.now()
  await shelveRules(t.db, 'all', [rule], at + 3_600_000_000, { who: 'Platform: Joana', reason: 'the sensor is being cleaned', at })
  await takeOutOfService(t.db, 'all', plant.deviceId, null, { who: 'Platform: Joana', reason: 'yearly service', at })
  const cases = await t.db.query<{ state: string; reason: string }>('select state, reason from notify_cases order by id')
  assert.deepEqual(cases, [
    { state: 'cancelled', reason: 'Shelved: Platform: Joana, the sensor is being cleaned.' },
    { state: 'cancelled', reason: 'Device out of service: Platform: Joana, yearly service.' },
  ])
})

test('no backup for a day and a half is told once; the next good one ends it', async () => {
  await using t = await testDatabase()
  const { db } = t
  const told = async (): Promise<unknown[]> =>
    await db.query(`select body ->> 'code' as code, body ->> 'severity' as severity from outbox where kind = 'system' order by id`)
  const now = systemClock.now()
  await watchBackups(db, now)
  assert.deepEqual(await told(), [], 'a new database owes none')
  await watchBackups(db, now + 40 * 3_600_000_000)
  await watchBackups(db, now + 41 * 3_600_000_000)
  const overdue = { code: 'keeper.backup_overdue', severity: 'critical' }
  assert.deepEqual(await told(), [overdue])
  await tellBackup(db, 'keeper.backup_overdue', 'info', {})
  await tellBackup(db, 'keeper.backup_overdue', 'info', {})
  assert.deepEqual(await told(), [overdue, { ...overdue, severity: 'info' }])
})
