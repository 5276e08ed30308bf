import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { Aedes } from 'aedes'
import { DriverError } from '#base/errors.ts'
import { QualityReason, QualitySeverity, reasonOf, severityOf } from '#domain/sample.ts'
import type { ProbeStep } from '#drivers/driver.ts'
import { createDriver } from '#drivers/mqtt/driver.ts'
import { makeCertificates } from '../support/certificates.ts'
import { until } from '../support/installation.ts'
import { freePort, startMosquitto } from '../support/mosquitto.ts'
import { mqttPlan } from '../support/mqtt-device.ts'
import { type RecordedContext, recordedContext } from '../support/session-context.ts'

const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'synctide-mqtt-'))
const context = (more: Partial<RecordedContext> = {}): RecordedContext => recordedContext({ folder, ...more })
const valuesOf = ({ emitted }: RecordedContext, tagId = 1): unknown[] =>
  emitted.filter((sample) => sample.tagId === tagId).map(({ value }) => value)

test('kill -9 of the broker: the device is absent, and back by itself when the broker is', async () => {
  await using broker = await startMosquitto()
  const seen = context()
  await using _ = await createDriver().connect(mqttPlan({ port: broker.port }, {}, [['a']]), seen)
  await broker.publish('a', '1')
  await seen.until(() => valuesOf(seen).length === 1, 'a value')
  await broker.kill()
  await seen.until(() => typeof seen.absences.at(-1) === 'string', 'the absence')
  assert.match(seen.absences.at(-1) ?? '', /refuses the connection|closed the connection/)
  await broker.restart()
  await seen.until(() => seen.absences.at(-1) === null, 'the return')
  await broker.publish('a', '2')
  await seen.until(() => valuesOf(seen).includes(2), 'a value after it')
})

test('a broker that hangs is noticed by its silence', async () => {
  await using broker = await startMosquitto()
  const seen = context()
  await using _ = await createDriver().connect(mqttPlan({ port: broker.port, keepaliveSeconds: 2 }, {}, [['a']]), seen)
  broker.signal('SIGSTOP')
  await seen.until(() => typeof seen.absences.at(-1) === 'string', 'the absence')
  assert.match(seen.absences.at(-1) ?? '', /silent|does not answer/)
  broker.signal('SIGCONT')
  await seen.until(() => seen.absences.at(-1) === null, 'the return')
  await broker.publish('a', '5')
  await seen.until(() => valuesOf(seen).includes(5), 'a value after it')
})

test('a broker that is not there yet is waited for', async () => {
  await using broker = await startMosquitto()
  await broker.kill()
  const seen = context()
  await using _ = await createDriver().connect(mqttPlan({ port: broker.port }, {}, [['a']]), seen)
  assert.match(seen.absences.at(-1) ?? '', /nothing listens/)
  await broker.restart()
  await seen.until(() => seen.absences.at(-1) === null, 'the connection')
})

test('what comes while we are away waits at the broker, also for a device that joins a little later', async () => {
  await using broker = await startMosquitto(['allow_anonymous true'])
  const plan = (topic: string) => mqttPlan({ port: broker.port }, {}, [[topic]])
  {
    const driver = createDriver()
    const seen = context()
    await using _1 = await driver.connect(plan('a'), seen)
    await using _2 = await driver.connect(plan('b'), context())
    await broker.publish('a', '1', '-q', '1')
    await seen.until(() => valuesOf(seen).length === 1, 'a value')
  }
  await until('the connection has gone', () => (/Client synctide-\w+-B1 disconnected/.test(broker.log()) ? true : undefined))
  for (let value = 2; value <= 4; value++) {
    await broker.publish('a', String(value), '-q', '1')
    await broker.publish('b', String(value * 10), '-q', '1')
  }
  const driver = createDriver()
  const [first, second] = [context(), context()]
  await using _1 = await driver.connect(plan('a'), first)
  await first.until(() => valuesOf(first).length === 3, 'what waited')
  await using _2 = await driver.connect(plan('b'), second)
  await second.until(() => valuesOf(second).length === 3, 'what waited for the second')
  assert.deepEqual(
    [valuesOf(first), valuesOf(second)],
    [
      [2, 3, 4],
      [20, 30, 40],
    ],
  )
})

test('a message is acknowledged only when it is safe, many at once; unsafe ones come again', async () => {
  await using broker = await startMosquitto()
  const safe = Promise.withResolvers<void>()
  const acks = (): number => broker.log().match(/Received PUBACK/g)?.length ?? 0
  const driver = createDriver()
  const seen = context({ accepted: async () => await safe.promise })
  const session = await driver.connect(mqttPlan({ port: broker.port }, {}, [['a']]), seen)
  for (let value = 0; value < 15; value++) await broker.publish('a', String(value), '-q', '1')
  await seen.until(() => valuesOf(seen).length === 15, 'all were read before any was safe')
  assert.equal(acks(), 0)
  await broker.kill()
  await broker.restart()
  safe.resolve()
  await seen.until(() => seen.absences.at(-1) === null, 'the return')
  await broker.publish('a', '99', '-q', '1')
  await seen.until(() => valuesOf(seen).includes(99), 'a value')
  await until('its acknowledgement', () => (acks() >= 1 ? true : undefined))
  await session[Symbol.asyncDispose]()
})

test('without a database the broker keeps what it cannot hand over: nothing lost, nothing twice', async () => {
  await using broker = await startMosquitto(['allow_anonymous true', 'max_queued_messages 10000'])
  const gate = { open: Promise.withResolvers<void>() }
  const seen = context({ accepted: async () => await gate.open.promise })
  await using _ = await createDriver().connect(mqttPlan({ port: broker.port }, {}, [['a']]), seen)
  const script = 'for i in $(seq 1 500); do echo $i; done | mosquitto_pub -h 127.0.0.1 -p "$0" -t a -q 1 -l'
  await run('sh', ['-c', script, String(broker.port)])
  assert.ok(valuesOf(seen).length <= 20, 'the broker sends no more than it may have in flight')
  gate.open.resolve()
  await seen.until(() => valuesOf(seen).length >= 500, 'all of them')
  assert.deepEqual(
    valuesOf(seen),
    Array.from({ length: 500 }, (_, index) => index + 1),
  )
})

test('two programs with one client id: told as such, and without a storm', async () => {
  await using broker = await startMosquitto()
  const [mine, theirs] = [context(), context()]
  await using _1 = await createDriver().connect(mqttPlan({ port: broker.port, clientId: 'twin' }, {}, [['a']]), mine)
  await using _2 = await createDriver().connect(mqttPlan({ port: broker.port, clientId: 'twin' }, {}, [['a']]), theirs)
  const told = (one: RecordedContext): boolean =>
    one.absences.some((text) => text?.includes('Perhaps another client uses the client id "twin"') === true)
  await until('somebody is told', () => (told(mine) || told(theirs) ? true : undefined))
  assert.ok((broker.log().match(/as twin/g)?.length ?? 0) < 20)
})

test('a wrong password is an error that needs a person; with the right one all is well', async () => {
  await using broker = await startMosquitto(['allow_anonymous false', 'password_file FOLDER/passwords'], async (at) => {
    await run('mosquitto_passwd', ['-c', '-b', join(at, 'passwords'), 'plant', 'right'])
  })
  const wrong = mqttPlan({ port: broker.port, username: 'plant', password: 'wrong' }, {}, [['a']])
  await assert.rejects(createDriver().connect(wrong, context()), (error) => error instanceof DriverError && error.fault === 'auth')
  const anonymous = createDriver().connect(mqttPlan({ port: broker.port, version: '5' }, {}, [['a']]), context())
  await assert.rejects(
    anonymous,
    (error) => error instanceof DriverError && error.fault === 'auth' && error.message.includes('without a user name'),
  )
  const right = await createDriver().connect(
    mqttPlan({ port: broker.port, username: 'plant', password: 'right', version: '5' }, {}, [['a']]),
    context(),
  )
  await right[Symbol.asyncDispose]()
})

test('a topic that the broker does not allow: its tag is Bad and the reason is told, the others go on', async () => {
  const broker = await Aedes.createBroker({
    authorizeSubscribe: (_client, subscription, done) => done(null, subscription.topic === 'secret' ? null : subscription),
  })
  const server = createServer((socket) => void broker.handle(socket)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  try {
    const [both, one] = [context(), context()]
    const driver = createDriver()
    await using _1 = await driver.connect(mqttPlan({ port: address.port }, {}, [['open'], ['secret']]), both)
    await using _2 = await driver.connect(mqttPlan({ port: address.port }, {}, [['secret']]), one)
    await both.until(() => both.emitted.length > 0, 'the bad sample')
    assert.deepEqual(
      both.emitted.map(({ tagId, quality }) => [tagId, severityOf(quality), reasonOf(quality)]),
      [[2, QualitySeverity.Bad, QualityReason.BadAddress]],
    )
    await one.until(() => one.absences.length > 0, 'the reason')
    assert.match(one.absences.at(-1) ?? '', /does not allow us to read secret/)
  } finally {
    broker.close()
    server.close()
  }
})

test('TLS: what certificate, why refused, and right with the CA; client certificates', async () => {
  await using broker = await startMosquitto(
    ['allow_anonymous true', 'cafile FOLDER/ca.crt', 'certfile FOLDER/server.crt', 'keyfile FOLDER/server.key', 'require_certificate true'],
    async (at) => await makeCertificates(at, { server: 'IP:127.0.0.1,DNS:broker.plant', client: 'DNS:client' }),
  )
  const file = (name: string): string => readFileSync(join(broker.folder, name), 'utf8')
  const attempt = async (more: Readonly<Record<string, unknown>>): Promise<ProbeStep | undefined> => {
    const report = await createDriver().probe(mqttPlan({ port: broker.port, tls: true, ...more }, {}, []), context(), () => undefined)
    return report.steps.find((step) => !step.ok)
  }
  const client = { ca: file('ca.crt'), clientCertificate: file('client.crt'), clientKey: file('client.key') }
  const unknown = await attempt({})
  assert.equal(unknown?.name, 'tls')
  assert.match(unknown.message, /server, signed by Plant CA.*nobody we trust/)
  assert.match(unknown.remedy ?? '', /SHA-256\) ([0-9A-F]{2}:){31}/)
  assert.match((await attempt({ ...client, serverName: 'elsewhere' }))?.message ?? '', /is for .*broker\.plant.* and not for elsewhere/)
  const bare = await attempt({ ca: client.ca })
  assert.equal(bare?.name, 'login')
  assert.match(bare.message, /wants a client certificate/)
  assert.equal(await attempt(client), undefined)
  assert.equal(await attempt({ ...client, serverName: 'broker.plant' }), undefined)
  assert.equal((await attempt({ ...client, clientKey: file('server.key') }))?.name, 'tls')
  const plain = await attempt({ tls: false })
  assert.equal(plain?.name, 'login')
  assert.match(plain.remedy ?? '', /TLS/)
})

test('Test Connection tells where it ends and what to do', async () => {
  await using broker = await startMosquitto()
  const attempt = async (
    more: Readonly<Record<string, unknown>>,
    tags: readonly [string][] = [],
    connection: Readonly<Record<string, unknown>> = {},
  ) => {
    return await createDriver().probe(mqttPlan({ port: broker.port, ...more }, connection, tags), context(), () => undefined)
  }
  const names = ({ steps }: { steps: readonly ProbeStep[] }): string[] => steps.map(({ name, ok }) => `${name} ${ok ? 'ok' : 'fails'}`)
  assert.deepEqual(names(await attempt({ host: 'no-such-host.invalid' })), ['resolve fails'])
  assert.deepEqual(names(await attempt({ port: await freePort() })), ['resolve ok', 'connect fails'])
  assert.match((await attempt({ tls: true })).steps.at(-1)?.remedy ?? '', /TLS/)
  const web = createServer((socket) =>
    socket.on('error', () => undefined).once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
  )
  await once(web.listen(0, '127.0.0.1'), 'listening')
  const login = (await attempt({ port: (web.address() as AddressInfo).port })).steps.at(-1)
  web.close()
  assert.match(`${login?.message} ${login?.remedy}`, /sends something other than MQTT.*another service may listen there/)
  await broker.publish('here', '42', '-r')
  const good = await attempt({}, [['here']])
  assert.deepEqual(names(good), ['resolve ok', 'connect ok', 'login ok', 'subscribe ok', 'receive ok'])
  assert.deepEqual(
    good.values.map(({ value, good }) => [value, good]),
    [['42', true]],
  )
  assert.ok(good.steps.every((step) => step.remedy === null && step.message.length > 5))
})
