import type { Millis } from '#base/time.ts'
import type { SessionContext } from '../driver.ts'
import type { Connections, MqttPlan } from './connections.ts'
import type { LinkLease } from './link-pool.ts'
import type { LinkUser } from './link.ts'
import type { SparkplugHost } from './sparkplug-host.ts'
import { TopicDiscovery } from './topic-discovery.ts'
import type { TopicHub } from './topic-hub.ts'

/** Listening to everything goes on so long after the last look. */
const LINGER: Millis = 60_000

interface Open<User extends LinkUser> {
  readonly lease: LinkLease<User>
  timer: NodeJS.Timeout | undefined
  /** Of the last look: aborted when the process stops. */
  signal: AbortSignal
  onAbort: () => void
}

/** Who browses which broker: each has a place at the broker's link until a minute after the last look. */
export class Discoveries {
  readonly #topics = new Map<string, Open<TopicHub> & { readonly discovery: TopicDiscovery }>()
  readonly #sparkplug = new Map<string, Open<SparkplugHost>>()

  /** @returns what was seen; `fresh` when nobody has looked before, so that nothing can have come yet. @throws DriverError */
  async topics(plan: MqttPlan, context: SessionContext, connections: Connections): Promise<{ discovery: TopicDiscovery; fresh: boolean }> {
    const key = plan.config.broker
    const known = this.#topics.get(key)
    if (known !== undefined) {
      this.#rearm(known, context, () => this.#endTopics(key))
      return { discovery: known.discovery, fresh: false }
    }
    const lease = await connections.topics(plan, context)
    await this.#reach(lease, context)
    const opened = { lease, discovery: new TopicDiscovery(), ...asleep(context) }
    this.#topics.set(key, opened)
    lease.user.observe(opened.discovery)
    lease.link.subscribe(['#'], 0)
    this.#rearm(opened, context, () => this.#endTopics(key))
    return { discovery: opened.discovery, fresh: true }
  }

  /** As {@link topics}. */
  async sparkplug(plan: MqttPlan, context: SessionContext, connections: Connections): Promise<{ host: SparkplugHost; fresh: boolean }> {
    const key = plan.config.broker
    const known = this.#sparkplug.get(key)
    if (known !== undefined) {
      this.#rearm(known, context, () => this.#endSparkplug(key))
      return { host: known.lease.user, fresh: false }
    }
    const lease = await connections.sparkplug(plan, context)
    await this.#reach(lease, context)
    const opened = { lease, ...asleep(context) }
    this.#sparkplug.set(key, opened)
    lease.user.discover(true)
    this.#rearm(opened, context, () => this.#endSparkplug(key))
    return { host: lease.user, fresh: true }
  }

  async #reach(lease: LinkLease<LinkUser>, context: SessionContext): Promise<void> {
    try {
      await lease.link.settled(context.signal)
      if (lease.link.problem !== undefined) throw lease.link.problem
    } catch (error) {
      await lease[Symbol.asyncDispose]()
      throw error
    }
  }

  #rearm(open: Open<LinkUser>, { signal }: SessionContext, end: () => void): void {
    clearTimeout(open.timer)
    open.timer = setTimeout(end, LINGER)
    open.signal.removeEventListener('abort', open.onAbort)
    open.signal = signal
    open.onAbort = end
    signal.addEventListener('abort', end, { once: true })
  }

  #endTopics(key: string): void {
    const open = this.#topics.get(key)
    if (open === undefined) return
    this.#topics.delete(key)
    sleep(open)
    open.lease.user.observe(undefined)
    open.lease.link.unsubscribe(['#'])
    void open.lease[Symbol.asyncDispose]()
  }

  #endSparkplug(key: string): void {
    const open = this.#sparkplug.get(key)
    if (open === undefined) return
    this.#sparkplug.delete(key)
    sleep(open)
    open.lease.user.discover(false)
    void open.lease[Symbol.asyncDispose]()
  }
}

function asleep({ signal }: SessionContext): Omit<Open<LinkUser>, 'lease'> {
  return { timer: undefined, signal, onAbort: () => undefined }
}

function sleep(open: Open<LinkUser>): void {
  clearTimeout(open.timer)
  open.signal.removeEventListener('abort', open.onAbort)
}
