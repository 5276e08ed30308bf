import type { ModbusPlan } from './equipment.ts'
import { ModbusServer, type Bank } from './modbus-server.ts'
import { onPreferredPort, type Outstation, type DeviceFault } from './outstation.ts'

/** A double takes four. */
const WIDEST = 4
const UNIT = 1

/** A PLC that waits to be asked. */
export class ModbusOutstation implements Outstation {
  readonly connection: Readonly<Record<string, unknown>>
  readonly #plan: ModbusPlan
  readonly #server: ModbusServer
  readonly #holding: Uint16Array

  private constructor(plan: ModbusPlan, server: ModbusServer, holding: Uint16Array) {
    this.#plan = plan
    this.#server = server
    this.#holding = holding
    this.connection = { host: '127.0.0.1', port: server.port, unitId: UNIT, byteOrder: plan.byteOrder }
  }

  static async start(plan: ModbusPlan, port: unknown): Promise<ModbusOutstation> {
    const holding = new Uint16Array(Math.max(...plan.points.map(({ register }) => register)) + WIDEST)
    const bank: Bank = { holding, input: holding, coils: new Uint8Array(0), discrete: new Uint8Array(0) }
    const server = await onPreferredPort(port, async (port) => await ModbusServer.start({ port, banks: new Map([[UNIT, bank]]) }))
    return new ModbusOutstation(plan, server, holding)
  }

  update(values: readonly number[]): void {
    encode(this.#plan, values, this.#holding)
  }

  async setFault(fault: DeviceFault | null): Promise<void> {
    await this.#server.setFault(fault === 'freeze' ? null : fault)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]()
  }
}

/** Writes every point of a device into its registers. */
function encode({ byteOrder, points }: ModbusPlan, values: readonly number[], holding: Uint16Array): void {
  const bits = new Map<number, number>()
  const scratch = new DataView(new ArrayBuffer(8))
  const write = (register: number, words: number): void => {
    for (let i = 0; i < words; i++) {
      const word = byteOrder === 'ABCD' ? i : words - 1 - i
      holding[register + word] = scratch.getUint16(i * 2)
    }
  }
  points.forEach((point, index) => {
    const value = (values[index] ?? 0) / (point.scale ?? 1)
    switch (point.type) {
      case 'bit':
        bits.set(point.register, (bits.get(point.register) ?? 0) | (value === 1 ? 1 << (point.bit ?? 0) : 0))
        break
      case 'uint16':
        scratch.setUint16(0, Math.max(0, Math.round(value)))
        write(point.register, 1)
        break
      case 'int16':
        scratch.setInt16(0, Math.round(value))
        write(point.register, 1)
        break
      case 'uint32':
        scratch.setUint32(0, Math.round(value))
        write(point.register, 2)
        break
      case 'float':
        scratch.setFloat32(0, value)
        write(point.register, 2)
        break
      case 'double':
        scratch.setFloat64(0, value)
        write(point.register, 4)
        break
    }
  })
  for (const [register, word] of bits) holding[register] = word
}
