import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { DriverError } from '#base/errors.ts'
import { hasFlag, QualityFlag, QualityReason, reasonOf, type Sample } from '#domain/sample.ts'
import { createDriver } from '#drivers/opcua/driver.ts'
import { until } from '../support/installation.ts'
import { opcuaPlan, type WantedNode } from '../support/opcua-device.ts'
import { OTHER, PLANT, TestServer } from '../support/opcua-server.ts'
import { recordedContext, type RecordedContext } from '../support/session-context.ts'
import { TcpProxy } from '../support/tcp-proxy.ts'

// one folder for all: a key takes long to make
const folder = mkdtempSync(join(tmpdir(), 'synctide-opcua-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const node = (name: string): WantedNode => [`nsu=${PLANT};s=${name}`]
const last = ({ emitted }: RecordedContext, tagId: number): Sample | undefined => emitted.findLast((sample) => sample.tagId === tagId)
const current = ({ emitted }: RecordedContext, tagId: number): readonly Sample[] =>
  emitted.filter((sample) => sample.tagId === tagId && !hasFlag(sample.quality, QualityFlag.Historical))

/** As the runtime does: a session that ended by itself is followed by the next. */
function staysConnected(plan: ReturnType<typeof opcuaPlan>, context: RecordedContext): AsyncDisposable {
  const driver = createDriver()
  const stop = new AbortController()
  const running = (async () => {
    while (!stop.signal.aborted) {
      const session = await driver.connect(plan, { ...context, signal: stop.signal }).catch(() => undefined)
      if (session === undefined) await new Promise((resolve) => setTimeout(resolve, 50))
      else {
        await Promise.race([session.closed, new Promise((resolve) => stop.signal.addEventListener('abort', resolve))])
        await session[Symbol.asyncDispose]()
      }
    }
  })()
  return {
    async [Symbol.asyncDispose]() {
      stop.abort()
      await running
    },
  }
}

test('values arrive by subscription, exact, each with its own time and quality', async () => {
  await using server = await TestServer.start()
  const context = recordedContext({ folder })
  const names = ['Flow', 'Running', 'Total', 'Signed', 'Text', 'Levels[2]', 'Odd[2]', 'Levels', 'Nope', 'Levels[9]']
  const asked = { endpointUrl: server.endpointUrl, queueSize: 10_000, samplingInterval: 1 }
  const plan = opcuaPlan(asked, [...names.map(node), ['nsu=urn:nowhere;s=Flow']])
  await using session = await createDriver().connect(plan, context)
  await context.until(() => plan.points.every(({ tag }) => last(context, tag.id) !== undefined), 'a sample of each tag')
  const values = plan.points.map(({ tag }) => last(context, tag.id)?.value)
  assert.deepEqual(values, [12.5, true, 0xffff_ffff_ffff_fffen, -5, 'Störung', 30, 7, null, null, null, null])
  const reasons = plan.points.slice(7).map(({ tag }) => reasonOf(last(context, tag.id)?.quality ?? 0))
  assert.deepEqual(reasons, [QualityReason.TypeMismatch, QualityReason.BadAddress, QualityReason.BadAddress, QualityReason.BadAddress])

  // the part below the millisecond travels apart
  server.variable('Flow').setValueFromSource({ dataType: 'Double', value: 99 })
  await context.until(() => last(context, 1)?.value === 99, 'the change')
  const { sourceTimestamp, sourcePicoseconds } = server.variable('Flow').readValue()
  const expected = (sourceTimestamp?.getTime() ?? 0) * 1000 + Math.floor(sourcePicoseconds / 1_000_000)
  assert.equal(last(context, 1)?.sourceTimestamp, expected)
  assert.equal(last(context, 1)?.quality, 0)
  const facts = session.facts?.() ?? {}
  assert.equal(facts['Items watched'], 9)
  assert.equal(facts['Items refused'], 2)
  // what the server made of it, not what was asked for
  assert.deepEqual([facts['Queue per tag'], facts['Sampling interval (ms)']], [5000, 50])
})

test('a restart with another order of namespaces: the same tags go on, nothing dies in silence', async () => {
  const first = await TestServer.start({ namespaces: [PLANT, OTHER] })
  const { port } = first
  const context = recordedContext({ folder })
  const plan = opcuaPlan({ endpointUrl: first.endpointUrl }, [node('Flow'), node('Running')])
  await using _device = staysConnected(plan, context)
  await context.until(() => last(context, 2) !== undefined, 'first values')
  await first[Symbol.asyncDispose]()
  await using second = await TestServer.start({ port, namespaces: [OTHER, PLANT] })
  second.set('Flow', 21)
  await context.until(() => last(context, 1)?.value === 21, 'the value after the restart')
  second.set('Flow', 22)
  await context.until(() => last(context, 1)?.value === 22, 'a change after the restart')
  assert.equal(context.counts.get('rebuilds'), 1)
})

test('a tag whose namespace is gone says so after the restart', async () => {
  const first = await TestServer.start()
  const { port } = first
  const context = recordedContext({ folder })
  await using _device = staysConnected(opcuaPlan({ endpointUrl: first.endpointUrl }, [node('Flow')]), context)
  await context.until(() => last(context, 1)?.value === 12.5, 'first value')
  await first[Symbol.asyncDispose]()
  await using _second = await TestServer.start({ port, namespaces: [OTHER] })
  await context.until(() => reasonOf(last(context, 1)?.quality ?? 0) === QualityReason.BadAddress, 'Bad, the address is unknown')
})

test('a cable that was pulled: the same subscription goes on and no change is lost', { timeout: 60_000 }, async () => {
  await using server = await TestServer.start({ exact: true })
  await using cable = await TcpProxy.start(server.port)
  const context = recordedContext({ folder })
  const plan = opcuaPlan({ endpointUrl: `opc.tcp://127.0.0.1:${cable.port}`, samplingInterval: 0 }, [node('Flow'), node('Text')])
  await using _device = staysConnected(plan, context)
  await context.until(() => last(context, 1)?.value === 12.5, 'first value')
  let count = 100
  const counting = setInterval(() => server.set('Flow', ++count), 100)
  try {
    cable.pull()
    await context.until(() => context.counts.get('links_lost') === 1, 'the dead link is seen', 8000)
    cable.putBack()
    await context.until(() => context.counts.get('resumptions') === 1, 'the subscription goes on')
    const reached = count + 3
    await context.until(() => Number(last(context, 1)?.value) >= reached, 'live values')
  } finally {
    clearInterval(counting)
  }
  // the value that was read on return may come before the changes that led to it
  const values = current(context, 1)
    .map((sample) => Number(sample.value))
    .toSorted((a, b) => a - b)
  assert.deepEqual(
    [...new Set(values)].filter((value) => value > 100),
    Array.from({ length: Number(values.at(-1)) - 100 }, (_, index) => 101 + index),
  )
  // what did not change was asked for, so that nobody takes it for gone
  assert.ok(current(context, 2).length >= 2)
  assert.equal(server.sessions, 1)
})

test('one session serves the device, Test Connection and browse, and none is left behind', async () => {
  await using server = await TestServer.start({ maxSessions: 1 })
  const driver = createDriver()
  const context = recordedContext({ folder })
  const plan = opcuaPlan({ endpointUrl: server.endpointUrl }, [node('Flow')])
  {
    await using _session = await driver.connect(plan, context)
    const report = await driver.probe(plan, context, () => undefined)
    assert.deepEqual([report.ok, report.values[0]?.value], [true, '12.5'])
    const page = await driver.browse?.(plan, { parent: null, search: null, cursor: null, limit: 10 }, context)
    assert.ok((page?.nodes.length ?? 0) > 0)
    assert.equal(server.sessions, 1)
    // a second program finds no session left, and is told for how long to wait; in our folder it would go on with ours
    const elsewhere = join(folder, 'second')
    await assert.rejects(
      async () => await createDriver().connect(plan, recordedContext({ folder: elsewhere })),
      (error) => error instanceof DriverError && error.fault === 'limit' && (error.retryAfterMillis ?? 0) >= 60_000,
    )
  }
  assert.equal(server.sessions, 1, 'who browses stays for a while')
  const stop = new AbortController()
  await driver.browse?.(plan, { parent: null, search: null, cursor: null, limit: 10 }, recordedContext({ folder, signal: stop.signal }))
  stop.abort()
  await until('no session is left', () => (server.sessions === 0 ? true : undefined))
  assert.equal(server.sessions, 0)
})

test('a poll that is cancelled mid-call drops its session, and the next one connects', async () => {
  await using server = await TestServer.start()
  await using cable = await TcpProxy.start(server.port)
  const driver = createDriver()
  const plan = opcuaPlan({ endpointUrl: `opc.tcp://127.0.0.1:${cable.port}`, mode: 'poll' }, [node('Flow'), node('Total')])
  const session = await driver.connect(plan, recordedContext({ folder }))
  assert.deepEqual(
    (await session.poll?.(1, new AbortController().signal))
      ?.filter(({ quality }) => quality === 0 || hasFlag(quality, QualityFlag.TimeSubstituted))
      .map(({ value }) => value),
    [12.5, 0xffff_ffff_ffff_fffen],
  )
  cable.pull()
  const stop = new AbortController()
  const polling = session.poll?.(2, stop.signal)
  stop.abort(new Error('cancelled'))
  await assert.rejects(async () => await polling, /cancelled/)
  const started = performance.now()
  await session[Symbol.asyncDispose]()
  assert.ok(performance.now() - started < 20_000, 'it does not wait for the answer of a dead link')
  cable.putBack()
  await using again = await driver.connect(plan, recordedContext({ folder }))
  assert.ok(((await again.poll?.(3, new AbortController().signal))?.length ?? 0) >= 2)
  assert.equal(server.sessions, 1, 'the session of before was taken up again or closed')
})

test('352 variables of a controller with small limits are browsed and proposed at once', async () => {
  await using server = await TestServer.start({ variables: 352, limits: { read: 50, browse: 20, items: 100 } })
  const driver = createDriver()
  const stop = new AbortController()
  const context = recordedContext({ folder, signal: stop.signal })
  const plan = opcuaPlan({ endpointUrl: server.endpointUrl }, [])
  const root = await driver.browse?.(plan, { parent: null, search: null, cursor: null, limit: 50 }, context)
  const plant = root?.nodes.find((one) => one.name === 'Plant')
  assert.deepEqual([plant?.type, plant?.hasChildren, plant?.tag], ['Folder', true, null])
  assert.ok(
    root?.nodes.some((one) => one.name === 'Server'),
    'namespace 0 is visible',
  )
  const seen: string[] = []
  for (let cursor: string | null = null; ;) {
    const page: Awaited<ReturnType<NonNullable<typeof driver.browse>>> | undefined = await driver.browse?.(
      plan,
      { parent: plant?.key ?? '', search: null, cursor, limit: 100 },
      context,
    )
    for (const one of page?.nodes ?? []) if (one.tag !== null) seen.push(one.tag.name)
    cursor = page?.cursor ?? null
    if (cursor === null) break
  }
  assert.equal(seen.filter((name) => /^Plant\.P\d{4}$/.test(name)).length, 352)
  assert.equal(new Set(seen).size, seen.length)
  const found = await driver.browse?.(plan, { parent: null, search: 'p0035', cursor: null, limit: 100 }, context)
  assert.deepEqual(
    found?.nodes.map((one) => one.path).toSorted(),
    ['Plant/P0035', ...[0, 1, 2].map((one) => `Plant/P035${one}`)].filter((path) => path.includes('P0035')),
  )
  stop.abort()
})

test('arrays, units, types and a loop in the tree', async () => {
  await using server = await TestServer.start({
    extend: (plant) => {
      const pump = plant.addObject({ organizedBy: 'ObjectsFolder', browseName: 'Pump', nodeId: 's=Pump' })
      plant.addAnalogDataItem({
        componentOf: pump,
        browseName: 'Pressure',
        nodeId: 's=Pressure',
        dataType: 'Double',
        engineeringUnitsRange: { low: 0, high: 10 },
        engineeringUnits: {
          namespaceUri: 'http://www.opcfoundation.org/UA/units/un/cefact',
          unitId: 4342098,
          displayName: { text: 'bar' },
          description: { text: 'bar' },
        },
        value: { dataType: 'Double', value: 2.5 },
      })
      // the pump contains what contains it
      pump.addReference({ referenceType: 'Organizes', nodeId: 'ns=0;i=85' })
    },
  })
  const driver = createDriver()
  const stop = new AbortController()
  const context = recordedContext({ folder, signal: stop.signal })
  const plan = opcuaPlan({ endpointUrl: server.endpointUrl }, [])
  const search = async (words: string) => await driver.browse?.(plan, { parent: null, search: words, cursor: null, limit: 50 }, context)
  const pressure = (await search('pressure'))?.nodes.find((one) => one.name === 'Pressure')
  assert.deepEqual(pressure?.tag, { name: 'Pump.Pressure', address: `nsu=${PLANT};s=Pressure`, settings: {}, kind: 'analog', unit: 'bar' })
  assert.equal(pressure?.hasChildren, true)
  const levels = (await search('plant/levels'))?.nodes[0]
  assert.deepEqual([levels?.type, levels?.value, levels?.tag], ['Int32[4]', '[10, 20, 30, 40]', null])
  const elements = await driver.browse?.(plan, { parent: levels?.key ?? '', search: null, cursor: null, limit: 50 }, context)
  assert.deepEqual(
    elements?.nodes.map((one) => [one.value, one.tag?.address]),
    [10, 20, 30, 40].map((value, index) => [String(value), `nsu=${PLANT};s=Levels[${index}]`]),
  )
  stop.abort()
})

test('certificates: both sides refuse until both are told to trust; None is not taken instead', { timeout: 60_000 }, async () => {
  await using server = await TestServer.start({ secure: true, user: { name: 'op', password: 'right' } })
  const driver = createDriver()
  const context = recordedContext({ folder })
  const login = { identity: 'userName', userName: 'op', password: 'right' }
  const secure = opcuaPlan({ endpointUrl: server.endpointUrl, securityPolicy: 'Basic256Sha256', ...login }, [node('Flow')])
  const act = async <Result>(name: string, body: unknown = {}): Promise<Result> =>
    (await driver.actions?.[name]?.run(secure, body, context)) as Result
  const failing = async (plan = secure): Promise<string> => {
    const report = await driver.probe(plan, context, () => undefined)
    const step = report.steps.at(-1)
    assert.equal(report.ok, false)
    assert.ok((step?.remedy ?? '') !== '')
    return step?.name ?? ''
  }
  assert.equal(await failing(), 'security')
  await assert.rejects(
    async () => await driver.connect(secure, context),
    (error) => error instanceof DriverError && error.fault === 'certificate' && !error.retriable,
  )
  const { endpoints } = await act<{
    endpoints: { securityPolicy: string; identities: string[]; certificate: { thumbprint: string; trusted: boolean } }[]
  }>('list_endpoints')
  assert.deepEqual([...new Set(endpoints.map((one) => one.securityPolicy))].toSorted(), ['Aes256_Sha256_RsaPss', 'Basic256Sha256', 'None'])
  const thumbprint = endpoints[0]?.certificate.thumbprint ?? ''
  const lists = await act<{ trusted: { thumbprint: string }[]; rejected: { thumbprint: string }[] }>('trust_certificate', { thumbprint })
  assert.deepEqual([lists.trusted.map((one) => one.thumbprint), lists.rejected.length], [[thumbprint], 0])

  // now the server does not trust us
  const refused = await driver.probe(secure, context, () => undefined)
  assert.equal(refused.steps.at(-1)?.name, 'security')
  assert.match(refused.steps.at(-1)?.remedy ?? '', /Trust it on the server/)
  const own = await act<{ der: string; applicationUri: string }>('own_certificate')
  assert.match(own.applicationUri, /^urn:.+:SyncTide$/)
  await server.certificates.trustCertificate(Buffer.from(own.der, 'base64'))
  {
    await using _session = await driver.connect(secure, context)
    await context.until(() => last(context, 1)?.value === 12.5, 'a value over an encrypted channel')
  }
  assert.equal(
    await failing(opcuaPlan({ endpointUrl: server.endpointUrl, securityPolicy: 'Basic256Sha256', ...login, password: 'wrong' }, [])),
    'session',
  )
  assert.equal(
    await failing(opcuaPlan({ endpointUrl: server.endpointUrl, securityPolicy: 'Aes128_Sha256_RsaOaep', ...login }, [])),
    'endpoints',
  )
  assert.equal(await failing(opcuaPlan({ endpointUrl: server.endpointUrl, securityPolicy: 'Basic256Sha256' }, [])), 'session')
  await act('untrust_certificate', { thumbprint })
  await assert.rejects(
    async () => await createDriver().connect(secure, context),
    (error) => error instanceof DriverError && error.fault === 'certificate',
  )
  assert.equal(server.sessions, 0)
})

test('Test Connection names the step that fails, and the node that was meant', async () => {
  await using server = await TestServer.start()
  const driver = createDriver()
  const context = recordedContext({ folder })
  const probe = async (endpointUrl: string, tags: readonly WantedNode[] = []) =>
    await driver.probe(opcuaPlan({ endpointUrl, connectTimeoutMillis: 1000 }, tags), context, () => undefined)
  assert.equal((await probe('opc.tcp://no-such-host.invalid:4840')).steps.at(-1)?.name, 'resolve')
  const closed = await probe('opc.tcp://127.0.0.1:1')
  assert.deepEqual(
    closed.steps.map((step) => [step.name, step.ok]),
    [
      ['resolve', true],
      ['tcp', false],
    ],
  )
  for (const answer of ['', 'HTTP/1.1 400 Bad Request\r\n\r\n']) {
    const other = createServer((socket) => socket.on('error', () => undefined).once('data', () => socket.end(answer)))
    await once(other.listen(0, '127.0.0.1'), 'listening')
    const report = await probe(`opc.tcp://127.0.0.1:${(other.address() as AddressInfo).port}`)
    other.close()
    assert.match(report.steps.at(-1)?.message ?? '', /hung up, or answered with something that is not OPC UA/)
    assert.match(report.steps.at(-1)?.remedy ?? '', /another service may listen there/)
  }
  const good = await probe(server.endpointUrl, [node('Flow'), node('Runing')])
  assert.deepEqual(
    good.steps.map((step) => step.name),
    ['resolve', 'tcp', 'endpoints', 'security', 'session', 'read'],
  )
  assert.equal(good.values[0]?.value, '12.5')
  assert.match(good.values[1]?.problem ?? '', /did you mean nsu=urn:test:plant;s=Running\?/)
  assert.equal(server.sessions, 0)
})
