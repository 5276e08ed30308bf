import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { test } from 'node:test'
import { acknowledge } from '#alarm/commands.ts'
import { systemClock } from '#host/clock.ts'
import { saveGroup } from '#store/escalation.ts'
import { AlarmPlant, until } from '../support/alarm-plant.ts'
import { testDatabase } from '../support/database.ts'
import { FakeTelegram, type Person } from '../support/fake-telegram.ts'
import { NotifySite } from '../support/notify-site.ts'

const PEOPLE = 120
const CASES = 1000
const SPREAD_MILLIS = 20_000

test('1,000 interleavings of an acknowledgement with the timer of its chain: no page after it, none twice', async () => {
  await using t = await testDatabase()
  const people = Array.from({ length: PEOPLE }, (_, index): Person => ({ id: 80_000 + index, first_name: `P${index}` }))
  await using telegram = await FakeTelegram.start(...people)
  const site = await NotifySite.make(t.db)
  await site.telegram(telegram)
  const groups: number[] = []
  for (const person of people) {
    const { id } = await site.contact(person.first_name, [person.id])
    const schedule = { layers: [], overrides: [], holidays: [] }
    const one = { name: person.first_name, parentId: null, memberIds: [id], duty: 'everybody' as const, schedule }
    groups.push((await t.db.transaction((tx) => saveGroup(tx, null, one))).id)
  }
  const plant = await AlarmPlant.make(t.db)
  const rows = await t.db.query<{ id: number; number: number }>(
    `insert into alarm_events (display_number, rule_version, kind, device_id, device_code, name, severity, raised_at)
     select 1000 + n, 1, 'threshold', $1, 'PS-01', 'Level', 'critical', now() from generate_series(1, $2::int) n
     returning id, display_number as number`,
    [plant.deviceId, CASES],
  )
  const begin = Date.now() + 1000
  const dueAt = (index: number): number => begin + (index * SPREAD_MILLIS) / CASES
  const cases = rows.map((row, index) => {
    const steps = [{ groupId: groups[index % PEOPLE], groupName: 'one', waitMinutes: 60, attempts: 3 }]
    const chain = { chainId: 1, name: 'x', onClear: 'continue', maxAgeMinutes: 600, repeatMinutes: 0, steps }
    return { event: row.id, chain, due: new Date(dueAt(index)).toISOString() }
  })
  await t.db.query(
    `insert into notify_cases (alarm_event_id, chain, next_action_at)
     select event, chain, due from jsonb_to_recordset($1::jsonb) as input(event bigint, chain jsonb, due timestamptz)`,
    [JSON.stringify(cases)],
  )
  await using first = site.notify()
  await using second = site.notify()
  const pages = (number: number): number => telegram.messages.filter((one) => one.text.startsWith(`🔴 CRITICAL #${number} `)).length
  const then = new Map<number, number>()
  const planned = new Set<number>()
  const watching = setInterval(() => {
    void t.db
      .query<{ id: number }>(`select alarm_event_id as id from messaging_history where kind = 'alarm'`)
      .then((found) => found.forEach((one) => planned.add(one.id)))
      .catch(() => undefined)
  }, 50)
  using _ = { [Symbol.dispose]: () => clearInterval(watching) }
  const acknowledgeOne = async (index: number): Promise<void> => {
    const row = rows[index]
    assert.ok(row)
    // one half around the timer, the other while its message is under way
    await delay(Math.max(0, dueAt(index) + ((index * 37) % 160) - 80 - Date.now()))
    if (index % 2 === 0) {
      await until(() => planned.has(row.id), 'its message is planned')
      await delay((index * 13) % 60)
    }
    const [result] = await acknowledge(t.db, {
      selection: { eventIds: [row.id] },
      attribution: { by: 'platform', user: 'Joana' },
      comment: null,
      at: systemClock.now(),
      scope: 'all',
    })
    assert.equal(result?.result, 'acknowledged')
    then.set(row.number, pages(row.number))
  }
  await Promise.all(rows.map(async (_, index) => await acknowledgeOne(index)))
  await until(async () => (await t.db.query(`select from notify_cases where state = 'open'`)).length === 0, 'every case is closed')
  await until(
    async () =>
      (await t.db.query(`select from messaging_history where kind = 'alarm' and state in ('queued', 'leased', 'unknown')`)).length === 0,
    'nothing waits',
    30_000,
  )
  const late = [...then].filter(([number, count]) => pages(number) !== count)
  assert.deepEqual(late, [], 'pages after their acknowledgement')
  assert.ok([...then.values()].every((count) => count <= 1))
  const paged = [...then.values()].filter((count) => count === 1).length
  assert.ok(paged > 50 && paged < CASES - 50, `both orders occurred: ${paged} were paged before`)
  assert.deepEqual(
    [...first.lines, ...second.lines].filter((line) => !line.includes('notify.taken_up')),
    [],
  )
})
