import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type ApiSite, type Credentials, apiSite } from '../support/api-site.ts'

const AT = Date.parse('2026-03-01T10:00:00Z') * 1000
let site: ApiSite
let [tagA, tagB] = [0, 0]
let ana: Credentials
let rui: Credentials
let confined: Credentials
let viewer: Credentials
let boss: Credentials

before(async () => {
  site = await apiSite()
  tagA = site.a.tagIds[0] ?? 0
  tagB = site.b.tagIds[0] ?? 0
  ana = await site.session(await site.user('operator'))
  rui = await site.session(await site.user('operator'))
  confined = await site.session(await site.user('operator', [site.a.deviceId]))
  viewer = await site.session(await site.user('viewer', [site.b.deviceId]))
  boss = await site.session(await site.user('administrator'))
})
after(async () => await site[Symbol.asyncDispose]())

const notes = async (who: Credentials): Promise<{ id: number; text: string; mine: boolean; editedAt: number | null }[]> => {
  const { body } = await site.call(`GET /api/annotations?tags=${tagA},${tagB}&from=${AT - 1}&to=${AT + 1}`, who)
  return body['annotations'] as { id: number; text: string; mine: boolean; editedAt: number | null }[]
}

test('a note is its author’s: others read it within their devices, an administrator may take it away, all of it is audited', async () => {
  const made = await site.call('POST /api/annotations', ana, { tagId: tagA, at: AT, text: '  Sensor cleaned ' })
  assert.equal(made.status, 200, JSON.stringify(made.body))
  const id = made.body['id'] as number
  assert.deepEqual(
    (await notes(confined)).map(({ text, mine }) => [text, mine]),
    [['Sensor cleaned', false]],
  )
  assert.deepEqual(await notes(viewer), [], 'device A is none of the viewer’s')
  assert.equal((await site.call(`PUT /api/annotations/${id}`, rui, { text: 'mine now' })).status, 403)
  assert.equal((await site.call(`DELETE /api/annotations/${id}`, rui)).status, 403)
  assert.equal((await site.call('POST /api/annotations', viewer, { tagId: tagB, at: AT, text: 'x' })).status, 403, 'viewers only read')
  assert.equal((await site.call('POST /api/annotations', confined, { tagId: tagB, at: AT, text: 'x' })).status, 404)
  assert.equal((await site.call('POST /api/annotations', ana, { tagId: tagA, at: AT, text: '   ' })).status, 400)
  assert.equal((await site.call(`PUT /api/annotations/${id}`, ana, { text: 'Sensor cleaned and calibrated' })).status, 200)
  const [edited] = await notes(ana)
  assert.ok(edited?.mine === true && edited.editedAt !== null && edited.text === 'Sensor cleaned and calibrated')
  assert.equal((await site.call(`DELETE /api/annotations/${id}`, boss)).status, 200)
  assert.deepEqual(await notes(ana), [])
  const audit = await site.db.query<{ object: string }>(`select object from audit where object like 'note %' order by id`)
  assert.equal(audit.length, 3, JSON.stringify(audit))
})

test('gaps and completeness are told within the scope', async () => {
  await site.db.query(`insert into gaps (device_id, from_at, to_at, cause) values ($1, now() - interval '1 hour', now(), 'link')`, [
    site.a.deviceId,
  ])
  const query = `devices=${site.a.deviceId},${site.b.deviceId}&from=0&to=${Date.now() * 1000}`
  const seen = async (who: Credentials): Promise<number> =>
    ((await site.call(`GET /api/gaps?${query}`, who)).body['gaps'] as unknown[]).length
  assert.deepEqual([await seen(ana), await seen(confined), await seen(viewer)], [1, 1, 0])
  assert.equal((await site.call(`GET /api/devices/${site.a.deviceId}/completeness`, viewer)).status, 404)
  const { body, status } = await site.call(`GET /api/devices/${site.a.deviceId}/completeness?days=3&timeZone=Europe/Lisbon`, confined)
  assert.equal(status, 200, JSON.stringify(body))
  assert.equal((body['edges'] as unknown[]).length, 4)
})
