import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { test } from 'node:test'
import { acknowledge } from '#alarm/commands.ts'
import { changePolicy, policyChanges } from '#notify/change-policy.ts'
import { systemClock } from '#host/clock.ts'
import type { Database } from '#store/database.ts'
import { saveChain, saveGroup } from '#store/escalation.ts'
import { AlarmPlant, until } from '../support/alarm-plant.ts'
import { apiSite } from '../support/api-site.ts'
import { testDatabase } from '../support/database.ts'
import { FakeTelegram, type Person } from '../support/fake-telegram.ts'
import { NotifySite } from '../support/notify-site.ts'
import { raiseAlarm } from '../support/raise-alarm.ts'

const SCHEDULE = { layers: [], overrides: [], holidays: [] }

async function group(db: Database, name: string, memberIds: readonly number[]): Promise<number> {
  const input = { name, parentId: null, memberIds, duty: 'everybody' as const, schedule: SCHEDULE }
  return (await db.transaction((tx) => saveGroup(tx, null, input))).id
}

async function chain(
  db: Database,
  id: number | null,
  steps: readonly (readonly [groupId: number, waitMinutes: number])[],
): Promise<number> {
  const all = steps.map(([groupId, waitMinutes]) => ({ groupId, waitMinutes, attempts: 1, climb: false }))
  const rest = {
    name: 'Night',
    enabled: true,
    position: 0,
    minSeverity: 'info' as const,
    deviceIds: null,
    categories: null,
    onClear: 'continue' as const,
  }
  const input = { ...rest, steps: all, maxAgeMinutes: 4320, repeatMinutes: 0 }
  return (await db.transaction((tx) => saveChain(tx, id, input))).id
}

/** The time that every case waits for has come; locked in the order of everybody. */
async function timePasses(db: Database): Promise<void> {
  await db.query(
    `with due as (select id from notify_cases where next_action_at is not null order by id for update)
     update notify_cases c set next_action_at = now() from due where c.id = due.id`,
  )
  await db.query(`select pg_notify('outbox', '')`)
}

const by = (who: string): { who: string; at: number } => ({ who, at: systemClock.now() })

test('a changed chain is taken up: the new one is next, who was told is not told again, a chain that had ended goes on', async () => {
  await using t = await testDatabase()
  const people = Array.from({ length: 4 }, (_, index): Person => ({ id: 81_000 + index, first_name: `P${index}` }))
  await using telegram = await FakeTelegram.start(...people)
  const site = await NotifySite.make(t.db)
  await site.telegram(telegram)
  const groups: number[] = []
  for (const one of people) groups.push(await group(t.db, one.first_name, [(await site.contact(one.first_name, [one.id])).id]))
  const [shift = 0, heads = 0, director = 0, owner = 0] = groups
  const night = await chain(t.db, null, [
    [shift, 60],
    [heads, 5],
  ])
  const plant = await AlarmPlant.make(t.db)
  await using _notify = site.notify()
  const alarm = await raiseAlarm(t.db, plant.deviceId)
  await until(() => telegram.messages.length === 1, 'the shift is told')
  assert.deepEqual(await policyChanges(t.db, 'all', systemClock.now()), [], 'nothing was changed')
  await chain(t.db, night, [
    [director, 7],
    [shift, 60],
    [heads, 5],
  ])
  const [planned] = await policyChanges(t.db, 'all', systemClock.now())
  assert.deepEqual([planned?.after.next, planned?.after.passed], ['P2', [shift]])
  assert.deepEqual(await policyChanges(t.db, [plant.deviceId + 1000], systemClock.now()), [], 'out of scope')
  const caseId = planned?.case.id ?? 0
  assert.deepEqual(await changePolicy(t.db, [plant.deviceId + 1000], [caseId], by('A stranger')), [], 'nor changed from there')
  assert.equal((await changePolicy(t.db, 'all', [caseId], by('Platform: Joana'))).length, 1)
  assert.deepEqual(await changePolicy(t.db, 'all', [caseId], by('Platform: Joana')), [], 'once is enough')
  for (const told of [2, 3]) {
    await timePasses(t.db)
    await until(() => telegram.messages.length === told, `${told} are told`)
  }
  assert.deepEqual(
    telegram.messages.map((one) => one.chat - 81_000),
    [0, 2, 1],
  )
  await timePasses(t.db)
  const state = async (): Promise<unknown> => (await t.db.query<{ state: string }>('select state from notify_cases'))[0]?.state
  await until(async () => (await state()) === 'exhausted', 'nobody answered')
  await chain(t.db, night, [
    [shift, 60],
    [owner, 5],
  ])
  await changePolicy(t.db, 'all', [caseId], by('Platform: Joana'))
  await until(() => telegram.messages.length === 4, 'the owner is told at once')
  assert.equal(telegram.messages[3]?.chat, people[3]?.id)
  await acknowledge(t.db, {
    selection: { eventIds: [alarm.id] },
    attribution: { by: 'platform', user: 'Rui' },
    comment: null,
    at: systemClock.now(),
    scope: 'all',
  })
  await chain(t.db, night, [[heads, 5]])
  assert.deepEqual(await changePolicy(t.db, 'all', [caseId], by('Platform: Joana')), [], 'an acknowledged one is left alone')
})

test('taken up again and again while acknowledgements and timers race: no page after an acknowledgement, nobody paged twice', async () => {
  await using t = await testDatabase()
  const people = Array.from({ length: 3 }, (_, index): Person => ({ id: 82_000 + index, first_name: `P${index}` }))
  await using telegram = await FakeTelegram.start(...people)
  const site = await NotifySite.make(t.db)
  await site.telegram(telegram)
  const groups: number[] = []
  for (const one of people) groups.push(await group(t.db, one.first_name, [(await site.contact(one.first_name, [one.id])).id]))
  const orders = [groups, groups.toReversed(), groups.slice(1)].map((ids) => ids.map((id) => [id, 60] as const))
  const night = await chain(t.db, null, orders[0] ?? [])
  const plant = await AlarmPlant.make(t.db)
  await using _first = site.notify()
  await using _second = site.notify()
  const alarms: { id: number; number: number }[] = []
  const pages = (number: number): number[] =>
    telegram.messages.filter((one) => one.text.startsWith(`🔴 CRITICAL #${number} `)).map((one) => one.chat)
  for (let index = 0; index < 3; index++) alarms.push(await raiseAlarm(t.db, plant.deviceId))
  await until(() => telegram.messages.length === 3, 'every alarm is told to the first')
  const then = new Map<number, number>()
  for (let turn = 0; turn < 12; turn++) {
    await chain(t.db, night, orders[turn % orders.length] ?? [])
    const cases = (await policyChanges(t.db, 'all', systemClock.now())).map((one) => one.case.id)
    const next = turn % 4 === 3 ? alarms.find((one) => !then.has(one.number)) : undefined
    await Promise.all([
      cases.length === 0 ? [] : changePolicy(t.db, 'all', cases, by('Platform: Joana')),
      timePasses(t.db),
      next === undefined
        ? undefined
        : delay(turn * 3).then(async () => {
            await acknowledge(t.db, {
              selection: { eventIds: [next.id] },
              attribution: { by: 'platform', user: 'Rui' },
              comment: null,
              at: systemClock.now(),
              scope: 'all',
            })
            then.set(next.number, pages(next.number).length)
          }),
    ])
  }
  assert.equal(then.size, alarms.length)
  const open = `select from messaging_history where kind = 'alarm' and state in ('queued', 'leased', 'unknown')`
  await until(async () => (await t.db.query(open)).length === 0, 'nothing waits')
  for (const { number } of alarms) {
    assert.equal(pages(number).length, then.get(number), `#${number}: no page after its acknowledgement`)
    assert.equal(new Set(pages(number)).size, pages(number).length, `#${number}: nobody twice`)
  }
})

test('an engineer re-applies within their devices only, and it is put on record', async () => {
  await using site = await apiSite()
  const { db } = site
  const shift = await group(db, 'Shift', [])
  await chain(db, null, [[shift, 5]])
  for (const { deviceId } of [site.a, site.b]) {
    await db.query(`insert into notify_cases (alarm_event_id, attempt) values ($1, 1)`, [await site.alarm(deviceId, 'Level')])
  }
  const confined = await site.session(await site.user('engineer', [site.a.deviceId]))
  const list = async (): Promise<readonly { caseId: number; next: string; before: unknown }[]> =>
    (await site.call('GET /api/cases/changes', confined)).body as never
  const [own, ...others] = await list()
  assert.deepEqual([own?.next, own?.before, others.length], ['Shift', null, 0])
  const ids = (await db.query<{ id: number }>('select id from notify_cases order by id')).map((one) => one.id)
  const operator = await site.session(await site.user('operator'))
  assert.equal((await site.call('POST /api/cases/changes', operator, { caseIds: ids })).status, 403)
  const done = (await site.call('POST /api/cases/changes', confined, { caseIds: ids })).body as unknown as readonly { caseId: number }[]
  assert.deepEqual(
    done.map((one) => one.caseId),
    [own?.caseId],
  )
  assert.deepEqual(await list(), [])
  const [entry] = await db.query<{ object: string; after: unknown }>(
    `select object, after from audit where object like 'escalation of %' order by at desc`,
  )
  assert.equal(entry?.object, 'escalation of #1')
  assert.match(JSON.stringify(entry?.after), /"Night"/)
})
