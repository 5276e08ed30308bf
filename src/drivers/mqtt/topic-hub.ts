import type { DriverError } from '#base/errors.ts'
import type { Clock, Millis } from '#base/time.ts'
import type { Link, LinkUser, Received } from './link.ts'
import { openPayload } from './core/extract.ts'
import { TopicRouter } from './core/topic-router.ts'
import type { TopicDiscovery } from './topic-discovery.ts'
import type { TopicRoute, TopicSession } from './topic-session.ts'

/** What the broker kept for us may be for a device that joins a little later. */
const PARK_MILLIS: Millis = 60_000
const PARK_MESSAGES = 20_000

/** All devices of plain topics at one broker: over all of them the most specific topic wins. */
export class TopicHub implements LinkUser {
  readonly #clock: Clock
  readonly #router = new TopicRouter<TopicRoute>()
  readonly #sessions = new Set<TopicSession>()
  #touched = new Set<TopicSession>()
  #parked: Received[] = []
  #parkUntil: Millis = 0
  #discovery: TopicDiscovery | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  join(session: TopicSession, link: Link): void {
    this.#sessions.add(session)
    for (const route of session.routes) this.#router.add(route.filter, route)
    link.subscribe(
      session.routes.map((route) => route.filter),
      session.qos,
    )
    this.#unpark()
  }

  leave(session: TopicSession, link: Link): void {
    if (!this.#sessions.delete(session)) return
    this.#touched.delete(session)
    for (const route of session.routes) this.#router.remove(route.filter, route)
    link.unsubscribe(session.routes.map((route) => route.filter))
  }

  /** Shows it everything that comes, until undefined is given. */
  observe(discovery: TopicDiscovery | undefined): void {
    this.#discovery = discovery
  }

  received(message: Received): void {
    this.#discovery?.see(message, this.#clock.now())
    if (this.#dispatch(message) || message.retained || message.qos === 0) return
    if (this.#clock.mono() < this.#parkUntil && this.#parked.length < PARK_MESSAGES) this.#parked.push(message)
  }

  async accepted(): Promise<void> {
    const touched = this.#touched
    this.#touched = new Set()
    await Promise.all([...touched].map(async (session) => await session.accepted()))
  }

  up(sessionKept: boolean): void {
    this.#parkUntil = sessionKept ? this.#clock.mono() + PARK_MILLIS : 0
    for (const session of this.#sessions) session.linkUp()
  }

  down(problem: DriverError): void {
    for (const session of this.#sessions) session.linkDown(problem)
  }

  refused(filter: string, problem: DriverError): void {
    for (const session of this.#sessions) session.refused(filter, problem)
  }

  #dispatch(message: Received): boolean {
    const routes = this.#router.match(message.topic)
    if (routes.length === 0) return false
    const payload = openPayload(
      message.payload,
      routes.some((route) => route.wantsJson),
    )
    for (const route of routes) {
      this.#touched.add(route.session)
      route.session.take(message, payload, route)
    }
    return true
  }

  #unpark(): void {
    if (this.#parked.length === 0) return
    this.#parked = this.#clock.mono() < this.#parkUntil ? this.#parked.filter((message) => !this.#dispatch(message)) : []
  }
}
