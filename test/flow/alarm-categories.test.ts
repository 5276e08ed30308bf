import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PLAIN_RULE } from '#domain/alarm.ts'
import { saveRule } from '#store/alarm-rules.ts'
import { findByLogin } from '#store/users.ts'
import { SECOND, startEngine, until } from '../support/alarm-plant.ts'
import { apiSite } from '../support/api-site.ts'

const RULE = {
  ...PLAIN_RULE,
  curve: '',
  xTag: '',
  suppressTag: '',
  label: 'Custom',
  severity: 'critical',
  enabled: true,
  autoClose: false,
  cooldownMinutes: 0,
  operator: '>',
  setpoint: 80,
  deadband: 2,
  onDelaySeconds: 0,
  offDelaySeconds: 0,
  latch: true,
} as const

test('who handles some categories sees all alarms of their devices, and acts on theirs only', async () => {
  await using site = await apiSite()
  await using _engine = startEngine(site.db)
  const [tag = 0] = site.a.tagIds
  const level = (await saveRule(site.db, 'all', { ...RULE, tagId: tag, name: 'level', category: 'Process/Levels' })).rule
  const power = (await saveRule(site.db, 'all', { ...RULE, tagId: tag, name: 'power', category: 'Power' })).rule
  const administrator = await site.session(await site.user('administrator', null, 'a hash'))
  const body = { login: 'elena', displayName: 'Elena', role: 'operator', deviceIds: null, categories: ['Process'] }
  const made = await site.call('POST /api/users', administrator, body)
  assert.equal(made.status, 200, JSON.stringify(made.body))
  const elena = await site.session((await findByLogin(site.db, 'elena'))?.user.id ?? 0)
  await site.deliver([[tag, 90]])
  const listed = async (): Promise<readonly { id: number; ruleId: number; acknowledgedBy: string | null }[]> =>
    (await site.call('GET /api/alarms', elena)).body['alarms'] as never
  await until(async () => (await listed()).length === 2, 'both have raised, and she sees both')
  const alarms = await listed()
  const idOf = (ruleId: number): number => alarms.find((one) => one.ruleId === ruleId)?.id ?? 0

  const later = Math.round(Date.now() * 1000 + 3600 * SECOND)
  const refused = [
    ['POST /api/alarms/acknowledge', { ids: [idOf(level.id), idOf(power.id)], comment: '' }],
    [`POST /api/alarms/${idOf(power.id)}/comments`, { text: 'seen' }],
    ['POST /api/rules/shelve', { ruleIds: [level.id, power.id], until: later, reason: 'noise' }],
    ['POST /api/rules/unshelve', { ruleIds: [power.id] }],
    [`POST /api/rules/${power.id}/reset`, {}],
  ] as const
  for (const [key, input] of refused) {
    const reply = await site.call(key, elena, input)
    assert.equal(reply.status, 403, `${key} ${JSON.stringify(reply.body)}`)
    assert.match(JSON.stringify(reply.body), /You may not handle alarms of Power.*Yours are Process/)
  }
  assert.ok((await listed()).every((one) => one.acknowledgedBy === null))

  for (const [key, input] of [
    ['POST /api/alarms/acknowledge', { ids: [idOf(level.id)], comment: '' }],
    [`POST /api/alarms/${idOf(level.id)}/comments`, { text: 'seen' }],
    [`POST /api/rules/${level.id}/reset`, {}],
    ['POST /api/rules/shelve', { ruleIds: [level.id], until: later, reason: 'noise' }],
  ] as const) {
    const reply = await site.call(key, elena, input)
    assert.equal(reply.status, 200, `${key} ${JSON.stringify(reply.body)}`)
  }
  const { alarm } = (await site.call(`GET /api/alarms/${idOf(level.id)}`, elena)).body as { alarm: { acknowledgedBy: string } }
  assert.equal(alarm.acknowledgedBy, 'Platform: Elena')
})

test('somebody is left who administers the alarms of all categories', async () => {
  await using site = await apiSite()
  const id = await site.user('administrator', null, 'a hash')
  const only = await site.session(id)
  const body = { login: 'administrator-1', displayName: 'A', role: 'administrator', deviceIds: null, categories: ['Power'] }
  const reply = await site.call(`PUT /api/users/${id}`, only, body)
  assert.equal(reply.status, 409, JSON.stringify(reply.body))
})
