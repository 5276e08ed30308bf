import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Micros } from '#base/time.ts'
import type { Contract } from '#api/contract/contract.ts'
import type { ReplyOf } from '#api/contract/endpoint.ts'
import { sqlTime } from '#store/time.ts'
import { type ApiSite, type Credentials, apiSite } from '../support/api-site.ts'

type Measured = ReplyOf<Contract['POST /api/measured-points']>

const SECOND = 1_000_000
const MINUTE = 60 * SECOND
let site: ApiSite
let viewer: Credentials
let from: Micros = 0
let x = 0
let y = 0

before(async () => {
  site = await apiSite({ tagsOfA: 2 })
  viewer = await site.session(await site.user('viewer', [site.a.deviceId]))
  ;[x = 0, y = 0] = site.a.tagIds
  const [clock] = await site.db.query<{ hour: Micros }>(`select date_trunc('hour', now()) - interval '1 hour' as hour`)
  from = clock?.hour ?? 0
  // ten minutes of the hour before, which lie in no window: x = 0, 1, … 599 and y = 2 x, but 9 beside the line for one second; then both are Bad
  await site.db.query(
    `insert into late_samples (tag_id, time_stamp, value, quality)
     select tag, $3::timestamptz + s * interval '1 second', case when tag = $1 then s when s = 100 then 209 else 2 * s end, 0
     from generate_series(0, 599) s, unnest(array[$1, $2]::int[]) tag
     union all select tag, $3::timestamptz + interval '600 second', null, 6 from unnest(array[$1, $2]::int[]) tag`,
    [x, y, sqlTime(from)],
  )
})
after(async () => await site[Symbol.asyncDispose]())

const line = { name: 'Line', xUnit: '', yUnit: '', tolerance: 1, percent: false }
const half = {
  ...line,
  points: [
    [0, 0],
    [299.5, 599],
  ],
}

test('measured points: exact times inside, outside and beyond, whatever is thinned out of the picture', async () => {
  const ask = async (points: number): Promise<Measured> => {
    const body = { xTagId: x, yTagId: y, from, to: from + 30 * MINUTE, points, curves: [half] }
    const reply = await site.call('POST /api/measured-points', viewer, body)
    assert.equal(reply.status, 200, JSON.stringify(reply.body))
    return reply.body as unknown as Measured
  }
  for (const points of [5000, 20]) {
    const { points: cloud, times, known } = await ask(points)
    assert.equal(known, 600)
    assert.deepEqual(times, [{ inside: 299, outside: 1, beyond: 300 }])
    assert.ok(cloud.at.length <= points)
    // one second is never lost, and every second is counted with some point
    assert.ok(cloud.y.includes(209), `${points} points`)
    assert.ok(Math.abs(cloud.seconds.reduce((a, b) => a + b, 0) - 600) < 1e-6)
  }
})

test('points of a tag out of scope, of no tag, or of the future are refused by their field', async () => {
  const refused = async (body: object): Promise<unknown> =>
    (await site.call('POST /api/measured-points', viewer, { xTagId: x, yTagId: y, from, to: from + MINUTE, ...body })).body['field']
  assert.equal(await refused({ yTagId: site.b.tagIds[0] }), 'yTagId')
  assert.equal(await refused({ xTagId: 999_999 }), 'xTagId')
  assert.equal(await refused({ from: from + 2 * 86_400 * SECOND, to: from + 3 * 86_400 * SECOND }), 'from')
  assert.equal(await refused({ from: from - 100 * 86_400 * SECOND }), 'from')
})

test('an edit of a curve is previewed with the tags of every rule that uses it', async () => {
  const engineer = await site.session(await site.user('engineer'))
  const curve = (await site.call('POST /api/curves', engineer, half)).body
  const [device] = await site.db.query<{ name: string }>(
    `select d.code || ':' || t.name as name from tags t join devices d on d.id = t.device_id where t.id = $1`,
    [x],
  )
  const rule = { tagId: y, kind: 'curve', name: 'Off the line', operator: '>', setpoint: 0, curve: 'Line', xTag: device?.name }
  const saved = await site.call('POST /api/rules', engineer, rule)
  assert.equal(saved.status, 200, JSON.stringify(saved.body))
  const reply = await site.call(`POST /api/curves/${String(curve['id'])}/preview`, engineer, half)
  const [effect] = reply.body as unknown as readonly { tagId: number; xTagId: number }[]
  assert.deepEqual([effect?.xTagId, effect?.tagId], [x, y])
})
