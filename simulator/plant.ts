import { EQUIPMENT, type EquipmentPlan, type PointPlan } from './equipment.ts'
import { ModbusServer, type Bank, type ServerFault } from './modbus-server.ts'
import { newUtility, step, type Utility } from './water-utility.ts'

/** `freeze`: the device answers, but its values stand still. */
export type PlantFault = ServerFault | 'freeze'
export const PLANT_FAULTS: readonly PlantFault[] = ['cable', 'silent', 'slow', 'exception', 'freeze']

const REGISTERS = 64
const UNIT = 1
/** Simulated seconds per real second. */
const SPEED = 10

export interface PlantOptions {
  /** Preferred ports by device code; a port that is taken is replaced by a free one. */
  readonly ports?: Readonly<Record<string, number>>
  /** Local hour of the day, 0 to 24. */
  readonly hour?: () => number
  readonly random?: () => number
  /** Things go wrong now and then by themselves. */
  readonly mishaps?: boolean
}

interface Equipment {
  readonly plan: EquipmentPlan
  readonly server: ModbusServer
  readonly holding: Uint16Array
  frozen: boolean
  heal: NodeJS.Timeout | undefined
}

/** The running utility: physics ten times faster than life, one Modbus server per device. */
export class Plant implements AsyncDisposable {
  readonly utility: Utility = newUtility()
  readonly #equipment = new Map<string, Equipment>()
  readonly #options: PlantOptions
  readonly #timer: NodeJS.Timeout
  readonly #mishaps: Mishaps | undefined

  private constructor(options: PlantOptions) {
    this.#options = options
    this.#mishaps = options.mishaps === true ? new Mishaps(this, options.random ?? Math.random) : undefined
    this.#timer = setInterval(() => this.advance(1), 1000)
  }

  static async start(options: PlantOptions = {}): Promise<Plant> {
    const plant = new Plant(options)
    for (const plan of EQUIPMENT) {
      const holding = new Uint16Array(REGISTERS)
      const bank: Bank = { holding, input: holding, coils: new Uint8Array(0), discrete: new Uint8Array(0) }
      const server = await startOnPreferredPort(options.ports?.[plan.code] ?? 0, bank)
      plant.#equipment.set(plan.code, { plan, server, holding, frozen: false, heal: undefined })
    }
    plant.advance(0)
    return plant
  }

  /** Port of each device by its code. */
  get ports(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#equipment].map(([code, equipment]) => [code, equipment.server.port]))
  }

  /** Moves the physics on by real seconds and writes the registers. Called each second by itself. */
  advance(seconds: number): void {
    const random = this.#options.random ?? Math.random
    const hour = this.#options.hour?.() ?? 9
    // small steps keep the fast pressures stable
    for (let i = 0; i < SPEED; i++) step(this.utility, seconds, hour, random)
    for (const { plan, holding, frozen } of this.#equipment.values()) if (!frozen) encode(plan, this.utility, holding)
    this.#mishaps?.advance(seconds)
  }

  /**
   * Breaks a device for some real seconds, or heals it with `null`.
   * @throws Error for an unknown device code, naming those that exist
   */
  async inject(deviceCode: string, fault: PlantFault | null, seconds = 60): Promise<void> {
    const equipment = this.#equipment.get(deviceCode)
    if (equipment === undefined) throw new Error(`The plant has no device ${deviceCode}; it has ${[...this.#equipment.keys()].join(', ')}`)
    clearTimeout(equipment.heal)
    equipment.frozen = fault === 'freeze'
    await equipment.server.setFault(fault === 'freeze' ? null : fault)
    if (fault !== null) equipment.heal = setTimeout(() => void this.inject(deviceCode, null), seconds * 1000)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer)
    for (const { server, heal } of this.#equipment.values()) {
      clearTimeout(heal)
      await server[Symbol.asyncDispose]()
    }
  }
}

async function startOnPreferredPort(port: number, bank: Bank): Promise<ModbusServer> {
  const banks = new Map([[UNIT, bank]])
  if (port === 0) return await ModbusServer.start({ port, banks })
  return await ModbusServer.start({ port, banks }).catch(async () => await ModbusServer.start({ port: 0, banks }))
}

/** Writes every point of a device into its registers. */
function encode(plan: EquipmentPlan, utility: Utility, holding: Uint16Array): void {
  const bits = new Map<number, number>()
  const scratch = new DataView(new ArrayBuffer(8))
  const write = (register: number, words: number): void => {
    for (let i = 0; i < words; i++) {
      const word = plan.byteOrder === 'ABCD' ? i : words - 1 - i
      holding[register + word] = scratch.getUint16(i * 2)
    }
  }
  for (const point of plan.points) {
    const value = raw(point, utility)
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
  }
  for (const [register, word] of bits) holding[register] = word
}

function raw(point: PointPlan, utility: Utility): number {
  return point.read(utility) / (point.scale ?? 1)
}

/** What happens to a plant: every few minutes something breaks and heals, the first soon after the start. */
class Mishaps {
  readonly #plant: Plant
  readonly #random: () => number
  #wait = 25
  #end: (() => void) | undefined
  #last = -1

  constructor(plant: Plant, random: () => number) {
    this.#plant = plant
    this.#random = random
  }

  advance(seconds: number): void {
    this.#wait -= seconds
    if (this.#wait > 0) return
    if (this.#end !== undefined) {
      this.#end()
      this.#end = undefined
      this.#wait = 120 + this.#random() * 240
      return
    }
    const { upset } = this.#plant.utility
    const mishaps = [
      () => this.#upset('chlorineLow', 70),
      () => this.#upset('burst', 80),
      () => this.#break('EM-01', 'cable', 100),
      () => this.#upset('boreholeTrip', 90),
      () => this.#break('PZ-02', 'freeze', 60),
      () => this.#break('BH-02', 'exception', 40),
    ]
    // each new one differs from the last; the first is low chlorine, which everybody understands
    this.#last = this.#last === -1 ? 0 : (this.#last + 1 + Math.floor(this.#random() * (mishaps.length - 1))) % mishaps.length
    if (!upset.burst && !upset.chlorineLow && !upset.boreholeTrip) mishaps[this.#last]?.()
  }

  #upset(which: 'burst' | 'chlorineLow' | 'boreholeTrip', seconds: number): void {
    this.#plant.utility.upset[which] = true
    this.#wait = seconds
    this.#end = () => (this.#plant.utility.upset[which] = false)
  }

  #break(device: string, fault: PlantFault, seconds: number): void {
    void this.#plant.inject(device, fault, seconds)
    this.#wait = seconds
    this.#end = () => undefined
  }
}
