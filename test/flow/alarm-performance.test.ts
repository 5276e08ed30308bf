import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Contract } from '#api/contract/contract.ts'
import type { ReplyOf } from '#api/contract/endpoint.ts'
import { type ApiSite, type Credentials, apiSite } from '../support/api-site.ts'

type Reply = ReplyOf<Contract['GET /api/alarm-performance']>

let site: ApiSite
let viewer: Credentials

before(async () => {
  site = await apiSite()
  viewer = await site.session(await site.user('viewer', [site.a.deviceId]))
  // three days ago, in one minute: four of A, one of them suppressed, and one of B
  await site.db.query(
    `insert into alarm_events (display_number, rule_version, kind, device_id, device_code, name, severity, raised_at, cleared_at, acknowledged_at, closed_at, suppressed)
     select n, 1, 'threshold', case when n = 5 then $2::int else $1::int end, 'X', 'High', 'warning', at, at + interval '5 s', at + interval '90 s', at + interval '90 s',
       case when n = 4 then 'shelved' end
     from (select n, now() - interval '3 days' + n * interval '10 s' as at from generate_series(1, 5) n) s`,
    [site.a.deviceId, site.b.deviceId],
  )
  // and one that has stood since before the period
  await site.db.query(
    `insert into alarm_events (display_number, rule_version, kind, device_id, device_code, name, severity, raised_at)
     values (9, 1, 'threshold', $1, 'X', 'Old', 'critical', now() - interval '20 days')`,
    [site.a.deviceId],
  )
})
after(async () => await site[Symbol.asyncDispose]())

async function ask(query: string): Promise<Reply> {
  const reply = await site.call(`GET /api/alarm-performance?${query}`, viewer)
  assert.equal(reply.status, 200, JSON.stringify(reply.body))
  return reply.body as unknown as Reply
}

test('figures are those of the devices that one may see, over whole days; what was suppressed is not counted', async () => {
  const week = await ask('days=7')
  assert.equal(week.alarms, 3)
  assert.equal(week.days.length, 8)
  assert.ok((week.days.at(-1) ?? 0) > week.now && (week.days.at(-2) ?? Infinity) <= week.now)
  assert.deepEqual(week.split, { info: 0, warning: 3, critical: 0 })
  assert.deepEqual(week.acknowledged, { count: 3, p50: 90, p95: 90 })
  assert.equal(week.badActors[0]?.alarms, 3)
  assert.deepEqual(
    week.stale.map((one) => one.name),
    ['Old'],
  )
  assert.equal(week.bars.unit, 'hour')
  assert.equal(
    week.bars.counts.reduce((a, b) => a + b, 0),
    3,
  )
  assert.equal((await ask('days=1')).alarms, 0)
  assert.equal((await ask('days=30')).alarms, 4)
})

test('an area without a device of mine is refused by its name', async () => {
  const { status, body } = await site.call('GET /api/alarm-performance?area=Nowhere', viewer)
  assert.deepEqual([status, body['field']], [400, 'area'])
})
