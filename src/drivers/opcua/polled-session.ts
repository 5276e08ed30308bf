import { AttributeIds } from 'node-opcua-client'
import { DriverError } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'
import { QualityReason, reasonOf, type Sample } from '#domain/sample.ts'
import type { DevicePlan, Session, SessionContext } from '../driver.ts'
import type { OpcUaConfig, OpcUaPoint } from './config.ts'
import { statusText } from './core/status.ts'
import type { Conversation } from './conversation.ts'
import { connectError } from './link-errors.ts'
import { resolveNodes, type NodeTable } from './node-table.ts'
import { refusedSample, SampleMaker } from './sample-maker.ts'
import type { Server } from './server.ts'
import { sessionFacts, type Facts } from './session-facts.ts'

type Plan = DevicePlan<OpcUaConfig, OpcUaPoint>

/** Reads all tags in each round. A server that comes back as another is met anew, node by node. */
export class PolledSession implements Session {
  readonly closed: Promise<DriverError | undefined>
  readonly #plan: Plan
  readonly #conversation: Conversation
  readonly #release: () => Promise<void>
  readonly #stop = new AbortController()
  readonly #close: (error: DriverError | undefined) => void
  readonly #maker: SampleMaker
  readonly #context: SessionContext
  #server: Server | undefined
  #table: NodeTable = { nodes: [], refused: [] }

  /** @param release lets go of the conversation */
  constructor(plan: Plan, context: SessionContext, conversation: Conversation, release: () => Promise<void>) {
    this.#plan = plan
    this.#context = context
    this.#conversation = conversation
    this.#release = release
    this.#maker = new SampleMaker(context.clock.now())
    const { promise, resolve } = Promise.withResolvers<DriverError | undefined>()
    this.closed = promise
    this.#close = resolve
  }

  async poll(tick: Micros, signal: AbortSignal): Promise<readonly Sample[]> {
    const either = AbortSignal.any([signal, this.#stop.signal])
    try {
      const { server } = await this.#conversation.ready(either)
      if (this.#server !== server) {
        this.#table = await resolveNodes(this.#plan.points, server, either)
        this.#server = server
      }
      return await this.#round(server, tick, either)
    } catch (error) {
      either.throwIfAborted()
      // a late answer would be matched to its request, but a server that is late once is asked over a fresh link
      if (error instanceof DriverError && error.fault === 'timeout') this.#server?.link.destroy(error)
      throw connectError(error, this.#plan.config)
    }
  }

  facts(): Facts {
    return { ...sessionFacts(this.#conversation), 'Nodes read': this.#table.nodes.length, 'Nodes refused': this.#table.refused.length }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#stop.signal.aborted) return
    this.#stop.abort(new DriverError('connect', `The session of ${this.#plan.device.code} has ended`))
    await this.#release()
    this.#close(undefined)
  }

  async #round(server: Server, tick: Micros, signal: AbortSignal): Promise<readonly Sample[]> {
    const { nodes, refused } = this.#table
    if (nodes.length === 0) await server.pulse(signal)
    const wanted = nodes.map(({ nodeId }) => ({ nodeId, attributeId: AttributeIds.Value }))
    const values = await server.read(wanted, this.#plan.device.timeoutMillis, signal)
    const received = this.#context.clock.now()
    this.#context.alive(received)
    const samples = refused.map(({ tagId, status }) => refusedSample(tagId, status, tick))
    for (const [index, { shares }] of nodes.entries()) {
      const value = values[index]
      if (value !== undefined) for (const share of shares) this.#maker.make(share, value, received, 'confirmation', samples)
    }
    this.#refuseIfAllUnknown(samples)
    return samples
  }

  #refuseIfAllUnknown(samples: readonly Sample[]): void {
    const [first] = samples
    if (first === undefined || samples.some((one) => reasonOf(one.quality) !== QualityReason.BadAddress)) return
    // the namespaces may have changed under a link that stands
    this.#server = undefined
    throw new DriverError(
      'address',
      `${this.#plan.device.code} answers, but knows none of the nodes: ${statusText((first.statusCode ?? 0) >>> 0)}`,
      {
        remedy: 'Browse the server and compare the node ids; they change when the program of the controller is changed.',
      },
    )
  }
}
