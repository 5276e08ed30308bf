import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadDriver } from '#drivers/catalogue.ts'
import type { Inquiry } from '#drivers/inquiry.ts'
import { systemClock } from '#host/clock.ts'
import { createLogger } from '#host/log.ts'
import { runDriver } from '#ingest/runtime.ts'
import { addTags, saveDevice } from '#plant/configure.ts'
import { editTags } from '#plant/edit-tags.ts'
import { deviceShape, tagShape } from '#plant/shapes.ts'
import { listDeviceStates } from '#store/device-states.ts'
import type { Database } from '#store/database.ts'
import { createRequest, readRequest } from '#store/requests.ts'
import { saveSettings } from '#store/settings.ts'
import { testDatabase } from '../support/database.ts'
import { until } from '../support/installation.ts'
import { PLANT, TestServer } from '../support/opcua-server.ts'
import { OPEN_SAMPLES } from '../support/samples.ts'
import { TcpProxy } from '../support/tcp-proxy.ts'

const CHANGE_MILLIS = 20
const TAGS = 8

async function valuesOf(db: Database, tagId: number): Promise<(number | string | null)[]> {
  const rows = await db.query<{ value: number | null; value_text: string | null }>(
    `select value, value_text from ${OPEN_SAMPLES} where tag_id = $1 order by time_stamp`,
    [tagId],
  )
  return rows.map((row) => row.value_text ?? row.value)
}

test('from an OPC UA server to the store: pushed, polled, restarted in another order, tested while live', { timeout: 90_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'synctide-opcua-ingest-'))
  await using t = await testDatabase()
  await using first = await TestServer.start({ namespaces: [PLANT, 'urn:later'] })
  const { port } = first
  await saveSettings(t.db, { reportByException: { opcua: { enabled: false, heartbeatSeconds: 0 } } })
  const device = async (code: string, mode: string): Promise<number[]> => {
    const connection = { endpointUrl: first.endpointUrl, securityPolicy: 'None', mode, publishingInterval: 50, samplingInterval: 0 }
    const { id } = await saveDevice(
      t.db,
      'all',
      null,
      deviceShape.parse({ code, name: code, protocol: 'opcua', pollMillis: 100, timeoutMillis: 1000, connection }),
    )
    const tags = ['Flow', 'Total', 'Text'].map((name) => tagShape.parse({ name, address: `nsu=${PLANT};s=${name}` }))
    return (await addTags(t.db, 'all', id, tags)).map((tag) => tag.id)
  }
  const [pushed = 0, total = 0, text = 0] = await device('A', 'subscription')
  const [polled = 0] = await device('B', 'poll')
  const driver = await loadDriver('opcua')
  assert.ok(driver)
  const stop = new AbortController()
  const log = createLogger('driver-opcua', () => undefined)
  const running = runDriver({ driver, source: 'driver-opcua', db: t.db, dataFolder: folder, log, clock: systemClock, signal: stop.signal })
  try {
    for (const tagId of [pushed, polled])
      await until('a first value', async () => ((await valuesOf(t.db, tagId)).includes(12.5) ? true : undefined))
    await until('beyond 2^53', async () => ((await valuesOf(t.db, total)).includes('18446744073709551614') ? true : undefined))
    assert.ok((await valuesOf(t.db, text)).includes('Störung'))
    await until('both online', async () =>
      (await listDeviceStates(t.db, 'all')).every((one) => one.status === 'online' || one.status === 'degraded') ? true : undefined,
    )
    // one server, security and user: one session for both devices
    assert.equal(first.sessions, 1)

    const tags = [{ name: 'Flow', address: `nsu=${PLANT};s=Flow`, settings: {} }]
    const connection = { endpointUrl: first.endpointUrl, securityPolicy: 'None' }
    const body = { deviceId: null, code: 'test', timeoutMillis: 2000, connection, secrets: null, shared: null, tags } satisfies Inquiry
    const id = await createRequest(t.db, { kind: 'probe', target: 'driver-opcua', body })
    const report = (await until('the answer', async () => {
      const answer = await readRequest(t.db, id)
      return answer?.state === 'done' ? answer.result : undefined
    })) as { ok: boolean; values: { value: string }[] }
    assert.deepEqual([report.ok, report.values[0]?.value], [true, '12.5'])
    assert.equal(first.sessions, 1)

    for (let value = 1; value <= 5; value++) {
      first.set('Flow', value)
      await until(`value ${value}`, async () => ((await valuesOf(t.db, pushed)).includes(value) ? true : undefined))
    }
    await first[Symbol.asyncDispose]()
    await using second = await TestServer.start({ port, namespaces: ['urn:later', PLANT] })
    second.set('Flow', 77)
    for (const tagId of [pushed, polled])
      await until('a value after the restart', async () => ((await valuesOf(t.db, tagId)).includes(77) ? true : undefined))
    stop.abort()
    await running
    assert.equal(second.sessions, 0, 'no session is left on the controller')
  } finally {
    stop.abort()
    await running
    rmSync(folder, { recursive: true, force: true })
  }
})

test('tags come, go and are renamed while the others count: nothing of the others is lost, over a pulled cable neither', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'synctide-opcua-edit-'))
  await using place = await testDatabase()
  await using server = await TestServer.start({ variables: TAGS, exact: true })
  await using cable = await TcpProxy.start(server.port)
  const { db } = place
  await saveSettings(db, { reportByException: { opcua: { enabled: false, heartbeatSeconds: 0 } } })
  const connection = {
    endpointUrl: `opc.tcp://127.0.0.1:${cable.port}`,
    securityPolicy: 'None',
    publishingInterval: 50,
    samplingInterval: 0,
    queueSize: 1000,
  }
  const device = await saveDevice(db, 'all', null, deviceShape.parse({ code: 'PLC', name: 'PLC', protocol: 'opcua', connection }))
  const nameOf = (nth: number): string => `P${String(nth).padStart(4, '0')}`
  const shapeOf = (nth: number, name = nameOf(nth)) => tagShape.parse({ name, address: `nsu=${PLANT};s=${nameOf(nth)}` })
  const untouched = (
    await addTags(
      db,
      'all',
      device.id,
      [1, 2, 3, 4].map((nth) => shapeOf(nth)),
    )
  ).map(({ id }) => id)
  const [leaver = 0, renamed = 0] = (
    await addTags(
      db,
      'all',
      device.id,
      [5, 6].map((nth) => shapeOf(nth)),
    )
  ).map(({ id }) => id)
  const valuesOf = async (tagId: number): Promise<number[]> => {
    const rows = await db.query<{ value: number | null }>(`select value from ${OPEN_SAMPLES} where tag_id = $1 order by time_stamp`, [
      tagId,
    ])
    return rows.flatMap(({ value }) => (value !== null && value > 1000 ? [value] : []))
  }
  const items = (): number =>
    server.server.engine
      .getSessions()
      .reduce((sum, one) => sum + one.publishEngine.subscriptions.reduce((all, sub) => all + sub.monitoredItemCount, 0), 0)
  const edit = async (rows: { id: number | null; nth: number; name?: string }[], remove: number[] = []): Promise<number[]> => {
    const { tags, problems } = await editTags(db, 'all', device.id, {
      rows: rows.map(({ id, nth, name }) => ({ id, tag: shapeOf(nth, name) })),
      remove,
    })
    assert.deepEqual(problems, [])
    return tags.map(({ id }) => id)
  }
  let links = 0
  const log = createLogger('driver-opcua', (line) => {
    if (line.includes('opcua.link_lost')) links++
  })
  const stop = new AbortController()
  const driver = await loadDriver('opcua')
  assert.ok(driver)
  const running = runDriver({ driver, source: 'driver-opcua', db, dataFolder: folder, log, clock: systemClock, signal: stop.signal })
  let count = 1000
  const counting = setInterval(() => {
    count++
    for (let nth = 1; nth <= TAGS; nth++) server.set(nameOf(nth), count)
  }, CHANGE_MILLIS)
  const caughtUp = async (tagId: number): Promise<void> => {
    const from = count
    await until(`tag ${tagId} beyond ${from}`, async () => ((await valuesOf(tagId)).some((value) => value > from) ? true : undefined))
  }
  try {
    for (const id of untouched) await caughtUp(id)
    const [joined = 0] = await edit([{ id: null, nth: 7 }])
    await caughtUp(joined)
    assert.equal(items(), 8, 'seven tags and the clock')
    await edit(
      [
        { id: null, nth: 1, name: 'twin' },
        { id: renamed, nth: 6, name: 'Renamed' },
      ],
      [leaver],
    )
    await until('the item is gone from the server', () => (items() === 7 ? true : undefined))
    // an edit after an edit, at once
    const [second = 0] = await edit([{ id: null, nth: 8 }])
    await edit([{ id: null, nth: 5, name: 'again' }])
    await caughtUp(second)
    await until('all are watched', () => (items() === 9 ? true : undefined))
    cable.cut()
    for (const id of [...untouched, joined, second]) await caughtUp(id)
    await edit([], [joined])
    await until('eight are left', () => (items() === 8 ? true : undefined))
    clearInterval(counting)
    for (const id of [...untouched, renamed])
      await until('the last change', async () => ((await valuesOf(id)).includes(count) ? true : undefined))
    const { cumulatedSessionCount, cumulatedSubscriptionCount } = server.server.engine.serverDiagnosticsSummary
    assert.deepEqual([cumulatedSessionCount, cumulatedSubscriptionCount, links], [1, 1, 1], 'one subscription all along')
    for (const id of [...untouched, renamed]) {
      const values = await valuesOf(id)
      const first = Math.min(...values)
      assert.deepEqual(
        [...new Set(values)].toSorted((a, b) => a - b),
        Array.from({ length: count - first + 1 }, (_, index) => first + index),
      )
    }
    t.diagnostic(`${count - 1000} changes of each tag`)
  } finally {
    clearInterval(counting)
    stop.abort()
    await running
    rmSync(folder, { recursive: true, force: true })
  }
  assert.equal(server.sessions, 0)
})
