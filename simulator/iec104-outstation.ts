import type { PointPlan, ReportingPlan } from './equipment.ts'
import { Iec104Station, type StationPointType } from './iec104-station.ts'
import { onPreferredPort, type Outstation, type DeviceFault } from './outstation.ts'

const COMMON_ADDRESS = 1
/** Events that wait while nobody listens: two minutes of a lively borehole. */
const BUFFER = 2000
const INVALID = 0x80

const KINDS = {
  digital: { type: 'single', from: 1000 },
  analog: { type: 'float', from: 2000 },
  counter: { type: 'counter', from: 3000 },
} as const satisfies Record<PointPlan['kind'], { type: StationPointType; from: number }>

/** @returns the information object address of a point by its place in its device: 1000 and up for states, 2000 for values, 3000 for counters */
export function objectAddressOf({ kind }: PointPlan, index: number): number {
  return KINDS[kind].from + index + 1
}

/** @returns what a raw value is multiplied with: integrated totals are whole numbers of the last decimal */
export function scaleOf({ kind, decimals }: PointPlan): number {
  return kind === 'counter' ? 10 ** -decimals : 1
}

/** An RTU at the end of a long line: it reports changes with the time at which they happened, and keeps them while nobody listens. */
export class Iec104Outstation implements Outstation {
  readonly connection: Readonly<Record<string, unknown>>
  readonly #plan: ReportingPlan
  readonly #station: Iec104Station
  readonly #told: number[]
  #broken = false
  #healed = false

  private constructor(plan: ReportingPlan, station: Iec104Station) {
    this.#plan = plan
    this.#station = station
    this.#told = plan.points.map(() => 0)
    this.connection = { host: '127.0.0.1', port: station.port, commonAddress: COMMON_ADDRESS }
  }

  static async start(plan: ReportingPlan, port: unknown): Promise<Iec104Outstation> {
    const points = plan.points.map((point, index) => ({
      commonAddress: COMMON_ADDRESS,
      objectAddress: objectAddressOf(point, index),
      type: KINDS[point.kind].type,
      value: 0,
    }))
    return new Iec104Outstation(
      plan,
      await onPreferredPort(port, async (port) => await Iec104Station.start({ port, points, bufferSize: BUFFER })),
    )
  }

  update(values: readonly number[], at: number): void {
    this.#plan.points.forEach((point, index) => {
      const value = Math.round((values[index] ?? 0) * 10 ** point.decimals)
      if (value === this.#told[index] && !this.#healed) return
      this.#told[index] = value
      this.#tell(index, at)
    })
    this.#healed = false
  }

  async setFault(fault: DeviceFault | null): Promise<void> {
    await this.#station.setFault(fault === 'cable' || fault === 'silent' ? fault : null)
    const broken = fault === 'exception'
    if (broken === this.#broken) return
    this.#broken = broken
    this.#healed = !broken
    if (broken) this.#told.forEach((_, index) => this.#tell(index, Date.now()))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#station[Symbol.asyncDispose]()
  }

  #tell(index: number, at: number): void {
    const point = this.#plan.points[index]
    if (point === undefined) return
    const whole = this.#told[index] ?? 0
    const value = point.kind === 'counter' ? whole : whole / 10 ** point.decimals
    this.#station.set(COMMON_ADDRESS, objectAddressOf(point, index), value, at * 1000, this.#broken ? INVALID : 0)
  }
}
