import type { SessionContext } from '../driver.ts'
import type { Iec104Config } from './config.ts'
import { busyError } from './link-errors.ts'
import { Iec104Session, type Iec104Plan } from './session.ts'
import { newStation, type Station } from './station.ts'
import { nameOf, type Endpoint } from './station-socket.ts'

/**
 * The links of this process, one to a station: a second STARTDT would take the link away from the first. What a station has reported is
 * kept while its link is down.
 */
export class LiveLinks {
  readonly #holders = new Map<string, { readonly code: string; readonly deviceId: number; session: Iec104Session | undefined }>()
  readonly #stations = new Map<string, Station>()

  /** @throws DriverError, `busy` when another device holds the link */
  async open(plan: Iec104Plan, context: SessionContext): Promise<Iec104Session> {
    const name = nameOf(plan.config)
    const holder = this.#holders.get(name)
    if (holder !== undefined) throw busyError(plan.config, holder.code)
    const mine: { readonly code: string; readonly deviceId: number; session: Iec104Session | undefined } = {
      code: plan.device.code,
      deviceId: plan.device.id,
      session: undefined,
    }
    this.#holders.set(name, mine)
    const release = (): void => void (this.#holders.get(name) === mine && this.#holders.delete(name))
    try {
      const session = await Iec104Session.open(plan, context, this.#stationOf(name, plan.config))
      mine.session = session
      void session.closed.then(release)
      return session
    } catch (error) {
      release()
      throw error
    }
  }

  /** @returns the started link to this station, if we hold one */
  find(endpoint: Endpoint): Iec104Session | undefined {
    return this.#holders.get(nameOf(endpoint))?.session
  }

  #stationOf(name: string, config: Iec104Config): Station {
    const known = this.#stations.get(name)
    if (known !== undefined) return known
    const station = newStation(config)
    this.#stations.set(name, station)
    return station
  }
}
