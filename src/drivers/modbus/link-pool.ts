import type { Clock } from '#base/time.ts'
import { Link } from './link.ts'
import type { Endpoint } from '../open-tcp.ts'

/** The links that are open, one per gateway, each for as long as somebody uses it. */
export class LinkPool {
  readonly #links = new Map<string, { readonly link: Link; users: number }>()
  readonly #farewells = new Map<string, Promise<void>>()

  /** Joins the gateway's link or makes it; each call is paired with one `release`. Opens nothing by itself. */
  acquire(endpoint: Endpoint, clock: Clock): Link {
    const key = keyOf(endpoint)
    const known = this.#links.get(key)
    if (known !== undefined) {
      known.users++
      return known.link
    }
    const link = new Link(endpoint, clock, this.#farewells.get(key) ?? Promise.resolve())
    this.#links.set(key, { link, users: 1 })
    return link
  }

  /** How many use the gateway's link now. */
  users(endpoint: Endpoint): number {
    return this.#links.get(keyOf(endpoint))?.users ?? 0
  }

  /** The last to leave closes the socket. */
  async release(link: Link): Promise<void> {
    const key = keyOf(link.endpoint)
    const known = this.#links.get(key)
    if (known?.link !== link) return
    known.users--
    if (known.users > 0) return
    this.#links.delete(key)
    const farewell = link.close().finally(() => {
      if (this.#farewells.get(key) === farewell) this.#farewells.delete(key)
    })
    this.#farewells.set(key, farewell)
    await farewell
  }
}

function keyOf(endpoint: Endpoint): string {
  return `${endpoint.host.toLowerCase()}:${endpoint.port}`
}
