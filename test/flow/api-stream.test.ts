import assert from 'node:assert/strict'
import { test } from 'node:test'
import { notifyAlarms } from '#store/alarm-announce.ts'
import { until } from '../support/alarm-plant.ts'
import { type ApiSite, apiSite } from '../support/api-site.ts'
import { type LiveTab, openTab } from '../support/live-tab.ts'

test('a subscription is answered by a snapshot, then by what changes; the clock ticks', async () => {
  await using site = await apiSite({ tagsOfA: 3 })
  const [first = 0, second = 0, third = 0] = site.a.tagIds
  await deliver(site, [
    [first, 1],
    [second, 2],
  ])
  using tab = await openTab(site, await site.session(await site.user('viewer')))
  tab.subscribe([first, third])
  await until(() => snapshots(tab).length === 1, 'the snapshot came')
  const [snapshot] = snapshots(tab)
  assert.deepEqual(
    snapshot?.values.map(([id, value]) => [id, value]),
    [[first, 1]],
    'what was asked for and has a value',
  )
  await deliver(site, [
    [second, 20],
    [third, 30],
  ])
  await until(() => tab.valuesOf(third).length === 1, 'the change came')
  assert.deepEqual(tab.valuesOf(second), [], 'not asked for')
  await until(() => tab.messages.filter((one) => one.type === 'tick').length >= 2, 'it ticks')
  const tick = tab.messages.findLast((one) => one.type === 'tick')
  assert.ok(tick?.type === 'tick' && Math.abs(tick.now / 1000 - Date.now()) < 60_000)
  assert.ok(tick.newestDelivery !== null)
})

test('many changes become few messages, and the last one tells the newest value', async () => {
  await using site = await apiSite()
  const [tag = 0] = site.a.tagIds
  using tab = await openTab(site, await site.session(await site.user('viewer')))
  tab.subscribe([tag])
  await until(() => snapshots(tab).length === 1, 'the snapshot came')
  for (let value = 1; value <= 60; value++) await deliver(site, [[tag, value]])
  await until(() => tab.valuesOf(tag).at(-1) === 60, 'the newest value came')
  assert.ok(tab.valuesOf(tag).length <= 20, `${tab.valuesOf(tag).length} messages for 60 changes`)
})

test('a tab that does not read gets the newest value later, never all of them', async () => {
  await using site = await apiSite({ tagsOfA: 101 })
  const [tag = 0, ...large] = site.a.tagIds
  const session = await site.session(await site.user('viewer'))
  using slow = await openTab(site, session)
  using quick = await openTab(site, session)
  slow.subscribe(site.a.tagIds)
  quick.subscribe([tag])
  await until(() => snapshots(slow).length === 1 && snapshots(quick).length === 1, 'both have their snapshot')
  slow.socket.pause()
  // more than the buffers of the system between the two hold
  const text = 'x'.repeat(200_000)
  for (let i = 0; i < large.length; i += 20)
    await deliver(
      site,
      large.slice(i, i + 20).map((id) => [id, text] as const),
    )
  for (const value of [1, 2, 3]) {
    await deliver(site, [[tag, value]])
    await until(() => quick.valuesOf(tag).at(-1) === value, `the other tab has ${value}`)
  }
  slow.socket.resume()
  await until(() => slow.valuesOf(tag).length > 0, 'the slow tab hears of it')
  assert.deepEqual(slow.valuesOf(tag), [3])
  await until(() => large.every((id) => slow.valuesOf(id).length > 0), 'nothing is missing for good')
})

test('only what is in scope is told: values, devices, alarms', async () => {
  await using site = await apiSite()
  const [own = 0] = site.a.tagIds
  const [foreign = 0] = site.b.tagIds
  using tab = await openTab(site, await site.session(await site.user('viewer', [site.a.deviceId])))
  await deliver(site, [
    [own, 1],
    [foreign, 2],
  ])
  tab.subscribe([own, foreign])
  await until(() => snapshots(tab).length === 1, 'the snapshot came')
  await deliver(site, [
    [foreign, 3],
    [own, 4],
  ])
  await until(() => tab.valuesOf(own).at(-1) === 4, 'the own value came')
  assert.deepEqual(tab.valuesOf(foreign), [])
  const foreignAlarm = await site.alarm(site.b.deviceId, 'of B')
  const ownAlarm = await site.alarm(site.a.deviceId, 'of A')
  await notifyAlarms(site.db, [foreignAlarm])
  await notifyAlarms(site.db, [ownAlarm])
  await until(() => alarmsTold(tab).length > 0, 'the own alarm is told')
  assert.deepEqual(alarmsTold(tab), [ownAlarm])
  const told = tab.messages.findLast((one) => one.type === 'alarms')
  assert.ok(told?.type === 'alarms')
  assert.equal(told.counts.critical, 1)
})

test('a device whose driver process is gone is not told as well, however seldom it speaks; the database away says nothing of that', async () => {
  await using site = await apiSite()
  const { deviceId } = site.a
  await site.deliver([], [{ deviceId, newest: null, status: 'online', consecutiveFailures: 0, successRate: 1, problem: null }])
  await until(() => site.feed.stateOf(deviceId)?.status === 'online', 'the feed has read it')
  const beat = async (name: string, age: string): Promise<unknown> =>
    await site.db.query(
      `insert into processes (name, pid, started_at, beat_at) values ($1, 1, now(), now() - $2::interval)
       on conflict (name) do update set beat_at = excluded.beat_at`,
      [name, age],
    )
  await beat('driver-modbus', '15 minutes')
  await beat('alarm', '15 minutes')
  using tab = await openTab(site, await site.session(await site.user('viewer', [deviceId])))
  const told = (): readonly unknown[] =>
    tab.messages.flatMap((one) => (one.type === 'devices' ? one.states.map(({ deviceId, status }) => [deviceId, status]) : []))
  const shown = (): unknown => site.feed.states('all').map(({ status }) => status)
  await until(() => tab.messages.filter((one) => one.type === 'tick').length >= 4, 'the processes were asked')
  assert.deepEqual(shown(), ['online'], 'nobody could be heard')
  await beat('alarm', '0')
  await until(() => told().length > 0, 'it is told')
  assert.deepEqual(told(), [[deviceId, 'error']])
  assert.match(site.feed.stateOf(deviceId)?.problem ?? '', /driver-modbus gives no sign of life/)
  await beat('driver-modbus', '0')
  await until(() => told().length > 1, 'it is back')
  assert.deepEqual(told()[1], [deviceId, 'online'])
})

test('a foreign page, nobody, and other addresses are refused', async () => {
  await using site = await apiSite()
  const session = await site.session(await site.user('viewer'))
  await assert.rejects(openTab(site, session, { origin: 'http://evil.example' }), /403/)
  await assert.rejects(openTab(site, session, { origin: 'null' }), /403/)
  await assert.rejects(openTab(site, {}), /401/)
  await assert.rejects(openTab(site, { cookie: 'synctide_session=guess' }), /401/)
})

test('the end of the session, and other rights, end the stream', async () => {
  await using site = await apiSite()
  const id = await site.user('viewer')
  const session = await site.session(id)
  using tab = await openTab(site, session)
  await site.call('POST /api/logout', session, {})
  await until(() => tab.socket.readyState === tab.socket.CLOSED, 'it is closed')
  assert.equal(tab.messages.at(-1)?.type, 'bye')
  using again = await openTab(site, await site.session(id))
  await site.db.query('update users set all_devices = false where id = $1', [id])
  await until(() => again.socket.readyState === again.socket.CLOSED, 'it is closed')
})

test('a tab that gives no sign of life is let go, one that does stays', async () => {
  await using site = await apiSite({ pingMillis: 30 })
  const session = await site.session(await site.user('viewer'))
  using living = await openTab(site, session)
  using dead = await openTab(site, session, { autoPong: false })
  await until(() => dead.socket.readyState === dead.socket.CLOSED, 'it is let go')
  assert.equal(living.socket.readyState, living.socket.OPEN)
})

test('what is not understood ends the tab, not the server', async () => {
  await using site = await apiSite()
  const session = await site.session(await site.user('viewer'))
  for (const nonsense of ['{', '{"type":"subscribe","tagIds":["a"]}', Buffer.from([1, 2, 3])]) {
    using tab = await openTab(site, session)
    tab.socket.send(nonsense)
    await until(() => tab.socket.readyState === tab.socket.CLOSED, 'it is closed')
  }
  assert.equal((await site.call('GET /api/bootstrap', session)).status, 200)
})

/** Delivers and waits until the API has read it. */
async function deliver(site: ApiSite, values: readonly (readonly [tagId: number, value: number | string])[]): Promise<void> {
  await site.deliver(values)
  await until(() => values.every(([id, value]) => site.feed.latestOf(id)?.value === value), 'the feed has read it')
}

function snapshots(tab: LiveTab): { values: readonly (readonly unknown[])[] }[] {
  return tab.messages.flatMap((one) => (one.type === 'values' && one.snapshot ? [one] : []))
}

function alarmsTold(tab: LiveTab): number[] {
  return tab.messages.flatMap((one) => (one.type === 'alarms' ? [...one.ids] : []))
}
