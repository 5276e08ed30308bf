import { AttributeIds, resolveNodeId, type NodeId } from 'node-opcua-client'
import { DriverError, InvalidRequest } from '#base/errors.ts'
import type { Millis } from '#base/time.ts'
import type { BrowsePage, BrowseRequest } from '../driver.ts'
import { parseBrowseKey, type BrowsePlace } from './core/browse-key.ts'
import { toServerNodeId } from './core/node-id.ts'
import { isBad, statusText } from './core/status.ts'
import { describeNodes, elementNodes, foundNode, MOST_ELEMENTS, type FoundNode } from './node-page.ts'
import { childrenOf } from './references.ts'
import type { Server } from './server.ts'

/** Levels and searches whose next page may be asked for. */
const MOST_REMEMBERED = 8
/** A search gives what it has after so long, and goes on with the next page. */
const SEARCH_MILLIS: Millis = 4000
/** A server with more nodes than this is searched below a folder. */
const MOST_VISITED = 200_000

/** Pages through levels and searches of one server; a page that is forgotten is found again from the start, in the same order. */
export class Browser {
  readonly #server: Server
  readonly #levels = new Map<string, readonly FoundNode[]>()
  readonly #searches = new Map<string, Search>()

  constructor(server: Server) {
    this.#server = server
  }

  /** @throws DriverError, ServiceFault, InvalidRequest */
  async page(request: BrowseRequest, signal: AbortSignal): Promise<BrowsePage> {
    const parent = parseBrowseKey(request.parent)
    const offset = offsetIn(request.cursor)
    const id = toServerNodeId(parent.address, this.#server.introduction.namespaces)
    if (id === undefined) throw gone(parent)
    const nodeId = resolveNodeId(id)
    const words = request.search?.trim().toLowerCase() ?? ''
    if (words !== '') return await this.#searchPage(parent, nodeId, words, offset, request.limit, signal)
    const level = await this.#level(request.parent ?? '', parent, nodeId, offset, signal)
    const end = offset + request.limit
    const nodes = await describeNodes(level.slice(offset, end), this.#server, signal)
    if (end < level.length) return { nodes, cursor: String(end) }
    return { nodes: [...nodes, ...(await this.#elements(parent, nodeId, signal))], cursor: null }
  }

  async #level(key: string, parent: BrowsePlace, nodeId: NodeId, offset: number, signal: AbortSignal): Promise<readonly FoundNode[]> {
    const known = this.#levels.get(key)
    if (offset > 0 && known !== undefined) return known
    const [children] = await childrenOf([nodeId], this.#server, signal)
    if (children === undefined || isBad(children.status)) throw gone(parent, children?.status)
    const seen = new Set<string>()
    const { namespaces } = this.#server.introduction
    const level = children.references.flatMap((reference) => {
      // one node under two kinds of reference is one node
      const id = reference.nodeId.toString()
      if (seen.has(id)) return []
      seen.add(id)
      return [foundNode(reference, parent, namespaces)]
    })
    rememberIn(this.#levels, key, level)
    return level
  }

  /** An array is a level too: its elements. */
  async #elements(parent: BrowsePlace, nodeId: NodeId, signal: AbortSignal): Promise<BrowsePage['nodes']> {
    if (parent.path.length === 0 || parent.address.element !== null) return []
    const [data] = await this.#server.read([{ nodeId, attributeId: AttributeIds.Value }], this.#server.timeoutMillis, signal)
    if (data === undefined || isBad(data.statusCode.value)) return []
    return elementNodes(parent, data, '').slice(0, MOST_ELEMENTS)
  }

  async #searchPage(
    parent: BrowsePlace,
    nodeId: NodeId,
    words: string,
    offset: number,
    limit: number,
    signal: AbortSignal,
  ): Promise<BrowsePage> {
    const key = `${words}\n${nodeId.toString()}`
    const search = (offset > 0 ? this.#searches.get(key) : undefined) ?? new Search(this.#server, parent, nodeId, words)
    rememberIn(this.#searches, key, search)
    await search.findUpTo(offset + limit, signal)
    const end = Math.min(search.found.length, offset + limit)
    const nodes = await describeNodes(search.found.slice(offset, end), this.#server, signal)
    return { nodes, cursor: search.isDone && end >= search.found.length ? null : String(end) }
  }
}

/** Breadth first, each node once, those of namespace 0 last. */
class Search {
  readonly found: FoundNode[] = []
  readonly #server: Server
  readonly #words: string
  readonly #visited = new Set<string>()
  #next: { readonly nodeId: NodeId; readonly place: BrowsePlace }[]
  #last: { readonly nodeId: NodeId; readonly place: BrowsePlace }[] = []

  constructor(server: Server, parent: BrowsePlace, nodeId: NodeId, words: string) {
    this.#server = server
    this.#words = words
    this.#next = [{ nodeId, place: parent }]
    this.#visited.add(nodeId.toString())
  }

  get isDone(): boolean {
    return (this.#next.length === 0 && this.#last.length === 0) || this.#visited.size >= MOST_VISITED
  }

  async findUpTo(count: number, signal: AbortSignal): Promise<void> {
    const until = performance.now() + SEARCH_MILLIS
    while (this.found.length < count && !this.isDone && performance.now() < until) {
      const queue = this.#next.length > 0 ? this.#next : this.#last
      const part = queue.splice(0, this.#server.limits.browse)
      const children = await childrenOf(
        part.map((one) => one.nodeId),
        this.#server,
        signal,
      )
      for (const [index, { place }] of part.entries()) for (const one of children[index]?.references ?? []) this.#visit(one, place)
    }
  }

  #visit(reference: FoundNode['reference'], parent: BrowsePlace): void {
    const id = reference.nodeId.toString()
    if (this.#visited.has(id)) return
    this.#visited.add(id)
    const node = foundNode(reference, parent, this.#server.introduction.namespaces)
    if (node.place.path.join('/').toLowerCase().includes(this.#words)) this.found.push(node)
    const queue = reference.nodeId.namespace === 0 ? this.#last : this.#next
    queue.push({ nodeId: reference.nodeId, place: node.place })
  }
}

function rememberIn<Page>(memory: Map<string, Page>, key: string, page: Page): void {
  memory.delete(key)
  memory.set(key, page)
  for (const oldest of memory.keys()) {
    if (memory.size <= MOST_REMEMBERED) return
    memory.delete(oldest)
  }
}

function offsetIn(cursor: string | null): number {
  if (cursor === null) return 0
  if (!/^\d{1,9}$/.test(cursor)) throw new InvalidRequest('This is no place to go on from.', { field: 'cursor' })
  return Number(cursor)
}

function gone({ path }: BrowsePlace, status = 0): DriverError {
  const why = status === 0 ? 'its namespace is unknown' : statusText(status)
  return new DriverError('address', `The server does not know ${path.join('/') || 'its Objects folder'} any more: ${why}`, {
    remedy: 'Load the tree again from the top.',
  })
}
