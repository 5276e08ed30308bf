import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { ActivateSessionRequest, type Message, OPCUAServer, PublishResponse, ServerSecureChannelLayer, StatusCode } from 'node-opcua'
import { hasFlag, QualityFlag, QualitySeverity, severityOf } from '#domain/sample.ts'
import { createDriver } from '#drivers/opcua/driver.ts'
import { FaultProxy } from '../support/fault-proxy.ts'
import { opcuaPlan, type WantedNode } from '../support/opcua-device.ts'
import { PLANT, TestServer } from '../support/opcua-server.ts'
import { recordedContext, type RecordedContext } from '../support/session-context.ts'
import { TcpProxy } from '../support/tcp-proxy.ts'

const folder = mkdtempSync(join(tmpdir(), 'synctide-opcua-loss-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const node = (name: string): WantedNode => [`nsu=${PLANT};s=${name}`]
/** The numbers above 100 that tag 1 was told as current, in order. */
const counted = ({ emitted }: RecordedContext): readonly number[] =>
  emitted.flatMap(({ tagId, value, quality }) =>
    tagId === 1 && typeof value === 'number' && value > 100 && !hasFlag(quality, QualityFlag.Historical) ? [value] : [],
  )
const upTo = (last: number): readonly number[] => Array.from({ length: last - 100 }, (_, index) => 101 + index)

/** The server forgets to send two of its Publish responses that hold something; each costs a Publish request. */
function forgetful(): { readonly forgotten: () => number; readonly stop: () => void } {
  const { prototype } = ServerSecureChannelLayer
  const original = Object.getOwnPropertyDescriptor(prototype, 'send_response')?.value as (...args: unknown[]) => void
  let [seen, forgotten] = [0, 0]
  prototype.send_response = function (...args) {
    const [, response] = args
    const holds = response instanceof PublishResponse && (response.notificationMessage.notificationData?.length ?? 0) > 0
    if (holds && (++seen === 5 || seen === 15)) {
      forgotten++
      return
    }
    Reflect.apply(original, this, args)
  }
  return { forgotten: () => forgotten, stop: () => void Object.assign(prototype, { send_response: original }) }
}

/** From now on the server says nothing to who would go on with a session that it has; `known` counts them. */
function deafToActivation({ server }: TestServer): { readonly known: () => number; readonly stop: () => void } {
  const { prototype } = OPCUAServer as unknown as { prototype: { _on_ActivateSessionRequest(message: Message, channel: unknown): void } }
  const original = Object.getOwnPropertyDescriptor(prototype, '_on_ActivateSessionRequest')?.value as (...args: unknown[]) => void
  let known = 0
  prototype._on_ActivateSessionRequest = function (...args) {
    const { request } = args[0]
    const session = request instanceof ActivateSessionRequest ? server.getSession(request.requestHeader.authenticationToken, true) : null
    if (session?.status === 'active') known++
    else Reflect.apply(original, this, args)
  }
  return { known: () => known, stop: () => void Object.assign(prototype, { _on_ActivateSessionRequest: original }) }
}

test('messages that never arrive are asked for again over the standing link', { timeout: 60_000 }, async () => {
  await using server = await TestServer.start({ exact: true })
  const context = recordedContext({ folder })
  const plan = opcuaPlan({ endpointUrl: server.endpointUrl, samplingInterval: 0, queueSize: 10 }, [node('Flow')])
  await using _session = await createDriver().connect(plan, context)
  await context.until(() => context.emitted.length > 0, 'a first value')
  const silence = forgetful()
  try {
    for (let value = 101; value <= 130; value++) {
      server.set('Flow', value)
      await new Promise((resolve) => setTimeout(resolve, 30))
    }
  } finally {
    silence.stop()
  }
  server.set('Flow', 131)
  await context.until(() => counted(context).includes(131), 'the last change')
  assert.equal(silence.forgotten(), 2)
  assert.deepEqual([...new Set(counted(context))], upTo(131))
  assert.equal(context.counts.get('sequence_gaps') ?? 0, 0)
  assert.equal(context.counts.get('links_lost') ?? 0, 0)
})

test('a message that was on its way when the cable was cut is asked for again', { timeout: 60_000 }, async () => {
  await using server = await TestServer.start({ exact: true })
  let deaf = false
  const nothing = Buffer.alloc(0)
  await using cable = await TcpProxy.start(server.port, (direction, bytes) => (deaf && direction === 'received' ? nothing : bytes))
  const context = recordedContext({ folder })
  const driver = createDriver()
  const plan = opcuaPlan({ endpointUrl: `opc.tcp://127.0.0.1:${cable.port}`, samplingInterval: 0 }, [node('Flow')])
  const session = await driver.connect(plan, context)
  await context.until(() => context.emitted.length > 0, 'a first value')
  for (let value = 101; value <= 105; value++) {
    server.set('Flow', value)
    await context.until(() => counted(context).includes(value), `the change to ${value}`)
  }
  deaf = true
  for (let value = 106; value <= 110; value++) {
    server.set('Flow', value)
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
  cable.cut()
  await session.closed
  await session[Symbol.asyncDispose]()
  deaf = false
  await using _again = await driver.connect(plan, context)
  await context.until(() => counted(context).includes(110), 'what was sent in vain')
  assert.deepEqual([...new Set(counted(context))], upTo(110))
  assert.deepEqual([context.counts.get('resumptions'), context.counts.get('rebuilds')], [1, undefined])
})

test('a server that never answers to its old session is asked three times in all, then for a new one', { timeout: 120_000 }, async (t) => {
  await using server = await TestServer.start({ exact: true })
  await using cable = await FaultProxy.start(server.port)
  const context = recordedContext({ folder: join(folder, 'silent') })
  const driver = createDriver()
  const endpointUrl = `opc.tcp://127.0.0.1:${cable.port}`
  const plan = opcuaPlan({ endpointUrl, samplingInterval: 0, connectTimeoutMillis: 1500 }, [node('Flow')])
  const first = await driver.connect(plan, context)
  await context.until(() => context.emitted.length > 0, 'a first value')
  const { known, stop } = deafToActivation(server)
  t.after(stop)
  cable.cut()
  await first.closed
  await first[Symbol.asyncDispose]()
  for (let attempt = 1; attempt <= 2; attempt++) {
    await assert.rejects(driver.connect(plan, context), /ActivateSession/)
    assert.equal(known(), attempt)
  }
  server.set('Flow', 131)
  await using _again = await driver.connect(plan, context)
  await context.until(() => counted(context).includes(131), 'the new value')
  assert.equal(known(), 3)
  assert.equal(context.counts.get('rebuilds'), 1)
})

test('a session that a killed driver left is found also when the server cannot be reached at first', { timeout: 60_000 }, async () => {
  await using server = await TestServer.start({ exact: true })
  await using cable = await FaultProxy.start(server.port)
  const learned = new Map<string, unknown>()
  const left = recordedContext({ folder: join(folder, 'left'), learned })
  const plan = opcuaPlan({ endpointUrl: `opc.tcp://127.0.0.1:${cable.port}`, samplingInterval: 0, queueSize: 100 }, [node('Flow')])
  const killed = await createDriver().connect(plan, left)
  server.set('Flow', 101)
  await left.until(() => counted(left).includes(101), 'a change')
  cable.refuse(true)
  await killed.closed
  const context = recordedContext({ folder: join(folder, 'left'), learned })
  const driver = createDriver()
  await assert.rejects(driver.connect(plan, context))
  for (let value = 102; value <= 110; value++) {
    server.set('Flow', value)
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
  cable.refuse(false)
  await using _found = await driver.connect(plan, context)
  await context.until(() => context.counts.get('resumptions') === 1, 'the subscription is taken up')
  const told = (): ReadonlySet<unknown> => new Set(context.emitted.map(({ value }) => value))
  await context.until(
    () =>
      upTo(110)
        .slice(1)
        .every((value) => told().has(value)),
    'every change meanwhile',
  )
})

test('nothing is acknowledged before it is safe; while nothing is safe the server keeps the changes', { timeout: 60_000 }, async () => {
  await using server = await TestServer.start({ exact: true })
  let safe = Promise.withResolvers<void>()
  safe.resolve()
  const context = recordedContext({ folder, accepted: async () => await safe.promise })
  const plan = opcuaPlan({ endpointUrl: server.endpointUrl, samplingInterval: 0, queueSize: 500 }, [node('Flow')])
  await using _session = await createDriver().connect(plan, context)
  await context.until(() => context.emitted.length > 0, 'a first value')
  safe = Promise.withResolvers<void>()
  for (let value = 101; value <= 160; value++) {
    server.set('Flow', value)
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
  // the disk is full for longer than keep-alives may be missing: nothing more is asked for, and nobody takes the link for dead
  await new Promise((resolve) => setTimeout(resolve, 2500))
  const told = counted(context).length
  assert.ok(told < 20, `${told} were told although none was safe`)
  assert.equal(context.counts.get('links_lost') ?? 0, 0)
  safe.resolve()
  await context.until(() => counted(context).includes(160), 'the last change')
  assert.deepEqual([...new Set(counted(context))], upTo(160))
})

test('more items than the server watches in one subscription: a second one is made, and both are taken up again', async () => {
  await using server = await TestServer.start({ variables: 120, limits: { items: 20, itemsPerSubscription: 50 } })
  await using cable = await TcpProxy.start(server.port)
  const context = recordedContext({ folder })
  const driver = createDriver()
  const names = Array.from({ length: 120 }, (_, index) => `P${String(index + 1).padStart(4, '0')}`)
  const plan = opcuaPlan({ endpointUrl: `opc.tcp://127.0.0.1:${cable.port}`, samplingInterval: 0 }, names.map(node))
  const session = await driver.connect(plan, context)
  assert.equal(session.facts?.()['Subscriptions open'], 3)
  assert.equal(session.facts?.()['Items watched'], 120)
  cable.cut()
  await session.closed
  await session[Symbol.asyncDispose]()
  await using again = await driver.connect(plan, context)
  assert.equal(context.counts.get('resumptions'), 1)
  assert.equal(again.facts?.()['Subscriptions open'], 3)
  for (const [index, name] of names.entries()) server.set(name, 1000 + index)
  const arrived = new Set<unknown>()
  await context.until(() => {
    for (const { value } of context.emitted) arrived.add(value)
    return names.every((_, index) => arrived.has(1000 + index))
  }, 'a change of each')
  // tags go, and with them the subscriptions that hold nothing more; what comes finds the gaps that they leave
  assert.equal(await again.replan?.(plan.points.slice(0, 45)), true)
  assert.deepEqual([again.facts?.()['Subscriptions open'], again.facts?.()['Items watched']], [1, 45])
  assert.equal(await again.replan?.([...plan.points.slice(0, 40), ...plan.points.slice(60)]), true)
  assert.deepEqual([again.facts?.()['Subscriptions open'], again.facts?.()['Items watched']], [3, 100])
  server.set('P0120', 7)
  await context.until(() => context.emitted.some(({ tagId, value }) => tagId === 120 && value === 7), 'a change of one that came back')
})

test('an edit: a second tag of a node that stands still has its value, one that moved the new one, a refused one says why', async () => {
  await using server = await TestServer.start({ exact: true })
  const context = recordedContext({ folder })
  const nodes = [node('Flow'), node('Text'), node('Nope'), node('Levels[1]')] as const
  const plan = opcuaPlan({ endpointUrl: server.endpointUrl, samplingInterval: 0 }, nodes)
  await using session = await createDriver().connect(plan, context)
  await context.until(() => [1, 2, 3, 4].every((id) => context.emitted.some(({ tagId }) => tagId === id)), 'a sample of each')
  const before = context.emitted.length
  const [flow, text] = nodes
  // the second is renamed only: its address is the same; the fourth moves to another element
  const next = opcuaPlan({ endpointUrl: server.endpointUrl, samplingInterval: 0 }, [
    text,
    text,
    flow,
    node('Levels[3]'),
    flow,
    node('Neither'),
  ])
  assert.equal(await session.replan?.(next.points), true)
  const told = (id: number): unknown => context.emitted.slice(before).findLast(({ tagId }) => tagId === id)?.value
  await context.until(() => [1, 3, 4, 5, 6].every((id) => told(id) !== undefined), 'a sample of each that is new')
  assert.deepEqual([1, 2, 3, 4, 5, 6].map(told), ['Störung', undefined, 12.5, 40, 12.5, null])
  server.set('Text', 'gone on')
  await context.until(() => told(1) === 'gone on' && told(2) === 'gone on', 'the change for both tags')
  assert.equal(session.facts?.()['Items refused'], 1)
})

/** As a vendor defines it for itself. */
class OwnStatus extends StatusCode {
  override readonly value: number
  override readonly name = 'OwnStatus'
  override readonly description = ''
  constructor(value: number) {
    super()
    this.value = value
  }
}

test("a vendor's own status codes keep their severity and their number, pushed and read", async () => {
  await using server = await TestServer.start({ exact: true })
  const driver = createDriver()
  const pushed = recordedContext({ folder })
  const plan = opcuaPlan({ endpointUrl: server.endpointUrl, samplingInterval: 0 }, [node('Flow')])
  await using _session = await driver.connect(plan, pushed)
  await using polled = await driver.connect(opcuaPlan({ ...plan.config, mode: 'poll' }, [node('Flow')]), recordedContext({ folder }))
  const cases = [
    [0x00ee_0000, QualitySeverity.Good],
    [0x00ee_0480, QualitySeverity.Good],
    [0x40ee_0000, QualitySeverity.Uncertain],
    [0x80ee_0000, QualitySeverity.Bad],
    [0x8000_0000, QualitySeverity.Bad],
    [0x80ee_0480, QualitySeverity.Bad],
  ] as const
  for (const [index, [code, severity]] of cases.entries()) {
    const value = 200 + index
    server.variable('Flow').setValueFromSource({ dataType: 'Double', value }, new OwnStatus(code))
    await pushed.until(() => pushed.emitted.at(-1)?.statusCode === (code | 0), `0x${code.toString(16)} pushed`)
    const read = (await polled.poll?.(1, new AbortController().signal))?.at(-1)
    for (const sample of [pushed.emitted.at(-1), read]) {
      assert.equal(severityOf(sample?.quality ?? 0), severity)
      assert.equal((sample?.statusCode ?? 0) >>> 0, code)
      assert.equal(sample?.value, severity === QualitySeverity.Bad ? null : value)
    }
  }
})
