import { setTimeout as pause } from 'node:timers/promises'
import type { DataValue } from 'node-opcua-client'
import { asError, DriverError } from '#base/errors.ts'
import type { Micros, Millis } from '#base/time.ts'
import type { Sample } from '#domain/sample.ts'
import type { DevicePlan, Session, SessionContext } from '../driver.ts'
import { canBeTransferred, type OpcUaConfig, type OpcUaPoint } from './config.ts'
import { subscriptionPace } from './core/pace.ts'
import { unpackRuns } from './core/item-runs.ts'
import { hasOverflow, statusText } from './core/status.ts'
import type { Contact, Conversation } from './conversation.ts'
import { closedError, connectError } from './link-errors.ts'
import { resolveNodes, type NodeTable, type WatchedNode } from './node-table.ts'
import { refusedSample, SampleMaker, type Occasion } from './sample-maker.ts'
import { CURRENT_TIME, valueOf, type Server } from './server.ts'
import { watchFacts, type Facts } from './session-facts.ts'
import { Subscription, type SubscriptionOwner } from './subscription.ts'
import { CLOCK_HANDLE, newcomers, Watch, type WatchRoute } from './watch.ts'
import { digestOf, forgetWatch, recallWatch, rememberNext, rememberWatch, type RecalledWatch } from './watch-memory.ts'
import { failedOnce, type ParkedWatch, type WatchParking } from './watch-parking.ts'

type Plan = DevicePlan<OpcUaConfig, OpcUaPoint>

/** How often the server is asked whether it still is the same, and refused nodes are tried again. */
const AUDIT_INTERVAL: Millis = 60_000
const FAREWELL: Millis = 1500
/** Failures to come back that are told at once; with the lost link they make the three that turn a device to Error. */
const TOLD_AT_ONCE = 2
const PATIENCE: Millis = 60_000
const RETRY: Millis = 1000
/** More handles than a process gives between two writings of what it watches. */
const UNWRITTEN_HANDLES = 1_000_000

/**
 * The server sends changes by itself. When the link is lost the session ends, but what it watched is parked: the next session of the
 * device takes it up, so that what the server has queued meanwhile is not lost. What is parked is remembered, too, for the process
 * after this one. After each return everything is checked: the run of the server, each item, each value.
 */
export class SubscribedSession implements Session<OpcUaPoint>, SubscriptionOwner {
  readonly closed: Promise<DriverError | undefined>
  #plan: Plan
  readonly #context: SessionContext
  readonly #conversation: Conversation
  readonly #parking: WatchParking
  readonly #release: () => Promise<void>
  readonly #stop = new AbortController()
  readonly #signal: AbortSignal
  readonly #close: (error: DriverError | undefined) => void
  readonly #maker: SampleMaker
  #contact: Contact | undefined
  #watch = new Watch()
  /** Handles whose first value after (re)building tells that it holds, not that it changed. */
  readonly #unconfirmed = new Set<number>()
  #batch: Sample[] = []
  /** What the server's clock is ahead of ours. */
  #clockOffset: Micros
  #onMessage: (() => void) | undefined
  #audit: NodeJS.Timeout | undefined
  /** One thing at a time: building, reading all. */
  #work: Promise<void> = Promise.resolve()

  private constructor(
    plan: Plan,
    context: SessionContext,
    conversation: Conversation,
    parking: WatchParking,
    maker: SampleMaker,
    clockOffset: Micros,
    release: () => Promise<void>,
  ) {
    this.#plan = plan
    this.#context = context
    this.#conversation = conversation
    this.#parking = parking
    this.#release = release
    this.#signal = AbortSignal.any([context.signal, this.#stop.signal])
    this.#maker = maker
    this.#clockOffset = clockOffset
    const { promise, resolve } = Promise.withResolvers<DriverError | undefined>()
    this.closed = promise
    this.#close = resolve
  }

  /**
   * @param release lets go of the conversation
   * @throws DriverError
   */
  static async open(
    plan: Plan,
    context: SessionContext,
    conversation: Conversation,
    parking: WatchParking,
    release: () => Promise<void>,
  ): Promise<Session> {
    const parked = parking.take(plan, context.clock)
    const recalled = parked === undefined ? recallWatch(context, plan, context.clock.now()) : undefined
    const maker = parked?.maker ?? new SampleMaker(context.clock.now())
    const clockOffset = parked?.clockOffset ?? recalled?.clockOffset ?? 0
    const session = new SubscribedSession(plan, context, conversation, parking, maker, clockOffset, release)
    try {
      const contact = parked === undefined ? await conversation.ready(session.#signal) : await session.#findBack(parked)
      const watch = parked ?? (recalled && (await session.#revive(contact, recalled)))
      if (watch === undefined) await session.#build(contact)
      else await session.#restore(contact, watch)
      session.#follow(contact)
      return session
    } catch (thrown) {
      const error = connectError(thrown, plan.config)
      if (parked !== undefined && error.retriable && !context.signal.aborted) parking.put(plan, failedOnce(parked, context.clock.now()))
      await session.#end(false)
      throw error
    }
  }

  facts(): Facts {
    return watchFacts(this.#conversation, this.#plan.points.length, this.#watch)
  }

  async replan(points: Plan['points']): Promise<boolean> {
    const taken = this.#work.then(async () => await this.#takeUp(points))
    this.#work = taken.catch(() => undefined)
    try {
      await taken
      return true
    } catch (thrown) {
      this.#context.log.warn('opcua.tags_not_taken_up', { device: this.#plan.device.code, problem: asError(thrown).message })
      return false
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end(!this.#context.signal.aborted)
  }

  /** @param park keeps what is watched for the next session, if the link was lost and the server still has it */
  async #end(park: boolean): Promise<void> {
    if (this.#stop.signal.aborted) return
    this.#stop.abort(new DriverError('connect', `The session of ${this.#plan.device.code} has ended`))
    clearTimeout(this.#audit)
    const contact = this.#contact
    if (contact?.server.link.isOpen === true && this.#context.signal.aborted && canBeTransferred(this.#plan.config)) {
      // stopped, or edited: whoever comes next takes it up, or has it forgotten
      for (const one of this.#watch.subscriptions) one.leave(contact)
    } else if (contact?.server.link.isOpen === true) {
      const deleted = Promise.all(this.#watch.subscriptions.map(async (one) => await one.delete(contact, new AbortController().signal)))
      await Promise.race([deleted, pause(FAREWELL)])
      forgetWatch(this.#context)
    } else if (park && contact !== undefined && this.#watch.subscriptions.length > 0) this.#park(contact)
    await this.#release()
    this.#close(undefined)
  }

  #park({ server }: Contact): void {
    const { clock } = this.#context
    const lifetime = Math.min(...this.#watch.subscriptions.map((one) => one.lifetime))
    this.#parking.put(this.#plan, {
      run: server.run,
      watch: this.#watch,
      maker: this.#maker,
      clockOffset: this.#clockOffset,
      until: clock.mono() + lifetime,
      failures: 0,
      goneSince: undefined,
    })
  }

  onChange(handle: number, data: DataValue): void {
    const received = this.#context.clock.now()
    if (handle === CLOCK_HANDLE) return this.#onClock(data, received)
    const node = this.#watch.nodes.get(handle)
    if (node === undefined) return
    if (hasOverflow(data.statusCode.value)) this.#context.count('queue_overflows')
    const occasion = this.#unconfirmed.delete(handle) ? 'confirmation' : 'change'
    for (const share of node.shares) this.#maker.make(share, data, received, occasion, this.#batch)
  }

  onMessageEnd(subscriptionId: number, expected: number): void {
    this.#onMessage?.()
    const batch = this.#batch
    this.#batch = []
    if (batch.length > 0) {
      this.#context.count('notifications', batch.length)
      this.#context.emit(batch)
    }
    rememberNext(this.#context, subscriptionId, expected, this.#context.clock.now())
  }

  async accepted(): Promise<void> {
    await this.#context.accepted()
  }

  onLoss(messages: number): void {
    this.#context.count('sequence_gaps', messages)
    this.#context.log.warn('opcua.messages_lost', { device: this.#plan.device.code, messages })
    this.#do(async () => await this.#confirm(this.#watch.watched, 'confirmation'))
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
    const table = await resolveNodes(this.#plan.points, contact.server, this.#signal)
    this.#contact = contact
    this.#watch = new Watch()
    this.#unconfirmed.clear()
    await this.#watch.change(table.nodes, this.#route(contact))
    this.#tellRefused(table.refused)
    this.#remember(contact.server)
    this.#armAudit()
  }

  /** Goes on with these points: what is watched already is left alone. */
  async #takeUp(points: Plan['points']): Promise<void> {
    const contact = this.#contact
    if (contact?.server.link.isOpen !== true) throw closedError(this.#plan.config.endpointUrl)
    const table = await resolveNodes(points, contact.server, this.#signal)
    const before = this.#watch.nodes
    const gone = await this.#watch.change(table.nodes, this.#route(contact))
    this.#plan = { ...this.#plan, points }
    this.#tellRefused(table.refused)
    this.#remember(contact.server)
    await this.#watch.drop(gone, this.#route(contact))
    const late = newcomers(before, this.#watch)
    if (late.length > 0) await this.#confirm(late, 'confirmation')
    this.#context.log.info('opcua.tags_taken_up', { device: this.#plan.device.code, tags: points.length, itemsGone: gone.length })
  }

  #route(contact: Contact): WatchRoute {
    const { publishingInterval, bridgeSeconds } = this.#plan.config
    return {
      contact,
      pace: subscriptionPace(publishingInterval, bridgeSeconds * 1000),
      owner: this,
      signal: this.#signal,
      onNew: (handles) => {
        for (const handle of handles) this.#unconfirmed.add(handle)
      },
    }
  }

  #tellRefused(unknown: NodeTable['refused']): void {
    const { refused, nodes } = this.#watch
    const items = refused.flatMap(({ handle, status }) => (nodes.get(handle)?.shares ?? []).map(({ tagId }) => ({ tagId, status })))
    const now = this.#context.clock.now()
    const samples = [...unknown, ...items].map(({ tagId, status }) => refusedSample(tagId, status, now))
    if (samples.length === 0) return
    this.#context.log.warn('opcua.items_refused', { device: this.#plan.device.code, items: samples.length })
    this.#context.emit(samples)
  }

  #remember({ run }: Server): void {
    rememberWatch(this.#context, this.#plan, { run, clockOffset: this.#clockOffset, watch: this.#watch })
  }

  #follow(contact: Contact): void {
    void contact.server.link.ended.then((reason) => {
      if (this.#signal.aborted) return
      this.#context.log.warn('opcua.link_lost', { device: this.#plan.device.code, problem: reason.message })
      this.#context.count('links_lost')
      clearTimeout(this.#audit)
      this.#close(reason)
    })
  }

  /**
   * The way back to a server that was reached before. At first a failure is told at once, so that people see it; then, while the server
   * still keeps the subscription, the way is tried every second, since what waits there is lost otherwise.
   */
  async #findBack({ failures }: ParkedWatch): Promise<Contact> {
    const until = this.#context.clock.mono() + (failures < TOLD_AT_ONCE ? 0 : PATIENCE)
    for (;;) {
      try {
        return await this.#conversation.ready(this.#signal)
      } catch (thrown) {
        this.#signal.throwIfAborted()
        const error = connectError(thrown, this.#plan.config)
        if (!error.retriable || error.fault === 'limit' || this.#context.clock.mono() >= until) throw error
        await pause(RETRY, undefined, { signal: this.#signal })
      }
    }
  }

  /**
   * What the process before this one watched, as if this one had parked it.
   * @returns undefined when it is of no use: settings, tags or nodes are others now
   */
  async #revive(contact: Contact, recalled: RecalledWatch): Promise<ParkedWatch | undefined> {
    const { run, clockOffset, items, fits } = recalled
    const subscriptions = recalled.subscriptions.map(({ id, pace, expected }) => new Subscription(id, pace, this, expected))
    const { nodes } = await resolveNodes(this.#plan.points, contact.server, this.#signal)
    const outcomes = unpackRuns(items)
    if (!fits || digestOf(nodes) !== recalled.nodes || outcomes.length !== nodes.length) {
      await this.#discard(contact, run, subscriptions)
      return undefined
    }
    const numbered = new Map(nodes.map((node, index) => [outcomes[index]?.handle ?? 0, node]))
    const nextHandle = outcomes.reduce((highest, { handle }) => Math.max(highest, handle), 0) + UNWRITTEN_HANDLES
    const watch = new Watch({ subscriptions, nodes: numbered, items: outcomes, nextHandle })
    const parts = { run, watch, maker: this.#maker, clockOffset }
    return { ...parts, until: Number.POSITIVE_INFINITY, failures: 0, goneSince: undefined }
  }

  /** Only on the same run: on another the numbers are of somebody else's subscriptions. */
  async #discard(contact: Contact, run: string, subscriptions: readonly Subscription[]): Promise<void> {
    if (contact.server.run !== run) return
    await Promise.all(subscriptions.map(async (one) => await one.discard(contact, this.#signal)))
  }

  /** Trusts nothing: the same run of the server, the same subscription, or all anew; then every value is asked for. */
  async #restore(contact: Contact, parked: ParkedWatch): Promise<void> {
    const { watch, goneSince } = parked
    const { subscriptions } = watch
    const same = contact.server.run === parked.run
    this.#contact = contact
    this.#watch = watch
    if (goneSince !== undefined) this.#maker.setLateBefore(goneSince + this.#clockOffset)
    let continued = same
    for (const subscription of subscriptions) continued &&= await subscription.continueOver(contact, this, this.#signal)
    if (!continued) {
      this.#maker.setLateBefore(undefined)
      await this.#discard(contact, parked.run, subscriptions)
      this.#context.log.info('opcua.rebuilt', { device: this.#plan.device.code, sameRun: same })
      this.#context.count('rebuilds')
      return await this.#build(contact)
    }
    this.#context.count('resumptions')
    this.#context.log.info('opcua.resumed', { device: this.#plan.device.code })
    // what waits in the server's queues goes first; it is published, not repeated
    const firstMessage = new Promise<void>((resolve) => (this.#onMessage = resolve))
    await Promise.race([firstMessage, pause(3 * (subscriptions[0]?.pace.publishingInterval ?? 0), undefined, { signal: this.#signal })])
    await this.#confirm(watch.watched, 'reminder')
    this.#armAudit()
  }

  async #rebuild(): Promise<void> {
    const contact = this.#contact
    if (contact?.server.link.isOpen !== true) return
    await Promise.all(this.#watch.subscriptions.map(async (one) => await one.delete(contact, this.#signal)))
    this.#context.count('rebuilds')
    await this.#build(contact)
  }

  /** Reads values, since unchanged ones are not sent. */
  async #confirm(nodes: readonly WatchedNode[], occasion: Occasion): Promise<void> {
    const server = this.#contact?.server
    if (server?.link.isOpen !== true) return
    const wanted = nodes.map(({ nodeId }) => ({ ...valueOf(CURRENT_TIME), nodeId }))
    const asked = this.#context.clock.now()
    const values = await server.read(wanted, server.timeoutMillis, this.#signal)
    const answered = this.#context.clock.now()
    const samples: Sample[] = []
    for (const [index, { shares }] of nodes.entries()) {
      const value = values[index]
      if (value === undefined) continue
      const changed = (value.sourceTimestamp?.getTime() ?? 0) * 1000 - this.#clockOffset
      // since we asked: the change itself is on its way
      if (occasion === 'reminder' && changed > asked && changed <= answered) continue
      for (const share of shares) this.#maker.make(share, value, asked, occasion, samples)
    }
    this.#maker.setLateBefore(undefined)
    this.#context.emit(samples)
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
    if (await this.#watch.retry(this.#route(contact))) this.#remember(contact.server)
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
