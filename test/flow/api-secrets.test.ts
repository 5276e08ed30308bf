import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { InquiryKind, inquiryShape } from '#drivers/inquiry.ts'
import { openKey, unsealFields } from '#host/secrets.ts'
import { sealedBrokerSecrets } from '#store/brokers.ts'
import { sealedSecrets } from '#store/devices.ts'
import { claimRequest } from '#store/requests.ts'
import { until } from '../support/alarm-plant.ts'
import { type ApiReply, type ApiSite, type Credentials, apiSite } from '../support/api-site.ts'

const SECRET = 'correct-horse-battery'
let site: ApiSite
let engineer: Credentials
before(async () => {
  site = await apiSite()
  engineer = await site.session(await site.user('administrator'))
})
after(async () => await site[Symbol.asyncDispose]())

const BROKER = { code: 'PLANT', name: 'Plant', settings: { host: 'broker.local' }, secrets: { password: SECRET } }
const DEVICE = { code: 'M', name: 'M', protocol: 'mqtt', connection: { broker: 'PLANT', topicPrefix: 'plant' } }

async function call(key: string, body?: unknown, who = engineer): Promise<ApiReply> {
  const reply = await site.call(key, who, body)
  assert.equal(JSON.stringify(reply.body).includes(SECRET), false, `${key} tells a secret`)
  return reply
}

test('a broker: kept with its secret sealed, edited without it, renamed with its devices, and not removed while one uses it', async () => {
  const made = await call('POST /api/brokers', BROKER)
  assert.equal(made.status, 200, JSON.stringify(made.body))
  assert.deepEqual(made.body['secretsSet'], ['password'])
  const id = Number(made.body['id'])
  const kept = async (): Promise<unknown> =>
    unsealFields(openKey(site.dataFolder), (await sealedBrokerSecrets(site.db, { id })).get(id) ?? null)
  assert.deepEqual(await kept(), { password: SECRET })

  const unknown = await call('POST /api/devices', { ...DEVICE, connection: { ...DEVICE.connection, broker: 'PLAN' } })
  assert.deepEqual([unknown.status, unknown.body['field']], [422, 'connection.broker'])
  assert.match(String(unknown.body['remedy']), /PLANT/)
  const device = await call('POST /api/devices', DEVICE)
  assert.equal(device.status, 200, JSON.stringify(device.body))

  const edited = await call(`PUT /api/brokers/${id}`, { ...BROKER, code: 'MAIN', secrets: {} })
  assert.deepEqual([edited.status, edited.body['secretsSet']], [200, ['password']])
  assert.deepEqual(await kept(), { password: SECRET }, 'left out is unchanged')
  // the feed hears of the change a moment later
  await until(async () => {
    const { body } = await call('GET /api/bootstrap')
    const devices = body['devices'] as { code: string; connection: { broker?: string } }[]
    return devices.find((one) => one.code === 'M')?.connection.broker === 'MAIN'
  }, 'the device follows the new code')

  const refused = await call(`DELETE /api/brokers/${id}`)
  assert.equal(refused.status, 409)
  assert.match(String(refused.body['message']), /used by M/)
  const plant = (await call('GET /api/plant')).body as { brokers: { code: string }[] }
  assert.deepEqual(
    plant.brokers.map((one) => one.code),
    ['MAIN'],
  )
  // the file of a site says who hangs on whom; without the broker the device cannot be
  const without = await call('POST /api/plant/plan', { synctide: 1, brokers: [] })
  assert.equal(without.status, 422)
  assert.match(String(without.body['message']), /M: There is no .*MAIN/)
  assert.deepEqual((await call('POST /api/plant/plan', { synctide: 1, brokers: plant.brokers })).body, { changes: [] })

  await call(`PUT /api/brokers/${id}`, { ...BROKER, code: 'MAIN', secrets: { password: '' } })
  assert.deepEqual(await kept(), {}, 'empty is taken away')
  assert.equal((await call(`DELETE /api/devices/${Number(device.body['id'])}`)).status, 200)
  assert.equal((await call(`DELETE /api/brokers/${id}`)).status, 200)
})

test('a device: a secret never stands in its connection; a test of the edited form has the one that is kept, sealed', async () => {
  const opcua = {
    code: 'O',
    name: 'O',
    protocol: 'opcua',
    connection: { endpointUrl: 'opc.tcp://plc:4840', identity: 'userName', userName: 'ana' },
  }
  const misplaced = await call('POST /api/devices', { ...opcua, connection: { ...opcua.connection, password: 'in the open' } })
  assert.deepEqual([misplaced.status, misplaced.body['field']], [422, 'connection.password'])
  const stranger = await call('POST /api/devices', { ...opcua, secrets: { pasword: SECRET } })
  assert.deepEqual([stranger.status, stranger.body['field']], [422, 'connection.pasword'])
  const made = await call('POST /api/devices', { ...opcua, secrets: { password: SECRET } })
  assert.equal(made.status, 200, JSON.stringify(made.body))
  const deviceId = Number(made.body['id'])
  const key = openKey(site.dataFolder)
  assert.deepEqual(unsealFields(key, (await sealedSecrets(site.db, { id: deviceId })).get(deviceId) ?? null), { password: SECRET })

  const edited = { ...opcua.connection, userName: 'eva' }
  const { status } = await call('POST /api/probe', { deviceId, protocol: 'opcua', connection: edited })
  assert.equal(status, 200)
  const request = await claimRequest(site.db, 'driver-opcua', 'test', 60, [InquiryKind.Probe])
  assert.equal(JSON.stringify(request?.body).includes(SECRET), false)
  const inquiry = inquiryShape.parse(request?.body)
  assert.deepEqual(unsealFields(key, Buffer.from(inquiry.secrets ?? '', 'base64')), { password: SECRET })
  assert.equal(inquiry.connection['userName'], 'eva')
  // a folder of files is named by the code, also before there is a device
  await call('POST /api/probe', { code: 'LAB-1', protocol: 'csv', connection: {} })
  const fresh = await claimRequest(site.db, 'driver-csv', 'test', 60, [InquiryKind.Probe])
  assert.equal(inquiryShape.parse(fresh?.body).code, 'LAB-1')

  const everything = await site.db.query<{ text: string }>(
    `select (select json_agg(a)::text from audit a) || (select json_agg(r)::text from requests r) || (select json_agg(d)::text from devices d) as text`,
  )
  assert.equal(everything[0]?.text.includes(SECRET), false)
})

test('a secret that is kept goes to another address only when it is entered again, by whatever way the address comes', async () => {
  const connection = { endpointUrl: 'opc.tcp://plc:4840', identity: 'userName', userName: 'ana' }
  const opcua = { code: 'P', name: 'P', protocol: 'opcua', connection, secrets: { password: SECRET } }
  const deviceId = Number((await call('POST /api/devices', opcua)).body['id'])
  const brokerId = Number((await call('POST /api/brokers', { ...BROKER, code: 'B' })).body['id'])
  const elsewhere = { ...connection, endpointUrl: 'opc.tcp://mine:4840' }
  const file = (await call('GET /api/plant')).body as unknown as { devices: { code: string; connection: object }[] }
  const devices = file.devices.map((one) => (one.code === 'P' ? { ...one, connection: elsewhere } : one))
  for (const [key, body] of [
    [`PUT /api/devices/${deviceId}`, { ...opcua, connection: elsewhere, secrets: {} }],
    ['POST /api/probe', { deviceId, protocol: 'opcua', connection: elsewhere }],
    ['POST /api/browse', { deviceId, protocol: 'opcua', connection: elsewhere }],
    [`PUT /api/brokers/${brokerId}`, { ...BROKER, code: 'B', settings: { host: 'mine.local' }, secrets: {} }],
    [`PUT /api/brokers/${brokerId}`, { ...BROKER, code: 'B', settings: { ...BROKER.settings, port: 1884 }, secrets: {} }],
    ['POST /api/brokers/probe', { id: brokerId, protocol: 'mqtt', settings: { host: 'mine.local' } }],
    ['POST /api/plant/plan', { synctide: 1, devices }],
  ] as const) {
    const reply = await call(key, body)
    assert.equal(reply.status, 422, `${key} ${JSON.stringify(reply.body)}`)
    assert.match(String(reply.body['field']), /password$/)
    assert.match(String(reply.body['remedy']), /again/)
  }
  assert.equal((await call(`PUT /api/devices/${deviceId}`, { ...opcua, connection: elsewhere })).status, 200)
  // what holds when it is left out is no other address
  assert.equal(
    (await call(`PUT /api/brokers/${brokerId}`, { ...BROKER, code: 'B', settings: { host: 'broker.local', port: 1883 }, secrets: {} }))
      .status,
    200,
  )
  assert.equal(
    (await call(`PUT /api/brokers/${brokerId}`, { ...BROKER, code: 'B', settings: { host: 'mine.local' }, secrets: { password: '' } }))
      .status,
    200,
  )
})

test('whoever is confined to a device sees its broker only, changes none and looks through no other', async () => {
  const ids: number[] = []
  for (const code of ['ONE', 'TWO']) ids.push(Number((await call('POST /api/brokers', { ...BROKER, code })).body['id']))
  const device = await call('POST /api/devices', { ...DEVICE, code: 'C', connection: { broker: 'ONE', topicPrefix: 'plant' } })
  const deviceId = Number(device.body['id'])
  const confined = await site.session(await site.user('engineer', [deviceId]))
  const { body } = await call('GET /api/brokers', undefined, confined)
  assert.deepEqual(
    (body as unknown as { code: string }[]).map((one) => one.code),
    ['ONE'],
  )
  assert.equal((await call(`PUT /api/brokers/${ids[0]}`, BROKER, confined)).status, 403)
  for (const form of [
    { deviceId, protocol: 'mqtt', connection: { broker: 'TWO', topicPrefix: 'plant' } },
    { deviceId: null, protocol: 'mqtt', connection: { broker: 'ONE', topicPrefix: 'plant' } },
  ]) {
    for (const key of ['POST /api/probe', 'POST /api/browse'])
      assert.equal((await call(key, form, confined)).status, 403, `${key} ${JSON.stringify(form)}`)
  }
  const own = { deviceId, protocol: 'mqtt', connection: { broker: 'ONE', topicPrefix: 'plant' } }
  assert.equal((await call('POST /api/probe', own, confined)).status, 200)
})
