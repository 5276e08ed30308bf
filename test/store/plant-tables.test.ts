import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Conflict, NotFound } from '#base/errors.ts'
import type { Device } from '#domain/device.ts'
import { readConfigVersion } from '#store/config-version.ts'
import { listDeviceStates, saveDeviceStates } from '#store/device-states.ts'
import { deleteDevice, findDevice, insertDevice, listDevices, updateDevice } from '#store/devices.ts'
import { DEFAULT_REPORT_BY_EXCEPTION, readSettings, saveSettings } from '#store/settings.ts'
import { type TagInput, deleteTag, findTag, insertTags, listTags, updateTag, updateTags } from '#store/tags.ts'
import { testDatabase } from '../support/database.ts'

const DEVICE: Omit<Device, 'id'> = {
  code: 'PS-01',
  name: 'Pump station 1',
  area: 'North',
  protocol: 'modbus',
  enabled: true,
  pollMillis: 1000,
  timeoutMillis: 2000,
  commTimeoutSeconds: 60,
  commSeverity: 'critical',
  livenessCounts: true,
  pollStreak: null,
  fedBy: '',
  connection: { host: '10.0.0.5', unit: 1, nested: { list: [1, 'two', null] } },
  demo: false,
}
const TAG: TagInput = {
  name: 'Level',
  address: 'HR100',
  settings: { type: 'float32', order: 'CDAB' },
  kind: 'analog',
  unit: 'm³/h',
  decimals: 3,
  scale: 0.1,
  offset: -40,
  deadband: 0.05,
  stateText: null,
  enabled: true,
  formula: '',
}

test('a device comes back as it was saved; a taken code is refused by name', async () => {
  await using t = await testDatabase()
  const saved = await insertDevice(t.db, DEVICE)
  assert.deepEqual(await findDevice(t.db, 'all', saved.id), { ...DEVICE, id: saved.id, secretsSet: [] })
  await assert.rejects(
    insertDevice(t.db, { ...DEVICE, code: 'ps-01' }),
    (error) => error instanceof Conflict && /ps-01/.test(error.message),
  )
  const other = await insertDevice(t.db, { ...DEVICE, code: 'PS-02', commTimeoutSeconds: null })
  await assert.rejects(updateDevice(t.db, other.id, DEVICE), (error) => error instanceof Conflict && /PS-01/.test(error.message))
  assert.equal((await updateDevice(t.db, other.id, { ...DEVICE, code: 'PS-03', enabled: false })).enabled, false)
  await assert.rejects(updateDevice(t.db, 9999, { ...DEVICE, code: 'PS-04' }), NotFound)
})

test('five thousand tags in one statement, in order; one taken name refuses them all', async () => {
  await using t = await testDatabase()
  const { id } = await insertDevice(t.db, DEVICE)
  const many = Array.from({ length: 5000 }, (_, index): TagInput => ({ ...TAG, name: `Tag ${index}`, decimals: index % 10 }))
  const pump: TagInput = { ...TAG, name: 'Pump', kind: 'digital', stateText: ['Stopped, off', 'Running "1"'] }
  const added = await insertTags(t.db, id, [...many, pump])
  assert.deepEqual(
    added.map(({ id: _, deviceId: __, ...tag }) => tag),
    [...many, pump],
  )
  assert.deepEqual(await listTags(t.db, 'all', { deviceId: id }), added)
  await assert.rejects(
    insertTags(t.db, id, [
      { ...TAG, name: 'New' },
      { ...TAG, name: 'TAG 77' },
    ]),
    (error) => error instanceof Conflict && /TAG 77/.test(error.message),
  )
  assert.equal((await listTags(t.db, 'all')).length, 5001)
})

test('a tag is changed, refused and removed', async () => {
  await using t = await testDatabase()
  const { id } = await insertDevice(t.db, DEVICE)
  const [level, flow] = await insertTags(t.db, id, [TAG, { ...TAG, name: 'Flow' }])
  assert.ok(level !== undefined && flow !== undefined)
  const changed: TagInput = { ...TAG, name: 'Level', unit: 'cm', stateText: ['No', 'Yes'] }
  assert.deepEqual(await updateTag(t.db, level.id, changed), { ...changed, id: level.id, deviceId: id })
  await assert.rejects(
    updateTag(t.db, flow.id, { ...TAG, name: 'level' }),
    (error) => error instanceof Conflict && /level/.test(error.message),
  )
  await deleteTag(t.db, flow.id)
  assert.equal(await findTag(t.db, 'all', flow.id), undefined)
  await assert.rejects(updateTag(t.db, flow.id, TAG), NotFound)
  await deleteDevice(t.db, id)
  assert.deepEqual(await listTags(t.db, 'all'), [])
})

test('whatever is out of scope is not there', async () => {
  await using t = await testDatabase()
  const mine = await insertDevice(t.db, DEVICE)
  const theirs = await insertDevice(t.db, { ...DEVICE, code: 'PS-02' })
  await insertTags(t.db, mine.id, [TAG])
  const [secret] = await insertTags(t.db, theirs.id, [TAG])
  const state = { status: 'online', newest: null, consecutiveFailures: 0, successRate: 1, problem: null } as const
  await saveDeviceStates(
    t.db,
    [mine, theirs].map(({ id }) => ({ ...state, deviceId: id })),
  )
  for (const [scope, ids] of [
    ['all', [mine.id, theirs.id]],
    [[mine.id], [mine.id]],
    [[], []],
  ] as const) {
    assert.deepEqual(
      (await listDevices(t.db, scope)).map((one) => one.id),
      ids,
    )
    assert.deepEqual(
      (await listTags(t.db, scope)).map((one) => one.deviceId),
      ids,
    )
    assert.deepEqual(
      (await listDeviceStates(t.db, scope)).map((one) => one.deviceId),
      ids,
    )
  }
  assert.equal(await findDevice(t.db, [mine.id], theirs.id), undefined)
  assert.equal(await findTag(t.db, [mine.id], secret?.id ?? 0), undefined)
  assert.deepEqual(await listTags(t.db, [mine.id], { deviceId: theirs.id }), [])
})

test('settings have defaults and are saved apart; a change is a new version of the configuration', async () => {
  await using t = await testDatabase()
  const fresh = await readSettings(t.db)
  assert.deepEqual([fresh.site.name, fresh.demo, fresh.reportByException['modbus']], ['', 'none', DEFAULT_REPORT_BY_EXCEPTION])
  const site = { name: 'Água do Norte', timeZone: 'Europe/Lisbon', language: 'pt', publicUrl: 'https://plant.example' } as const
  const before = await readConfigVersion(t.db)
  await saveSettings(t.db, { site })
  await saveSettings(t.db, { reportByException: { modbus: { enabled: false, heartbeatSeconds: 60 } } })
  const saved = await readSettings(t.db)
  assert.deepEqual(saved.site, site)
  assert.deepEqual(saved.reportByException['modbus'], { enabled: false, heartbeatSeconds: 60 })
  assert.ok((await readConfigVersion(t.db)) > before)
})

test('formulas follow when a tag or a device gets another name, also when two swap theirs', async () => {
  await using t = await testDatabase()
  const { id } = await insertDevice(t.db, DEVICE)
  const [a, b, sum] = await insertTags(t.db, id, [
    { ...TAG, name: 'A' },
    { ...TAG, name: 'B' },
    { ...TAG, name: 'Sum', address: '', formula: '${PS-01:A} - 2 * ${PS-01:B} + ${PS-01:Bx}' },
  ])
  assert.ok(a && b && sum)
  await updateTags(t.db, id, [
    { ...a, name: 'B' },
    { ...b, name: 'A' },
  ])
  await updateDevice(t.db, id, { ...DEVICE, code: 'PS-1' })
  assert.equal((await findTag(t.db, 'all', sum.id))?.formula, '${PS-1:B} - 2 * ${PS-1:A} + ${PS-1:Bx}')
})
