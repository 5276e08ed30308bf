import type { Session, SessionContext } from '../driver.ts'
import type { Iec104Config } from './config.ts'
import type { Iec104Session, Iec104Plan } from './session.ts'
import { SharedLink } from './shared-link.ts'
import { newStation, type Station } from './station.ts'
import { nameOf, type Endpoint } from '../open-tcp.ts'

/**
 * The links of this process, one to a station: a second STARTDT would take the link away from the first. What a station has reported is
 * kept while its link is down.
 */
export class LiveLinks {
  readonly #links = new Map<string, SharedLink>()
  readonly #stations = new Map<string, Station>()

  /** Opens the link to a station, or joins the device to it. @throws DriverError, `busy` when its settings do not fit those of the others */
  async open(plan: Iec104Plan, context: SessionContext): Promise<Session> {
    const name = nameOf(plan.config)
    let link = this.#links.get(name)
    if (link === undefined) {
      const made = new SharedLink(this.#stationOf(name, plan.config), () => {
        if (this.#links.get(name) === made) this.#links.delete(name)
      })
      link = made
      this.#links.set(name, link)
    }
    return await link.join(plan, context)
  }

  /** @returns the started link to this station, if we hold one */
  find(endpoint: Endpoint): Iec104Session | undefined {
    return this.#links.get(nameOf(endpoint))?.session
  }

  #stationOf(name: string, config: Iec104Config): Station {
    const known = this.#stations.get(name)
    if (known !== undefined) return known
    const station = newStation(config)
    this.#stations.set(name, station)
    return station
  }
}
