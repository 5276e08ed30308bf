import assert from 'node:assert/strict'
import { test } from 'node:test'
import { beat, listProcesses } from '#store/processes.ts'
import { claimRequest, createRequest, failRequest, finishRequest, readRequest, reportProgress } from '#store/requests.ts'
import { listEvents, recordEvent } from '#store/system-events.ts'
import { insertDevice } from '#store/devices.ts'
import { testDatabase } from '../support/database.ts'

test('a request is taken by one of many, reports its progress and its result', async () => {
  await using t = await testDatabase()
  const id = await createRequest(t.db, { kind: 'probe', target: 'driver-modbus', body: { host: 'plc' } })
  assert.equal(await claimRequest(t.db, 'driver-opcua', 'a'), undefined)
  const taken = await Promise.all(['a', 'b', 'c', 'd'].map(async (owner) => await claimRequest(t.db, 'driver-modbus', owner)))
  const [request, ...others] = taken.filter((one) => one !== undefined)
  assert.equal(others.length, 0)
  assert.equal(request?.id, id)
  assert.deepEqual(request.body, { host: 'plc' })
  await reportProgress(t.db, id, { name: 'connect' })
  await reportProgress(t.db, id, { name: 'read' })
  assert.deepEqual(await readRequest(t.db, id), { state: 'leased', progress: [{ name: 'connect' }, { name: 'read' }], result: null })
  await finishRequest(t.db, id, { ok: true })
  assert.deepEqual((await readRequest(t.db, id))?.result, { ok: true })
  await failRequest(t.db, id, 'too late')
  assert.equal((await readRequest(t.db, id))?.state, 'done')
})

test('the request of a dead owner is taken over, one that nobody took in time fails', async () => {
  await using t = await testDatabase()
  const id = await createRequest(t.db, { kind: 'probe', target: 'driver-modbus' })
  await claimRequest(t.db, 'driver-modbus', 'dead', -1)
  assert.equal((await claimRequest(t.db, 'driver-modbus', 'heir'))?.id, id)
  const late = await createRequest(t.db, { kind: 'probe', target: 'driver-modbus' }, -1)
  assert.equal(await claimRequest(t.db, 'driver-modbus', 'heir'), undefined)
  assert.deepEqual(await readRequest(t.db, late), { state: 'failed', progress: [], result: { problem: 'Nobody took it up in time.' } })
})

test('a target hears of its request', async () => {
  await using t = await testDatabase()
  const heard = Promise.withResolvers<string>()
  await using _ = t.db.listen('requests', (payload) =>
    payload === '' ? void createRequest(t.db, { kind: 'restart', target: 'supervisor' }) : heard.resolve(payload),
  )
  assert.equal(await heard.promise, 'supervisor')
})

test('processes and events are listed, events within the scope', async () => {
  await using t = await testDatabase()
  await beat(t.db, 'alarm', 1_700_000_000_000_000, { seq: 4 })
  await beat(t.db, 'alarm', 1_700_000_000_000_000, { seq: 5 })
  const [alarm, ...others] = await listProcesses(t.db)
  assert.equal(others.length, 0)
  assert.deepEqual([alarm?.pid, alarm?.startedAt, alarm?.detail], [process.pid, 1_700_000_000_000_000, { seq: 5 }])
  assert.ok((alarm?.ageSeconds ?? -1) >= 0)

  const device = await insertDevice(t.db, {
    code: 'A',
    name: 'A',
    area: '',
    protocol: 'modbus',
    enabled: true,
    pollMillis: 1000,
    timeoutMillis: 1000,
    commTimeoutSeconds: null,
    commSeverity: 'info',
    livenessCounts: true,
    connection: {},
    demo: false,
  })
  await recordEvent(t.db, { code: 'device.quarantined', severity: 'warning', deviceId: device.id })
  await recordEvent(t.db, { code: 'ingest.spool_full', detail: { lost: 3 } })
  assert.deepEqual(
    (await listEvents(t.db, 'all', 10)).map((event) => event.code),
    ['ingest.spool_full', 'device.quarantined'],
  )
  assert.deepEqual(
    (await listEvents(t.db, [], 10)).map((event) => event.code),
    ['ingest.spool_full'],
  )
  const [newest] = await listEvents(t.db, [device.id], 1)
  assert.deepEqual(
    (await listEvents(t.db, [device.id], 10, { before: newest?.id ?? null })).map((event) => event.code),
    ['device.quarantined'],
  )
})
