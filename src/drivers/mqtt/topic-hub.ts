import type { DriverError } from '#base/errors.ts'
import type { Clock, Millis } from '#base/time.ts'
import type { Link, LinkUser, Received } from './link.ts'
import { type Extractor, type OpenedPayload, openPayload } from './core/extract.ts'
import { TopicRouter } from './core/topic-router.ts'
import type { ParkedMessages } from './parked-messages.ts'
import type { TopicDiscovery } from './topic-discovery.ts'

/** A device of plain topics. */
export interface TopicMember {
  readonly routes: readonly TopicRoute[]
  readonly qos: 0 | 1
  /** One message for one of its filters; whatever is in it. */
  take(message: Received, payload: OpenedPayload, route: TopicRoute): void
  /** Resolves when everything taken so far is safe. */
  accepted(): Promise<void>
  linkUp(): void
  linkDown(problem: DriverError): void
  refused(filter: string, problem: DriverError): void
}

/** Where one filter of one device leads. */
export interface TopicRoute {
  readonly member: TopicMember
  readonly filter: string
  readonly wantsJson: boolean
  readonly tags: readonly { readonly tagId: number; readonly extractor: Extractor }[]
  /** A message came that was no retained one, since the link is up: from then on retained ones are old. */
  live: boolean
}

/** What the broker kept for us may be for a device that joins a little later. */
const PARK_MILLIS: Millis = 60_000

/** All devices of plain topics at one broker: over all of them the most specific topic wins. */
export class TopicHub implements LinkUser {
  readonly #clock: Clock
  readonly #router = new TopicRouter<TopicRoute>()
  readonly #members = new Set<TopicMember>()
  #touched = new Set<TopicMember>()
  readonly #parked: ParkedMessages
  #parkUntil: Millis = 0
  #parkTimer: NodeJS.Timeout | undefined
  #discovery: TopicDiscovery | undefined

  constructor(clock: Clock, parked: ParkedMessages) {
    this.#clock = clock
    this.#parked = parked
    if (parked.size > 0) this.#openPark()
  }

  join(member: TopicMember, link: Link): void {
    this.#members.add(member)
    for (const route of member.routes) this.#router.add(route.filter, route)
    link.subscribe(
      member.routes.map((route) => route.filter),
      member.qos,
    )
    this.#unpark()
  }

  leave(member: TopicMember, link: Link): void {
    if (!this.#members.delete(member)) return
    // what it has taken still has to be safe before it is acknowledged
    for (const route of member.routes) this.#router.remove(route.filter, route)
    link.unsubscribe(member.routes.map((route) => route.filter))
  }

  /** Shows it everything that comes, until undefined is given. */
  observe(discovery: TopicDiscovery | undefined): void {
    this.#discovery = discovery
  }

  received(message: Received): void {
    this.#discovery?.see(message, this.#clock.now())
    if (this.#dispatch(message) || message.retained || message.qos === 0) return
    // later, nobody wants it: the broker has not heard yet that a device is gone
    if (this.#clock.mono() < this.#parkUntil) this.#parked.park({ ...message, at: this.#clock.now() })
  }

  async accepted(): Promise<void> {
    const touched = this.#touched
    this.#touched = new Set()
    try {
      await this.#parked.accepted(Promise.all([...touched].map(async (member) => await member.accepted())))
    } catch (error) {
      for (const member of touched) this.#touched.add(member)
      throw error
    }
  }

  entered(sessionKept: boolean): void {
    if (sessionKept) this.#openPark()
  }

  up(): void {
    for (const member of this.#members) member.linkUp()
  }

  down(problem: DriverError): void {
    for (const member of this.#members) member.linkDown(problem)
  }

  refused(filter: string, problem: DriverError): void {
    for (const member of this.#members) member.refused(filter, problem)
  }

  #dispatch(message: Received): boolean {
    const routes = this.#router.match(message.topic)
    if (routes.length === 0) return false
    const payload = openPayload(
      message.payload,
      routes.some((route) => route.wantsJson),
    )
    for (const route of routes) {
      this.#touched.add(route.member)
      route.member.take(message, payload, route)
    }
    return true
  }

  #openPark(): void {
    this.#parkUntil = this.#clock.mono() + PARK_MILLIS
    clearTimeout(this.#parkTimer)
    this.#parkTimer = setTimeout(() => {
      this.#parked.drop()
      this.#tidy()
    }, PARK_MILLIS)
    this.#parkTimer.unref()
  }

  #unpark(): void {
    if (this.#parked.size === 0) return
    this.#parked.handOut((message) => this.#dispatch(message))
    this.#tidy()
  }

  /** What was handed out is forgotten once it is safe; if that fails now, with the next message. */
  #tidy(): void {
    this.accepted().catch(() => undefined)
  }
}
