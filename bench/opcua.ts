// OPC UA beside the client library's own subscription, which we do without; same server, alternately.
// Run: node bench/opcua.ts [--seconds 5] [--rounds 3] [--items 2500] [--holes 1]
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { AttributeIds, OPCUAClient, TimestampsToReturn } from 'node-opcua-client'
import { createDriver } from '#drivers/opcua/driver.ts'
import { systemClock } from '#host/clock.ts'
import { hasFlag, QualityFlag } from '#domain/sample.ts'
import { DeviceRig } from '../test/support/device-rig.ts'
import { opcuaPlan } from '../test/support/opcua-device.ts'
import { recordedContext } from '../test/support/session-context.ts'
import { TcpProxy } from '../test/support/tcp-proxy.ts'
import { machine, option, quantile } from './machine.ts'
import { nameOf, serve, type Served } from '../test/support/served-opcua.ts'

const seconds = option('seconds', 5)
const rounds = option('rounds', 3)
const items = option('items', 2500)
const folder = mkdtempSync(join(tmpdir(), 'synctide-bench-opcua-'))
const NAMESPACE = 'urn:test:plant'
const PUBLISHING = 100
const tagsOf = (count: number): (readonly [string])[] =>
  Array.from({ length: count }, (_, index) => [`nsu=${NAMESPACE};s=${nameOf(index)}`])

/** Milliseconds from the change at the server to the emitted sample. */
async function latencies(server: Served): Promise<number[]> {
  const found: number[] = []
  const context = recordedContext({
    folder,
    emit: (samples) => {
      const now = systemClock.now()
      for (const { sourceTimestamp, quality } of samples) if (quality === 0) found.push((now - sourceTimestamp) / 1000)
    },
  })
  const plan = opcuaPlan({ endpointUrl: server.endpointUrl, publishingInterval: PUBLISHING, samplingInterval: 0 }, tagsOf(items))
  await using _session = await createDriver().connect(plan, context)
  await delay(1000)
  found.length = 0
  server.change(items / 10, 500)
  await delay(seconds * 1000)
  server.change(0, 0)
  return found
}

interface Throughput {
  readonly perSecond: number
  /** Of one core, for each thousand notifications a second. */
  readonly cpuShare: number
}

async function measured(count: () => number): Promise<Throughput> {
  await delay(500)
  const [from, cpu, started] = [count(), process.cpuUsage(), performance.now()]
  await delay(seconds * 1000)
  const spent = process.cpuUsage(cpu)
  const millis = performance.now() - started
  const perSecond = ((count() - from) * 1000) / millis
  return { perSecond, cpuShare: (spent.user + spent.system) / 10 / millis / (perSecond / 1000) }
}

async function ours(server: Served): Promise<Throughput> {
  let received = 0
  const context = recordedContext({ folder, emit: (samples) => void (received += samples.length) })
  const plan = opcuaPlan({ endpointUrl: server.endpointUrl, publishingInterval: PUBLISHING, samplingInterval: 0 }, tagsOf(items))
  await using _session = await createDriver().connect(plan, context)
  return await measured(() => received)
}

async function library(server: Served): Promise<Throughput> {
  let received = 0
  const client = OPCUAClient.create({ endpointMustExist: false })
  await client.connect(server.endpointUrl)
  const session = await client.createSession()
  const subscription = await session.createSubscription2({
    requestedPublishingInterval: PUBLISHING,
    requestedLifetimeCount: 600,
    requestedMaxKeepAliveCount: 10,
    publishingEnabled: true,
  })
  const index = (await session.readNamespaceArray()).indexOf(NAMESPACE)
  for (let at = 0; at < items; at += 500) {
    const nodes = Array.from({ length: Math.min(500, items - at) }, (_, one) => ({
      nodeId: `ns=${index};s=${nameOf(at + one)}`,
      attributeId: AttributeIds.Value,
    }))
    const group = await subscription.monitorItems(nodes, { samplingInterval: 0, queueSize: 100 }, TimestampsToReturn.Both)
    group.on('changed', () => void received++)
  }
  try {
    return await measured(() => received)
  } finally {
    await subscription.terminate()
    await session.close()
    await client.disconnect()
  }
}

/** Milliseconds for one page of all nodes below Plant, with values, units and proposed tags. */
async function browsing(server: Served, variables: number): Promise<number> {
  const stop = new AbortController()
  const context = recordedContext({ folder, signal: stop.signal })
  const driver = createDriver()
  const plan = opcuaPlan({ endpointUrl: server.endpointUrl }, [])
  const started = performance.now()
  const root = await driver.browse?.(plan, { parent: null, search: null, cursor: null, limit: 100 }, context)
  const parent = root?.nodes.find((one) => one.name === 'Plant')?.key ?? ''
  let proposed = 0
  for (let cursor: string | null = null; ;) {
    const page: Awaited<ReturnType<NonNullable<typeof driver.browse>>> | undefined = await driver.browse?.(
      plan,
      { parent, search: null, cursor, limit: 1000 },
      context,
    )
    proposed += page?.nodes.filter((one) => one.tag !== null && one.value !== null).length ?? 0
    cursor = page?.cursor ?? null
    if (cursor === null) break
  }
  const millis = performance.now() - started
  stop.abort()
  if (proposed < variables) throw new Error(`only ${proposed} of ${variables} variables were proposed`)
  return millis
}

/** A pulled cable, under the runtime's real loop: when data is back, and what is missing of a counter that every tag shows. */
async function hole(server: Served, millis: number): Promise<string> {
  await using cable = await TcpProxy.start(Number(new URL(server.endpointUrl.replace('opc.tcp', 'http')).port))
  const tags = Array.from({ length: 100 }, (_, index) => ({
    name: nameOf(index),
    address: `nsu=${NAMESPACE};s=${nameOf(index)}`,
    settings: {},
  }))
  await using rig = new DeviceRig({
    driver: createDriver(),
    connection: { endpointUrl: `opc.tcp://127.0.0.1:${cable.port}`, securityPolicy: 'None', samplingInterval: 0, queueSize: 200 },
    tags,
    timeoutMillis: 2000,
  })
  server.change(100, 500)
  while (rig.readings.length < 300) await delay(50)
  cable.pull()
  await delay(millis)
  cable.putBack()
  const [from, back] = [rig.readings.length, performance.now()]
  while (!rig.readings.slice(from).some(({ sample }) => sample.value !== null)) await delay(5)
  const after = performance.now() - back
  await delay(6000)
  server.change(0, 0)
  let lost = 0
  for (let id = 1; id <= tags.length; id++) {
    // the value that stood there before the first change is none of the counter's
    const counted = rig.readings.flatMap(({ sample }) =>
      sample.tagId === id && sample.value !== null && (hasFlag(sample.quality, QualityFlag.Historical) || sample.quality === 0)
        ? [Number(sample.value)]
        : [],
    )
    const seen = new Set(counted.slice(2))
    lost += Math.max(...seen) - Math.min(...seen) + 1 - seen.size
  }
  return `hole of ${millis / 1000} s: data ${(after / 1000).toFixed(2)} s after the cable is back, ${lost} samples lost`
}

async function memoryOf(endpointUrl: string, tags: number): Promise<string> {
  const child = fork(new URL('opcua-memory.ts', import.meta.url), [endpointUrl, String(tags)])
  const [line] = await once(child, 'message')
  await once(child, 'exit')
  return String(line)
}

try {
  console.log(machine())
  {
    await using server = await serve(items, { call: 1000 })
    const found = await latencies(server)
    console.log(
      `change at the server to emitted sample, ${items} items, published each ${PUBLISHING} ms: p50 ${quantile(found, 0.5).toFixed(0)} ms, p99 ${quantile(found, 0.99).toFixed(0)} ms (${found.length} samples)`,
    )
    const ratios: number[] = []
    for (let round = 1; round <= rounds; round++) {
      server.change(items, 100)
      // who goes first changes, since the server gets faster as it runs
      const first = round % 2 === 1 ? await ours(server) : await library(server)
      const second = round % 2 === 1 ? await library(server) : await ours(server)
      const [mine, theirs] = round % 2 === 1 ? [first, second] : [second, first]
      server.change(0, 0)
      ratios.push(theirs.cpuShare / mine.cpuShare)
      console.log(
        `round ${round}: ours ${mine.perSecond.toFixed(0)} notifications/s at ${mine.cpuShare.toFixed(2)} % of a core for each thousand, the library's own ${theirs.perSecond.toFixed(0)} at ${theirs.cpuShare.toFixed(2)} %`,
      )
    }
    console.log(
      `CPU a notification, library's own / ours: median ${quantile(ratios, 0.5).toFixed(2)}, lowest ${Math.min(...ratios).toFixed(2)}`,
    )
    console.log(`memory of a process that has only read a configuration: ${await memoryOf('', 0)}`)
    console.log(`memory of a process with one session, idle: ${await memoryOf(server.endpointUrl, 0)}`)
    console.log(`memory of a process with one session, 1000 tags: ${await memoryOf(server.endpointUrl, 1000)}`)
    if (option('holes', 1) === 1) for (const millis of [5000, 30_000]) console.log(await hole(server, millis))
  }
  for (const [variables, limit] of [
    [352, 50],
    [10_000, 1000],
  ] as const) {
    await using server = await serve(variables, { call: limit })
    const found: number[] = []
    for (let round = 0; round < rounds; round++) found.push(await browsing(server, variables))
    console.log(
      `connect, browse, values and proposed tags of ${variables} variables at ${limit} a call: ${found.map((one) => one.toFixed(0)).join(', ')} ms`,
    )
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.exit()
