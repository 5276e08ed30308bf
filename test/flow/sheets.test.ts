import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { applyPlant } from '#plant/apply.ts'
import { DEMO_BROKER } from '#plant/demo.ts'
import { exportPlant } from '#plant/export.ts'
import { readWorkbook, writeWorkbook } from '#plant/sheets/workbook.ts'
import type { Sheet } from '#plant/sheets/write-sheets.ts'
import { listRules } from '#store/alarm-rules.ts'
import { listDevices } from '#store/devices.ts'
import { listTags } from '#store/tags.ts'
import { demoBroker, demoDevices } from '../../simulator/demo-plant.ts'
import { demoPlant } from '../support/demo-plant.ts'
import { type ApiReply, type ApiSite, type Credentials, apiSite } from '../support/api-site.ts'

let site: ApiSite
let engineer: Credentials

before(async () => {
  site = await apiSite({ tagsOfA: 3 })
  engineer = await site.session(await site.user('engineer'))
})
after(async () => await site[Symbol.asyncDispose]())

interface Plan {
  readonly problems: readonly { place: string; row: number; column: string; message: string; remedy: string }[]
  readonly problemCount: number
  readonly changes: readonly { action: string; object: string }[]
  readonly counts: { add: number; change: number; remove: number }
}

const csv = (name: string, text: string): { name: string; content: string } => ({ name, content: Buffer.from(text).toString('base64') })
const plan = async (files: unknown, remove = false): Promise<Plan> => {
  const reply = await site.call('POST /api/sheets/plan', engineer, { files, remove })
  assert.equal(reply.status, 200, JSON.stringify(reply.body))
  return reply.body as unknown as Plan
}
const apply = async (files: unknown, remove = false): Promise<ApiReply> =>
  await site.call('POST /api/sheets/apply', engineer, { files, remove })
const plantNow = async (): Promise<unknown> => (await exportPlant(site.db)).devices

test('what is exported is imported without a difference, as workbook and as CSV with comma', async () => {
  const { body } = await site.call('GET /api/sheets', engineer)
  const workbook = await readWorkbook({ name: 'x', bytes: Buffer.from(String(body['content']), 'base64') })
  assert.deepEqual(
    workbook.map((sheet) => sheet.title),
    ['Devices', 'Tags', 'Rules', 'Guide'],
  )
  assert.equal(workbook[1]?.rows.length, 5)
  const same = await plan([{ name: 'plant.xlsx', content: body['content'] }], true)
  assert.deepEqual([same.problems, same.changes], [[], []])
  for (const sheet of ['Devices', 'Tags', 'Rules']) {
    const file = (await site.call(`GET /api/sheets?format=csv&sheet=${sheet}&decimal=comma`, engineer)).body
    assert.deepEqual((await plan([{ name: String(file['name']), content: file['content'] }], true)).changes, [], sheet)
  }
})

test('plan, apply, undo: ids of what stays are kept, and the plant is as it was', async () => {
  const original = await plantNow()
  const tagsBefore = await listTags(site.db, 'all')
  const files = [
    csv('devices.csv', 'code;protocol;connection.host;name\nC;modbus;10.0.0.9;Third'),
    csv('tags.csv', 'device;name;address;scale;unit\nA;A0;HR0;0,1;bar\nC;Flow;40001;1;m³/h\nC;Level;40003;;'),
    csv('rules.csv', 'device;tag;name;operator;setpoint;severity\nA;A0;High;>;7,5;critical\nC;Flow;Low;<;2;'),
  ]
  const before = await plan(files)
  assert.deepEqual(before.problems, [])
  assert.deepEqual(
    before.changes.map((change) => `${change.action} ${change.object}`),
    ['change tag A / A0', 'add rule A / A0 / High', 'add device C (2 tags, 1 rules)'],
  )
  assert.deepEqual(await plantNow(), original, 'a plan changes nothing')
  const applied = await apply(files)
  assert.deepEqual([applied.status, applied.body], [200, { applied: 3 }])
  const [first] = await listTags(site.db, 'all')
  assert.deepEqual([first?.id, first?.scale, first?.unit], [tagsBefore[0]?.id, 0.1, 'bar'])
  assert.deepEqual(
    (await listRules(site.db, 'all')).map((rule) => [rule.name, rule.setpoint, rule.slot, rule.severity]),
    [
      ['High', 7.5, 1, 'critical'],
      ['Low', 2, 1, 'warning'],
    ],
  )
  assert.equal((await plan(files)).changes.length, 0)
  const last = (await site.call('GET /api/sheets/last', engineer)).body['last'] as { who: string; files: string[]; undoneAt: unknown }
  assert.deepEqual([last.files, last.undoneAt], [['devices.csv', 'tags.csv', 'rules.csv'], null])
  const undone = await site.call('POST /api/sheets/undo', engineer)
  assert.deepEqual([undone.status, undone.body], [200, { undone: 3 }])
  assert.deepEqual(await plantNow(), original)
  assert.deepEqual(
    (await listTags(site.db, 'all')).map((tag) => tag.id),
    tagsBefore.map((tag) => tag.id),
  )
  const again = await site.call('POST /api/sheets/undo', engineer)
  assert.equal(again.status, 409)
  const audit = await site.db.query<{ action: string; object: string }>(
    `select action, object from audit where action like '%sheets%' order by id`,
  )
  assert.deepEqual(
    audit.slice(-2).map((entry) => entry.action),
    ['POST /api/sheets/plan', 'POST /api/sheets/undo'],
  )
})

test('an undo that would lose what was changed since is refused by name', async () => {
  assert.equal((await apply([csv('t.csv', 'device,name,unit\nA,A1,kPa')])).status, 200)
  const tag = (await listTags(site.db, 'all')).find((one) => one.name === 'A2')
  assert.ok(tag !== undefined)
  const { id, deviceId: _, ...body } = tag
  assert.equal((await site.call(`PUT /api/tags/${id}`, engineer, { ...body, unit: 'rpm' })).status, 200)
  const refused = await site.call('POST /api/sheets/undo', engineer)
  assert.equal(refused.status, 409)
  assert.match(String(refused.body['message']), /tag A \/ A2/)
  assert.equal((await site.call(`PUT /api/tags/${id}`, engineer, body)).status, 200)
  assert.equal((await site.call('POST /api/sheets/undo', engineer)).status, 200, 'once that is taken back')
})

test('the driver is asked about every row; one wrong row keeps all out', async () => {
  const original = await plantNow()
  const files = [
    csv(
      'Tags.csv',
      'device,name,address,settings.dataType,settings.length\nA,N1,HR1,float,\nA,N2,XY1,,\nA,N3,HR2,string,\nB,N4,40001,uint99,',
    ),
    csv('Devices.csv', 'code,protocol,connection.host,connection.port\nD,modbus,,502\nE,modbus,plc,99999'),
  ]
  const { problems, changes } = await plan(files)
  assert.deepEqual(changes, [])
  assert.deepEqual(
    problems.map(({ place, row, column }) => [place, row, column]),
    [['Tags.csv', 5, 'settings.dataType']],
  )
  files[0] = csv('Tags.csv', 'device,name,address,settings.dataType,settings.length\nA,N1,HR1,float,\nA,N2,XY1,,\nA,N3,HR2,string,')
  const deeper = await plan(files)
  assert.deepEqual(
    deeper.problems.map(({ place, row, column }) => [place, row, column]),
    [
      ['Tags.csv', 3, 'address'],
      ['Tags.csv', 4, 'settings.length'],
      ['Devices.csv', 2, 'connection.host'],
      ['Devices.csv', 3, 'connection.port'],
    ],
  )
  const refused = await apply(files)
  assert.equal(refused.status, 422, JSON.stringify(refused.body))
  assert.deepEqual(await plantNow(), original)
})

test('tags that a device can no longer read are told although no row speaks of them', async () => {
  const { problems } = await plan([csv('d.csv', 'code,connection.maxBlock,connection.addressOffset\nA,1,1')])
  assert.match(problems[0]?.message ?? '', /a0: .*HR0/i)
})

test('an engineer of some devices exports those and imports nothing', async () => {
  const confined = await site.session(await site.user('engineer', [site.a.deviceId]))
  const { body } = await site.call('GET /api/sheets?format=csv&sheet=Devices', confined)
  const text = Buffer.from(String(body['content']), 'base64').toString()
  assert.match(text, /\r\nA,/)
  assert.doesNotMatch(text, /\r\nB,/)
  for (const key of ['POST /api/sheets/plan', 'POST /api/sheets/apply'])
    assert.equal((await site.call(key, confined, { files: [csv('t.csv', 'device,name\nA,A0')] })).status, 403)
  assert.equal((await site.call('POST /api/sheets/undo', confined)).status, 403)
})

test('the demo plant comes back as it went', async () => {
  const before = (await exportPlant(site.db)).devices ?? []
  await using simulated = await demoPlant()
  const brokers = [demoBroker(DEMO_BROKER, 18_830)]
  await applyPlant(site.db, { synctide: 1, brokers, devices: [...before, ...demoDevices(simulated.connections)] })
  const { body } = await site.call('GET /api/sheets', engineer)
  const same = await plan([{ name: 'plant.xlsx', content: body['content'] }], true)
  assert.deepEqual([same.problems, same.changes], [[], []])
  await applyPlant(site.db, { synctide: 1, brokers: [], devices: before })
})

test('five thousand tags with their rules are in, changed, as they were, and out again', async () => {
  const names = Array.from({ length: 5000 }, (_, index) => `Bulk ${index}`)
  const rulesAt = (setpoint: number): Sheet => ({
    name: 'Rules',
    rows: [['device', 'tag', 'name', 'operator', 'setpoint'], ...names.map((name) => ['A', name, 'High', '>', setpoint])],
  })
  const tags: Sheet = {
    name: 'Tags',
    rows: [['device', 'name', 'address', 'unit'], ...names.map((name, index) => ['A', name, `HR${index}`, 'kWh'])],
  }
  const workbook = async (...sheets: Sheet[]): Promise<unknown> => [
    { name: 'many.xlsx', content: Buffer.from(await writeWorkbook(sheets)).toString('base64') },
  ]
  const files = await workbook(tags, rulesAt(1))
  assert.equal((await plan(files)).counts.add, 5000)
  assert.deepEqual((await apply(files)).body, { applied: 5000 })
  const higher = await workbook(rulesAt(2))
  assert.deepEqual((await apply(higher)).body, { applied: 5000 })
  assert.ok((await listRules(site.db, 'all')).every((rule) => rule.setpoint === 2 && rule.version === 2))
  assert.deepEqual((await site.call('POST /api/sheets/undo', engineer)).body, { undone: 5000 })
  assert.ok((await listRules(site.db, 'all')).every((rule) => rule.setpoint === 1))
  const few = await workbook({
    name: 'Tags',
    rows: [
      ['device', 'name'],
      ['A', 'A0'],
      ['A', 'A1'],
      ['A', 'A2'],
    ],
  })
  assert.equal((await apply(few, true)).status, 200)
  assert.equal((await listTags(site.db, 'all')).length, 4)
})

test('a plant of devices that the file leaves out goes when asked', async () => {
  await applyPlant(site.db, {
    synctide: 1,
    devices: [...((await exportPlant(site.db)).devices ?? []), { code: 'Z', name: 'Z', protocol: 'modbus', connection: { host: 'z' } }],
  })
  const file = [csv('devices.csv', 'code\nA\nB')]
  assert.deepEqual((await plan(file)).counts, { add: 0, change: 0, remove: 0 })
  assert.deepEqual(
    (await plan(file, true)).changes.map((change) => change.object),
    ['device Z (0 tags, 0 rules)'],
  )
  assert.equal((await apply(file, true)).status, 200)
  assert.deepEqual(
    (await listDevices(site.db, 'all')).map((device) => device.code),
    ['A', 'B'],
  )
})
