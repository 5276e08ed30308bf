import { join } from 'node:path'
import { EQUIPMENT, type EquipmentPlan } from './equipment.ts'
import { Iec104Outstation } from './iec104-outstation.ts'
import { Laboratory } from './laboratory.ts'
import { ModbusOutstation } from './modbus-outstation.ts'
import { OpcUaOutstation } from './opcua-outstation.ts'
import type { Outstation, PlantFault } from './outstation.ts'
import { SparkplugOutstation } from './sparkplug-outstation.ts'
import { newUtility, step, type Utility } from './water-utility.ts'

/** Simulated seconds per real second. */
const SPEED = 10
/** The device whose pumps can wear. */
const WEARS = 'PS-01'
/** Of a slow device that reports by itself. */
const LATE_MILLIS = 10_000
/** The others have a server of their own that can be slow. */
const REPORTING: readonly EquipmentPlan['protocol'][] = ['iec104', 'mqtt', 'csv']

export interface PlantOptions {
  /** Connections by device code as they were; a port that is taken meanwhile is replaced by a free one. */
  readonly known?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** The broker that the energy meters report to: its code, and where it listens now. */
  readonly broker: { readonly code: string; readonly url: () => string }
  /** Below it lies the folder of each device that writes files, by its code. */
  readonly rawData: string
  /** Local hour of the day, 0 to 24. */
  readonly hour?: () => number
  readonly random?: () => number
  /** The devices; those of the demo plant when left out. */
  readonly equipment?: readonly EquipmentPlan[]
  /** Things go wrong now and then by themselves. */
  readonly mishaps?: boolean
}

interface Equipment {
  readonly plan: EquipmentPlan
  readonly outstation: Outstation
  fault: PlantFault | null
  heal: NodeJS.Timeout | undefined
  /** Of a slow device: what it has not told yet. */
  late: { readonly values: readonly number[]; readonly at: number }[]
}

/** The running utility: physics ten times faster than life, and every device on the wire in its own protocol. */
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

  static async start(options: PlantOptions): Promise<Plant> {
    const plant = new Plant(options)
    for (const plan of options.equipment ?? EQUIPMENT) {
      const outstation = await startOutstation(plan, options)
      plant.#equipment.set(plan.code, { plan, outstation, fault: null, heal: undefined, late: [] })
    }
    plant.advance(0)
    return plant
  }

  /** How SyncTide reaches each device, by its code. */
  get connections(): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
    return Object.fromEntries([...this.#equipment].map(([code, { outstation }]) => [code, outstation.connection]))
  }

  /** Moves the physics on by real seconds and tells the devices. Called each second by itself. */
  advance(seconds: number): void {
    const random = this.#options.random ?? Math.random
    const hour = this.#options.hour?.() ?? 9
    // small steps keep the fast pressures stable
    for (let i = 0; i < SPEED; i++) step(this.utility, seconds, hour, random)
    const now = Date.now()
    for (const equipment of this.#equipment.values()) this.#tell(equipment, now)
    this.#mishaps?.advance(seconds)
  }

  /**
   * Breaks a device for some real seconds, or heals it with `null`.
   * @throws Error for an unknown device code, naming those that exist, and for a fault that this one cannot have
   */
  async inject(deviceCode: string, fault: PlantFault | null, seconds = 60): Promise<void> {
    const equipment = this.#equipment.get(deviceCode)
    if (equipment === undefined) throw new Error(`The plant has no device ${deviceCode}; it has ${[...this.#equipment.keys()].join(', ')}`)
    if (fault === 'worn' && deviceCode !== WEARS) throw new Error(`Only the pumps of ${WEARS} wear.`)
    clearTimeout(equipment.heal)
    equipment.fault = fault
    if (deviceCode === WEARS) this.utility.upset.boosterWorn = fault === 'worn'
    await equipment.outstation.setFault(fault === 'worn' ? null : fault)
    if (fault !== null) equipment.heal = setTimeout(() => void this.inject(deviceCode, null), seconds * 1000)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer)
    for (const { outstation, heal } of this.#equipment.values()) {
      clearTimeout(heal)
      await outstation[Symbol.asyncDispose]()
    }
  }

  #tell(equipment: Equipment, at: number): void {
    const { plan, outstation, fault, late } = equipment
    if (fault === 'freeze') return
    late.push({ values: plan.points.map((point) => point.read(this.utility)), at })
    const wait = fault === 'slow' && REPORTING.includes(plan.protocol) ? LATE_MILLIS : 0
    const kept = late.findIndex((one) => one.at + wait > at && one.at <= at)
    for (const one of late.splice(0, kept === -1 ? late.length : kept)) outstation.update(one.values, one.at)
  }
}

async function startOutstation(plan: EquipmentPlan, { known, broker, rawData }: PlantOptions): Promise<Outstation> {
  const port = known?.[plan.code]?.['port']
  switch (plan.protocol) {
    case 'modbus':
      return await ModbusOutstation.start(plan, port)
    case 'iec104':
      return await Iec104Outstation.start(plan, port)
    case 'opcua':
      return await OpcUaOutstation.start(plan, known?.[plan.code]?.['endpointUrl'])
    case 'mqtt':
      return new SparkplugOutstation(plan, broker.code, broker.url)
    case 'csv':
      return new Laboratory(plan, join(rawData, plan.code))
  }
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
