import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { countingRelay } from '../support/counting-relay.ts'
import { startExim } from '../support/exim.ts'
import { ANA, FakeTelegram } from '../support/fake-telegram.ts'
import { type Session, setUp, startInstallation, until } from '../support/installation.ts'
import { startPymodbus, writeRegister } from '../support/modbus-peers.ts'

const POLL_MILLIS = 200
const LEVEL = 0

/** A device of Debian's pymodbus with one tag and a Hi rule with hysteresis; polled through another port where one is given. */
async function addPump(session: Session, port: number, pollPort = port): Promise<{ tagId: number; deviceId: number }> {
  const connection = { host: '127.0.0.1', port }
  const { requestId } = await session.call('POST /api/probe', {
    body: { protocol: 'modbus', connection, tags: [{ name: 'Level', address: `HR${LEVEL}` }] },
  })
  const report = await until('the answer of Test Connection', async () => {
    const answer = await session.call('GET /api/requests/:id', { params: { id: requestId } })
    return answer.state === 'done' ? answer.result : undefined
  })
  assert.equal(report?.ok, true, JSON.stringify(report))
  const device = await session.call('POST /api/devices', {
    body: {
      code: 'PS-01',
      name: 'Pump station',
      protocol: 'modbus',
      pollMillis: POLL_MILLIS,
      connection: { ...connection, port: pollPort },
      // one without tags is asked for a sign of life, and such an answer is no sample
      enabled: false,
    },
  })
  const { tags } = await session.call('POST /api/devices/:id/tags', {
    params: { id: device.id },
    body: { tags: [{ name: 'Level', address: `HR${LEVEL}`, settings: { dataType: 'int16' }, unit: 'cm', decimals: 0 }] },
  })
  await enable(session, device.id, true)
  const tagId = tags[0]?.id ?? 0
  await session.call('POST /api/rules', {
    body: { tagId, label: 'Hi', name: 'Level high', operator: '>', setpoint: 500, deadband: 50, severity: 'critical' },
  })
  return { tagId, deviceId: device.id }
}

async function enable(session: Session, deviceId: number, enabled: boolean): Promise<void> {
  const { devices } = await session.call('GET /api/bootstrap')
  const device = devices.find((one) => one.id === deviceId)
  assert.ok(device !== undefined)
  const { id: _id, demo: _demo, secretsSet: _secrets, ...body } = device
  await session.call('PUT /api/devices/:id', { params: { id: deviceId }, body: { ...body, enabled } })
}

test('from a register of a foreign server to an alarm acknowledged by a reply', { timeout: 120_000 }, async () => {
  await using plc = await startPymodbus()
  await using mail = await startExim()
  await using telegram = await FakeTelegram.start(ANA)
  await using installation = await startInstallation()
  const session = await setUp(installation)
  const { tagId } = await addPump(session, plc.port)

  await session.call('PUT /api/gateways/:channel', {
    params: { channel: 'email' },
    body: { enabled: true, settings: { host: '127.0.0.1', port: mail.port, security: 'none', from: 'tide@plant.test' }, secrets: {} },
  })
  await session.call('PUT /api/gateways/:channel', {
    params: { channel: 'telegram' },
    body: { enabled: true, settings: { baseUrl: telegram.url }, secrets: { token: telegram.token } },
  })
  const tested = await session.call('POST /api/gateways/:channel/test', {
    params: { channel: 'email' },
    body: { address: 'rui@plant.test' },
  })
  assert.equal(tested.ok, true, JSON.stringify(tested.steps))
  await session.call('POST /api/contacts', {
    body: { name: 'Ana', language: 'pt', addresses: [{ channel: 'telegram', address: String(ANA.id) }] },
  })
  await session.call('POST /api/contacts', { body: { name: 'Rui', addresses: [{ channel: 'email', address: 'rui@plant.test' }] } })

  await writeRegister(plc.port, LEVEL, 510)
  const alarm = await until('the alarm', async () => (await session.call('GET /api/alarms')).alarms[0])
  assert.deepEqual([alarm.name, alarm.valueAtRaise, alarm.tagId, alarm.acknowledgedBy], ['Level high', 510, tagId, null])
  const message = await until('the Telegram message', () => telegram.in(ANA.id).find((one) => one.text.includes('Level high')))
  assert.ok(message.buttons.length > 0, 'it can be acknowledged by a press')
  await until('the mail', () => (mail.mailbox().includes('Level high') ? true : undefined))

  // back within the hysteresis: the condition stands
  await writeRegister(plc.port, LEVEL, 460)
  telegram.say(ANA, 'sim')
  const acknowledged = await until('the acknowledgement', async () => {
    const now = (await session.call('GET /api/alarms/:id', { params: { id: alarm.id } })).alarm
    return now.acknowledgedBy === null ? undefined : now
  })
  assert.equal(acknowledged.acknowledgedBy, 'Telegram: Ana S.')
  assert.equal(acknowledged.clearedAt, null, 'acknowledging does not clear')
  await writeRegister(plc.port, LEVEL, 449)
  await until('the end', async () => {
    const now = (await session.call('GET /api/alarms/:id', { params: { id: alarm.id } })).alarm
    return now.closedAt === null ? undefined : true
  })
  assert.equal((await session.call('GET /api/alarms')).alarms.length, 0)
})

test(
  'PostgreSQL is killed and comes back: every answer that the device gave is stored, and the alarm of that time is raised',
  { timeout: 120_000 },
  async () => {
    await using plc = await startPymodbus()
    await using relay = await countingRelay(plc.port)
    await using installation = await startInstallation()
    const session = await setUp(installation)
    const { site } = await session.call('GET /api/settings')
    await session.call('PUT /api/settings', { body: { site, reportByException: { modbus: { enabled: false, heartbeatSeconds: 0 } } } })
    const { tagId, deviceId } = await addPump(session, plc.port, relay.port)
    const samples = async (): Promise<readonly (readonly [number, unknown, number])[]> =>
      (await session.call('GET /api/tags/:id/samples', { params: { id: tagId }, query: { from: 0, to: 4e15, limit: 20_000 } })).samples
    await until('samples', async () => ((await samples()).length > 5 ? true : undefined))

    const before = relay.answered()
    process.kill(postmasterOf(installation.folder), 'SIGKILL')
    await writeRegister(plc.port, LEVEL, 900)
    await until('the polls go on', () => (relay.answered() > before + 10 ? true : undefined))
    const [alarm] = await until('the alarm', async () => {
      const { alarms } = await session.call('GET /api/alarms').catch(() => ({ alarms: [] }))
      return alarms.length > 0 ? alarms : undefined
    })
    assert.equal(alarm?.valueAtRaise, 900)

    await enable(session, deviceId, false)
    const answered = await settled(relay.answered)
    // a machine so busy that a process stood still marks that time in between
    const stored = await settled(async () => (await samples()).filter(([, value]) => value !== null).length)
    // the poll that was under way when the device was switched off may go unheard
    assert.ok(stored === answered || stored === answered - 1, `${stored} samples of ${answered} answers`)
  },
)

/** @returns the number once it has stayed the same for ten looks, 100 ms apart */
async function settled(look: () => number | Promise<number>): Promise<number> {
  let [last, same] = [await look(), 0]
  while (same < 10) {
    await delay(100)
    const now = await look()
    same = now === last ? same + 1 : 0
    last = now
  }
  return last
}

function postmasterOf(folder: string): number {
  return Number(readFileSync(join(folder, 'postgres/cluster/postmaster.pid'), 'utf8').split('\n')[0])
}
