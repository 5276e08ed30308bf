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
import { deviceShape, tagShape } from '#plant/shapes.ts'
import { listDeviceStates } from '#store/device-states.ts'
import type { Database } from '#store/database.ts'
import { createRequest, readRequest } from '#store/requests.ts'
import { saveSettings } from '#store/settings.ts'
import { testDatabase } from '../support/database.ts'
import { until } from '../support/installation.ts'
import { PLANT, TestServer } from '../support/opcua-server.ts'
import { OPEN_SAMPLES } from '../support/samples.ts'

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
      (await listDeviceStates(t.db, 'all')).every((one) => one.status === 'online') ? true : undefined,
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
