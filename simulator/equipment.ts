import type { Operator, RuleLabel, Severity } from '#domain/alarm.ts'
import { RESERVOIR_CUBIC_METRES, type Utility } from './water-utility.ts'

export type RegisterType = 'uint16' | 'int16' | 'uint32' | 'float' | 'double' | 'bit'

export interface RulePlan {
  readonly label: RuleLabel
  readonly name: string
  readonly operator: Operator
  readonly setpoint: number
  readonly deadband: number
  readonly severity: Severity
  readonly onDelaySeconds?: number
}

/** One tag: where it lies in the device's memory and how it is computed from the physics. */
export interface PointPlan {
  readonly name: string
  readonly unit: string
  readonly kind: 'analog' | 'counter' | 'digital'
  readonly decimals: number
  readonly type: RegisterType
  /** Holding register, counted from 0. */
  readonly register: number
  /** Of a packed register, for type `bit`. */
  readonly bit?: number
  /** value = raw * scale; the server divides by it. */
  readonly scale?: number
  readonly stateText?: readonly [string, string]
  readonly rules?: readonly RulePlan[]
  readonly read: (utility: Utility) => number
}

export interface EquipmentPlan {
  readonly code: string
  readonly name: string
  readonly area: string
  /** Word order of its 32 and 64 bit values: real plants mix them, so does this one. */
  readonly byteOrder: 'ABCD' | 'CDAB'
  readonly points: readonly PointPlan[]
}

type Extra = Pick<PointPlan, 'rules' | 'scale'>
const analog = (register: number, name: string, unit: string, decimals: number, read: PointPlan['read'], extra: Extra = {}): PointPlan => ({
  name,
  unit,
  kind: 'analog',
  decimals,
  type: 'float',
  register,
  read,
  ...extra,
})
const scaled = (register: number, name: string, unit: string, decimals: number, read: PointPlan['read'], extra: Extra = {}): PointPlan => ({
  ...analog(register, name, unit, decimals, read, extra),
  type: 'uint16',
  scale: 10 ** -decimals,
})
const counter = (register: number, name: string, unit: string, decimals: number, read: PointPlan['read']): PointPlan => ({
  name,
  unit,
  kind: 'counter',
  decimals,
  type: decimals > 0 ? 'double' : 'uint32',
  register,
  read,
})
const bit = (
  register: number,
  place: number,
  name: string,
  stateText: readonly [string, string],
  read: (utility: Utility) => boolean,
  rules?: readonly RulePlan[],
): PointPlan => ({
  name,
  unit: '',
  kind: 'digital',
  decimals: 0,
  type: 'bit',
  register,
  bit: place,
  stateText,
  read: (utility) => (read(utility) ? 1 : 0),
  ...(rules === undefined ? {} : { rules }),
})
const RUN = ['Stopped', 'Running'] as const
const TRIP = ['Healthy', 'Tripped'] as const

function borehole(index: 0 | 1): EquipmentPlan {
  const number = index + 1
  return {
    code: `BH-0${number}`,
    name: `Borehole pump ${number}`,
    area: 'Borehole field',
    byteOrder: 'CDAB',
    points: [
      bit(0, 0, 'Running', RUN, (u) => u.boreholes[index].running),
      bit(0, 3, 'Tripped', TRIP, (u) => u.boreholes[index].tripped, [
        { label: 'Custom', name: `Borehole pump ${number} tripped`, operator: '=', setpoint: 1, deadband: 0, severity: 'critical' },
      ]),
      analog(2, 'Flow', 'm³/h', 1, (u) => u.boreholes[index].flow),
      analog(4, 'Head pressure', 'bar', 2, (u) => u.boreholes[index].pressure),
      analog(6, 'Motor current', 'A', 1, (u) => u.boreholes[index].current),
      analog(8, 'Water above pump', 'm', 1, (u) => u.boreholes[index].waterLevel, {
        rules: [{ label: 'Lo', name: `Borehole ${number} drawn down`, operator: '<', setpoint: 28, deadband: 1, severity: 'warning' }],
      }),
      counter(20, 'Run hours', 'h', 1, (u) => u.boreholes[index].hours),
      counter(24, 'Energy', 'kWh', 0, (u) => u.boreholes[index].energy),
      counter(26, 'Starts', '', 0, (u) => u.boreholes[index].starts),
    ],
  }
}

function zone(index: 0 | 1): EquipmentPlan {
  const name = index === 0 ? 'Old town' : 'Harbour'
  return {
    code: `PZ-0${index + 1}`,
    name: `Pressure zone ${name}`,
    area: 'Network',
    byteOrder: 'ABCD',
    points: [
      analog(0, 'Pressure', 'bar', 2, (u) => u.zones[index].pressure, {
        rules: [
          { label: 'Lo', name: `Pressure low in ${name}`, operator: '<', setpoint: 3, deadband: 0.2, severity: 'warning' },
          { label: 'LoLo', name: `Pressure very low in ${name}`, operator: '<', setpoint: 2.2, deadband: 0.2, severity: 'critical' },
        ],
      }),
      analog(2, 'Flow', 'm³/h', 1, (u) => u.zones[index].flow, {
        rules: [
          {
            label: 'Hi',
            name: `Flow high in ${name}: burst?`,
            operator: '>',
            setpoint: index === 0 ? 140 : 120,
            deadband: 8,
            severity: 'warning',
            onDelaySeconds: 5,
          },
        ],
      }),
      counter(10, 'Total', 'm³', 1, (u) => u.zones[index].total),
    ],
  }
}

/** The whole utility, device by device. */
export const EQUIPMENT: readonly EquipmentPlan[] = [
  borehole(0),
  borehole(1),
  {
    code: 'TP-01',
    name: 'Treatment plant',
    area: 'Waterworks',
    byteOrder: 'ABCD',
    points: [
      analog(0, 'Raw water flow', 'm³/h', 1, (u) => u.treatment.inflow),
      analog(2, 'Treated water flow', 'm³/h', 1, (u) => u.treatment.outflow),
      analog(4, 'Chlorine', 'mg/L', 2, (u) => u.treatment.chlorine, {
        rules: [
          { label: 'Lo', name: 'Chlorine low', operator: '<', setpoint: 0.4, deadband: 0.05, severity: 'warning' },
          { label: 'LoLo', name: 'Chlorine very low', operator: '<', setpoint: 0.2, deadband: 0.05, severity: 'critical' },
          { label: 'Hi', name: 'Chlorine high', operator: '>', setpoint: 1, deadband: 0.05, severity: 'warning' },
        ],
      }),
      analog(6, 'Turbidity', 'NTU', 2, (u) => u.treatment.turbidity, {
        rules: [{ label: 'Hi', name: 'Turbidity high', operator: '>', setpoint: 0.6, deadband: 0.05, severity: 'warning' }],
      }),
      scaled(8, 'pH', '', 2, (u) => u.treatment.ph),
      scaled(9, 'Filter head loss', 'bar', 2, (u) => u.treatment.filterLoss, {
        rules: [{ label: 'Hi', name: 'Filter needs backwash', operator: '>', setpoint: 0.75, deadband: 0.1, severity: 'info' }],
      }),
      counter(10, 'Total treated', 'm³', 1, (u) => u.treatment.total),
    ],
  },
  {
    code: 'RS-01',
    name: 'Hill reservoir',
    area: 'Waterworks',
    byteOrder: 'ABCD',
    points: [
      analog(0, 'Level', '%', 1, (u) => (u.reservoir.volume / RESERVOIR_CUBIC_METRES) * 100, {
        rules: [
          { label: 'HiHi', name: 'Reservoir about to overflow', operator: '>', setpoint: 96, deadband: 1.5, severity: 'critical' },
          { label: 'Hi', name: 'Reservoir level high', operator: '>', setpoint: 90, deadband: 2, severity: 'warning' },
          { label: 'Lo', name: 'Reservoir level low', operator: '<', setpoint: 45, deadband: 3, severity: 'warning' },
          { label: 'LoLo', name: 'Reservoir almost empty', operator: '<', setpoint: 25, deadband: 3, severity: 'critical' },
        ],
      }),
      analog(2, 'Volume', 'm³', 0, (u) => u.reservoir.volume),
      analog(4, 'Inflow', 'm³/h', 1, (u) => u.reservoir.inflow),
      analog(6, 'Outflow', 'm³/h', 1, (u) => u.reservoir.outflow),
      scaled(8, 'Water temperature', '°C', 1, (u) => u.reservoir.temperature),
      bit(9, 0, 'Overflow switch', ['Dry', 'Wet'], (u) => u.reservoir.volume >= RESERVOIR_CUBIC_METRES),
      bit(9, 1, 'Hatch', ['Closed', 'Open'], () => false),
    ],
  },
  {
    code: 'PS-01',
    name: 'Booster station',
    area: 'Waterworks',
    byteOrder: 'CDAB',
    points: [
      analog(0, 'Suction pressure', 'bar', 2, (u) => u.booster.suction, {
        rules: [{ label: 'LoLo', name: 'Suction pressure too low', operator: '<', setpoint: 0.7, deadband: 0.05, severity: 'critical' }],
      }),
      analog(2, 'Discharge pressure', 'bar', 2, (u) => u.booster.discharge, {
        rules: [{ label: 'Lo', name: 'Discharge pressure low', operator: '<', setpoint: 3.5, deadband: 0.2, severity: 'warning' }],
      }),
      analog(4, 'Flow', 'm³/h', 1, (u) => u.booster.flow),
      ...([0, 1] as const).flatMap((index): PointPlan[] => {
        const base = 10 + index * 10
        return [
          bit(30, index, `Pump ${index + 1} running`, RUN, (u) => u.booster.pumps[index].running),
          scaled(base, `Pump ${index + 1} speed`, '%', 1, (u) => u.booster.pumps[index].speed),
          analog(base + 2, `Pump ${index + 1} power`, 'kW', 1, (u) => u.booster.pumps[index].power),
          analog(base + 4, `Pump ${index + 1} bearing temperature`, '°C', 1, (u) => u.booster.pumps[index].temperature, {
            rules: [{ label: 'Hi', name: `Pump ${index + 1} bearing hot`, operator: '>', setpoint: 75, deadband: 3, severity: 'warning' }],
          }),
          counter(40 + index * 4, `Pump ${index + 1} run hours`, 'h', 1, (u) => u.booster.pumps[index].hours),
        ]
      }),
    ],
  },
  zone(0),
  zone(1),
  {
    code: 'EM-01',
    name: 'Energy meter',
    area: 'Waterworks',
    byteOrder: 'ABCD',
    points: [
      analog(0, 'Active power', 'kW', 1, (u) => u.energy.power),
      counter(2, 'Active energy', 'kWh', 1, (u) => u.energy.total),
      ...([1, 2, 3] as const).map((phase) => scaled(10 + phase, `Voltage L${phase}`, 'V', 1, (u) => u.energy.voltage + (phase - 2) * 0.7)),
      scaled(14, 'Power factor', '', 2, (u) => u.energy.powerFactor),
      scaled(15, 'Frequency', 'Hz', 2, (u) => u.energy.frequency),
    ],
  },
]
