import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigError, Conflict, NotFound } from '#base/errors.ts'
import { applyPlant } from '#plant/apply.ts'
import { addTags, removeDevice, saveDevice, saveTag } from '#plant/configure.ts'
import { DEMO_BROKER, demoBrokerPort, demoConnections, installDemo, removeDemo } from '#plant/demo.ts'
import { exportPlant, renderPlantFile } from '#plant/export.ts'
import { planPlant, renderPlan } from '#plant/plan.ts'
import { parsePlantFile } from '#plant/plant-file.ts'
import { deviceShape, tagShape } from '#plant/shapes.ts'
import { listRules } from '#store/alarm-rules.ts'
import { listDevices } from '#store/devices.ts'
import { listChains } from '#store/escalation.ts'
import { readSettings } from '#store/settings.ts'
import { listTags } from '#store/tags.ts'
import { demoBroker, demoDevices } from '../../simulator/demo-plant.ts'
import { testDatabase } from '../support/database.ts'
import { demoPlant } from '../support/demo-plant.ts'

const SITE = { name: 'Waterworks', timeZone: 'Europe/Lisbon', language: 'pt', publicUrl: '' }
const FILE = {
  synctide: 1,
  site: SITE,
  devices: [
    {
      code: 'PS-01',
      name: 'Pump station',
      protocol: 'modbus',
      connection: { host: '192.168.1.20' },
      tags: [
        {
          name: 'Pressure',
          address: '40001',
          settings: { dataType: 'float' },
          unit: 'bar',
          rules: [{ label: 'Hi', name: 'Pressure high', operator: '>', setpoint: 6, deadband: 0.2 }],
        },
        { name: 'Running', address: 'HR10.3', kind: 'digital', stateText: ['Stopped', 'Running'] },
      ],
    },
    { code: 'PS-02', name: 'Second station', protocol: 'modbus', connection: { host: '192.168.1.21' } },
  ],
}

test('what is applied is what is exported, and applying it again changes nothing', async () => {
  await using t = await testDatabase()
  assert.deepEqual(
    (await applyPlant(t.db, FILE)).map((change) => `${change.action} ${change.object}`),
    ['change site', 'add device PS-01 (2 tags, 1 rules)', 'add device PS-02 (0 tags, 0 rules)'],
  )
  const text = renderPlantFile(await exportPlant(t.db))
  const again = parsePlantFile(text)
  assert.deepEqual(again.devices, parsePlantFile(FILE).devices)
  assert.deepEqual(again.site, SITE)
  assert.equal(text.includes('pollMillis'), false, 'defaults are left out')
  assert.equal(renderPlan(await planPlant(t.db, text)), 'Nothing to change.\n')
})

test('a plan says what it would do, and applying it keeps the ids of what stays', async () => {
  await using t = await testDatabase()
  await applyPlant(t.db, FILE)
  const before = { tags: await listTags(t.db, 'all'), rules: await listRules(t.db, 'all') }
  const edited = structuredClone(FILE)
  const [first] = edited.devices
  const [pressure] = first?.tags ?? []
  const [high] = pressure?.rules ?? []
  assert.ok(first !== undefined && pressure !== undefined && high !== undefined)
  high.setpoint = 7
  high.name = 'Pressure too high'
  first.connection.host = '192.168.1.30'
  edited.devices.pop()
  assert.equal(
    renderPlan(await planPlant(t.db, edited)),
    `- device PS-02 (0 tags, 0 rules)
~ device PS-01
    connection.host: "192.168.1.20" -> "192.168.1.30"
~ rule PS-01 / Pressure / Pressure high
    name: "Pressure high" -> "Pressure too high"
    setpoint: 6 -> 7

0 to add, 2 to change, 1 to remove.
`,
  )
  await applyPlant(t.db, edited)
  assert.deepEqual(await listTags(t.db, 'all'), before.tags)
  const [rule] = await listRules(t.db, 'all')
  assert.equal(rule?.id, before.rules[0]?.id)
  assert.equal(rule?.setpoint, 7)
})

test('a file that cannot be applied changes nothing and says where it is wrong', async () => {
  await using t = await testDatabase()
  await applyPlant(t.db, FILE)
  const before = renderPlantFile(await exportPlant(t.db))
  const broken = { ...FILE, devices: [...FILE.devices, { code: 'PS-03', name: 'Third', protocol: 'modbus', connection: { host: '' } }] }
  await assert.rejects(
    applyPlant(t.db, broken),
    (error) => error instanceof ConfigError && error.field === 'devices[2] (PS-03).connection.host',
  )
  const unknown = { ...FILE, devices: [{ ...FILE.devices[0], protocol: 'mobdus' }] }
  await assert.rejects(applyPlant(t.db, unknown), (error) => error instanceof ConfigError && error.message.includes('did you mean modbus?'))
  const address = { ...FILE, devices: [{ ...FILE.devices[0], tags: [{ name: 'Flow', address: 'XY12' }] }] }
  await assert.rejects(
    applyPlant(t.db, address),
    (error) =>
      error instanceof ConfigError && error.field === 'devices[0] (PS-01).tags[0].address' && error.message.startsWith('PS-01: Flow: '),
  )
  assert.equal(renderPlantFile(await exportPlant(t.db)), before)
})

test('how answers are read and who is told of the system itself stand in the file, by name', async () => {
  await using t = await testDatabase()
  const file = {
    ...FILE,
    contacts: [{ name: 'Ana' }],
    contactGroups: [{ name: 'Shift', members: ['Ana'] }],
    chains: [{ name: 'Night', steps: [{ group: 'Shift' }] }],
    messaging: { replyLanguages: ['pt', 'es'], systemAlarms: { to: 'chain', name: 'night' } },
  }
  await applyPlant(t.db, file)
  const [chain] = await listChains(t.db)
  const { systemRoute, replyLanguages } = await readSettings(t.db)
  assert.deepEqual([systemRoute, replyLanguages], [{ to: 'chain', id: chain?.id }, ['pt', 'es']])
  const text = renderPlantFile(await exportPlant(t.db))
  assert.deepEqual(parsePlantFile(text).messaging, { replyLanguages: ['pt', 'es'], systemAlarms: { to: 'chain', name: 'Night' } })
  assert.equal(renderPlan(await planPlant(t.db, text)), 'Nothing to change.\n')
  await assert.rejects(
    applyPlant(t.db, { ...file, messaging: { systemAlarms: { to: 'group', name: 'Shfit' } } }),
    (error) => error instanceof ConfigError && error.field === 'messaging.systemAlarms.name' && error.remedy === 'Did you mean Shift?',
  )
  // a chain that goes takes its route with it: the contacts that are marked are told
  await applyPlant(t.db, { synctide: 1, chains: [] })
  assert.deepEqual((await exportPlant(t.db)).messaging?.systemAlarms, { to: 'contacts' })
})

test('a device is saved only if its driver can work with it and it is within the scope', async () => {
  await using t = await testDatabase()
  const body = deviceShape.parse({ code: 'A-1', name: 'A', protocol: 'modbus', connection: { host: 'plc' } })
  const device = await saveDevice(t.db, 'all', null, body)
  await assert.rejects(saveDevice(t.db, 'all', null, { ...body, code: 'a-1' }), Conflict)
  await assert.rejects(saveDevice(t.db, 'all', device.id, { ...body, connection: { host: 'plc', port: 0 } }), { field: 'connection.port' })
  await assert.rejects(saveDevice(t.db, [], device.id, body), NotFound)
  await assert.rejects(removeDevice(t.db, [], device.id), NotFound)
  const tags = await addTags(t.db, 'all', device.id, [
    tagShape.parse({ name: 'One', address: 'HR1' }),
    tagShape.parse({ name: 'Two', address: 'HR2', kind: 'digital', stateText: ['Off', 'On'] }),
  ])
  assert.deepEqual(
    tags.map((tag) => [tag.name, tag.stateText]),
    [
      ['One', null],
      ['Two', ['Off', 'On']],
    ],
  )
  const three = tagShape.parse({ name: 'Three', address: 'HR3' })
  await assert.rejects(
    addTags(t.db, 'all', device.id, [three, { ...three, name: 'TWO' }]),
    (error) => error instanceof Conflict && error.message.includes('TWO'),
  )
  assert.equal((await listTags(t.db, 'all')).length, 2, 'all or none')
  await assert.rejects(saveTag(t.db, 'all', tags[0]?.id ?? 0, { ...three, address: '' }), { field: 'address' })
})

test('the demo comes once, follows its ports, keeps edits, and goes for good with its broker', async () => {
  await using t = await testDatabase()
  await using plant = await demoPlant()
  const own = deviceShape.parse({ code: 'EM-01', name: 'Our own meter', protocol: 'modbus', connection: { host: 'meter' } })
  await saveDevice(t.db, 'all', null, own)
  const broker = demoBroker(DEMO_BROKER, 18_830)
  const devices = demoDevices(plant.connections)
  assert.equal(await installDemo(t.db, { devices, broker }), 'installed')
  assert.deepEqual([...new Set(devices.map((device) => device.protocol))].toSorted(), ['csv', 'iec104', 'modbus', 'mqtt', 'opcua'])
  assert.equal((await listDevices(t.db, 'all')).find((device) => device.code === 'EM-01')?.name, 'Our own meter')
  const pump = (await listDevices(t.db, 'all')).find((device) => device.code === 'PS-01')
  assert.ok(pump?.demo)
  await removeDevice(t.db, 'all', pump.id)
  const moved = { ...plant.connections, 'RS-01': { ...plant.connections['RS-01'], port: 16_000 } }
  await installDemo(t.db, { devices: demoDevices(moved), broker: demoBroker(DEMO_BROKER, 18_831) })
  const { 'RS-01': reservoir, 'PS-01': removed } = await demoConnections(t.db)
  assert.deepEqual([reservoir?.['port'], removed], [16_000, undefined])
  assert.equal(await demoBrokerPort(t.db), 18_830, 'the broker stays where somebody may have put it')
  const mine = deviceShape.parse({ code: 'MY-01', name: 'Mine', protocol: 'mqtt', connection: { broker: 'demo' } })
  const user = await saveDevice(t.db, 'all', null, mine)
  await removeDemo(t.db)
  assert.equal(await installDemo(t.db, { devices, broker }), 'removed')
  assert.deepEqual(
    (await listDevices(t.db, 'all')).map((device) => device.name),
    ['Our own meter', 'Mine'],
  )
  assert.equal(await demoBrokerPort(t.db), 18_830, 'somebody has come to use it')
  await removeDevice(t.db, 'all', user.id)
  await removeDemo(t.db)
  assert.equal(await demoBrokerPort(t.db), undefined)
  assert.equal((await readSettings(t.db)).demo, 'removed')
})

test('the demo of an older version is brought in anew, what is not of the demo stays', async () => {
  await using t = await testDatabase()
  await using plant = await demoPlant()
  const broker = demoBroker(DEMO_BROKER, 18_830)
  const devices = demoDevices(plant.connections)
  const pump = devices.find((device) => device.code === 'PS-01')
  assert.ok(pump)
  // as it was when all spoke Modbus and some were not thought of
  const older = devices
    .filter((device) => device.protocol !== 'csv')
    .map((device) => ({ ...pump, code: device.code, name: `Old ${device.code}` }))
  await installDemo(t.db, { devices: older, broker })
  await saveDevice(t.db, 'all', null, deviceShape.parse({ code: 'OWN', name: 'Own', protocol: 'modbus', connection: { host: 'own' } }))
  await installDemo(t.db, { devices, broker })
  const found = (await listDevices(t.db, 'all')).map(({ code, protocol }) => `${code} ${protocol}`)
  assert.deepEqual(found.toSorted(), [...devices.map(({ code, protocol }) => `${code} ${protocol}`), 'OWN modbus'].toSorted())
  const borehole = (await listDevices(t.db, 'all')).find((device) => device.code === 'BH-01')
  assert.deepEqual(
    (await listTags(t.db, 'all', { deviceId: borehole?.id ?? 0 })).map((tag) => tag.name).toSorted(),
    devices
      .find((device) => device.code === 'BH-01')
      ?.tags?.map((tag) => tag.name)
      .toSorted(),
  )
  assert.ok(
    (await listDevices(t.db, 'all')).some((device) => device.code === 'PS-01' && device.name === 'Old PS-01'),
    'an edited one stays',
  )
})
