import { DataType } from '#drivers/mqtt/core/sparkplug-payload.ts'
import type { ReportingPlan } from './equipment.ts'
import type { Outstation, DeviceFault } from './outstation.ts'
import { SimulatedSparkplugNode } from './sparkplug-node.ts'

export const METER = 'Meter'
const GROUP = 'Demo'
const DATA_TYPES = { digital: DataType.Boolean, analog: DataType.Double, counter: DataType.Double } as const

/** A meter behind its edge node, which looks for the broker until it is there. */
export class SparkplugOutstation implements Outstation {
  readonly connection: Readonly<Record<string, unknown>>
  readonly #plan: ReportingPlan
  readonly #node: SimulatedSparkplugNode
  readonly #told: number[]
  #fault: DeviceFault | null = null
  #connecting: Promise<void> | undefined

  /** @param broker code of the broker, as devices name it @param url asked for before each attempt, since it may be moved */
  constructor(plan: ReportingPlan, broker: string, url: () => string) {
    this.#plan = plan
    this.connection = { broker, kind: 'sparkplug', groupId: GROUP, edgeNodeId: plan.code, deviceId: METER }
    this.#told = plan.points.map(() => Number.NaN)
    const metrics = plan.points.map(({ name, unit, kind }) => ({ name, unit, dataType: DATA_TYPES[kind], value: null }))
    this.#node = new SimulatedSparkplugNode({ url, groupId: GROUP, edgeNodeId: plan.code, metrics: [], devices: { [METER]: metrics } })
  }

  update(values: readonly number[], at: number): void {
    if (this.#fault === 'silent' || this.#fault === 'exception') return
    this.#plan.points.forEach(({ name, kind, decimals }, index) => {
      const value = Number((values[index] ?? 0).toFixed(decimals))
      if (value === this.#told[index]) return
      this.#told[index] = value
      void this.#node.set(METER, name, kind === 'digital' ? value === 1 : value, at).catch(() => undefined)
    })
    if (!this.#node.isConnected && this.#fault !== 'cable') this.#connect()
  }

  async setFault(fault: DeviceFault | null): Promise<void> {
    const before = this.#fault
    this.#fault = fault
    await this.#connecting
    if (fault === 'cable') this.#node.vanish()
    if (!this.#node.isConnected) return
    if (fault === 'exception') await this.#node.deviceDeath(METER)
    else if (before === 'exception') await this.#node.birth()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#fault = 'cable'
    await this.#connecting
    await this.#node[Symbol.asyncDispose]()
  }

  #connect(): void {
    this.#connecting ??= this.#node
      .connect()
      // no broker yet, or none any more: the next update looks again
      .catch(() => undefined)
      .finally(() => (this.#connecting = undefined))
  }
}
