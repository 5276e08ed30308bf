import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SECOND, startEngine, until } from '../support/alarm-plant.ts'
import { type ApiSite, apiSite, type Credentials } from '../support/api-site.ts'
import { saveRule } from '#store/alarm-rules.ts'
import { PLAIN_RULE } from '#domain/alarm.ts'

const RULE = {
  ...PLAIN_RULE,
  curve: '',
  xTag: '',
  suppressTag: '',
  label: 'Hi',
  name: 'high',
  severity: 'critical',
  enabled: true,
  autoClose: false,
  cooldownMinutes: 0,
  operator: '>',
  setpoint: 80,
  deadband: 2,
  onDelaySeconds: 0,
  offDelaySeconds: 0,
} as const

interface Hidden {
  readonly shelves: readonly Record<string, unknown>[]
  readonly maintenance: readonly Record<string, unknown>[]
  readonly designed: readonly Record<string, unknown>[]
  readonly chattering: readonly Record<string, unknown>[]
  readonly history: readonly Record<string, unknown>[]
  readonly flood: { readonly alarms: number; readonly firstOut: { readonly name: string } | null } | null
}

async function hidden(site: ApiSite, who: Credentials): Promise<Hidden> {
  const reply = await site.call('GET /api/suppressions', who)
  assert.equal(reply.status, 200, JSON.stringify(reply.body))
  return reply.body as unknown as Hidden
}

function pick(rows: readonly Record<string, unknown>[], ...keys: readonly string[]): unknown[][] {
  return rows.map((row) => keys.map((key) => row[key]))
}

test('everything hidden is on a list, with who, why and until when, and comes back; both stand in the history', async () => {
  await using site = await apiSite()
  await using _engine = startEngine(site.db)
  const [tag, other] = [site.a.tagIds[0] ?? 0, site.b.tagIds[0] ?? 0]
  const { rule } = await saveRule(site.db, 'all', { ...RULE, tagId: tag })
  const designed = await saveRule(site.db, 'all', { ...RULE, tagId: tag, name: 'designed', suppressTag: 'B:B0' })
  const engineer = await site.session(await site.user('engineer'))
  await site.deliver([
    [tag, 90],
    [other, 0],
  ])
  const active = async (): Promise<number[]> =>
    ((await site.call('GET /api/alarms', engineer)).body['alarms'] as { ruleId: number }[]).map((one) => one.ruleId)
  await until(async () => (await active()).length === 2, 'both rules have raised')

  const shelfEnd = Math.round(Date.now() * 1000 + 3600 * SECOND)
  const shelve = await site.call('POST /api/rules/shelve', engineer, { ruleIds: [rule.id], until: shelfEnd, reason: 'valve open' })
  assert.equal(shelve.status, 200, JSON.stringify(shelve.body))
  await site.deliver([[other, 1]])
  await until(async () => (await hidden(site, engineer)).designed.length === 1, 'the tag of B suppresses by design')
  const now = await hidden(site, engineer)
  assert.deepEqual(pick(now.shelves, 'ruleId', 'name', 'deviceCode', 'tagName', 'reason', 'who', 'until', 'standing'), [
    [rule.id, 'high', 'A', 'A0', 'valve open', 'Platform: engineer-1', shelfEnd, true],
  ])
  assert.deepEqual(pick(now.designed, 'ruleId', 'byTag', 'standing'), [[designed.rule.id, 'B:B0', true]])
  assert.equal(typeof now.designed[0]?.['since'], 'number')
  await until(async () => (await active()).length === 0, 'neither is among the active ones')
  const list = (await site.call('GET /api/alarms?state=suppressed', engineer)).body['alarms'] as Record<string, unknown>[]
  assert.deepEqual(new Set(list.map((one) => one['suppressed'])), new Set(['by_design', 'shelved']))

  const taken = await site.call(`PUT /api/devices/${site.a.deviceId}/maintenance`, engineer, { until: null, reason: 'pump out' })
  assert.equal(taken.status, 200, JSON.stringify(taken.body))
  const service = (await hidden(site, engineer)).maintenance
  assert.deepEqual(pick(service, 'deviceCode', 'deviceName', 'reason', 'who', 'until', 'open'), [
    ['A', 'Device A', 'pump out', 'Platform: engineer-1', null, 2],
  ])

  await site.call(`DELETE /api/devices/${site.a.deviceId}/maintenance`, engineer)
  await site.call('POST /api/rules/unshelve', engineer, { ruleIds: [rule.id] })
  await site.deliver([[other, 0]])
  await until(async () => (await active()).length === 2, 'all that stands is active again')
  const after = await hidden(site, engineer)
  assert.deepEqual([after.shelves, after.maintenance, after.designed], [[], [], []])
  assert.deepEqual(
    new Set(pick(after.history, 'act', 'name', 'who', 'reason').map((row) => row.join(' | '))),
    new Set([
      'by_design | designed | System | B:B0',
      'design_ended | designed | System | B:B0',
      'in_service | A | Platform: engineer-1 | ',
      'out_of_service | A | Platform: engineer-1 | pump out',
      'shelved | high | Platform: engineer-1 | valve open',
      'unshelved | high | Platform: engineer-1 | ',
    ]),
  )
})

test('who is confined to A neither sees nor changes what is hidden of B, and learns no tag of B', async () => {
  await using site = await apiSite()
  await using _engine = startEngine(site.db)
  const [tag, other] = [site.a.tagIds[0] ?? 0, site.b.tagIds[0] ?? 0]
  const ofB = await saveRule(site.db, 'all', { ...RULE, tagId: other })
  await saveRule(site.db, 'all', { ...RULE, tagId: tag, name: 'designed', suppressTag: 'B:B0' })
  const everywhere = await site.session(await site.user('engineer'))
  const confined = await site.session(await site.user('engineer', [site.a.deviceId]))
  await site.deliver([[other, 1]])
  await until(async () => (await hidden(site, everywhere)).designed.length === 1, 'a tag of B suppresses a rule of A')
  const shelf = { ruleIds: [ofB.rule.id], until: Math.round(Date.now() * 1000 + 3600 * SECOND), reason: 'x' }
  assert.equal((await site.call('POST /api/rules/shelve', confined, shelf)).status, 404)
  assert.equal((await site.call('POST /api/rules/shelve', everywhere, shelf)).status, 200)
  const maintenance = `/api/devices/${site.b.deviceId}/maintenance`
  assert.equal((await site.call(`PUT ${maintenance}`, confined, { reason: 'x' })).status, 404)
  assert.equal((await site.call(`PUT ${maintenance}`, everywhere, { reason: 'x' })).status, 200)
  for (const [key, body] of [
    ['POST /api/rules/unshelve', { ruleIds: [ofB.rule.id] }],
    [`POST /api/rules/${ofB.rule.id}/reset`, {}],
    [`DELETE ${maintenance}`, undefined],
  ] as const)
    assert.equal((await site.call(key, confined, body)).status, 404, key)
  const seen = await hidden(site, confined)
  assert.deepEqual([seen.shelves, seen.maintenance], [[], []])
  assert.deepEqual(pick(seen.designed, 'deviceCode', 'byTag'), [['A', null]])
  assert.deepEqual(
    seen.history.filter((one) => one['deviceId'] !== site.a.deviceId),
    [],
  )
  assert.equal((await hidden(site, everywhere)).shelves.length, 1, 'it is still there')
})

test('many are shelved and brought back at once, all or none; what ended meanwhile is passed by', async () => {
  await using site = await apiSite()
  const [tag, other] = [site.a.tagIds[0] ?? 0, site.b.tagIds[0] ?? 0]
  const ids: number[] = []
  for (const name of ['one', 'two', 'three']) ids.push((await saveRule(site.db, 'all', { ...RULE, tagId: tag, name })).rule.id)
  const ofB = (await saveRule(site.db, 'all', { ...RULE, tagId: other })).rule.id
  const confined = await site.session(await site.user('operator', [site.a.deviceId]))
  const body = { until: Math.round(Date.now() * 1000 + 3600 * SECOND), reason: 'pump out' }
  assert.equal((await site.call('POST /api/rules/shelve', confined, { ruleIds: [...ids, ofB], ...body })).status, 404)
  assert.deepEqual((await hidden(site, confined)).shelves, [], 'all or none')
  assert.equal((await site.call('POST /api/rules/shelve', confined, { ruleIds: ids, ...body })).status, 200)
  assert.equal((await hidden(site, confined)).shelves.length, 3)
  assert.equal((await site.call('POST /api/rules/unshelve', confined, { ruleIds: [ids[0]] })).status, 200)
  const rest = await site.call('POST /api/rules/unshelve', confined, { ruleIds: ids })
  assert.deepEqual(new Set(rest.body['ruleIds'] as number[]), new Set(ids.slice(1)))
  assert.equal((await site.call('POST /api/rules/unshelve', confined, { ruleIds: ids })).status, 404)
  const { shelves, history } = await hidden(site, confined)
  assert.deepEqual(shelves, [])
  for (const act of ['shelved', 'unshelved']) assert.equal(history.filter((one) => one['act'] === act).length, 3, act)
})

test('a shelf needs a reason and an end within 7 days, whichever way it is asked for', async () => {
  await using site = await apiSite()
  const { rule } = await saveRule(site.db, 'all', { ...RULE, tagId: site.a.tagIds[0] ?? 0 })
  const operator = await site.session(await site.user('operator'))
  const at = Math.round(Date.now() * 1000)
  for (const [body, field] of [
    [{ until: at + 3600 * SECOND, reason: '  ' }, 'reason'],
    [{ until: at - SECOND, reason: 'x' }, 'until'],
    [{ until: at + 8 * 86_400 * SECOND, reason: 'x' }, 'until'],
  ] as const) {
    const reply = await site.call('POST /api/rules/shelve', operator, { ruleIds: [rule.id], ...body })
    assert.deepEqual([reply.status, reply.body['field']], [400, field])
  }
  assert.equal((await site.call(`PUT /api/devices/${site.a.deviceId}/maintenance`, operator, { reason: 'x' })).status, 403)
})

test('a rule that comes and goes is on the list of chattering ones; a flood names the alarm that it began with', async () => {
  await using site = await apiSite({ tagsOfA: 12 })
  const plant = site.a.tagIds
  for (const [index, tagId] of plant.entries()) await saveRule(site.db, 'all', { ...RULE, tagId, name: `rule ${index}` })
  await using _engine = startEngine(site.db)
  const viewer = await site.session(await site.user('viewer'))
  const ofB = await site.session(await site.user('viewer', [site.b.deviceId]))
  const first = plant[0] ?? 0
  const cleared = async (): Promise<number> =>
    ((await site.call('GET /api/alarms?state=history', viewer)).body['alarms'] as { clearedAt: number | null }[]).filter(
      (one) => one.clearedAt !== null,
    ).length
  for (let times = 1; times <= 4; times++) {
    await site.deliver([[first, 90]])
    await site.deliver([[first, 10]])
    await until(async () => (await cleared()) === times, `it came and went ${times} times`)
  }
  const [noisy] = (await hidden(site, viewer)).chattering
  assert.deepEqual([noisy?.['name'], noisy?.['deviceCode'], noisy?.['raises']], ['rule 0', 'A', 2])
  await site.deliver(plant.map((tagId) => [tagId, 95] as const))
  await until(async () => (await hidden(site, viewer)).flood !== null, 'more than ten in ten minutes')
  const { flood } = await hidden(site, viewer)
  assert.ok((flood?.alarms ?? 0) > 10)
  assert.equal(flood?.firstOut?.name, 'rule 0')
  const other = await hidden(site, ofB)
  assert.deepEqual([other.chattering, other.flood?.firstOut], [[], null])
})

test('a device has its states over a period, in scope only', async () => {
  await using site = await apiSite()
  const [a, b] = [site.a.deviceId, site.b.deviceId]
  const at = Math.round(Date.now() * 1000) - 3600 * SECOND
  for (const [deviceId, second, status] of [
    [a, 0, 'ok'],
    [a, 600, 'no_communication'],
    [a, 900, 'ok'],
    [b, 0, 'ok'],
  ] as const)
    await site.db.query(`insert into device_status_history (device_id, at, status, problem) values ($1, to_timestamp($2), $3, null)`, [
      deviceId,
      at / 1e6 + second,
      status,
    ])
  const confined = await site.session(await site.user('viewer', [a]))
  const read = async (id: number): Promise<unknown> =>
    (await site.call(`GET /api/devices/${id}/status-history?from=${at + 300 * SECOND}&to=${at + 1000 * SECOND}`, confined)).body
  assert.deepEqual(pick((await read(a)) as Record<string, unknown>[], 'status'), [['ok'], ['no_communication'], ['ok']])
  const hiddenB = await read(b)
  assert.ok(!JSON.stringify(hiddenB).includes('"ok"'), JSON.stringify(hiddenB))
})

test('a latched alarm is shown as such until an operator resets it', async () => {
  await using site = await apiSite()
  const tag = site.a.tagIds[0] ?? 0
  const { rule } = await saveRule(site.db, 'all', { ...RULE, tagId: tag, latch: true })
  await using _engine = startEngine(site.db)
  const operator = await site.session(await site.user('operator'))
  const newest = async (): Promise<Record<string, unknown> | undefined> =>
    ((await site.call('GET /api/alarms?state=history', operator)).body['alarms'] as Record<string, unknown>[])[0]
  /** @returns its source time */
  const deliver = async (value: number): Promise<unknown> => {
    await site.deliver([[tag, value]])
    return (await site.db.query<{ at: number }>('select received_at as at from deliveries order by seq desc limit 1'))[0]?.at
  }
  await deliver(90)
  await until(async () => (await newest())?.['latched'] === false, 'it stands')
  const first = await deliver(10)
  await until(async () => (await newest())?.['latched'] === true, 'it has returned and is latched')
  const held = await newest()
  assert.deepEqual([held?.['clearedAt'], held?.['returnedAt']], [null, first])
  const listed = async (is: string): Promise<unknown> =>
    ((await site.call(`GET /api/alarms?state=history&is=${is}`, operator)).body['alarms'] as unknown[]).length
  assert.deepEqual([await listed('standing'), await listed('returned')], [0, 1])
  await deliver(95)
  await until(async () => (await newest())?.['latched'] === false, 'it is beyond the limit again')
  const last = await deliver(20)
  await until(async () => (await newest())?.['returnedAt'] === last, 'its last return counts')
  await site.call(`POST /api/rules/${rule.id}/reset`, operator)
  await until(async () => (await newest())?.['clearedAt'] !== null, 'the reset clears it')
  const over = await newest()
  assert.deepEqual([over?.['latched'], over?.['returnedAt']], [false, last])
  const { timeline } = (await site.call(`GET /api/alarms/${String(over?.['id'])}`, operator)).body as { timeline: { kind: string }[] }
  assert.deepEqual(
    timeline.map((one) => one.kind),
    ['raised', 'returned', 'released'],
  )
})
