import {
  BrowseDescription,
  BrowseDirection,
  BrowseNextRequest,
  BrowseNextResponse,
  BrowseRequest,
  BrowseResponse,
  type BrowseResult,
  NodeClassMask,
  type NodeId,
  type ReferenceDescription,
  ReferenceTypeIds,
  resolveNodeId,
  ResultMask,
} from 'node-opcua-client'
import { chunksOf } from './core/limits.ts'
import { conditionOf, isBad, Status } from './core/status.ts'
import { asRequest, type Server } from './server.ts'

export interface Children {
  readonly references: readonly ReferenceDescription[]
  /** Whether there are more than were asked for. */
  readonly more: boolean
  /** 0 when the server could tell. */
  readonly status: number
}

const HIERARCHICAL = resolveNodeId(ReferenceTypeIds.HierarchicalReferences)
const NODE_CLASSES = NodeClassMask.Object | NodeClassMask.Variable
const RESULT = ResultMask.ReferenceType | ResultMask.BrowseName | ResultMask.DisplayName | ResultMask.NodeClass | ResultMask.TypeDefinition

/**
 * The objects and variables below each of the nodes, all of them, page after page. A continuation point is used up before the next
 * Browse, since servers have few; a node for which none was left is asked again.
 * @throws DriverError, ServiceFault
 */
export async function childrenOf(nodes: readonly NodeId[], server: Server, signal: AbortSignal): Promise<readonly Children[]> {
  const found: Children[] = nodes.map(() => ({ references: [], more: false, status: Status.BadNoContinuationPoints }))
  let open = nodes.map((_, index) => index)
  while (open.length > 0) {
    const results = await browse(
      open.map((index) => nodes[index] as NodeId),
      server,
      0,
      signal,
      async (part) => await followAll(part, server, signal),
    )
    const left: number[] = []
    for (const [at, index] of open.entries()) {
      const children = results[at]
      if (children === undefined) continue
      found[index] = children
      if (conditionOf(children.status) === Status.BadNoContinuationPoints) left.push(index)
    }
    // none came through: the server has no continuation point for anybody now
    if (left.length === open.length) break
    open = left
  }
  return found
}

/**
 * At most `most` of the children of each node: to see whether there are any, and the properties of a variable.
 * @throws DriverError, ServiceFault
 */
export async function firstChildrenOf(
  nodes: readonly NodeId[],
  most: number,
  server: Server,
  signal: AbortSignal,
): Promise<readonly Children[]> {
  return await browse(nodes, server, most, signal, async (part) => {
    const points = part.flatMap(({ continuationPoint }) => (hasPoint(continuationPoint) ? [continuationPoint] : []))
    if (points.length > 0) await next(points, true, server, signal)
    return part.map((one) => ({ ...childrenIn(one), more: hasPoint(one.continuationPoint) || isShortOfPoints(one) }))
  })
}

async function browse(
  nodes: readonly NodeId[],
  server: Server,
  most: number,
  signal: AbortSignal,
  finish: (part: readonly BrowseResult[]) => Promise<readonly Children[]>,
): Promise<readonly Children[]> {
  return await server.split('browse', nodes, async (part) => {
    const request = new BrowseRequest({
      requestedMaxReferencesPerNode: most,
      nodesToBrowse: part.map(
        (nodeId) =>
          new BrowseDescription({
            nodeId,
            referenceTypeId: HIERARCHICAL,
            includeSubtypes: true,
            browseDirection: BrowseDirection.Forward,
            nodeClassMask: NODE_CLASSES,
            resultMask: RESULT,
          }),
      ),
    })
    const { results } = await server.link.call(asRequest(request), BrowseResponse, server.timeoutMillis, signal)
    return await finish(results ?? [])
  })
}

async function followAll(part: readonly BrowseResult[], server: Server, signal: AbortSignal): Promise<readonly Children[]> {
  const children = part.map((one) => ({ ...childrenIn(one), references: [...(one.references ?? [])] }))
  let open = part.flatMap(({ continuationPoint }, index) => (hasPoint(continuationPoint) ? [{ index, point: continuationPoint }] : []))
  while (open.length > 0) {
    const results: BrowseResult[] = []
    for (const some of chunksOf(open, server.limits.browse)) {
      results.push(
        ...(await next(
          some.map(({ point }) => point),
          false,
          server,
          signal,
        )),
      )
    }
    const left: typeof open = []
    for (const [at, { index }] of open.entries()) {
      const result = results[at]
      const known = children[index]
      if (result === undefined || known === undefined) continue
      known.references.push(...(result.references ?? []))
      if (isBad(result.statusCode.value)) children[index] = { ...known, status: result.statusCode.value >>> 0 }
      else if (hasPoint(result.continuationPoint)) left.push({ index, point: result.continuationPoint })
    }
    open = left
  }
  return children
}

async function next(continuationPoints: Buffer[], release: boolean, server: Server, signal: AbortSignal): Promise<readonly BrowseResult[]> {
  const request = new BrowseNextRequest({ continuationPoints, releaseContinuationPoints: release })
  const { results } = await server.link.call(asRequest(request), BrowseNextResponse, server.timeoutMillis, signal)
  return results ?? []
}

function childrenIn({ references, statusCode }: BrowseResult): Children {
  return { references: references ?? [], more: false, status: isBad(statusCode.value) ? statusCode.value >>> 0 : 0 }
}

function isShortOfPoints({ statusCode }: BrowseResult): boolean {
  return conditionOf(statusCode.value >>> 0) === Status.BadNoContinuationPoints
}

function hasPoint(point: Buffer | null | undefined): point is Buffer {
  return point !== null && point !== undefined && point.length > 0
}
