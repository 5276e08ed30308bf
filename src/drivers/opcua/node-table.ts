import { AttributeIds, resolveNodeId, type NodeId } from 'node-opcua-client'
import type { Millis } from '#base/time.ts'
import type { DevicePlan } from '../driver.ts'
import type { OpcUaConfig, OpcUaPoint } from './config.ts'
import { literalOf, toServerNodeId } from './core/node-id.ts'
import { isGood, Status } from './core/status.ts'
import type { Share } from './sample-maker.ts'
import type { Server } from './server.ts'

/** One node to be read or watched, for all tags that look at it. */
export interface WatchedNode {
  readonly nodeId: NodeId
  readonly samplingInterval: Millis
  readonly queueSize: number
  readonly shares: readonly Share[]
}

export interface NodeTable {
  readonly nodes: readonly WatchedNode[]
  /** Tags whose namespace this run of the server does not know. */
  readonly refused: readonly { readonly tagId: number; readonly status: number }[]
}

/**
 * Finds the nodes of all tags as this run of the server knows them; tags of one node share it.
 * @throws DriverError, ServiceFault
 */
export async function resolveNodes(
  points: DevicePlan<OpcUaConfig, OpcUaPoint>['points'],
  server: Server,
  signal: AbortSignal,
): Promise<NodeTable> {
  const { namespaces } = server.introduction
  const literals = await existingLiterals(points, server, signal)
  const nodes = new Map<string, WatchedNode & { shares: Share[] }>()
  const refused: { tagId: number; status: number }[] = []
  for (const { tag, point } of points) {
    const literal = literalOf(point.node)
    const literalId = literal === undefined ? undefined : toServerNodeId(literal, namespaces)
    const isLiteral = literalId !== undefined && literals.has(literalId)
    const id = isLiteral ? literalId : toServerNodeId(point.node, namespaces)
    if (id === undefined) {
      refused.push({ tagId: tag.id, status: Status.BadNodeIdUnknown })
      continue
    }
    const key = `${point.samplingInterval} ${point.queueSize} ${id}`
    const known = nodes.get(key)
    const share: Share = { tagId: tag.id, element: isLiteral ? null : point.node.element }
    if (known !== undefined) known.shares.push(share)
    else {
      const { samplingInterval, queueSize } = point
      nodes.set(key, { nodeId: resolveNodeId(id), samplingInterval, queueSize, shares: [share] })
    }
  }
  return { nodes: [...nodes.values()], refused }
}

/** `s=Array[3]` may be a node of that name or an element of the node `s=Array`: the server knows. */
async function existingLiterals(
  points: DevicePlan<OpcUaConfig, OpcUaPoint>['points'],
  server: Server,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const asked = new Set<string>()
  for (const { point } of points) {
    const literal = literalOf(point.node)
    const id = literal === undefined ? undefined : toServerNodeId(literal, server.introduction.namespaces)
    if (id !== undefined) asked.add(id)
  }
  const ids = [...asked]
  const wanted = ids.map((id) => ({ nodeId: resolveNodeId(id), attributeId: AttributeIds.NodeClass }))
  const values = await server.read(wanted, server.timeoutMillis, signal)
  return new Set(ids.filter((_, index) => isGood(values[index]?.statusCode.value ?? Status.BadNodeIdUnknown)))
}
