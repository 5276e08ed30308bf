import type { Clock, Micros, Millis } from '#base/time.ts'
import type { DevicePlan } from '../driver.ts'
import type { OpcUaConfig, OpcUaPoint } from './config.ts'
import type { SampleMaker } from './sample-maker.ts'
import type { Watch } from './watch.ts'

type Plan = DevicePlan<OpcUaConfig, OpcUaPoint>

/** What a device watches on a server that cannot be reached now; the server goes on queueing. */
export interface ParkedWatch {
  /** The run of the server that knows the subscriptions; see Server.run. */
  readonly run: string
  readonly watch: Watch
  readonly maker: SampleMaker
  /** What the server's clock was ahead of ours. */
  readonly clockOffset: Micros
  /** Monotonic: the server forgets it then. */
  readonly until: Millis
  /** Attempts to come back that failed. */
  readonly failures: number
  /** Since when people see the tags as Bad, by our clock; undefined while they do not. */
  readonly goneSince: Micros | undefined
}

/** With the lost link itself these make the three failures that turn a device to Error. */
const FAILURES_TO_ERROR = 2

export function failedOnce(parked: ParkedWatch, at: Micros): ParkedWatch {
  const failures = parked.failures + 1
  return { ...parked, failures, goneSince: parked.goneSince ?? (failures >= FAILURES_TO_ERROR ? at : undefined) }
}

/** Between two sessions of a device: what the first one watched, for the second one to take up. */
export class WatchParking {
  readonly #parked = new Map<string, ParkedWatch>()

  put(plan: Plan, watch: ParkedWatch): void {
    this.#parked.set(keyOf(plan), watch)
  }

  /** Only for the very same device with the same connection and tags. */
  take(plan: Plan, clock: Clock): ParkedWatch | undefined {
    const now = clock.mono()
    for (const [key, { until }] of this.#parked) if (until <= now) this.#parked.delete(key)
    const key = keyOf(plan)
    const watch = this.#parked.get(key)
    this.#parked.delete(key)
    return watch
  }
}

function keyOf({ device, config, points }: Plan): string {
  return JSON.stringify([device.id, config, points.map(({ tag, point }) => [tag.id, point])])
}
