import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type ApiSite, type Credentials, apiSite } from '../support/api-site.ts'

interface View {
  readonly id: number
  readonly name: string
  readonly mine: boolean
  readonly owner: string
  readonly search: unknown
}

let site: ApiSite
let ana: Credentials
let rui: Credentials
let viewer: Credentials
let engineer: Credentials
let boss: Credentials

before(async () => {
  site = await apiSite()
  ana = await site.session(await site.user('operator'))
  rui = await site.session(await site.user('operator'))
  viewer = await site.session(await site.user('viewer', [site.b.deviceId]))
  engineer = await site.session(await site.user('engineer'))
  boss = await site.session(await site.user('administrator'))
})
after(async () => await site[Symbol.asyncDispose]())

const views = async (page: string, who: Credentials): Promise<View[]> =>
  (await site.call(`GET /api/views?page=${page}`, who)).body['views'] as View[]
const named = async (page: string, who: Credentials): Promise<[string, boolean][]> =>
  (await views(page, who)).map(({ name, mine }) => [name, mine])
const keep = async (who: Credentials, view: Readonly<Record<string, unknown>>): Promise<number> =>
  (await site.call('POST /api/views', who, view)).status

test('a view is kept for oneself or for all; who may not share does not', async () => {
  const tags = [site.a.tagIds[0], site.b.tagIds[0]]
  await keep(ana, { page: 'trends', name: 'Night', search: { tags, span: '8h' } })
  await keep(ana, { page: 'trends', name: 'Pumps', shared: true, search: { tags, span: '24h' } })
  assert.deepEqual(await named('trends', ana), [
    ['Night', true],
    ['Pumps', true],
  ])
  assert.deepEqual(await named('trends', rui), [['Pumps', false]])
  await keep(ana, { page: 'trends', name: 'night', search: { tags, span: '1h' } })
  const [night, pumps] = await views('trends', ana)
  assert.deepEqual(night?.search, { tags, span: '1h' }, 'the same name is the same view')
  assert.equal(await keep(viewer, { page: 'trends', name: 'V', shared: true, search: {} }), 403)
  assert.equal(await keep(viewer, { page: 'trends', name: 'V', search: {} }), 200)
  assert.equal(await keep(ana, { page: 'trends', name: 'L', search: { text: 'x'.repeat(5000) } }), 400)
  assert.equal((await site.call(`DELETE /api/views/${night?.id}`, rui)).status, 404, 'what is not shared is not there')
  assert.equal((await site.call(`DELETE /api/views/${pumps?.id}`, rui)).status, 403)
  assert.equal((await site.call(`DELETE /api/views/${pumps?.id}`, boss)).status, 200)
})

test('a view of the alarms has its own names; an engineer shares it, an operator keeps it for himself', async () => {
  const search = { state: 'history', severity: 'critical', category: 'Process', period: '8h', text: 'pump' }
  await keep(rui, { page: 'trends', name: 'Shift', search: { span: '8h' } })
  assert.equal(await keep(rui, { page: 'alarms', name: 'Shift', search }), 200)
  assert.deepEqual(await named('trends', rui), [['Shift', true]])
  assert.deepEqual(
    (await views('alarms', rui)).map((view) => view.search),
    [search],
  )
  assert.equal(await keep(rui, { page: 'alarms', name: 'For all', shared: true, search }), 403)
  assert.equal(await keep(engineer, { page: 'alarms', name: 'For all', shared: true, search }), 200)
  assert.deepEqual(await named('alarms', rui), [
    ['Shift', true],
    ['For all', false],
  ])
  assert.deepEqual(await named('alarms', viewer), [['For all', false]])
  assert.equal(await keep(rui, { page: 'devices', name: 'x', search }), 400)
  const audit = await site.db.query<{ object: string }>(`select object from audit where object like 'view % of alarms' order by id`)
  assert.deepEqual(
    audit.map((one) => one.object),
    ['view Shift of alarms', 'view For all of alarms'],
  )
})
