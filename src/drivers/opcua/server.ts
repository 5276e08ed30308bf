import { createHash } from 'node:crypto'
import {
  AttributeIds,
  ReadRequest,
  ReadResponse,
  ReadValueId,
  resolveNodeId,
  TimestampsToReturn,
  type DataValue,
  type NodeId,
} from 'node-opcua-client'
import type { Millis } from '#base/time.ts'
import { chunksOf, halved, isTooMuch, operationLimits, type OperationLimits } from './core/limits.ts'
import { isGood, Status } from './core/status.ts'
import { ServiceFault } from './link-errors.ts'
import type { Link, ServiceRequest } from './link.ts'

/** Well-known nodes of namespace 0 (Part 6, A.3). */
const NAMESPACE_ARRAY = 'i=2255'
const START_TIME = 'i=2257'
export const CURRENT_TIME = 'i=2258'
const SERVER_STATE = 'i=2259'
const PRODUCT_NAME = 'i=2261'
const SOFTWARE_VERSION = 'i=2264'
const MAX_NODES_PER_READ = 'i=11705'
const MAX_NODES_PER_BROWSE = 'i=11710'
const MAX_MONITORED_ITEMS_PER_CALL = 'i=11714'

export interface Wanted {
  readonly nodeId: NodeId
  readonly attributeId: AttributeIds
}

/** What one run of the server told of itself. */
interface Introduction {
  readonly namespaces: readonly string[]
  /** Milliseconds since 1970; null where the server does not tell. */
  readonly startTime: number | null
  readonly product: string
}

/** The server behind a link, as it introduced itself. Obeys its operation limits, and learns where they are lower than it says. */
export class Server {
  readonly link: Link
  readonly introduction: Introduction
  #limits: OperationLimits

  private constructor(link: Link, introduction: Introduction, limits: OperationLimits) {
    this.link = link
    this.introduction = introduction
    this.#limits = limits
  }

  /** @throws DriverError, ServiceFault */
  static async meet(link: Link, signal: AbortSignal): Promise<Server> {
    const ids = [
      NAMESPACE_ARRAY,
      START_TIME,
      PRODUCT_NAME,
      SOFTWARE_VERSION,
      MAX_NODES_PER_READ,
      MAX_NODES_PER_BROWSE,
      MAX_MONITORED_ITEMS_PER_CALL,
    ]
    // before the limits are known: few enough for any server
    const values = await readOnce(link, ids.map(valueOf), signal)
    const [namespaces, startTime, product, version, read, browse, monitoredItems] = values.map((value) =>
      isGood(value.statusCode.value) ? (value.value.value as unknown) : undefined,
    )
    const introduction: Introduction = {
      namespaces: Array.isArray(namespaces) ? namespaces.map(String) : [],
      startTime: startTime instanceof Date ? startTime.getTime() : null,
      product: [product, version].filter((word) => typeof word === 'string' && word !== '').join(' '),
    }
    const named = { ...numberOf('read', read), ...numberOf('browse', browse), ...numberOf('monitoredItems', monitoredItems) }
    return new Server(link, introduction, operationLimits(named, link.config.nodesPerRequest))
  }

  get limits(): OperationLimits {
    return this.#limits
  }

  get timeoutMillis(): Millis {
    return this.link.config.connectTimeoutMillis
  }

  /** Names this run of the server: while it is the same, node ids and subscriptions still mean the same. */
  get run(): string {
    const { startTime, namespaces } = this.introduction
    return `${startTime ?? 'unknown'} ${createHash('sha256').update(JSON.stringify(namespaces)).digest('hex').slice(0, 32)}`
  }

  /** Whether the server still is what it said at the start. @throws DriverError, ServiceFault */
  async isUnchanged(signal: AbortSignal): Promise<boolean> {
    return this.run === (await Server.meet(this.link, signal)).run
  }

  /** A call that costs the server nothing and keeps the session alive. @throws DriverError, ServiceFault */
  async pulse(signal: AbortSignal): Promise<void> {
    await readOnce(this.link, [valueOf(SERVER_STATE)], signal)
  }

  /**
   * Reads in as many calls as the server's limits ask for, one after the other, past every cache (maxAge 0).
   * @throws DriverError, ServiceFault
   */
  async read(wanted: readonly Wanted[], timeoutMillis: Millis, signal: AbortSignal): Promise<readonly DataValue[]> {
    return await this.split('read', wanted, async (part) => await readOnce(this.link, part, signal, timeoutMillis))
  }

  /** Calls with parts of at most the limit; a part that is refused for its size is halved, and so is the limit from then on. */
  async split<Item, Result>(
    kind: keyof OperationLimits,
    items: readonly Item[],
    call: (part: readonly Item[]) => Promise<readonly Result[]>,
  ): Promise<readonly Result[]> {
    const results: Result[] = []
    const waiting = [...chunksOf(items, this.#limits[kind])]
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
      try {
        results.push(...(await call(part)))
      } catch (error) {
        if (!(error instanceof ServiceFault) || !isTooMuch(error.status) || part.length === 1) throw error
        this.#limits = { ...this.#limits, [kind]: halved(Math.min(part.length, this.#limits[kind])) }
        waiting.unshift(...chunksOf(part, this.#limits[kind]))
      }
    }
    return results
  }
}

export function valueOf(nodeId: string): Wanted {
  return { nodeId: resolveNodeId(nodeId), attributeId: AttributeIds.Value }
}

async function readOnce(
  link: Link,
  wanted: readonly Wanted[],
  signal: AbortSignal,
  timeoutMillis: Millis = link.config.connectTimeoutMillis,
): Promise<readonly DataValue[]> {
  const request = new ReadRequest({
    maxAge: 0,
    timestampsToReturn: TimestampsToReturn.Both,
    nodesToRead: wanted.map((one) => new ReadValueId(one)),
  })
  const response = await link.call(asRequest(request), ReadResponse, timeoutMillis, signal)
  const results = response.results ?? []
  if (results.length !== wanted.length) throw new ServiceFault('Read', Status.BadUnexpectedError, 'BadUnexpectedError')
  return results
}

/** The library's request classes have these fields; its types say so only here and there. */
export function asRequest(request: object): ServiceRequest {
  return request as ServiceRequest
}

function numberOf<Name extends string>(name: Name, value: unknown): Partial<Record<Name, number>> {
  return typeof value === 'number' ? ({ [name]: value } as Record<Name, number>) : {}
}
