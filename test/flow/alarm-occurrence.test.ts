import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { PLAIN_RULE } from '#domain/alarm.ts'
import { readWorkbook } from '#plant/sheets/workbook.ts'
import { saveRule } from '#store/alarm-rules.ts'
import { listHistory } from '#store/alarms.ts'
import { until } from '../support/alarm-plant.ts'
import { startEngine } from '../support/alarm-plant.ts'
import { type ApiSite, apiSite, type Credentials } from '../support/api-site.ts'

const RULE = {
  ...PLAIN_RULE,
  curve: '',
  xTag: '',
  suppressTag: '',
  label: 'HiHi',
  name: 'Level very high',
  severity: 'critical',
  enabled: true,
  autoClose: false,
  cooldownMinutes: 30,
  operator: '>',
  setpoint: 80,
  deadband: 2,
  onDelaySeconds: 0,
  offDelaySeconds: 0,
  category: 'Process/Levels',
} as const

let site: ApiSite
let everywhere: Credentials
let ofA: Credentials
let alarmOfA = 0
let alarmOfB = 0

interface Occurrence {
  readonly alarm: { readonly id: number }
  readonly path: Readonly<Record<string, number | null>>
  readonly timeline: readonly { readonly kind: string; readonly who: string | null; readonly text: string | null }[]
  readonly suppressions: readonly { readonly act: string; readonly reason: string | null }[]
  readonly messages: readonly unknown[]
  readonly rule: unknown
  readonly ruleVersion: number
}

before(async () => {
  site = await apiSite()
  everywhere = await site.session(await site.user('operator'))
  ofA = await site.session(await site.user('operator', [site.a.deviceId]))
  const [tagOfA, tagOfB] = [site.a.tagIds[0] ?? 0, site.b.tagIds[0] ?? 0]
  await saveRule(site.db, 'all', { ...RULE, tagId: tagOfA })
  await saveRule(site.db, 'all', { ...RULE, tagId: tagOfB, name: 'of B', category: 'Process', autoClose: true })
  await using _engine = startEngine(site.db)
  const list = async () => (await listHistory(site.db, 'all')).alarms
  for (const value of [90, 10]) {
    await site.deliver([
      [tagOfA, value],
      [tagOfB, value],
    ])
    await until(
      async () => (await list()).filter((one) => (one.clearedAt !== null) === (value === 10)).length === 2,
      `both rules have judged ${value}`,
    )
  }
  for (const alarm of await list()) {
    if (alarm.deviceId === site.a.deviceId) alarmOfA = alarm.id
    else alarmOfB = alarm.id
  }
})
after(async () => await site[Symbol.asyncDispose]())

async function occurrence(id: number): Promise<Occurrence> {
  const reply = await site.call(`GET /api/alarms/${id}`, everywhere)
  assert.equal(reply.status, 200, JSON.stringify(reply.body))
  return reply.body as unknown as Occurrence
}

test('an occurrence has its way with times in order, the rule as it was, and who did what', async () => {
  const shelf = { until: Math.round(Date.now() * 1000) + 3_600_000_000, reason: 'sensor out' }
  const [rule] = (await site.db.query<{ id: number }>(`select rule_id as id from alarm_events where id = $1`, [alarmOfA])) ?? []
  assert.equal((await site.call('POST /api/rules/shelve', everywhere, { ruleIds: [rule?.id ?? 0], ...shelf })).status, 200)
  await saveRule(site.db, 'all', { ...RULE, tagId: site.a.tagIds[0] ?? 0, deadband: 9 }, rule?.id)
  const comment = await site.call(`POST /api/alarms/${alarmOfA}/comments`, everywhere, { text: ' looked at the pump ' })
  assert.equal(comment.status, 200, JSON.stringify(comment.body))
  assert.equal((await site.call(`POST /api/alarms/${alarmOfA}/comments`, everywhere, { text: '  ' })).status, 400)
  await site.call('POST /api/alarms/acknowledge', everywhere, { ids: [alarmOfA], comment: null })

  const { path, timeline, suppressions, rule: was, ruleVersion } = await occurrence(alarmOfA)
  assert.ok((path['sourceAt'] ?? 0) <= (path['receivedAt'] ?? 0) && (path['receivedAt'] ?? 0) <= (path['committedAt'] ?? 0))
  assert.deepEqual([path['queuedAt'], path['handedAt']], [null, null], 'nobody was told: no such times')
  assert.ok((path['acknowledgedAt'] ?? 0) > (path['committedAt'] ?? 0))
  assert.deepEqual([was, ruleVersion], [{ label: 'HiHi', deadband: 2, cooldownMinutes: 30 }, 1], 'the edit did not rewrite it')
  assert.deepEqual(
    suppressions.map((one) => [one.act, one.reason]),
    [['shelved', 'sensor out']],
  )
  const told = timeline.map((one) => [one.kind, one.who, one.text])
  assert.deepEqual(told.slice(0, 2), [
    ['raised', null, null],
    ['cleared', null, null],
  ])
  assert.deepEqual(
    told.find(([kind]) => kind === 'comment'),
    ['comment', 'Platform: operator-1', 'looked at the pump'],
  )
  assert.deepEqual(
    told.find(([kind]) => kind === 'acknowledged'),
    ['acknowledged', 'Platform: operator-1', null],
  )
})

test('a rule that closes by itself is acknowledged by nobody: System: returned to normal, and no person in its way', async () => {
  const { alarm, path } = await occurrence(alarmOfB)
  assert.equal((alarm as unknown as Record<string, unknown>)['acknowledgedBy'], 'System: returned to normal')
  assert.equal(path['acknowledgedAt'], null)
})

test('an occurrence out of scope is not there: to see, to comment, to measure, to export, by its category', async () => {
  const missing = await site.call('GET /api/alarms/999999', ofA)
  const hidden = await site.call(`GET /api/alarms/${alarmOfB}`, ofA)
  assert.deepEqual([hidden.status, hidden.body['code']], [404, missing.body['code']])
  assert.equal((await site.call(`POST /api/alarms/${alarmOfB}/comments`, ofA, { text: 'x' })).status, 404)
  const comments = await site.db.query('select 1 from alarm_comments where alarm_event_id = $1', [alarmOfB])
  assert.deepEqual(comments, [])
  const path = (await site.call('GET /api/alarm-path?span=day', ofA)).body
  assert.equal(path['alarms'], 1)
  const csv = String((await site.call('GET /api/alarms.csv', ofA)).body['text'])
  assert.ok(csv.includes('Level very high') && !csv.includes('of B'), csv)
  assert.deepEqual((await site.call('GET /api/alarm-categories', ofA)).body['categories'], ['Process/Levels'])
})

test('the measured path has figures of what was measured and none of what was not', async () => {
  await site.db.query(
    `insert into messaging_history (alarm_event_id, contact_name, channel, address, body, state, created_at, handed_at)
     select id, 'Rui', 'email', 'r@example.org', '', 'handed', committed_at + interval '2 s', committed_at + interval '5 s' from alarm_events where id = $1`,
    [alarmOfB],
  )
  const { body } = await site.call('GET /api/alarm-path?span=hour', everywhere)
  const legs = new Map(
    (body['legs'] as { leg: string; count: number; p50: number | null; p99: number | null }[]).map((one) => [one.leg, one]),
  )
  assert.equal(legs.get('ingest')?.count, 2)
  assert.deepEqual([legs.get('enqueue')?.p50, legs.get('accept')?.p50, legs.get('accept')?.p99], [2000, 3000, 3000])
  assert.deepEqual(legs.get('acknowledge'), { leg: 'acknowledge', count: 0, p50: null, p95: null, p99: null })
  const worst = body['worst'] as { id: number; whole: number }[]
  assert.deepEqual(
    worst.map((one) => one.id),
    [alarmOfB],
  )
  assert.ok((worst[0]?.whole ?? 0) >= 5000)
  await site.db.query('update alarm_events set late = true where id = $1', [alarmOfB])
  const late = (await site.call('GET /api/alarm-path?span=hour', everywhere)).body
  assert.deepEqual([late['late'], late['worst']], [1, []])
})

test('filters: category and what is below it, text anywhere, a number, how it stands; all of them together', async () => {
  const find = async (query: string): Promise<string[]> =>
    ((await site.call(`GET /api/alarms?state=history&${query}`, everywhere)).body['alarms'] as { name: string }[]).map((one) => one.name)
  const number = (await listHistory(site.db, 'all')).alarms.find((one) => one.id === alarmOfB)?.displayNumber ?? 0
  for (const [query, names] of [
    ['category=Process', ['of B', 'Level very high']],
    ['category=Process/Levels', ['Level very high']],
    ['category=Proc', []],
    ['category=Process%25', []],
    ['text=LEVEL', ['Level very high']],
    ['text=returned to normal', ['of B']],
    ['text=%25', []],
    ['text=_', []],
    [`text=%23${number}`, ['of B']],
    [`text=${number}`, ['of B']],
    ['is=standing', []],
    ['is=closed', ['of B', 'Level very high']],
    [`severity=critical&category=Process&text=very&deviceId=${site.a.deviceId}&is=closed`, ['Level very high']],
    [`severity=info&category=Process`, []],
  ] as const)
    assert.deepEqual(new Set(await find(query)), new Set(names), query)
})

test('the export has attribution, times in the zone of the site, and cells that no spreadsheet runs', async () => {
  await site.db.query(`update alarm_events set comment = '=1+1' where id = $1`, [alarmOfA])
  const reply = await site.call('GET /api/alarms.csv?timeZone=Asia/Kolkata&delimiter=semicolon&decimal=comma', everywhere)
  assert.match(reply.headers.get('content-type') ?? '', /^text\/csv/)
  const lines = String(reply.body['text']).trim().split('\r\n')
  assert.equal(lines.length, 3)
  assert.ok(lines[0]?.includes('acknowledged by;comment;closed;hidden'))
  const a = lines.find((line) => line.includes('Level very high')) ?? ''
  assert.match(a, /;Platform: operator-1;/)
  assert.match(a, /T\d\d:\d\d:\d\d(\.\d+)?\+05:30;/)
  assert.ok(!a.includes(';=1+1'), a)
  assert.ok(lines.some((line) => line.includes('System: returned to normal')))
})

test('the workbook has the list as it is filtered, text that no spreadsheet runs, and dates on the wall clock of the site', async () => {
  const name = '=HYPERLINK("http://x")'
  await site.db.query('update alarm_events set comment = $2 where id = $1', [alarmOfA, name])
  const sheet = async (query: string, who = everywhere): Promise<readonly (readonly unknown[])[]> => {
    const reply = await fetch(`http://127.0.0.1:${site.port}/api/alarms.xlsx?${query}`, { headers: who })
    assert.match(reply.headers.get('content-type') ?? '', /spreadsheetml/)
    assert.match(reply.headers.get('content-disposition') ?? '', /alarms\.xlsx/)
    const [alarms] = await readWorkbook({ name: 'alarms.xlsx', bytes: await reply.bytes() })
    return alarms?.rows ?? []
  }
  const [titles = [], ...rows] = await sheet('timeZone=Asia/Kolkata')
  assert.ok(titles.includes('raised (Asia/Kolkata)') && titles.includes('acknowledged by'), String(titles))
  assert.equal(rows.length, 2)
  const of = (row: readonly unknown[] | undefined, title: string): unknown => row?.[titles.indexOf(title)]
  const a = rows.find((row) => of(row, 'alarm') === 'Level very high')
  assert.equal(of(a, 'acknowledged by'), 'Platform: operator-1')
  assert.equal(of(a, 'comment'), name, 'as it was written, and as text')
  const raised = of(a, 'raised (Asia/Kolkata)')
  assert.ok(raised instanceof Date)
  assert.equal(raised.getTime() - Date.parse(String(of(a, 'raised (UTC)'))), 5.5 * 3_600_000)
  assert.deepEqual((await sheet('severity=critical&text=very')).slice(1).length, 1)
  assert.deepEqual((await sheet('state=active')).slice(1), [], 'both are closed')
  assert.deepEqual((await sheet('', ofA)).slice(1).length, 1, 'what is out of scope is not in the file')
})
