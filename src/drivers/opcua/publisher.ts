import {
  DeleteSubscriptionsRequest,
  DeleteSubscriptionsResponse,
  PublishRequest,
  PublishResponse,
  type NotificationMessage,
} from 'node-opcua-client'
import { DriverError, asError } from '#base/errors.ts'
import type { Clock, Millis } from '#base/time.ts'
import { conditionOf, Status } from './core/status.ts'
import { ServiceFault } from './link-errors.ts'
import type { Link } from './link.ts'
import { asRequest } from './server.ts'

/** Takes what the server publishes for one subscription. */
export interface Subscriber {
  /** Resolves when what it brought is safe; until then one Publish request less waits at the server. */
  onMessage(message: NotificationMessage): Promise<void>
}

interface Subscribed {
  readonly subscriber: Subscriber
  readonly silenceAllowed: Millis
  heard: Millis
}

/** The server keeps a Publish request until it has something to say; it may do so for long, but the watch below sees silence sooner. */
const PUBLISH_TIMEOUT: Millis = 120_000
const WATCH_INTERVAL: Millis = 250
/** Requests that wait at the server beyond one a subscription, so that none of them ever lacks one. */
const SPARE = 2
/** A subscription that nobody takes up for so long was left by a process that was killed while it made it, or by a device that is gone. */
const STRANGER_PATIENCE: Millis = 120_000

/**
 * Keeps Publish requests waiting at the server for all subscriptions of one session, acknowledges what is safe, and destroys a link on
 * which a subscription is silent for longer than its keep-alives allow. While nothing can be made safe it asks for nothing: then values
 * wait in the queues of the server.
 */
export class Publisher implements Disposable {
  readonly #link: Link
  readonly #clock: Clock
  readonly #subscribed = new Map<number, Subscribed>()
  /** Subscriptions of the session that nobody has taken up, with the time when they were first heard. */
  readonly #strangers = new Map<number, Millis>()
  readonly #stop = new AbortController()
  #acknowledgements: { subscriptionId: number; sequenceNumber: number }[] = []
  /** Requests that wait at the server. */
  #asked = 0
  /** The same, and those whose answer is not safe yet. */
  #busy = 0
  /** Lowered when the server takes fewer. */
  #most = Number.POSITIVE_INFINITY
  #watch: NodeJS.Timeout | undefined

  constructor(link: Link, clock: Clock) {
    this.#link = link
    this.#clock = clock
    void link.ended.then(() => this[Symbol.dispose]())
  }

  add(subscriptionId: number, subscriber: Subscriber, silenceAllowed: Millis): void {
    this.#strangers.delete(subscriptionId)
    this.#subscribed.set(subscriptionId, { subscriber, silenceAllowed, heard: this.#clock.mono() })
    this.#watch ??= setInterval(() => this.#listenForSilence(), WATCH_INTERVAL)
    this.#fill()
  }

  remove(subscriptionId: number): void {
    this.#subscribed.delete(subscriptionId)
    this.#acknowledgements = this.#acknowledgements.filter((one) => one.subscriptionId !== subscriptionId)
    if (this.#subscribed.size > 0) return
    clearInterval(this.#watch)
    this.#watch = undefined
  }

  acknowledge(subscriptionId: number, sequenceNumber: number): void {
    this.#acknowledgements.push({ subscriptionId, sequenceNumber })
  }

  [Symbol.dispose](): void {
    this.#stop.abort()
    clearInterval(this.#watch)
    this.#subscribed.clear()
  }

  #fill(): void {
    const wanted = Math.min(this.#most, this.#subscribed.size + SPARE)
    while (this.#busy < wanted && this.#subscribed.size > 0 && !this.#stop.signal.aborted) void this.#publish()
  }

  async #publish(): Promise<void> {
    this.#busy++
    const subscriptionAcknowledgements = this.#acknowledgements.splice(0)
    try {
      const request = asRequest(new PublishRequest({ subscriptionAcknowledgements }))
      this.#asked++
      const response = await this.#link.call(request, PublishResponse, PUBLISH_TIMEOUT).finally(() => this.#asked--)
      const known = this.#subscribed.get(response.subscriptionId)
      if (known === undefined) this.#onStranger(response.subscriptionId)
      else {
        known.heard = this.#clock.mono()
        await known.subscriber.onMessage(response.notificationMessage)
      }
    } catch (error) {
      this.#onFault(error)
    } finally {
      this.#busy--
      this.#fill()
    }
  }

  /** Its device may still come and take it up; what it says is not acknowledged, and asked for again then. */
  #onStranger(subscriptionId: number): void {
    const now = this.#clock.mono()
    const since = this.#strangers.get(subscriptionId)
    if (since === undefined) this.#strangers.set(subscriptionId, now)
    else if (now - since > STRANGER_PATIENCE) {
      this.#strangers.set(subscriptionId, now)
      const request = asRequest(new DeleteSubscriptionsRequest({ subscriptionIds: [subscriptionId] }))
      this.#link.call(request, DeleteSubscriptionsResponse, PUBLISH_TIMEOUT).catch(() => undefined)
    }
  }

  #onFault(error: unknown): void {
    if (this.#stop.signal.aborted) return
    const condition = error instanceof ServiceFault ? conditionOf(error.status) : 0
    switch (condition) {
      case Status.BadTooManyPublishRequests:
        this.#most = Math.max(1, this.#busy - 1)
        return
      case Status.BadNoSubscription:
        // the server has none of ours any more: whoever subscribed must build anew, which a new link makes them do
        if (this.#subscribed.size === 0) return
        break
      case Status.BadTimeout:
        return
      default:
    }
    const cause = asError(error)
    this.#link.destroy(cause instanceof DriverError ? cause : new DriverError('protocol', cause.message, { cause }))
  }

  #listenForSilence(): void {
    const now = this.#clock.mono()
    for (const subscribed of this.#subscribed.values()) {
      // who was not asked has nothing to say
      if (this.#asked === 0) subscribed.heard = now
      const { heard, silenceAllowed } = subscribed
      if (now - heard <= silenceAllowed) continue
      const { endpointUrl } = this.#link.config
      this.#link.destroy(
        new DriverError(
          'timeout',
          `${endpointUrl} sent nothing for ${Math.round(now - heard)} ms, although it should say that it is alive`,
          {
            remedy: 'Check the cable and the power of the device.',
          },
        ),
      )
      return
    }
  }
}
