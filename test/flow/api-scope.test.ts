import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { PLAIN_RULE } from '#domain/alarm.ts'
import { saveRule } from '#store/alarm-rules.ts'
import { getAlarm } from '#store/alarms.ts'
import { findDevice } from '#store/devices.ts'
import { findTag } from '#store/tags.ts'
import { until } from '../support/alarm-plant.ts'
import { type ApiSite, type Credentials, apiSite } from '../support/api-site.ts'

/** An engineer of device A, who must not learn that there is a B. */
let site: ApiSite
let confined: Credentials
let tagOfB = 0
let ruleOfB = 0
let alarmOfB = 0

before(async () => {
  site = await apiSite()
  confined = await site.session(await site.user('engineer', [site.a.deviceId]))
  tagOfB = site.b.tagIds[0] ?? 0
  for (const { tagIds } of [site.a, site.b]) {
    const { rule } = await saveRule(site.db, 'all', { ...RULE, tagId: tagIds[0] ?? 0 })
    ruleOfB = rule.id
  }
  await site.alarm(site.a.deviceId, 'alarm of A')
  alarmOfB = await site.alarm(site.b.deviceId, 'alarm of B')
  await site.deliver([...site.a.tagIds, tagOfB].map((id) => [id, 42]))
  await until(() => site.feed.latest('all').length === 2, 'the feed has both values')
})
after(async () => await site[Symbol.asyncDispose]())

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
const DEVICE = { code: 'X', name: 'x', protocol: 'modbus', connection: { host: '127.0.0.1' } }
const TAG = { name: 'x', address: 'HR1' }

test('lists hold what belongs to A only', async () => {
  const { body } = await site.call('GET /api/bootstrap', confined)
  assert.deepEqual(idsOf(body['devices']), [site.a.deviceId])
  assert.deepEqual(idsOf(body['tags']), site.a.tagIds)
  assert.deepEqual(idsOf(body['latest'], 'tagId'), site.a.tagIds)
  assert.deepEqual(body['counts'], { critical: 1, warning: 0, info: 0, unacknowledged: 1 })
  for (const state of ['active', 'history']) {
    const page = (await site.call(`GET /api/alarms?state=${state}`, confined)).body
    assert.deepEqual(idsOf(page['alarms'], 'deviceId'), [site.a.deviceId])
    assert.deepEqual(page['counts'], body['counts'])
    const asked = (await site.call(`GET /api/alarms?state=${state}&deviceId=${site.b.deviceId}`, confined)).body
    assert.deepEqual(asked['alarms'], [])
  }
  assert.deepEqual(idsOf((await site.call('GET /api/rules', confined)).body, 'deviceId'), [site.a.deviceId])
  assert.deepEqual((await site.call(`GET /api/rules?deviceId=${site.b.deviceId}`, confined)).body, [])
})

test('what belongs to B is as if it were not there', async () => {
  const missing = JSON.stringify(shape((await site.call('GET /api/alarms/999999', confined)).body))
  const reply = await site.call(`GET /api/alarms/${alarmOfB}`, confined)
  assert.equal(reply.status, 404)
  assert.equal(JSON.stringify(shape(reply.body)), missing)
  const samples = await site.call(`GET /api/tags/${tagOfB}/samples?from=0&to=9e15`, confined)
  assert.ok(samples.status === 404 || JSON.stringify(samples.body['samples']) === '[]', JSON.stringify(samples.body))
})

test('nothing of B can be changed, probed or acknowledged', async () => {
  const b = site.b.deviceId
  const tries: readonly (readonly [key: string, body?: unknown])[] = [
    [`PUT /api/devices/${b}`, DEVICE],
    [`DELETE /api/devices/${b}`],
    [`POST /api/devices/${b}/retry`, {}],
    [`POST /api/devices/${b}/tags`, { tags: [TAG] }],
    [`PUT /api/tags/${tagOfB}`, TAG],
    [`DELETE /api/tags/${tagOfB}`],
    ['POST /api/rules', { ...RULE, tagId: tagOfB }],
    [`PUT /api/rules/${ruleOfB}`, { ...RULE, tagId: tagOfB }],
    [`DELETE /api/rules/${ruleOfB}`],
    ['POST /api/probe', { deviceId: b, protocol: 'modbus', connection: { host: '127.0.0.1' } }],
    ['POST /api/browse', { deviceId: b, protocol: 'modbus', connection: { host: '127.0.0.1' } }],
    ['POST /api/actions', { deviceId: b, protocol: 'modbus', connection: { host: '127.0.0.1' }, name: 'x' }],
    [`GET /api/devices/${b}/diagnostics`],
    [`GET /api/devices/${b}/frames`],
  ]
  for (const [key, body] of tries) {
    const reply = await site.call(key, confined, body)
    assert.equal(reply.status, 404, `${key}: ${JSON.stringify(reply.body)}`)
  }
  const { body } = await site.call('POST /api/alarms/acknowledge', confined, { ids: [alarmOfB] })
  assert.deepEqual(body['results'], [{ id: alarmOfB, result: 'not_found', acknowledgedBy: null }])
  assert.equal((await getAlarm(site.db, 'all', alarmOfB))?.acknowledgedAt, null)
  assert.equal((await findDevice(site.db, 'all', b))?.code, 'B')
  assert.equal((await findTag(site.db, 'all', tagOfB))?.name, 'B0')
  const audit = await site.db.query<{ action: string }>('select action from audit where object like $1', ['%B%'])
  assert.deepEqual(audit, [])
})

test('a formula reads nothing of B: neither while it is written nor when it is saved', async () => {
  for (const formula of ['${B:B0} + 1', 'avg_over(${B:B0}, 1h, 0)']) {
    const { body } = await site.call('POST /api/formulas/check', confined, { formula })
    const [{ tagId, value } = {}] = body['references'] as readonly Readonly<Record<string, unknown>>[]
    assert.deepEqual([body['value'], tagId, value], [null, null, null])
    const reply = await site.call(`POST /api/devices/${site.a.deviceId}/tags`, confined, { tags: [{ ...TAG, name: 'Sum', formula }] })
    assert.equal(reply.status, 422)
    assert.match(JSON.stringify(reply.body), /There is no tag B:B0/)
  }
  const { body } = await site.call('POST /api/formulas/check', confined, { formula: '${A:A0} + 1' })
  assert.equal(body['value'], 43)
})

test('a rule of A cannot be moved to a tag of B', async () => {
  const rules = (await site.call('GET /api/rules', confined)).body as unknown as { id: number }[]
  const reply = await site.call(`PUT /api/rules/${rules[0]?.id}`, confined, { ...RULE, tagId: tagOfB })
  assert.ok(reply.status >= 400 && reply.status < 500, JSON.stringify(reply.body))
})

function idsOf(rows: unknown, field = 'id'): unknown[] {
  return (rows as Record<string, unknown>[]).map((row) => row[field])
}

function shape({ code, remedy, field }: Record<string, unknown>): unknown {
  return { code, remedy, field }
}

test('what was just saved stands in the very next answer', async () => {
  const engineer = await site.session(await site.user('engineer'))
  for (let round = 0; round < 20; round++) {
    const name = `fresh ${round}`
    const saved = await site.call(`POST /api/devices/${site.a.deviceId}/tags`, engineer, { tags: [{ name, address: `HR${100 + round}` }] })
    assert.equal(saved.status, 200)
    const { body } = await site.call('GET /api/bootstrap', engineer)
    assert.ok(
      (body['tags'] as { name: string }[]).some((tag) => tag.name === name),
      name,
    )
  }
})
