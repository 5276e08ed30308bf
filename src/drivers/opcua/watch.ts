import { resolveNodeId } from 'node-opcua-client'
import type { Millis } from '#base/time.ts'
import type { ItemOutcome } from './core/item-runs.ts'
import type { Pace } from './core/pace.ts'
import { conditionOf, Status } from './core/status.ts'
import type { Contact } from './conversation.ts'
import type { WatchedNode } from './node-table.ts'
import type { Share } from './sample-maker.ts'
import { CURRENT_TIME } from './server.ts'
import { Subscription, type ItemRequest, type SubscriptionOwner } from './subscription.ts'

/** Handle of the server's own clock, which is watched as a sign of life. */
export const CLOCK_HANDLE = 0x7fff_ffff
const CLOCK_INTERVAL: Millis = 1000

/** How the server is asked. */
export interface WatchRoute {
  readonly contact: Contact
  readonly pace: Pace
  readonly owner: SubscriptionOwner
  readonly signal: AbortSignal
  /** Told of the handles before anything can come for them. */
  readonly onNew: (handles: readonly number[]) => void
}

interface Parts {
  readonly subscriptions: readonly Subscription[]
  readonly nodes: ReadonlyMap<number, WatchedNode>
  readonly items: readonly ItemOutcome[]
  readonly nextHandle: number
}

/**
 * What a device watches on its server: the nodes under handles that come back with their changes, and what the server made of each. A
 * handle is never given to another node, so that what was on its way for a node that is gone is nobody's.
 */
export class Watch {
  #subscriptions: readonly Subscription[]
  #nodes: ReadonlyMap<number, WatchedNode>
  #items: readonly ItemOutcome[]
  #nextHandle: number

  /** Nothing yet, or what stands on the server. */
  constructor({ subscriptions, nodes, items, nextHandle }: Parts = { subscriptions: [], nodes: new Map(), items: [], nextHandle: 1 }) {
    this.#subscriptions = subscriptions
    this.#nodes = nodes
    this.#items = items
    this.#nextHandle = nextHandle
  }

  get subscriptions(): readonly Subscription[] {
    return this.#subscriptions
  }

  /** By handle, in the order of the tags. */
  get nodes(): ReadonlyMap<number, WatchedNode> {
    return this.#nodes
  }

  /** One for each node. */
  get items(): readonly ItemOutcome[] {
    return this.#items
  }

  get refused(): readonly ItemOutcome[] {
    return this.#items.filter(({ status }) => status !== 0)
  }

  /** Those that the server did not refuse. */
  get watched(): readonly WatchedNode[] {
    return this.#items.flatMap(({ status, handle }) => (status === 0 ? (this.#nodes.get(handle) ?? []) : []))
  }

  /**
   * Watches these nodes: those that are watched already in the same way are left alone. Of the others nothing is taken from the server yet.
   * @returns what is gone, for {@link drop}
   * @throws DriverError, ServiceFault; what was watched before is watched still
   */
  async change(nodes: readonly WatchedNode[], route: WatchRoute): Promise<readonly ItemOutcome[]> {
    const known = new Map([...this.#nodes].map(([handle, node]) => [watchOf(node), handle]))
    const before = this.#nodes
    const after = new Map(nodes.map((node) => [known.get(watchOf(node)) ?? this.#nextHandle++, node]))
    const added = [...after].filter(([handle]) => !before.has(handle))
    route.onNew(added.map(([handle]) => handle))
    // what is new may change before the answer is here
    this.#nodes = new Map([...before, ...added])
    const made = await this.#create(
      added.map(([handle, node]) => ({ ...node, handle })),
      route,
    )
    const gone = this.#items.filter(({ handle }) => !after.has(handle))
    this.#items = [...this.#items.filter(({ handle }) => after.has(handle)), ...made]
    this.#nodes = after
    return gone
  }

  /** Takes from the server what is not watched any more, and subscriptions that hold nothing. @throws DriverError, ServiceFault */
  async drop(gone: readonly ItemOutcome[], { contact, signal }: WatchRoute): Promise<void> {
    const bySubscription = Map.groupBy(
      gone.filter(({ status }) => status === 0),
      ({ subscriptionId }) => subscriptionId,
    )
    for (const one of this.#subscriptions) {
      const itemIds = (bySubscription.get(one.id) ?? []).map(({ itemId }) => itemId)
      if (itemIds.length > 0) await one.unwatch(itemIds, contact, signal)
    }
    const used = new Set(this.#items.map(({ subscriptionId, status }) => (status === 0 ? subscriptionId : 0)))
    // the first one has the clock
    const idle = this.#subscriptions.slice(1).filter(({ id }) => !used.has(id))
    this.#subscriptions = this.#subscriptions.filter((one) => !idle.includes(one))
    for (const one of idle) await one.delete(contact, signal)
  }

  /** Asks again for what the server refused. @returns whether any of it is watched now */
  async retry({ contact, signal, onNew }: WatchRoute): Promise<boolean> {
    const { refused } = this
    const [subscription] = this.#subscriptions
    if (refused.length === 0 || subscription === undefined) return false
    onNew(refused.map(({ handle }) => handle))
    const requests = refused.flatMap(({ handle }): readonly ItemRequest[] => {
      const node = this.#nodes.get(handle)
      return node === undefined ? [] : [{ ...node, handle }]
    })
    const again = await subscription.watch(requests, contact, signal)
    this.#items = [...this.#items.filter(({ status }) => status === 0), ...again]
    return again.some(({ status }) => status === 0)
  }

  /** Into the subscriptions that stand, then into as many more as the server needs: small controllers watch few items in each. */
  async #create(requests: readonly ItemRequest[], { contact, pace, owner, signal }: WatchRoute): Promise<readonly ItemOutcome[]> {
    const clock: ItemRequest = { handle: CLOCK_HANDLE, nodeId: resolveNodeId(CURRENT_TIME), samplingInterval: CLOCK_INTERVAL, queueSize: 1 }
    const made: ItemOutcome[] = []
    let left = this.#subscriptions.length === 0 ? [clock, ...requests] : requests
    for (let nth = 0; left.length > 0; nth++) {
      const standing = this.#subscriptions[nth]
      const subscription = standing ?? (await Subscription.create(contact, pace, owner, signal))
      if (standing === undefined) this.#subscriptions = [...this.#subscriptions, subscription]
      const outcomes = await subscription.watch(left, contact, signal)
      const full = new Set(outcomes.flatMap((one) => (conditionOf(one.status) === Status.BadTooManyMonitoredItems ? one.handle : [])))
      const isLast = standing === undefined && full.size === outcomes.length
      made.push(...outcomes.filter(({ handle }) => handle !== CLOCK_HANDLE && (isLast || !full.has(handle))))
      left = isLast ? [] : left.filter(({ handle }) => full.has(handle))
    }
    return made
  }
}

/** The same node, looked at in another way, is another item on the server. */
function watchOf({ nodeId, samplingInterval, queueSize }: WatchedNode): string {
  return `${samplingInterval} ${queueSize} ${nodeId.toString()}`
}

/** @returns tags that have come to nodes which were watched before them: no change will tell their value */
export function newcomers(before: Watch['nodes'], { nodes, watched }: Watch): readonly WatchedNode[] {
  const isThere = new Set(watched)
  return [...nodes].flatMap(([handle, node]) => {
    const known = new Set(before.get(handle)?.shares.map(keyOfShare))
    const shares = known.size === 0 || !isThere.has(node) ? [] : node.shares.filter((share) => !known.has(keyOfShare(share)))
    return shares.length === 0 ? [] : [{ ...node, shares }]
  })
}

function keyOfShare({ tagId, element }: Share): string {
  return `${tagId} ${element?.join() ?? ''}`
}
