import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AlarmRule } from '#domain/alarm.ts'
import { acknowledgeAlarms } from '#store/alarm-acknowledge.ts'
import { readMemories, readWatermarks } from '#store/alarm-memory.ts'
import type { Change } from '#store/alarm-change.ts'
import { readAlarmPlan } from '#store/alarm-plan.ts'
import { commit, type AlarmCommit } from '#store/alarm-commit.ts'
import { type Alarm, alarmTimeline, countActive, getAlarm, listActive, openByNumber } from '#store/alarms.ts'
import type { Database } from '#store/database.ts'
import { AlarmPlant, SECOND } from '../support/alarm-plant.ts'
import { testDatabase } from '../support/database.ts'

const PLACE = { deviceCode: 'PS-01', tagName: 'Level 1', unit: 'm' }
const ANA = { by: 'platform', user: 'ana' } as const
const RUI = { by: 'telegram', firstName: 'Rui', lastName: 'gomes' } as const

function workOf(change: Partial<AlarmCommit>): AlarmCommit {
  const nothing = { changes: [], states: [], droppedRules: [], watermarks: [], memories: [], notices: [], statuses: [], done: [] }
  const none = { derived: null, now: null, configured: null, designed: new Map<number, boolean>() }
  return { epoch: 1, configVersion: 1, ...nothing, ...none, ...change }
}

async function setUp(
  db: Database,
): Promise<{ plant: AlarmPlant; rule: AlarmRule; change: (kind: Change['kind'], second: number) => Change }> {
  const plant = await AlarmPlant.make(db)
  await plant.rule()
  await db.query(`insert into epochs (name, epoch) values ('alarm', 1)`)
  const [rule] = (await readAlarmPlan(db)).rules
  assert.ok(rule)
  const start = plant.now
  const change = (kind: Change['kind'], second: number): Change => {
    const at = start + second * SECOND
    return { kind, rule, place: PLACE, at, value: 90 + second, receivedAt: at, late: false }
  }
  return { plant, rule, change }
}

test('events, states, outbox and watermark are one fact: when one fails there is none', async () => {
  await using t = await testDatabase()
  const { plant, rule, change } = await setUp(t.db)
  const work = workOf({
    changes: [change('raise', 1)],
    states: [{ ruleId: rule.id, condition: 'active', since: plant.now, standing: true, state: { kept: true } }],
    watermarks: [{ source: 'driver-modbus', seq: 5, clock: plant.now }],
    memories: [{ source: 'driver-modbus', seq: 5, body: { tags: [[1, 2]] } }],
  })
  await t.db.query(`alter table outbox add constraint refused check (kind <> 'raised')`)
  await assert.rejects(commit(t.db, work), /refused/)
  const left = (): Promise<readonly unknown[]> =>
    t.db.query(
      `select 1 from alarm_events union all select 1 from alarm_states union all select 1 from watermarks union all select 1 from alarm_memory`,
    )
  assert.deepEqual(await left(), [])
  await t.db.query('alter table outbox drop constraint refused')
  const [id] = await commit(t.db, work)
  assert.deepEqual(
    (await plant.outbox()).map((one) => [one.kind, one.eventId, one.body['value']]),
    [['raised', id, 91]],
  )
  assert.deepEqual(await readWatermarks(t.db), [{ source: 'driver-modbus', seq: 5, clock: plant.now }])
  assert.deepEqual(await readMemories(t.db), [{ source: 'driver-modbus', seq: 5, body: { tags: [[1, 2]] } }])
  const [state] = await t.db.query<{ eventId: number }>('select event_id as "eventId" from alarm_states')
  assert.equal(state?.eventId, id)
})

test('that the value of a latched alarm is back is told once, whatever comes and goes until its reset', async () => {
  await using t = await testDatabase()
  const { plant, change } = await setUp(t.db)
  await commit(t.db, workOf({ changes: [change('raise', 1), change('return', 2), change('resume', 3)] }))
  const told = async (): Promise<unknown> => (await plant.outbox()).map((one) => one.kind)
  const newest = async (): Promise<Alarm> => (await listActive(t.db, 'all')).alarms[0] ?? assert.fail('it stands')
  assert.deepEqual(await told(), ['raised', 'returned'])
  assert.equal((await newest()).latched, false)
  await commit(t.db, workOf({ changes: [change('return', 4)] }))
  const { id, latched, returnedAt, valueAtReturn, resumedAt, clearedAt } = await newest()
  assert.deepEqual([latched, returnedAt, valueAtReturn, resumedAt, clearedAt], [true, plant.now + 4 * SECOND, 94, null, null])
  await commit(t.db, workOf({ changes: [change('resume', 5)] }))
  assert.deepEqual([(await newest()).latched, (await newest()).returnedAt], [false, plant.now + 4 * SECOND])
  await commit(t.db, workOf({ changes: [change('return', 6), change('clear', 7), change('raise', 8), change('return', 9)] }))
  assert.deepEqual(await told(), ['raised', 'returned', 'cleared', 'raised', 'returned'])
  assert.deepEqual(
    (await alarmTimeline(t.db, 'all', id)).map((one) => [one.kind, one.at - plant.now]),
    [
      ['raised', SECOND],
      ['returned', 6 * SECOND],
      ['released', 7 * SECOND],
    ],
  )
})

test('an engine that was replaced writes nothing', async () => {
  await using t = await testDatabase()
  const { plant, change } = await setUp(t.db)
  await t.db.query(`update epochs set epoch = 2 where name = 'alarm'`)
  await assert.rejects(commit(t.db, workOf({ changes: [change('raise', 1)] })), { code: 'store_conflict' })
  assert.deepEqual(await plant.alarms(), [])
})

test('what came and went in one step is one occurrence each, in order, and numbers are not reused while open', async () => {
  await using t = await testDatabase()
  const { plant, change } = await setUp(t.db)
  await t.db.query('alter sequence alarm_events_id_seq restart with 500')
  await commit(t.db, workOf({ changes: [change('raise', 1)] }))
  await commit(t.db, workOf({ changes: [change('clear', 2), change('raise', 3), change('clear', 4), change('raise', 65)] }))
  const alarms = await plant.alarms()
  assert.deepEqual(
    alarms.map((one) => [one.displayNumber, one.valueAtRaise, one.valueAtClear, one.closedAt]),
    [
      [100, 91, 92, null],
      [101, 93, 94, null],
      [102, 155, null, null],
    ],
  )
  const ids = alarms.map((one) => one.id)
  assert.deepEqual(
    (await plant.outbox()).map((one) => [one.kind, ids.indexOf(one.eventId), one.body['standing']]),
    [
      ['raised', 0, true],
      ['cleared', 0, undefined],
      ['raised', 1, false],
      ['cleared', 1, undefined],
      ['raised', 2, true],
    ],
  )
  // round the end: 9999 is followed by 100, which is still open
  await t.db.query('update alarm_events set display_number = 9999 where id = $1', [ids[2]])
  await commit(t.db, workOf({ changes: [change('clear', 66), change('raise', 67)] }))
  assert.equal((await plant.alarms()).at(-1)?.displayNumber, 102)
  assert.deepEqual(
    (await openByNumber(t.db, 'all', [100, 9999, 4000])).map((one) => one.displayNumber),
    [100, 9999],
  )
})

test('the first acknowledgement wins, also among many at once; each id has its answer', async () => {
  await using t = await testDatabase()
  const { plant, change } = await setUp(t.db)
  await commit(t.db, workOf({ changes: [change('raise', 1)] }))
  const [alarm] = await plant.alarms()
  assert.ok(alarm)
  const at = plant.now + 9 * SECOND
  const ask = (attribution: typeof ANA | typeof RUI, comment: string | null) =>
    acknowledgeAlarms(t.db, { selection: { eventIds: [alarm.id, 999_999] }, attribution, comment, at, scope: 'all' })
  const answers = await Promise.all([ask(ANA, null), ask(RUI, 'seen'), ask(ANA, null), ask(RUI, 'seen')])
  assert.equal(answers.filter(([one]) => one?.result === 'acknowledged').length, 1)
  assert.equal(answers.filter(([one]) => one?.result === 'already').length, 3)
  assert.ok(answers.every(([, none]) => none?.eventId === 999_999 && none.result === 'not_found'))
  const winner = answers.find(([one]) => one?.result === 'acknowledged')?.[0]?.acknowledgedBy
  assert.ok(
    answers.every(([one]) => one?.acknowledgedBy === winner),
    'everybody learns who was first',
  )
  assert.ok(winner === 'Platform: ana' || winner === 'Telegram: Rui G.')
  assert.equal((await plant.outbox()).filter((one) => one.kind === 'acknowledged').length, 1)
  assert.equal((await getAlarm(t.db, 'all', alarm.id))?.closedAt, null, 'it still stands')
})

test('an acknowledgement stops what is queued, and nobody acknowledges out of scope', async () => {
  await using t = await testDatabase()
  const { plant, change } = await setUp(t.db)
  await commit(t.db, workOf({ changes: [change('raise', 1)] }))
  const [alarm] = await plant.alarms()
  assert.ok(alarm)
  await t.db.query(`insert into notify_cases (alarm_event_id) values ($1)`, [alarm.id])
  await t.db.query(
    `insert into messaging_history (case_id, alarm_event_id, contact_name, channel, address, body, state)
     select id, alarm_event_id, 'Rui', sent.channel, 'x', 'x', sent.state from notify_cases
       cross join (values ('telegram', 'queued'), ('email', 'handed')) as sent(channel, state)`,
  )
  const request = { selection: { eventIds: [alarm.id] }, attribution: ANA, comment: 'mine', at: plant.now, scope: [plant.deviceId + 1] }
  const [refused] = await acknowledgeAlarms(t.db, request)
  assert.deepEqual([refused?.result, refused?.acknowledgedBy], ['not_found', null])
  assert.deepEqual((await listActive(t.db, request.scope)).alarms, [])

  const [done] = await acknowledgeAlarms(t.db, { ...request, scope: [plant.deviceId] })
  assert.equal(done?.result, 'acknowledged')
  assert.deepEqual(await t.db.query('select channel, state from messaging_history order by channel'), [
    { channel: 'email', state: 'handed' },
    { channel: 'telegram', state: 'cancelled' },
  ])
  assert.deepEqual(await t.db.query('select state from notify_cases'), [{ state: 'acknowledged' }])
  assert.deepEqual(await countActive(t.db, 'all'), { critical: 1, warning: 0, info: 0, unacknowledged: 0 })
  assert.deepEqual(
    (await alarmTimeline(t.db, 'all', alarm.id))
      .map((one) => [one.kind, one.who, one.text])
      .toSorted((a, b) => String(a[0]).localeCompare(String(b[0]))),
    [
      ['acknowledged', 'Platform: ana', null],
      ['comment', 'Platform: ana', 'mine'],
      ['raised', null, null],
    ],
  )
})

test('of a rule that comes and goes the five newest wait for somebody, the older ones are closed by the system', async () => {
  await using t = await testDatabase()
  const { plant, change } = await setUp(t.db)
  for (let time = 0; time < 8; time++) await commit(t.db, workOf({ changes: [change('raise', 2 * time), change('clear', 2 * time + 1)] }))
  assert.deepEqual(
    (await plant.alarms()).map((one) => one.acknowledgedBy),
    [...Array.from({ length: 3 }, () => 'System: raised again'), ...Array.from({ length: 5 }, () => null)],
  )
})

test('a rule chatters from its third raise within a minute until it was quiet for ten, also within one commit', async () => {
  await using t = await testDatabase()
  const { plant, change } = await setUp(t.db)
  const pair = (second: number): ReturnType<typeof change>[] => [change('raise', second), change('clear', second + 1)]
  await commit(t.db, workOf({ changes: [0, 20, 40, 300].flatMap(pair) }))
  await commit(t.db, workOf({ changes: [500, 1200, 1220].flatMap(pair) }))
  await commit(t.db, workOf({ changes: pair(1240) }))
  assert.deepEqual(
    (await plant.alarms()).map((one) => one.chattering),
    [false, false, true, true, true, false, false, true],
  )
  const told = (await plant.outbox()).filter((one) => one.kind === 'raised')
  assert.equal(told.length, 4)
})

test('an acknowledgement and a clear at the same moment close the alarm, whoever comes first', async () => {
  await using t = await testDatabase()
  const { plant, change } = await setUp(t.db)
  for (let time = 0; time < 30; time++) {
    await commit(t.db, workOf({ changes: [change('raise', 2 * time)] }))
    const id = (await plant.alarms()).at(-1)?.id ?? 0
    await t.db.query('insert into notify_cases (alarm_event_id) values ($1)', [id])
    const request = { selection: { eventIds: [id] }, attribution: ANA, comment: null, at: plant.now, scope: 'all' } as const
    await Promise.all([commit(t.db, workOf({ changes: [change('clear', 2 * time + 1)] })), acknowledgeAlarms(t.db, request)])
  }
  const alarms = await plant.alarms()
  assert.equal(alarms.length, 30)
  assert.ok(alarms.every((one) => one.clearedAt !== null && one.acknowledgedBy === 'Platform: ana' && one.closedAt !== null))
  const kinds = (await plant.outbox()).map((one) => one.kind)
  const count = (kind: string): number => kinds.filter((one) => one === kind).length
  // a rule that raises every two seconds chatters: nobody is told of its third raise
  assert.deepEqual([count('raised'), count('cleared'), count('acknowledged')], [2, 30, 30])
})

test('the open alarms come by urgency, page by page, none twice and none left out', async () => {
  await using t = await testDatabase()
  const { plant } = await setUp(t.db)
  await t.db.query(
    `insert into alarm_events (display_number, rule_version, kind, device_id, device_code, name, severity, raised_at, cleared_at, acknowledged_at, closed_at)
     select 100 + n, 1, 'threshold', $1, 'PS-01', 'A', (array['info', 'warning', 'critical'])[1 + n % 3], $2::timestamptz - (n % 10) * interval '1 s',
       case when n % 2 = 1 then $2::timestamptz end, case when n % 5 = 0 then $2::timestamptz end,
       case when n % 2 = 1 and n % 5 = 0 then $2::timestamptz end
     from generate_series(0, 99) as n`,
    [plant.deviceId, new Date(plant.now / 1000).toISOString()],
  )
  const found: Alarm[] = []
  for (let cursor: string | undefined; ;) {
    const page = await listActive(t.db, 'all', { limit: 7, cursor })
    found.push(...page.alarms)
    if (page.cursor === null) break
    cursor = page.cursor
  }
  assert.equal(found.length, 90)
  assert.equal(new Set(found.map((one) => one.id)).size, 90)
  const severities = ['critical', 'warning', 'info']
  const rank = (one: Alarm): number => (one.acknowledgedAt !== null ? 6 : one.clearedAt !== null ? 3 : 0) + severities.indexOf(one.severity)
  assert.deepEqual(
    found.map((one) => one.id),
    found.toSorted((a, b) => rank(a) - rank(b) || b.raisedAt - a.raisedAt || b.id - a.id).map((one) => one.id),
  )
  assert.deepEqual([found[0]?.severity, found[0]?.clearedAt, found[0]?.acknowledgedAt], ['critical', null, null])
})
