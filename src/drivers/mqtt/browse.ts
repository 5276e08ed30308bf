import { setTimeout as pause } from 'node:timers/promises'
import { DriverError } from '#base/errors.ts'
import type { Millis } from '#base/time.ts'
import type { BrowseNode, BrowsePage, BrowseRequest, SessionContext } from '../driver.ts'
import { devicesAndMetrics, groupsAndNodes } from './browse-sparkplug.ts'
import { browseTopics } from './browse-topics.ts'
import type { SparkplugConfig } from './config.ts'
import type { Connections, MqttPlan } from './connections.ts'
import type { Discoveries } from './discoveries.ts'
import type { SparkplugHost } from './sparkplug-host.ts'

/** A first look waits for what comes: retained messages at once, others with time. */
const FIRST_LOOK: Millis = 2000
/** An edge node that was asked a moment ago may be asked again only after some seconds. */
const BIRTH_WAIT: Millis = 12_000

/**
 * What the broker carries, level by level. Looking starts listening to everything (at QoS 0) and goes on for a minute after the last
 * look, so that the tree grows while it is open. An edge node is asked for its births when somebody looks into it.
 * @throws DriverError when the broker or the edge node cannot be reached
 */
export async function browseBroker(
  plan: MqttPlan,
  request: BrowseRequest,
  context: SessionContext,
  connections: Connections,
  discoveries: Discoveries,
): Promise<BrowsePage> {
  const { config } = plan
  if (config.kind === 'topics') {
    const { discovery, fresh } = await discoveries.topics(plan, context, connections)
    if (fresh) await waitFor(context, () => false, FIRST_LOOK)
    return pageOf(browseTopics(discovery, request, config.topicPrefix), request)
  }
  const { host, fresh } = await discoveries.sparkplug(plan, context, connections)
  const place = placeOf(config, request.parent)
  const [groupId, edgeNodeId] = place
  if (groupId !== undefined && edgeNodeId !== undefined) return pageOf(await browseNode(host, place, config, request, context), request)
  if (fresh) await waitFor(context, () => false, FIRST_LOOK)
  return pageOf(groupsAndNodes(host.nodes, groupId), request)
}

async function browseNode(
  host: SparkplugHost,
  place: readonly string[],
  config: SparkplugConfig,
  request: BrowseRequest,
  context: SessionContext,
): Promise<readonly BrowseNode[]> {
  const [groupId = '', edgeNodeId = '', device = ''] = place
  const isBorn = (): boolean => host.find(groupId, edgeNodeId)?.machine.isBorn(device === '' ? null : device) === true
  host.wantBirth(groupId, edgeNodeId)
  await waitFor(context, isBorn, BIRTH_WAIT)
  const node = host.find(groupId, edgeNodeId)
  if (node !== undefined && isBorn()) {
    // a device that is configured shows its own metrics; who chooses one sees what is behind the edge node
    return devicesAndMetrics(node, place, config.groupId === '' && device === '', request.search)
  }
  const name = [groupId, edgeNodeId, device].filter((part) => part !== '').join('/')
  throw new DriverError('timeout', `${name} did not answer a request for its birth`, {
    remedy: 'Check that it is connected to this broker, its ids (upper and lower case count), and that it obeys Node Control/Rebirth.',
  })
}

/** @returns group, edge node, device and folder, as far as the key names them */
function placeOf({ groupId, edgeNodeId, deviceId }: SparkplugConfig, key: string | null): readonly string[] {
  if (key !== null) return key.split('/').map((part) => decodeURIComponent(part))
  return groupId === '' ? [] : [groupId, edgeNodeId, deviceId ?? '']
}

/** The cursor is the number of nodes before the page. */
function pageOf(nodes: readonly BrowseNode[], { cursor, limit }: BrowseRequest): BrowsePage {
  const start = cursor === null ? 0 : Math.max(0, Math.trunc(Number(cursor)) || 0)
  const end = start + limit
  return { nodes: nodes.slice(start, end), cursor: end < nodes.length ? String(end) : null }
}

async function waitFor(context: SessionContext, condition: () => boolean, millis: Millis): Promise<void> {
  const until = context.clock.mono() + millis
  while (!condition() && context.clock.mono() < until && !context.signal.aborted) await pause(50)
}
