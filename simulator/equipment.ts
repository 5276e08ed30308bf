import type { Operator, RuleLabel, Severity } from '#domain/alarm.ts'
import { RESERVOIR_CUBIC_METRES, type Utility } from './water-utility.ts'

export interface RulePlan {
  readonly label: RuleLabel
  readonly name: string
  readonly operator: Operator
  readonly setpoint: number
  readonly deadband: number
  readonly severity: Severity
  readonly onDelaySeconds?: number
}

/** One tag, and how it is computed from the physics. */
export interface PointPlan {
  readonly name: string
  readonly unit: string
  readonly kind: 'analog' | 'counter' | 'digital'
  readonly decimals: number
  readonly stateText?: readonly [string, string]
  readonly rules?: readonly RulePlan[]
  readonly read: (utility: Utility) => number
}

export type RegisterType = 'uint16' | 'int16' | 'uint32' | 'float' | 'double' | 'bit'

/** Where a tag lies in the memory of a Modbus device. */
export interface RegisterPlan extends PointPlan {
  readonly type: RegisterType
  /** Holding register, counted from 0. */
  readonly register: number
  /** Of a packed register, for type `bit`. */
  readonly bit?: number
  /** value = raw * scale; the server divides by it. */
  readonly scale?: number
}

interface Place {
  readonly code: string
  readonly name: string
  readonly area: string
}
export interface ModbusPlan extends Place {
  readonly protocol: 'modbus'
  /** Word order of its 32 and 64 bit values: real plants mix them, so does this one. */
  readonly byteOrder: 'ABCD' | 'CDAB'
  readonly points: readonly RegisterPlan[]
}
/** A device that reports by itself; its addresses follow from the names and the order of its points. */
export interface ReportingPlan extends Place {
  readonly protocol: 'iec104' | 'opcua' | 'mqtt' | 'csv'
  readonly points: readonly PointPlan[]
}
export type EquipmentPlan = ModbusPlan | ReportingPlan

const analog = (name: string, unit: string, decimals: number, read: PointPlan['read'], rules?: readonly RulePlan[]): PointPlan => ({
  name,
  unit,
  kind: 'analog',
  decimals,
  read,
  ...(rules === undefined ? {} : { rules }),
})
const counter = (name: string, unit: string, decimals: number, read: PointPlan['read']): PointPlan => ({
  ...analog(name, unit, decimals, read),
  kind: 'counter',
})
const state = (
  name: string,
  stateText: readonly [string, string],
  read: (utility: Utility) => boolean,
  rules?: readonly RulePlan[],
): PointPlan => ({
  ...analog(name, '', 0, (utility) => (read(utility) ? 1 : 0), rules),
  kind: 'digital',
  stateText,
})

/** An analog as a float, a counter as a double or, without decimals, as uint32. */
const at = (register: number, point: PointPlan): RegisterPlan => ({
  ...point,
  register,
  type: point.kind === 'analog' ? 'float' : point.decimals > 0 ? 'double' : 'uint32',
})
/** A whole number of the last decimal. */
const scaledAt = (register: number, point: PointPlan): RegisterPlan => ({
  ...point,
  register,
  type: 'uint16',
  scale: 10 ** -point.decimals,
})
const bitAt = (register: number, bit: number, point: PointPlan): RegisterPlan => ({ ...point, register, bit, type: 'bit' })

const RUN = ['Stopped', 'Running'] as const
const TRIP = ['Healthy', 'Tripped'] as const

function borehole(index: 0 | 1): EquipmentPlan {
  const number = index + 1
  return {
    code: `BH-0${number}`,
    name: `Borehole pump ${number}`,
    area: 'Borehole field',
    protocol: 'iec104',
    points: [
      state('Running', RUN, (u) => u.boreholes[index].running),
      state('Tripped', TRIP, (u) => u.boreholes[index].tripped, [
        { label: 'Custom', name: `Borehole pump ${number} tripped`, operator: '=', setpoint: 1, deadband: 0, severity: 'critical' },
      ]),
      analog('Flow', 'm³/h', 1, (u) => u.boreholes[index].flow),
      analog('Head pressure', 'bar', 2, (u) => u.boreholes[index].pressure),
      analog('Motor current', 'A', 1, (u) => u.boreholes[index].current),
      analog('Water above pump', 'm', 1, (u) => u.boreholes[index].waterLevel, [
        { label: 'Lo', name: `Borehole ${number} drawn down`, operator: '<', setpoint: 28, deadband: 1, severity: 'warning' },
      ]),
      counter('Run hours', 'h', 1, (u) => u.boreholes[index].hours),
      counter('Starts', '', 0, (u) => u.boreholes[index].starts),
    ],
  }
}

function zone(index: 0 | 1): EquipmentPlan {
  const name = index === 0 ? 'Old town' : 'Harbour'
  return {
    code: `PZ-0${index + 1}`,
    name: `Pressure zone ${name}`,
    area: 'Network',
    protocol: 'modbus',
    byteOrder: 'ABCD',
    points: [
      at(
        0,
        analog('Pressure', 'bar', 2, (u) => u.zones[index].pressure, [
          { label: 'Lo', name: `Pressure low in ${name}`, operator: '<', setpoint: 3, deadband: 0.2, severity: 'warning' },
          { label: 'LoLo', name: `Pressure very low in ${name}`, operator: '<', setpoint: 2.2, deadband: 0.2, severity: 'critical' },
        ]),
      ),
      at(
        2,
        analog('Flow', 'm³/h', 1, (u) => u.zones[index].flow, [
          {
            label: 'Hi',
            name: `Flow high in ${name}: burst?`,
            operator: '>',
            setpoint: index === 0 ? 140 : 120,
            deadband: 8,
            severity: 'warning',
            onDelaySeconds: 5,
          },
        ]),
      ),
      at(
        10,
        counter('Total', 'm³', 1, (u) => u.zones[index].total),
      ),
    ],
  }
}

function meter(code: string, area: string, power: PointPlan['read'], energy: PointPlan['read']): EquipmentPlan {
  return {
    code,
    name: `Energy meter ${area.toLowerCase()}`,
    area,
    protocol: 'mqtt',
    points: [
      analog('Active power', 'kW', 1, power),
      counter('Active energy', 'kWh', 1, energy),
      ...([1, 2, 3] as const).map((phase) => analog(`Voltage L${phase}`, 'V', 1, (u) => u.energy.voltage + (phase - 2) * 0.7)),
      analog('Power factor', '', 2, (u) => u.energy.powerFactor),
      analog('Frequency', 'Hz', 2, (u) => u.energy.frequency),
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
    protocol: 'opcua',
    points: [
      analog('Raw water flow', 'm³/h', 1, (u) => u.treatment.inflow),
      analog('Treated water flow', 'm³/h', 1, (u) => u.treatment.outflow),
      analog('Chlorine', 'mg/L', 2, (u) => u.treatment.chlorine, [
        { label: 'Lo', name: 'Chlorine low', operator: '<', setpoint: 0.4, deadband: 0.05, severity: 'warning' },
        { label: 'LoLo', name: 'Chlorine very low', operator: '<', setpoint: 0.2, deadband: 0.05, severity: 'critical' },
        { label: 'Hi', name: 'Chlorine high', operator: '>', setpoint: 1, deadband: 0.05, severity: 'warning' },
      ]),
      analog('Turbidity', 'NTU', 2, (u) => u.treatment.turbidity, [
        { label: 'Hi', name: 'Turbidity high', operator: '>', setpoint: 0.6, deadband: 0.05, severity: 'warning' },
      ]),
      analog('pH', '', 2, (u) => u.treatment.ph),
      analog('Filter head loss', 'bar', 2, (u) => u.treatment.filterLoss, [
        { label: 'Hi', name: 'Filter needs backwash', operator: '>', setpoint: 0.75, deadband: 0.1, severity: 'info' },
      ]),
      counter('Total treated', 'm³', 1, (u) => u.treatment.total),
    ],
  },
  {
    code: 'RS-01',
    name: 'Hill reservoir',
    area: 'Waterworks',
    protocol: 'modbus',
    byteOrder: 'ABCD',
    points: [
      at(
        0,
        analog('Level', '%', 1, (u) => (u.reservoir.volume / RESERVOIR_CUBIC_METRES) * 100, [
          { label: 'HiHi', name: 'Reservoir about to overflow', operator: '>', setpoint: 96, deadband: 1.5, severity: 'critical' },
          { label: 'Hi', name: 'Reservoir level high', operator: '>', setpoint: 90, deadband: 2, severity: 'warning' },
          { label: 'Lo', name: 'Reservoir level low', operator: '<', setpoint: 45, deadband: 3, severity: 'warning' },
          { label: 'LoLo', name: 'Reservoir almost empty', operator: '<', setpoint: 25, deadband: 3, severity: 'critical' },
        ]),
      ),
      at(
        2,
        analog('Volume', 'm³', 0, (u) => u.reservoir.volume),
      ),
      at(
        4,
        analog('Inflow', 'm³/h', 1, (u) => u.reservoir.inflow),
      ),
      at(
        6,
        analog('Outflow', 'm³/h', 1, (u) => u.reservoir.outflow),
      ),
      scaledAt(
        8,
        analog('Water temperature', '°C', 1, (u) => u.reservoir.temperature),
      ),
      bitAt(
        9,
        0,
        state('Overflow switch', ['Dry', 'Wet'], (u) => u.reservoir.volume >= RESERVOIR_CUBIC_METRES),
      ),
      bitAt(
        9,
        1,
        state('Hatch', ['Closed', 'Open'], () => false),
      ),
    ],
  },
  {
    code: 'PS-01',
    name: 'Booster station',
    area: 'Waterworks',
    protocol: 'modbus',
    byteOrder: 'CDAB',
    points: [
      at(
        0,
        analog('Suction pressure', 'bar', 2, (u) => u.booster.suction, [
          { label: 'LoLo', name: 'Suction pressure too low', operator: '<', setpoint: 0.7, deadband: 0.05, severity: 'critical' },
        ]),
      ),
      at(
        2,
        analog('Discharge pressure', 'bar', 2, (u) => u.booster.discharge, [
          { label: 'Lo', name: 'Discharge pressure low', operator: '<', setpoint: 3.5, deadband: 0.2, severity: 'warning' },
        ]),
      ),
      at(
        4,
        analog('Flow', 'm³/h', 1, (u) => u.booster.flow),
      ),
      ...([0, 1] as const).flatMap((index): RegisterPlan[] => {
        const base = 10 + index * 10
        return [
          bitAt(
            30,
            index,
            state(`Pump ${index + 1} running`, RUN, (u) => u.booster.pumps[index].running),
          ),
          scaledAt(
            base,
            analog(`Pump ${index + 1} speed`, '%', 1, (u) => u.booster.pumps[index].speed),
          ),
          at(
            base + 2,
            analog(`Pump ${index + 1} power`, 'kW', 1, (u) => u.booster.pumps[index].power),
          ),
          at(
            base + 4,
            analog(`Pump ${index + 1} bearing temperature`, '°C', 1, (u) => u.booster.pumps[index].temperature, [
              { label: 'Hi', name: `Pump ${index + 1} bearing hot`, operator: '>', setpoint: 75, deadband: 3, severity: 'warning' },
            ]),
          ),
          at(
            40 + index * 4,
            counter(`Pump ${index + 1} run hours`, 'h', 1, (u) => u.booster.pumps[index].hours),
          ),
        ]
      }),
    ],
  },
  zone(0),
  zone(1),
  meter(
    'EM-01',
    'Waterworks',
    (u) => u.energy.power,
    (u) => u.energy.total,
  ),
  meter(
    'EM-02',
    'Borehole field',
    (u) => u.boreholes.reduce((sum, one) => sum + (one.running ? 0.6 * one.current + 1.1 : 0), 0),
    (u) => u.boreholes.reduce((sum, one) => sum + one.energy, 0),
  ),
  {
    code: 'LB-01',
    name: 'Laboratory',
    area: 'Waterworks',
    protocol: 'csv',
    points: [
      analog('Free chlorine', 'mg/L', 2, (u) => u.treatment.chlorine * 0.94, [
        { label: 'Lo', name: 'Free chlorine low in the laboratory', operator: '<', setpoint: 0.3, deadband: 0.05, severity: 'warning' },
      ]),
      analog('Turbidity', 'NTU', 2, (u) => u.treatment.turbidity * 1.05),
      analog('pH', '', 2, (u) => u.treatment.ph + 0.03),
      analog('Conductivity', 'µS/cm', 0, (u) => 468 + 34 * shareOfSecond(u) + 6 * Math.sin(u.seconds / 4000)),
      analog('Nitrate', 'mg/L', 1, (u) => 17.5 + 8 * shareOfSecond(u) + 0.4 * Math.sin(u.seconds / 2500)),
    ],
  },
]

/** Of the second borehole in the water: it draws from another layer, and one tastes it. */
function shareOfSecond({ boreholes: [first, second] }: Utility): number {
  const flow = first.flow + second.flow
  return flow === 0 ? 0 : second.flow / flow
}
