import type { DriverError } from '#base/errors.ts'
import type { Clock, Micros, Millis } from '#base/time.ts'
import type { DriverLog } from '../driver.ts'
import type { BrokerConfig } from './broker-config.ts'
import { RebirthQueue } from './core/rebirth-queue.ts'
import { writeRebirth } from './core/sparkplug-encode.ts'
import { type NodeEvent, SparkplugNode } from './core/sparkplug-node.ts'
import { readPayload } from './core/sparkplug-payload.ts'
import {
  commandTopic,
  NAMESPACE,
  nodeFilter,
  parseTopic,
  readState,
  statePayload,
  type SparkplugTopic,
  stateTopic,
} from './core/sparkplug-topic.ts'
import type { Link, LinkUser, Publication, Received } from './link.ts'

/** A device that listens to an edge node: the node itself, or one behind it. */
export interface NodeListener {
  readonly groupId: string
  readonly edgeNodeId: string
  /** @returns whether something of it has to be safe before it is acknowledged */
  onEvent(event: Exclude<NodeEvent, { kind: 'rebirth' }>): boolean
  /** The edge node is known to be there although it said nothing. */
  beat(at: Micros): void
  /** Resolves when everything taken so far is safe. */
  accepted(): Promise<void>
  linkUp(): void
  linkDown(problem: DriverError): void
  refused(problem: DriverError): void
  count(name: string): void
  sawFrame(message: Received): void
  sentFrame(topic: string, payload: Uint8Array): void
}

/** One edge node and the devices of ours that listen to it. */
export interface HostedNode {
  readonly groupId: string
  readonly edgeNodeId: string
  readonly machine: SparkplugNode
  readonly listeners: Set<NodeListener>
  /** Somebody is browsing it. */
  browsed: boolean
  timer: NodeJS.Timeout | undefined
}

const TICK: Millis = 200
/** After a login, edge nodes that follow STATE are born by themselves within this. */
const OWN_BIRTHS: Millis = 2000
/** A device that is configured anew finds its edge node as it left it. */
const NODE_LINGER: Millis = 2000
/** Edge nodes known only by browsing. */
const MAX_DISCOVERED = 5000

/**
 * A Sparkplug host application (Sparkplug 3.0, 5.3): tells edge nodes with STATE that it is there, keeps the state of each edge node
 * that somebody listens to, and asks for rebirths at a bounded rate.
 */
export class SparkplugHost implements LinkUser {
  readonly #config: BrokerConfig
  readonly #clock: Clock
  readonly #log: DriverLog
  readonly #nodes = new Map<string, HostedNode>()
  readonly #rebirths = new RebirthQueue(Math.random)
  #touched = new Set<NodeListener>()
  #link: Link | undefined
  #ticking: NodeJS.Timeout | undefined
  #beat = 0
  /** Of the present login, in milliseconds; will and birth carry the same. */
  #stateTimestamp = 0
  #announced = false
  #discovering = false

  constructor(config: BrokerConfig, clock: Clock, log: DriverLog) {
    this.#config = config
    this.#clock = clock
    this.#log = log
  }

  /** What the broker says for us when we vanish; undefined when another program is the host. */
  get will(): (() => Publication) | undefined {
    if (this.#config.sparkplugHostId === '') return undefined
    return () => {
      this.#stateTimestamp = Math.floor(this.#clock.now() / 1000)
      return this.#state(false)
    }
  }

  /** To be called once, with the link that this is the user of. */
  start(link: Link): void {
    this.#link = link
    if (this.#config.sparkplugHostId !== '') link.subscribe([this.#stateTopic], 1)
    this.#ticking = setInterval(() => this.#tick(), TICK)
  }

  async stop(): Promise<void> {
    clearInterval(this.#ticking)
    for (const node of this.#nodes.values()) clearTimeout(node.timer)
    this.#announced = false
    await this.#link?.close(this.#config.sparkplugHostId === '' ? undefined : this.#state(false))
  }

  join(listener: NodeListener): HostedNode {
    const node = this.#nodeOf(listener.groupId, listener.edgeNodeId)
    clearTimeout(node.timer)
    node.listeners.add(listener)
    this.#link?.subscribe([nodeFilter(node.groupId, node.edgeNodeId)], 1)
    if (node.machine.state !== 'alive') this.#want(node, this.#link?.isUp === true ? 0 : OWN_BIRTHS)
    return node
  }

  leave(listener: NodeListener): void {
    const node = this.#nodes.get(keyOf(listener.groupId, listener.edgeNodeId))
    if (node === undefined || !node.listeners.delete(listener)) return
    this.#link?.unsubscribe([nodeFilter(node.groupId, node.edgeNodeId)])
    node.timer = setTimeout(() => this.#forget(node), NODE_LINGER)
  }

  /** Learns of every edge node at the broker while it is on. */
  discover(on: boolean): void {
    if (this.#discovering === on) return
    this.#discovering = on
    const all = [`${NAMESPACE}/#`]
    if (on) this.#link?.subscribe(all, 0)
    else {
      this.#link?.unsubscribe(all)
      for (const node of this.#nodes.values()) this.#forget(node)
    }
  }

  /** Edge nodes heard of or listened to. */
  get nodes(): Iterable<HostedNode> {
    return this.#nodes.values()
  }

  find(groupId: string, edgeNodeId: string): HostedNode | undefined {
    return this.#nodes.get(keyOf(groupId, edgeNodeId))
  }

  /** Makes sure that an edge node's metrics will be known: asks for its births unless they are. */
  wantBirth(groupId: string, edgeNodeId: string): void {
    const node = this.#nodeOf(groupId, edgeNodeId)
    node.browsed = true
    if (!node.machine.isCertain) this.#want(node, 0)
  }

  received(message: Received): void {
    if (message.topic === this.#stateTopic) return this.#onState(message)
    const topic = parseTopic(message.topic)
    if (topic === undefined || topic.type === 'NCMD' || topic.type === 'DCMD') return
    const key = keyOf(topic.groupId, topic.edgeNodeId)
    const known = this.#nodes.get(key)
    if (known === undefined && (!this.#discovering || this.#nodes.size >= MAX_DISCOVERED)) return
    this.#onMessage(known ?? this.#nodeOf(topic.groupId, topic.edgeNodeId), topic, message)
  }

  async accepted(): Promise<void> {
    const touched = this.#touched
    this.#touched = new Set()
    try {
      await Promise.all([...touched].map(async (listener) => await listener.accepted()))
    } catch (error) {
      for (const listener of touched) this.#touched.add(listener)
      throw error
    }
  }

  entered(): void {
    // a host application always begins anew
  }

  up(): void {
    if (this.#config.sparkplugHostId !== '') this.#announce()
    for (const node of this.#nodes.values()) {
      if (node.listeners.size > 0) this.#want(node, OWN_BIRTHS)
      for (const listener of node.listeners) listener.linkUp()
    }
  }

  down(problem: DriverError): void {
    this.#announced = false
    for (const node of this.#nodes.values()) {
      node.machine.linkLost()
      for (const listener of node.listeners) listener.linkDown(problem)
    }
  }

  refused(filter: string, problem: DriverError): void {
    this.#log.warn('mqtt.subscription_refused', { filter, problem: problem.message })
    for (const node of this.#nodes.values()) {
      if (nodeFilter(node.groupId, node.edgeNodeId) === filter) for (const listener of node.listeners) listener.refused(problem)
    }
  }

  // --- STATE ------------------------------------------------------------------------------------------------------------

  get #stateTopic(): string {
    return stateTopic(this.#config.sparkplugState, this.#config.sparkplugHostId)
  }

  #state(online: boolean): Publication {
    const payload = statePayload(this.#config.sparkplugState, online, this.#stateTimestamp)
    return { topic: this.#stateTopic, payload, qos: 1, retain: true }
  }

  #announce(): void {
    this.#announced = true
    this.#link?.publish(this.#state(true)).catch((error: unknown) => this.#log.debug('mqtt.state_not_published', { error }))
  }

  /** Somebody says in our name that we are offline, such as the late will of our own former connection: it is corrected at once. */
  #onState(message: Received): void {
    if (this.#announced && readState(Buffer.from(message.payload).toString('utf8')) === false) this.#announce()
  }

  // --- edge nodes -------------------------------------------------------------------------------------------------------

  #onMessage(node: HostedNode, topic: SparkplugTopic, message: Received): void {
    const receivedAt = this.#clock.now()
    for (const listener of node.listeners) listener.sawFrame(message)
    const payload = readPayload(message.payload)
    if (payload === undefined) {
      for (const listener of node.listeners) listener.count('poison_messages')
      return this.#act(node, node.machine.receiveBroken())
    }
    // a birth that a broker kept is of another time
    if (message.retained) return
    this.#act(node, node.machine.receive({ type: topic.type, deviceId: topic.deviceId, payload, receivedAt }))
    if (topic.type === 'NBIRTH' && node.machine.isCertain) this.#rebirths.done(keyOf(node.groupId, node.edgeNodeId))
  }

  #act(node: HostedNode, events: readonly NodeEvent[]): void {
    for (const event of events) {
      if (event.kind === 'rebirth') {
        // one that is only passing by in a browser is asked when somebody looks into it
        if (node.listeners.size > 0 || node.browsed) this.#want(node, 0)
        continue
      }
      for (const listener of node.listeners) {
        if (listener.onEvent(event)) this.#touched.add(listener)
      }
    }
  }

  #want(node: HostedNode, within: Millis): void {
    this.#rebirths.want(keyOf(node.groupId, node.edgeNodeId), this.#clock.mono(), within)
  }

  #tick(): void {
    const now = this.#clock.now()
    const isUp = this.#link?.isUp === true
    for (const node of this.#nodes.values()) this.#act(node, node.machine.tick(now))
    if (isUp) for (const key of this.#rebirths.due(this.#clock.mono())) this.#askRebirth(key)
    this.#beat = (this.#beat + 1) % 5
    if (!isUp || this.#beat !== 0) return
    // the broker itself watches over an edge node: while no death comes it is there, however little it has to say
    for (const node of this.#nodes.values()) for (const listener of node.listeners) listener.beat(now)
  }

  #askRebirth(key: string): void {
    const node = this.#nodes.get(key)
    if (node === undefined) return
    node.machine.rebirthAsked()
    for (const listener of node.listeners) listener.count('rebirths_asked')
    const payload = writeRebirth(Math.floor(this.#clock.now() / 1000))
    const publication = { topic: commandTopic(node.groupId, node.edgeNodeId), payload, qos: 0, retain: false } as const
    for (const listener of node.listeners) listener.sentFrame(publication.topic, payload)
    this.#link?.publish(publication).catch(() => this.#want(node, 0))
    // a node that does not answer is asked again for as long as somebody needs it
    if (node.listeners.size > 0) this.#want(node, 0)
  }

  #nodeOf(groupId: string, edgeNodeId: string): HostedNode {
    const key = keyOf(groupId, edgeNodeId)
    const known = this.#nodes.get(key)
    if (known !== undefined) return known
    const machine = new SparkplugNode(this.#config.reorderMillis)
    const node: HostedNode = { groupId, edgeNodeId, machine, listeners: new Set(), browsed: false, timer: undefined }
    this.#nodes.set(key, node)
    return node
  }

  #forget(node: HostedNode): void {
    const key = keyOf(node.groupId, node.edgeNodeId)
    if (node.listeners.size > 0 || this.#discovering || this.#nodes.get(key) !== node) return
    this.#nodes.delete(key)
    this.#rebirths.forget(key)
  }
}

/** Neither id can contain a slash. */
function keyOf(groupId: string, edgeNodeId: string): string {
  return `${groupId}/${edgeNodeId}`
}
