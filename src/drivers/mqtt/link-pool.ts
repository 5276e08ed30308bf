import { setTimeout as pause } from 'node:timers/promises'
import { DriverError } from '#base/errors.ts'
import type { Millis } from '#base/time.ts'
import type { Link, LinkUser } from './link.ts'

/** A place at a link, given back by disposing it. */
export interface LinkLease<User extends LinkUser> extends AsyncDisposable {
  readonly link: Link
  readonly user: User
}

interface Opened<User extends LinkUser> {
  readonly link: Link
  readonly user: User
  readonly farewell: () => Promise<void>
}

interface Held extends Opened<LinkUser> {
  /** What the link was opened with. */
  readonly settings: string
  readonly over: PromiseWithResolvers<void>
  leases: number
  timer: NodeJS.Timeout | undefined
}

/** A device that is configured anew leaves and comes back: its link waits so long for it. */
const LINGER: Millis = 500
/** Devices of a broker that is configured anew leave its old link within this. */
const PATIENCE: Millis = 5000

/** The links that are open, each for as long as somebody uses it; never two of one name, which would throw each other out. */
export class LinkPool {
  readonly #links = new Map<string, Held>()

  /**
   * Joins the link of this name, or opens it once its predecessor has said goodbye.
   * @param settings a link opened with others is not joined but waited out
   * @throws DriverError when the predecessor is still in use
   */
  async acquire<User extends LinkUser>(name: string, settings: string, open: () => Opened<User>): Promise<LinkLease<User>> {
    for (
      let held = this.#links.get(name);
      held !== undefined && (held.settings !== settings || held.leases < 0);
      held = this.#links.get(name)
    ) {
      if (held.leases === 0) this.#close(name, held)
      await Promise.race([held.over.promise, pause(PATIENCE, undefined, { ref: false })])
      if (this.#links.get(name) === held) throw new DriverError('busy', 'The broker is still in use with its former settings')
    }
    const held = this.#links.get(name) ?? { ...open(), settings, over: Promise.withResolvers<void>(), leases: 0, timer: undefined }
    this.#links.set(name, held)
    clearTimeout(held.timer)
    held.leases++
    let given = false
    return {
      link: held.link,
      // whoever asks for this name asks for this kind of user
      user: held.user as User,
      [Symbol.asyncDispose]: async () => {
        if (given) return
        given = true
        if (--held.leases === 0) held.timer = setTimeout(() => this.#close(name, held), LINGER)
      },
    }
  }

  #close(name: string, held: Held): void {
    clearTimeout(held.timer)
    // nobody joins any more
    held.leases = -1
    void held.farewell().finally(() => {
      this.#links.delete(name)
      held.over.resolve()
    })
  }
}
