import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { listTags } from '#store/tags.ts'
import { type ApiReply, type ApiSite, type Credentials, apiSite } from '../support/api-site.ts'

let site: ApiSite
let engineer: Credentials
let ids: readonly number[] = []

before(async () => {
  site = await apiSite({ tagsOfA: 3 })
  engineer = await site.session(await site.user('engineer', [site.a.deviceId]))
})
beforeEach(() => (ids = site.a.tagIds))
after(async () => await site[Symbol.asyncDispose]())

interface Edit {
  readonly rows: readonly { id: number | null; tag: Record<string, unknown> }[]
  readonly remove?: readonly number[]
}
const edit = async (body: Edit, deviceId = site.a.deviceId): Promise<ApiReply> =>
  await site.call(`PUT /api/devices/${deviceId}/tags`, engineer, body)
const names = async (): Promise<string[]> => (await listTags(site.db, 'all', { deviceId: site.a.deviceId })).map((tag) => tag.name)
const row = (id: number | null, name: string, more: Record<string, unknown> = {}): Edit['rows'][number] => ({
  id,
  tag: { name, address: 'HR1', ...more },
})

test('every cell that is wrong is told at once, and nothing is saved', async () => {
  const { status, body } = await edit({
    rows: [
      row(ids[0] ?? 0, 'Fine'),
      row(null, '', { scale: 0 }),
      row(null, 'New', { address: 'XY1' }),
      row(null, 'Other', { settings: { dataType: 'flaot' } }),
      row(null, 'fine'),
      row(null, 'A2'),
      row(null, 'Last', { unit: 5, nonsense: true }),
    ],
  })
  assert.equal(status, 200)
  assert.deepEqual(body['tags'], [])
  assert.deepEqual(
    (body['problems'] as { row: number; field: string }[]).map((problem) => [problem.row, problem.field]),
    [
      [1, 'name'],
      [1, 'scale'],
      [2, 'address'],
      [3, 'settings.dataType'],
      [4, 'name'],
      [5, 'name'],
      [6, 'unit'],
      [6, ''],
    ],
  )
  assert.deepEqual(await names(), ['A0', 'A1', 'A2'])
})

test('two tags swap their names, a third one goes, two come, in one go', async () => {
  const [first = 0, second = 0, third = 0] = ids
  const { body } = await edit({
    rows: [
      row(first, 'A1', { scale: 0.5 }),
      row(second, 'A0'),
      row(null, 'A2', { stateText: ['Off', 'On'], kind: 'digital' }),
      row(null, 'B'),
    ],
    remove: [third],
  })
  assert.deepEqual(body['problems'], [], JSON.stringify(body))
  const now = await listTags(site.db, 'all', { deviceId: site.a.deviceId })
  assert.deepEqual(
    now.map((tag) => [tag.id === first ? 'first' : tag.id === second ? 'second' : 'new', tag.name, tag.scale, tag.stateText]),
    [
      ['first', 'A1', 0.5, null],
      ['second', 'A0', 1, null],
      ['new', 'A2', 1, ['Off', 'On']],
      ['new', 'B', 1, null],
    ],
  )
})

test('tags of another device, or removed by somebody else, are told and nothing is saved', async () => {
  const before = await names()
  for (const lost of [site.b.tagIds[0] ?? 0, 999_999]) {
    const reply = await edit({ rows: [row(null, 'New'), row(lost, 'Theirs')] })
    assert.equal(reply.status, 404)
    assert.match(String(reply.body['remedy']), /Load the table anew/)
    assert.equal((await edit({ rows: [], remove: [lost] })).status, 404)
  }
  assert.equal((await edit({ rows: [row(null, 'New')] }, site.b.deviceId)).status, 404, 'out of scope')
  assert.deepEqual(await names(), before)
})

test('five thousand rows are one save', async () => {
  const rows = Array.from({ length: 5000 }, (_, index) => row(null, `Many ${index}`, { address: `HR${index}` }))
  const added = await edit({ rows })
  const tags = added.body['tags'] as { id: number; name: string }[]
  assert.equal(tags.length, 5000)
  const renamed = await edit({ rows: tags.map(({ id }, index) => row(id, `Many ${index + 1}`)) })
  assert.deepEqual(renamed.body['problems'], [])
  assert.equal((await edit({ rows: [], remove: tags.map((tag) => tag.id) })).status, 200)
})
