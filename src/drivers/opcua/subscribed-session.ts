import { setTimeout as pause } from 'node:timers/promises'
import { resolveNodeId, type DataValue } from 'node-opcua-client'
import { asError, DriverError } from '#base/errors.ts'
import type { Micros, Millis } from '#base/time.ts'
import type { Sample } from '#domain/sample.ts'
import type { DevicePlan, Session, SessionContext } from '../driver.ts'
import type { OpcUaConfig, OpcUaPoint } from './config.ts'
import { subscriptionPace } from './core/pace.ts'
import { conditionOf, hasOverflow, Status, statusText } from './core/status.ts'
import type { Contact, Conversation } from './conversation.ts'
import { connectError } from './link-errors.ts'
import { resolveNodes, type WatchedNode } from './node-table.ts'
import { refusedSample, SampleMaker } from './sample-maker.ts'
import { CURRENT_TIME, valueOf } from './server.ts'
import { sessionFacts, type Facts } from './session-facts.ts'
import { Subscription, type ItemRequest, type ItemResult, type SubscriptionOwner } from './subscription.ts'

type Plan = DevicePlan<OpcUaConfig, OpcUaPoint>

/** Handle of the server's own clock, which is watched as a sign of life. */
const CLOCK_HANDLE = 0x7fff_ffff
const CLOCK_INTERVAL: Millis = 1000
/** After so long without a link the tags are said to be Bad; a shorter gap is closed without a scar. */
const PATIENCE: Millis = 5000
/** Between attempts to come back; the last one again and again. */
const RETRIES: readonly Millis[] = [0, 250, 500, ...Array.from({ length: 60 }, () => 1000), 5000]
/** How often the server is asked whether it still is the same, and refused nodes are tried again. */
const AUDIT_INTERVAL: Millis = 60_000
const FAREWELL: Millis = 1500

/**
 * The server sends changes by itself. A lost link is bridged here for as long as the server keeps the subscription, so that what it
 * has queued meanwhile is not lost; after each return everything is checked: the run of the server, each item, each value.
 */
export class SubscribedSession implements Session, SubscriptionOwner {
  readonly closed: Promise<DriverError | undefined>
  readonly #plan: Plan
  readonly #context: SessionContext
  readonly #conversation: Conversation
  readonly #release: () => Promise<void>
  readonly #stop = new AbortController()
  readonly #signal: AbortSignal
  readonly #close: (error: DriverError | undefined) => void
  readonly #maker: SampleMaker
  #contact: Contact | undefined
  #subscriptions: Subscription[] = []
  #nodes: readonly WatchedNode[] = []
  #results: readonly ItemResult[] = []
  /** Handles whose first value after (re)building tells that it holds, not that it changed. */
  readonly #unconfirmed = new Set<number>()
  #batch: Sample[] = []
  /** What the server's clock is ahead of ours. */
  #clockOffset: Micros = 0
  #absent = false
  #onMessage: (() => void) | undefined
  #audit: NodeJS.Timeout | undefined
  /** One thing at a time: building, restoring, reading all. */
  #work: Promise<void> = Promise.resolve()

  private constructor(plan: Plan, context: SessionContext, conversation: Conversation, release: () => Promise<void>) {
    this.#plan = plan
    this.#context = context
    this.#conversation = conversation
    this.#release = release
    this.#signal = AbortSignal.any([context.signal, this.#stop.signal])
    this.#maker = new SampleMaker(context.clock.now())
    const { promise, resolve } = Promise.withResolvers<DriverError | undefined>()
    this.closed = promise
    this.#close = resolve
  }

  /**
   * @param release lets go of the conversation
   * @throws DriverError
   */
  static async open(plan: Plan, context: SessionContext, conversation: Conversation, release: () => Promise<void>): Promise<Session> {
    const session = new SubscribedSession(plan, context, conversation, release)
    try {
      const contact = await conversation.ready(session.#signal)
      await session.#build(contact)
      session.#follow(contact)
      return session
    } catch (error) {
      await session[Symbol.asyncDispose]()
      throw connectError(error, plan.config)
    }
  }

  facts(): Facts {
    const [subscription] = this.#subscriptions
    const watched = this.#results.filter((one) => one.status === 0)
    return {
      ...sessionFacts(this.#conversation),
      'Items watched': watched.reduce((sum, one) => sum + (this.#nodes[one.request.handle - 1]?.shares.length ?? 0), 0),
      'Items refused':
        this.#plan.points.length - watched.reduce((sum, one) => sum + (this.#nodes[one.request.handle - 1]?.shares.length ?? 0), 0),
      Subscriptions: this.#subscriptions.length,
      ...(subscription === undefined
        ? {}
        : {
            'Publishing interval (ms)': subscription.pace.publishingInterval,
            'Keep-alive every (ms)': subscription.pace.publishingInterval * subscription.pace.maxKeepAliveCount,
            'Subscription lives without us (s)': Math.round(subscription.lifetime / 1000),
          }),
      ...spread(
        'Sampling interval (ms)',
        watched.map((one) => one.samplingInterval),
      ),
      ...spread(
        'Queue per tag',
        watched.map((one) => one.queueSize),
      ),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#stop.signal.aborted) return
    this.#stop.abort(new DriverError('connect', `The session of ${this.#plan.device.code} has ended`))
    clearTimeout(this.#audit)
    const deleted = Promise.all(this.#subscriptions.map(async (one) => await one.delete(new AbortController().signal)))
    await Promise.race([deleted, pause(FAREWELL)])
    await this.#release()
    this.#close(undefined)
  }

  onChange(handle: number, data: DataValue): void {
    const received = this.#context.clock.now()
    if (handle === CLOCK_HANDLE) return this.#onClock(data, received)
    const node = this.#nodes[handle - 1]
    if (node === undefined) return
    if (hasOverflow(data.statusCode.value)) this.#context.count('queue_overflows')
    const occasion = this.#unconfirmed.delete(handle) ? 'confirmation' : 'change'
    for (const share of node.shares) this.#maker.make(share, data, received, occasion, this.#batch)
  }

  onMessageEnd(): void {
    this.#onMessage?.()
    if (this.#batch.length === 0) return
    const batch = this.#batch
    this.#batch = []
    this.#context.count('notifications', batch.length)
    this.#context.emit(batch)
  }

  onLoss(messages: number): void {
    this.#context.count('sequence_gaps', messages)
    this.#context.log.warn('opcua.messages_lost', { device: this.#plan.device.code, messages })
    this.#do(async () => await this.#confirmAll())
  }

  onEnd(status: number): void {
    this.#context.log.warn('opcua.subscription_ended', { device: this.#plan.device.code, status: statusText(status) })
    this.#do(async () => await this.#rebuild())
  }

  #onClock(data: DataValue, received: Micros): void {
    const value: unknown = data.value.value
    if (!(value instanceof Date)) return
    this.#clockOffset = value.getTime() * 1000 - received
    this.#context.alive(received)
  }

  /** Subscribes to everything, from nothing. */
  async #build(contact: Contact): Promise<void> {
    const { server } = contact
    const table = await resolveNodes(this.#plan.points, server, this.#signal)
    this.#contact = contact
    this.#nodes = table.nodes
    this.#subscriptions = []
    this.#results = []
    this.#unconfirmed.clear()
    const requests = table.nodes.map((node, index): ItemRequest => ({ ...node, handle: index + 1 }))
    for (const { handle } of requests) this.#unconfirmed.add(handle)
    await this.#subscribe(contact, requests)
    const now = this.#context.clock.now()
    const refused = table.refused.map(({ tagId, status }) => refusedSample(tagId, status, now))
    for (const one of this.#results) refused.push(...this.#refusals(one, now))
    if (refused.length > 0) {
      this.#context.log.warn('opcua.items_refused', { device: this.#plan.device.code, items: refused.length })
      this.#context.emit(refused)
    }
    this.#armAudit()
  }

  /** As many subscriptions as the server needs for all items: small controllers watch few in each. */
  async #subscribe(contact: Contact, requests: readonly ItemRequest[]): Promise<void> {
    const { publishingInterval, bridgeSeconds } = this.#plan.config
    const pace = subscriptionPace(publishingInterval, bridgeSeconds * 1000)
    const clock: ItemRequest = { handle: CLOCK_HANDLE, nodeId: resolveNodeId(CURRENT_TIME), samplingInterval: CLOCK_INTERVAL, queueSize: 1 }
    for (let left: readonly ItemRequest[] = [clock, ...requests]; left.length > 0;) {
      const subscription = await Subscription.create(contact, pace, this, this.#signal)
      this.#subscriptions.push(subscription)
      const results = await subscription.watch(left, this.#signal)
      const full = results.filter((one) => conditionOf(one.status) === Status.BadTooManyMonitoredItems)
      const none = full.length === results.length
      this.#results = [...this.#results, ...results.filter((one) => one.request.handle !== CLOCK_HANDLE && (none || !full.includes(one)))]
      left = none ? [] : full.map((one) => one.request)
    }
  }

  #refusals({ request, status }: ItemResult, at: Micros): readonly Sample[] {
    if (status === 0) return []
    return (this.#nodes[request.handle - 1]?.shares ?? []).map(({ tagId }) => refusedSample(tagId, status, at))
  }

  #follow(contact: Contact): void {
    void contact.server.link.ended.then(async (reason) => {
      if (this.#signal.aborted || this.#contact !== contact) return
      await this.#bridge(reason)
    })
  }

  /** From a lost link to a standing one, or to the end of this session. */
  async #bridge(reason: DriverError): Promise<void> {
    const { clock, log } = this.#context
    const { code } = this.#plan.device
    const lostAt = clock.now()
    const deadline = clock.mono() + Math.min(this.#plan.config.bridgeSeconds * 1000, ...this.#subscriptions.map((one) => one.lifetime))
    log.warn('opcua.link_lost', { device: code, problem: reason.message })
    this.#context.count('reconnects')
    clearTimeout(this.#audit)
    const patience = setTimeout(() => this.#setAbsent(reason), PATIENCE)
    try {
      for (let attempt = 0; ; attempt++) {
        await pause(RETRIES[Math.min(attempt, RETRIES.length - 1)], undefined, { signal: this.#signal })
        const error = await this.#return()
        if (error === undefined) break
        const hopeless = !error.retriable || error.fault === 'limit'
        if (hopeless || clock.mono() > deadline) return this.#close(error)
        if (this.#absent) this.#setAbsent(error)
        log.debug('opcua.no_link_yet', { device: code, problem: error.message })
      }
      log.info('opcua.link_restored', { device: code, millis: Math.round((clock.now() - lostAt) / 1000) })
    } catch (thrown) {
      if (!this.#signal.aborted) this.#close(connectError(thrown, this.#plan.config))
    } finally {
      clearTimeout(patience)
    }
  }

  /** @returns why it did not work */
  async #return(): Promise<DriverError | undefined> {
    try {
      const contact = await this.#conversation.ready(this.#signal)
      await this.#restore(contact)
      this.#follow(contact)
      return undefined
    } catch (error) {
      this.#signal.throwIfAborted()
      return connectError(error, this.#plan.config)
    }
  }

  /** Trusts nothing: the same run of the server, the same subscription, or all anew; then every value is asked for. */
  async #restore(contact: Contact): Promise<void> {
    const before = this.#contact
    const same = before !== undefined && contact.server.isSameRunAs(before.server)
    const old = this.#subscriptions
    this.#contact = contact
    this.#setAbsent(null)
    const firstMessage = new Promise<void>((resolve) => (this.#onMessage = resolve))
    let continued = same && old.length > 0
    for (const subscription of old) continued &&= await subscription.continueOver(contact, this.#signal)
    if (!continued) {
      this.#maker.setLateBefore(undefined)
      await Promise.all(old.map(async (one) => await one.delete(this.#signal)))
      this.#context.log.info('opcua.rebuilt', { device: this.#plan.device.code, sameRun: same })
      this.#context.count('rebuilds')
      return await this.#build(contact)
    }
    this.#context.count('resumptions')
    // what waits in the server's queues goes first
    await Promise.race([firstMessage, pause(3 * (old[0]?.pace.publishingInterval ?? 0), undefined, { signal: this.#signal })])
    await this.#confirmAll()
    this.#armAudit()
  }

  async #rebuild(): Promise<void> {
    const contact = this.#contact
    if (contact?.server.link.isOpen !== true) return
    await Promise.all(this.#subscriptions.map(async (one) => await one.delete(this.#signal)))
    this.#context.count('rebuilds')
    await this.#build(contact)
  }

  /** Reads every watched value, since unchanged ones are not sent. */
  async #confirmAll(): Promise<void> {
    const server = this.#contact?.server
    if (server?.link.isOpen !== true) return
    const nodes = this.#results.flatMap((one) => (one.status === 0 ? (this.#nodes[one.request.handle - 1] ?? []) : []))
    const wanted = nodes.map(({ nodeId }) => ({ ...valueOf(CURRENT_TIME), nodeId }))
    const values = await server.read(wanted, server.timeoutMillis, this.#signal)
    const received = this.#context.clock.now()
    const samples: Sample[] = []
    for (const [index, { shares }] of nodes.entries()) {
      const value = values[index]
      if (value !== undefined) for (const share of shares) this.#maker.make(share, value, received, 'confirmation', samples)
    }
    this.#maker.setLateBefore(undefined)
    this.#context.emit(samples)
  }

  #setAbsent(problem: DriverError | null): void {
    if (problem === null && !this.#absent) return
    if (problem !== null && !this.#absent) this.#maker.setLateBefore(this.#context.clock.now() + this.#clockOffset)
    this.#absent = problem !== null
    this.#context.absent(problem === null ? null : [problem.message, problem.remedy].filter((part) => part !== undefined).join('. '))
  }

  #armAudit(): void {
    clearTimeout(this.#audit)
    this.#audit = setTimeout(() => this.#do(async () => await this.#runAudit()), AUDIT_INTERVAL)
  }

  /** A controller may get a new program, and with it other namespaces and nodes, while the link stands. */
  async #runAudit(): Promise<void> {
    const contact = this.#contact
    if (contact?.server.link.isOpen !== true) return
    if (!(await contact.server.isUnchanged(this.#signal))) {
      // the link introduces itself anew
      contact.server.link.destroy(new DriverError('connect', `${this.#plan.config.endpointUrl} was configured anew`))
      return
    }
    const refused = this.#results.filter((one) => one.status !== 0)
    const [subscription] = this.#subscriptions
    if (refused.length > 0 && subscription !== undefined) {
      for (const { request } of refused) this.#unconfirmed.add(request.handle)
      const again = await subscription.watch(
        refused.map((one) => one.request),
        this.#signal,
      )
      this.#results = [...this.#results.filter((one) => one.status === 0), ...again]
    }
    this.#armAudit()
  }

  /** In turn, and never in vain: a failure of the link is followed anyway, any other ends the session. */
  #do(task: () => Promise<void>): void {
    this.#work = this.#work.then(task).catch((thrown: unknown) => {
      if (this.#signal.aborted || this.#contact?.server.link.isOpen !== true) return
      this.#contact.server.link.destroy(connectError(asError(thrown), this.#plan.config))
    })
  }
}

function spread(name: string, values: readonly number[]): Facts {
  if (values.length === 0) return {}
  const [least, most] = [Math.min(...values), Math.max(...values)]
  return { [name]: least === most ? least : `${least} to ${most}` }
}
