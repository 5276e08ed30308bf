import type { ReportingPlan } from './equipment.ts'
import { BuiltInType, Status } from './opcua/node.ts'
import { OpcUaServer } from './opcua/opcua-server.ts'
import { onPreferredPort, type Outstation, type DeviceFault } from './outstation.ts'

const NAMESPACE = 'urn:synctide:demo'

/** @returns the address of a point: its namespace by URI, its name behind the code of the device */
export function nodeAddressOf(code: string, name: string): string {
  return `nsu=${NAMESPACE};s=${idOf(code, name)}`
}

function idOf(code: string, name: string): string {
  return `${code}.${name}`
}

/** A PLC with an OPC UA server that tells changes to whoever subscribes. */
export class OpcUaOutstation implements Outstation {
  readonly connection: Readonly<Record<string, unknown>>
  readonly #plan: ReportingPlan
  readonly #server: OpcUaServer
  readonly #told: number[]
  #broken = false

  private constructor(plan: ReportingPlan, server: OpcUaServer) {
    this.#plan = plan
    this.#server = server
    this.#told = plan.points.map(() => Number.NaN)
    this.connection = { endpointUrl: server.endpointUrl, securityPolicy: 'None' }
  }

  /** @param endpointUrl as it was, with the port to be preferred */
  static async start(plan: ReportingPlan, endpointUrl: unknown): Promise<OpcUaOutstation> {
    const variables = plan.points.map(({ name, unit, kind }) => ({
      id: idOf(plan.code, name),
      name,
      type: kind === 'digital' ? BuiltInType.Boolean : BuiltInType.Double,
      unit,
    }))
    const port = typeof endpointUrl === 'string' ? Number(/:(\d+)/.exec(endpointUrl)?.[1] ?? 0) : 0
    const options = { namespaceUri: NAMESPACE, folder: plan.code, variables }
    return new OpcUaOutstation(plan, await onPreferredPort(port, async (port) => await OpcUaServer.start({ ...options, port })))
  }

  update(values: readonly number[], at: number): void {
    this.#plan.points.forEach(({ decimals }, index) => {
      const value = Number((values[index] ?? 0).toFixed(decimals))
      if (value === this.#told[index]) return
      this.#told[index] = value
      this.#tell(index, at)
    })
  }

  async setFault(fault: DeviceFault | null): Promise<void> {
    await this.#server.setFault(fault === 'cable' || fault === 'silent' || fault === 'slow' ? fault : null)
    const broken = fault === 'exception'
    if (broken === this.#broken) return
    this.#broken = broken
    this.#told.forEach((_, index) => this.#tell(index, Date.now()))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]()
  }

  #tell(index: number, at: number): void {
    const point = this.#plan.points[index]
    const value = this.#told[index] ?? 0
    if (point === undefined) return
    const status = this.#broken ? Status.BadDeviceFailure : Status.Good
    this.#server.set(idOf(this.#plan.code, point.name), point.kind === 'digital' ? value === 1 : value, at, status)
  }
}
