import { asError, DriverError } from '#base/errors.ts'
import type { DevicePlan, ProbeReport, ProbeStep, SessionContext } from '../driver.ts'
import { nameOf, openTcp } from '../open-tcp.ts'
import { type Found, ProbeSteps, resolveHost } from '../probe-steps.ts'
import { endpointOf, type OpcUaConfig, type OpcUaPoint } from './config.ts'
import { formatNodeAddress } from './core/node-id.ts'
import { nearestNode } from './core/nearest-node.ts'
import { conditionOf, isBad, isGood, Status, statusText } from './core/status.ts'
import type { Conversation } from './conversation.ts'
import { SERVER, connectError, policyError } from './link-errors.ts'
import { checkedServerCertificate, Link, policyNameOf, type LinkOptions } from './link.ts'
import { addressOf } from './node-page.ts'
import { resolveNodes } from './node-table.ts'
import { childrenOf } from './references.ts'
import { SampleMaker } from './sample-maker.ts'
import type { Server } from './server.ts'
import type { Sample } from '#domain/sample.ts'
import { resolveNodeId } from 'node-opcua-client'

type Plan = DevicePlan<OpcUaConfig, OpcUaPoint>

/** The address space is looked through for a name that was meant, but not for ever. */
const NEAREST_MILLIS = 4000
const NEAREST_NODES = 20_000

/**
 * Test Connection, step by step: find the host, reach the port, ask for the endpoints, agree on security, log in, read. Uses the
 * session that is open already, since controllers have few. Never throws for a server that misbehaves.
 */
export async function probeServer(
  plan: Plan,
  context: SessionContext,
  conversation: Conversation,
  options: LinkOptions,
  onStep: (step: ProbeStep) => void,
): Promise<ProbeReport> {
  const steps = new ProbeSteps(context.clock, onStep, (thrown) => connectError(thrown, plan.config))

  const isLive = conversation.contact !== undefined
  const found = await steps.run('resolve', async () => await resolveHost(endpointOf(plan.config.endpointUrl).host, SERVER))
  const reached = found && (isLive || (await steps.run('tcp', async () => await reachPort(plan.config, context.signal))))
  const offered = reached && (await steps.run('endpoints', async () => await askEndpoints(plan, options)))
  const secured = offered && (isLive || (await steps.run('security', async () => await agreeOnSecurity(offered, options))))
  const contact = secured && (await steps.run('session', async () => await logIn(conversation, isLive, context.signal)))
  const values = contact && (await steps.run('read', async () => await readTags(plan, context, contact.server)))
  return { ok: values !== undefined, steps: steps.all, values: values ?? [] }
}

async function reachPort(config: OpcUaConfig, signal: AbortSignal): Promise<Found<true>> {
  const endpoint = endpointOf(config.endpointUrl)
  const socket = await openTcp(endpoint, SERVER, config.connectTimeoutMillis, signal)
  socket.destroy()
  return [`${nameOf(endpoint)} accepts the connection`, true]
}

async function askEndpoints(plan: Plan, options: LinkOptions): Promise<readonly [string, Awaited<ReturnType<typeof Link.discover>>]> {
  const endpoints = await Link.discover(options)
  const names = [...new Set(endpoints.map(policyNameOf))]
  const { securityPolicy, securityMode } = plan.config
  const wanted = securityPolicy === 'None' ? 'None' : `${securityPolicy} ${securityMode}`
  if (!names.includes(wanted)) throw policyError(plan.config, undefined, names.join(', '))
  return [`The server offers ${names.join(', ')}`, endpoints]
}

async function agreeOnSecurity(endpoints: Awaited<ReturnType<typeof Link.discover>>, options: LinkOptions): Promise<Found<true>> {
  const { securityPolicy, securityMode } = options.config
  const certificate = securityPolicy === 'None' ? null : await checkedServerCertificate(endpoints, options)
  const link = await Link.open(options, certificate)
  await link.close()
  if (certificate === null) return ['Plain text, as chosen: nothing is encrypted', true]
  return [`Both sides trust each other; ${securityPolicy} with ${securityMode}`, true]
}

async function logIn(
  conversation: Conversation,
  isLive: boolean,
  signal: AbortSignal,
): Promise<readonly [string, NonNullable<Conversation['contact']>]> {
  const contact = await conversation.ready(signal)
  const { product } = contact.server.introduction
  const server = product === '' ? 'the server' : product
  return [isLive ? `Uses the session with ${server} that is open already` : `Logged in to ${server}`, contact]
}

async function readTags(plan: Plan, context: SessionContext, server: Server): Promise<readonly [string, ProbeReport['values']]> {
  if (plan.points.length === 0) {
    await server.pulse(context.signal)
    return ['The server answers; there are no tags to read yet', []]
  }
  const statuses = await readStatuses(plan, context, server)
  const unknown = plan.points.filter(({ tag }) => conditionOf(statuses.get(tag.id)?.status ?? 0) === Status.BadNodeIdUnknown)
  const hints = unknown.length === 0 ? new Map<number, string>() : await nearestNodes(unknown, server, context.signal)
  const values = plan.points.map(({ tag }) => {
    const read = statuses.get(tag.id)
    const status = read?.status ?? Status.BadNoData
    const text = statusText(status)
    const hint = hints.get(tag.id)
    const problem = text === '' ? null : hint === undefined ? text : `${text}; did you mean ${hint}?`
    return { tagName: tag.name, value: read?.value ?? '', good: isGood(status), problem }
  })
  const good = values.filter((one) => one.good).length
  if (good > 0)
    return [good === values.length ? `${good} of ${good} tags read` : `${good} of ${values.length} tags read; see the others below`, values]
  const [first] = values
  throw new DriverError('address', `The server answers, but gives no value: ${first?.problem ?? ''}`, {
    remedy: 'Browse the server and compare the node ids.',
  })
}

async function readStatuses(
  plan: Plan,
  context: SessionContext,
  server: Server,
): Promise<ReadonlyMap<number, { readonly status: number; readonly value: string }>> {
  const { nodes, refused } = await resolveNodes(plan.points, server, context.signal)
  const wanted = nodes.map(({ nodeId }) => ({ nodeId, attributeId: 13 }))
  const answers = await server.read(wanted, plan.device.timeoutMillis, context.signal)
  const statuses = new Map<number, { readonly status: number; readonly value: string }>(
    refused.map(({ tagId, status }) => [tagId, { status, value: '' }]),
  )
  const maker = new SampleMaker(context.clock.now())
  for (const [index, { shares }] of nodes.entries()) {
    const data = answers[index]
    if (data === undefined) continue
    for (const share of shares) {
      const samples: Sample[] = []
      maker.make(share, data, context.clock.now(), 'change', samples)
      const [sample] = samples
      const status = sample === undefined ? data.statusCode.value >>> 0 : (sample.statusCode ?? 0) >>> 0
      statuses.set(share.tagId, { status, value: sample === undefined || isBad(status) ? '' : String(sample.value) })
    }
  }
  return statuses
}

/** For tags that the server does not know: the address that is most like theirs. */
async function nearestNodes(unknown: Plan['points'], server: Server, signal: AbortSignal): Promise<ReadonlyMap<number, string>> {
  const { namespaces } = server.introduction
  const known = new Map<string, string>()
  const until = performance.now() + NEAREST_MILLIS
  let queue = [resolveNodeId('i=85')]
  const visited = new Set(queue.map(String))
  try {
    while (queue.length > 0 && known.size < NEAREST_NODES && performance.now() < until) {
      const children = await childrenOf(queue.splice(0, server.limits.browse), server, signal)
      for (const { nodeId } of children.flatMap((one) => one.references)) {
        if (visited.has(nodeId.toString()) || nodeId.namespace === 0) continue
        visited.add(nodeId.toString())
        queue.push(nodeId)
        const address = addressOf(nodeId, namespaces)
        known.set(`${address.identifierType}=${address.identifier}`, formatNodeAddress(address))
      }
    }
  } catch (error) {
    // a hint is a courtesy
    signal.throwIfAborted()
    asError(error)
    queue = []
  }
  const hints = new Map<number, string>()
  for (const { tag, point } of unknown) {
    const nearest = nearestNode(`${point.node.identifierType}=${point.node.identifier}`, known.keys())
    const address = nearest === undefined ? undefined : known.get(nearest)
    if (address !== undefined) hints.set(tag.id, address)
  }
  return hints
}
