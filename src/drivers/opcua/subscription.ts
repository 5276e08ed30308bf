import {
  AttributeIds,
  CreateMonitoredItemsRequest,
  CreateMonitoredItemsResponse,
  CreateSubscriptionRequest,
  CreateSubscriptionResponse,
  DataChangeNotification,
  DeleteMonitoredItemsRequest,
  DeleteMonitoredItemsResponse,
  DeleteSubscriptionsRequest,
  DeleteSubscriptionsResponse,
  MonitoredItemCreateRequest,
  MonitoringMode,
  RepublishRequest,
  RepublishResponse,
  StatusChangeNotification,
  TimestampsToReturn,
  TransferSubscriptionsRequest,
  TransferSubscriptionsResponse,
  type DataValue,
  type NodeId,
  type NotificationMessage,
} from 'node-opcua-client'
import type { Millis } from '#base/time.ts'
import { lifetimeOf, silenceAllowed, type Pace } from './core/pace.ts'
import { judgeArrival, nextSequence } from './core/sequence.ts'
import { conditionOf, isBad, Status } from './core/status.ts'
import type { ItemOutcome } from './core/item-runs.ts'
import type { Contact } from './conversation.ts'
import { ServiceFault } from './link-errors.ts'
import type { Subscriber } from './publisher.ts'
import { asRequest, type Server } from './server.ts'

/** What is to be watched. */
export interface ItemRequest {
  /** Comes back with each change; not 0. */
  readonly handle: number
  readonly nodeId: NodeId
  readonly samplingInterval: Millis
  readonly queueSize: number
}

export interface SubscriptionOwner {
  onChange(handle: number, data: DataValue): void
  /** After the changes of one message; `expected` is the number of the next. */
  onMessageEnd(subscriptionId: number, expected: number): void
  /** Resolves when everything that was told so far is safe. */
  accepted(): Promise<void>
  /** Messages got lost that the server could not repeat: values must be read. */
  onLoss(messages: number): void
  /** The server ended the subscription, or it is none of its any more. */
  onEnd(status: number): void
}

/** One subscription on the server: it outlives its link, and can be taken over by the next. */
export class Subscription implements Subscriber {
  readonly id: number
  /** As revised by the server. */
  readonly pace: Pace
  #owner: SubscriptionOwner
  /** Undefined until one that was recalled is taken up. */
  #contact: Contact | undefined
  #expected: number
  /** Messages that are to be acknowledged when they are safe. */
  #owed: number[] = []
  /** Messages that wait until those missing before them are here. */
  #queue: Promise<void> = Promise.resolve()
  #mending = false
  #ended = false

  /** One that stands on the server, to be taken up by {@link continueOver}. */
  constructor(id: number, pace: Pace, owner: SubscriptionOwner, expected = 1, contact?: Contact) {
    this.id = id
    this.pace = pace
    this.#contact = contact
    this.#owner = owner
    this.#expected = expected
  }

  /** @throws DriverError, ServiceFault */
  static async create(contact: Contact, pace: Pace, owner: SubscriptionOwner, signal: AbortSignal): Promise<Subscription> {
    const { server, publisher } = contact
    const request = new CreateSubscriptionRequest({
      requestedPublishingInterval: pace.publishingInterval,
      requestedMaxKeepAliveCount: pace.maxKeepAliveCount,
      requestedLifetimeCount: pace.lifetimeCount,
      maxNotificationsPerPublish: 0,
      publishingEnabled: true,
      priority: 0,
    })
    const response = await server.link.call(asRequest(request), CreateSubscriptionResponse, server.timeoutMillis, signal)
    const revised: Pace = {
      publishingInterval: response.revisedPublishingInterval,
      maxKeepAliveCount: response.revisedMaxKeepAliveCount,
      lifetimeCount: response.revisedLifetimeCount,
    }
    const subscription = new Subscription(response.subscriptionId, revised, owner, 1, contact)
    publisher.add(subscription.id, subscription, silenceAllowed(revised))
    return subscription
  }

  get lifetime(): Millis {
    return lifetimeOf(this.pace)
  }

  /** Watches the items, in chunks and one chunk after the other. @throws DriverError, ServiceFault */
  async watch(items: readonly ItemRequest[], { server }: Contact, signal: AbortSignal): Promise<readonly ItemOutcome[]> {
    return await server.split('monitoredItems', items, async (part) => {
      const request = new CreateMonitoredItemsRequest({
        subscriptionId: this.id,
        timestampsToReturn: TimestampsToReturn.Both,
        itemsToCreate: part.map(monitoredItem),
      })
      const response = await server.link.call(asRequest(request), CreateMonitoredItemsResponse, 4 * server.timeoutMillis, signal)
      return part.map((one, index): ItemOutcome => {
        const result = response.results?.[index]
        const status = result === undefined ? Status.BadUnexpectedError : result.statusCode.value >>> 0
        return {
          handle: one.handle,
          status: isBad(status) ? status : 0,
          samplingInterval: result?.revisedSamplingInterval ?? one.samplingInterval,
          queueSize: result?.revisedQueueSize ?? one.queueSize,
          subscriptionId: this.id,
          itemId: isBad(status) ? 0 : (result?.monitoredItemId ?? 0),
        }
      })
    })
  }

  /** Watches them no more; whatever the server answers to each. @throws DriverError, ServiceFault */
  async unwatch(itemIds: readonly number[], { server }: Contact, signal: AbortSignal): Promise<void> {
    await server.split('monitoredItems', itemIds, async (part) => {
      const request = new DeleteMonitoredItemsRequest({ subscriptionId: this.id, monitoredItemIds: [...part] })
      await server.link.call(asRequest(request), DeleteMonitoredItemsResponse, 4 * server.timeoutMillis, signal)
      return part
    })
  }

  /**
   * Goes on over a new link to the same run of the server: takes it over where the session is another, then asks for what was sent in
   * vain (Part 4, 6.7).
   * @returns false when the server has no such subscription any more
   * @throws DriverError
   */
  async continueOver(contact: Contact, owner: SubscriptionOwner, signal: AbortSignal): Promise<boolean> {
    if (this.#ended) return false
    this.#contact = contact
    this.#owner = owner
    const { server } = contact
    try {
      if (!(await this.#republish(server, Number.POSITIVE_INFINITY, signal))) {
        // another session made it
        if (!(await this.#transfer(server, signal))) return false
        if (!(await this.#republish(server, Number.POSITIVE_INFINITY, signal))) return false
      }
    } catch (error) {
      if (error instanceof ServiceFault) return false
      throw error
    }
    contact.publisher.add(this.id, this, silenceAllowed(this.pace))
    void this.#settle()
    return true
  }

  /** Tells the server to forget it; whatever it answers. */
  async delete({ server, publisher }: Contact, signal: AbortSignal): Promise<void> {
    this.#ended = true
    publisher.remove(this.id)
    if (!server.link.isOpen) return
    const request = new DeleteSubscriptionsRequest({ subscriptionIds: [this.id] })
    await server.link.call(asRequest(request), DeleteSubscriptionsResponse, server.timeoutMillis, signal).catch(() => undefined)
  }

  /** The same for one that another session of ours may have made. */
  async discard(contact: Contact, signal: AbortSignal): Promise<void> {
    await this.#transfer(contact.server, signal).catch(() => false)
    await this.delete(contact, signal)
  }

  /** Leaves it on the server for whoever takes it up; what it says meanwhile is not acknowledged. */
  leave({ publisher }: Contact): void {
    this.#ended = true
    publisher.remove(this.id)
  }

  async onMessage(message: NotificationMessage): Promise<void> {
    const server = this.#contact?.server
    if (this.#ended || server === undefined) return
    const arrival = judgeArrival(this.#expected, message.sequenceNumber)
    if (arrival.kind === 'next' && !this.#mending) this.#accept(message)
    else {
      // what comes now waits until the gap before it is closed
      this.#mending = true
      this.#queue = this.#queue.then(async () => {
        await this.#closeGap(server, message)
        if (!this.#ended) this.#accept(message)
      })
      const mine = this.#queue
      await mine
      if (this.#queue === mine) this.#mending = false
    }
    await this.#settle()
  }

  /** Acknowledges what is safe: the server forgets it then. */
  async #settle(): Promise<void> {
    const owed = this.#owed.splice(0)
    if (owed.length === 0) return
    await this.#owner.accepted()
    for (const sequence of owed) this.#contact?.publisher.acknowledge(this.id, sequence)
  }

  async #closeGap(server: Server, message: NotificationMessage): Promise<void> {
    const arrival = judgeArrival(this.#expected, message.sequenceNumber)
    if (arrival.kind !== 'gap') return
    const before = this.#expected
    await this.#republish(server, arrival.missing.length, new AbortController().signal).catch(() => undefined)
    const left = judgeArrival(this.#expected, message.sequenceNumber)
    if (left.kind !== 'gap') return
    this.#owner.onLoss(left.lost)
    if (this.#expected === before || left.lost > 0) this.#expected = message.sequenceNumber
  }

  /**
   * Asks for message after message, from the expected on, until the server has no more.
   * @returns false when the session has no such subscription
   * @throws DriverError, ServiceFault
   */
  async #republish(server: Server, most: number, signal: AbortSignal): Promise<boolean> {
    for (let asked = 0; asked < most; asked++) {
      const request = new RepublishRequest({ subscriptionId: this.id, retransmitSequenceNumber: this.#expected })
      try {
        const { notificationMessage } = await server.link.call(asRequest(request), RepublishResponse, server.timeoutMillis, signal)
        this.#accept(notificationMessage)
      } catch (error) {
        if (!(error instanceof ServiceFault)) throw error
        // no such message: everything that was sent has arrived; or a server that does not repeat at all
        return conditionOf(error.status) !== Status.BadSubscriptionIdInvalid
      }
    }
    return true
  }

  async #transfer(server: Server, signal: AbortSignal): Promise<boolean> {
    const request = new TransferSubscriptionsRequest({ subscriptionIds: [this.id], sendInitialValues: false })
    const { results } = await server.link.call(asRequest(request), TransferSubscriptionsResponse, server.timeoutMillis, signal)
    const status = results?.[0]?.statusCode.value
    return status !== undefined && !isBad(status)
  }

  #accept(message: NotificationMessage): void {
    const parts = message.notificationData ?? []
    if (judgeArrival(this.#expected, message.sequenceNumber).kind === 'old') return
    if (parts.length === 0) return
    this.#expected = nextSequence(message.sequenceNumber)
    this.#owed.push(message.sequenceNumber)
    for (const part of parts) {
      if (part instanceof DataChangeNotification) {
        for (const { clientHandle, value } of part.monitoredItems ?? []) this.#owner.onChange(clientHandle, value)
      } else if (part instanceof StatusChangeNotification) {
        // what we did ourselves; should another program have done it, the silence that follows tells
        if (conditionOf(part.status.value) === Status.GoodSubscriptionTransferred) continue
        this.#ended = true
        this.#contact?.publisher.remove(this.id)
        this.#owner.onEnd(part.status.value >>> 0)
      }
    }
    this.#owner.onMessageEnd(this.id, this.#expected)
  }
}

function monitoredItem({ handle, nodeId, samplingInterval, queueSize }: ItemRequest): MonitoredItemCreateRequest {
  return new MonitoredItemCreateRequest({
    itemToMonitor: { nodeId, attributeId: AttributeIds.Value },
    monitoringMode: MonitoringMode.Reporting,
    requestedParameters: { clientHandle: handle, samplingInterval, queueSize, discardOldest: true },
  })
}
