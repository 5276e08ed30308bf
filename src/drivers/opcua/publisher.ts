import { PublishRequest, PublishResponse, type NotificationMessage } from 'node-opcua-client'
import { DriverError, asError } from '#base/errors.ts'
import type { Clock, Millis } from '#base/time.ts'
import { conditionOf, Status } from './core/status.ts'
import { ServiceFault } from './link-errors.ts'
import type { Link } from './link.ts'
import { asRequest } from './server.ts'

/** Takes what the server publishes for one subscription. */
export interface Subscriber {
  onMessage(message: NotificationMessage): void
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

/**
 * Keeps Publish requests waiting at the server for all subscriptions of one session, acknowledges, and destroys a link on which a
 * subscription is silent for longer than its keep-alives allow.
 */
export class Publisher implements Disposable {
  readonly #link: Link
  readonly #clock: Clock
  readonly #subscribed = new Map<number, Subscribed>()
  readonly #stop = new AbortController()
  #acknowledgements: { subscriptionId: number; sequenceNumber: number }[] = []
  #waiting = 0
  /** Lowered when the server takes fewer. */
  #most = Number.POSITIVE_INFINITY
  #watch: NodeJS.Timeout | undefined

  constructor(link: Link, clock: Clock) {
    this.#link = link
    this.#clock = clock
    void link.ended.then(() => this[Symbol.dispose]())
  }

  add(subscriptionId: number, subscriber: Subscriber, silenceAllowed: Millis): void {
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
    while (this.#waiting < wanted && this.#subscribed.size > 0 && !this.#stop.signal.aborted) void this.#publish()
  }

  async #publish(): Promise<void> {
    this.#waiting++
    const subscriptionAcknowledgements = this.#acknowledgements.splice(0)
    try {
      const request = asRequest(new PublishRequest({ subscriptionAcknowledgements }))
      const { subscriptionId, notificationMessage } = await this.#link.call(request, PublishResponse, PUBLISH_TIMEOUT)
      const known = this.#subscribed.get(subscriptionId)
      if (known !== undefined) {
        known.heard = this.#clock.mono()
        known.subscriber.onMessage(notificationMessage)
      }
    } catch (error) {
      this.#onFault(error)
    } finally {
      this.#waiting--
      this.#fill()
    }
  }

  #onFault(error: unknown): void {
    if (this.#stop.signal.aborted) return
    const condition = error instanceof ServiceFault ? conditionOf(error.status) : 0
    switch (condition) {
      case Status.BadTooManyPublishRequests:
        this.#most = Math.max(1, this.#waiting - 1)
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
    for (const { heard, silenceAllowed } of this.#subscribed.values()) {
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
