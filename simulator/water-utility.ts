/** State of the simulated utility. Flows in m³/h, pressures in bar, levels in % unless named otherwise. */
export interface Utility {
  /** Simulated seconds since the start. */
  seconds: number
  readonly boreholes: readonly [Borehole, Borehole]
  readonly treatment: {
    inflow: number
    outflow: number
    chlorine: number
    turbidity: number
    ph: number
    filterLoss: number
    total: number
  }
  readonly reservoir: { volume: number; inflow: number; outflow: number; temperature: number }
  readonly booster: {
    suction: number
    discharge: number
    flow: number
    pumps: readonly [BoosterPump, BoosterPump]
    duty: 0 | 1
    dutySeconds: number
  }
  readonly zones: readonly [Zone, Zone]
  readonly energy: { power: number; total: number; voltage: number; powerFactor: number; frequency: number }
  /** Disturbances that a scenario switches on. */
  readonly upset: { burst: boolean; chlorineLow: boolean; boreholeTrip: boolean; boosterWorn: boolean }
}

interface Borehole {
  running: boolean
  tripped: boolean
  flow: number
  pressure: number
  current: number
  /** Water above the pump, m. */
  waterLevel: number
  hours: number
  energy: number
  starts: number
}
interface BoosterPump {
  running: boolean
  speed: number
  power: number
  temperature: number
  hours: number
}
interface Zone {
  demand: number
  flow: number
  pressure: number
  total: number
}

export const RESERVOIR_CUBIC_METRES = 600

export function newUtility(): Utility {
  const borehole = (hours: number): Borehole => ({
    running: true,
    tripped: false,
    flow: 90,
    pressure: 5.6,
    current: 62,
    waterLevel: 38,
    hours,
    energy: hours * 38,
    starts: 1200,
  })
  const pump = (hours: number): BoosterPump => ({ running: false, speed: 0, power: 0, temperature: 24, hours })
  return {
    seconds: 0,
    boreholes: [borehole(8412.4), { ...borehole(7930.1), running: false, flow: 0, current: 0 }],
    treatment: { inflow: 90, outflow: 88, chlorine: 0.62, turbidity: 0.24, ph: 7.4, filterLoss: 0.34, total: 1_284_310 },
    reservoir: { volume: RESERVOIR_CUBIC_METRES * 0.66, inflow: 88, outflow: 104, temperature: 14.8 },
    booster: { suction: 1.1, discharge: 4.6, flow: 104, pumps: [pump(5120.7), pump(4987.2)], duty: 0, dutySeconds: 0 },
    zones: [
      { demand: 60, flow: 60, pressure: 4.2, total: 812_400 },
      { demand: 44, flow: 44, pressure: 3.8, total: 456_120 },
    ],
    energy: { power: 74, total: 2_410_880, voltage: 231, powerFactor: 0.93, frequency: 50 },
    upset: { burst: false, chlorineLow: false, boreholeTrip: false, boosterWorn: false },
  }
}

/** What people draw at an hour of the day, 1 on average: low at night, peaks at breakfast and dinner. */
export function demandFactor(hour: number): number {
  const peak = (centre: number, width: number): number => Math.exp(-(((((hour - centre + 36) % 24) - 12) / width) ** 2))
  return 0.55 + 0.75 * peak(8, 2.2) + 0.65 * peak(19.5, 2.8) + 0.3 * peak(13, 2)
}

/**
 * Moves the utility on. Pure but for the state it is given.
 * @param elapsed simulated seconds, best below 20
 * @param hour local hour of the day, 0 to 24
 * @param noise uniform in [0, 1)
 */
export function step(utility: Utility, elapsed: number, hour: number, noise: () => number): void {
  const jitter = (amplitude: number): number => (noise() + noise() - 1) * amplitude
  const towards = (value: number, target: number, seconds: number): number => value + (target - value) * (1 - Math.exp(-elapsed / seconds))
  const hours = elapsed / 3600
  utility.seconds += elapsed
  const { boreholes, treatment, reservoir, booster, zones, energy, upset } = utility
  const level = (reservoir.volume / RESERVOIR_CUBIC_METRES) * 100

  // boreholes follow the reservoir: one below 80 %, the second below 55 %, both off above 92 %
  const [first, second] = boreholes
  first.tripped = upset.boreholeTrip
  const wantFirst = level < 80 || (first.running && level < 92)
  const wantSecond = level < 55 || (second.running && level < 85) || (upset.boreholeTrip && level < 90)
  for (const [borehole, want] of [
    [first, wantFirst],
    [second, wantSecond],
  ] as const) {
    const runs = want && !borehole.tripped
    if (runs && !borehole.running) borehole.starts++
    borehole.running = runs
    borehole.flow = Math.max(0, towards(borehole.flow, runs ? 92 + jitter(3) : 0, 15))
    borehole.pressure = Math.max(0, towards(borehole.pressure, runs ? 5.6 + jitter(0.15) : 3.1, 12))
    borehole.current = Math.max(0, towards(borehole.current, runs ? 61 + borehole.flow * 0.02 + jitter(1) : 0, 4))
    borehole.waterLevel = towards(borehole.waterLevel, runs ? 31.5 : 42, 900) + jitter(0.03)
    if (runs) {
      borehole.hours += hours
      borehole.energy += 38 * hours
    }
  }

  treatment.inflow = first.flow + second.flow
  treatment.outflow = Math.max(0, towards(treatment.outflow, treatment.inflow * 0.98, 40) + jitter(0.4))
  treatment.chlorine = Math.max(0, towards(treatment.chlorine, upset.chlorineLow ? 0.16 : 0.62, 120) + jitter(0.008))
  treatment.turbidity = Math.max(0.05, towards(treatment.turbidity, 0.2 + treatment.filterLoss * 0.12, 300) + jitter(0.01))
  treatment.ph = towards(treatment.ph, 7.4, 600) + jitter(0.01)
  treatment.filterLoss = treatment.filterLoss > 0.85 ? 0.28 : treatment.filterLoss + (treatment.inflow / 90) * 0.00002 * elapsed
  treatment.total += treatment.outflow * hours

  // people draw by the hour, with waves of some minutes on top
  const wave = Math.sin(utility.seconds / 700) * 0.1 + Math.sin(utility.seconds / 233) * 0.05
  zones[0].demand = 66 * (demandFactor(hour) + wave) + jitter(1.2)
  zones[1].demand = 46 * (demandFactor(hour) - wave) + jitter(1) + (upset.burst ? 85 : 0)

  const wanted = zones[0].demand + zones[1].demand
  const available = reservoir.volume > 5 ? wanted : treatment.outflow
  booster.flow = Math.max(0, towards(booster.flow, available, 8))
  booster.dutySeconds += elapsed
  if (booster.dutySeconds > 6 * 3600) {
    booster.duty = booster.duty === 0 ? 1 : 0
    booster.dutySeconds = 0
  }
  const both = booster.flow > 165 || (booster.pumps[booster.duty === 0 ? 1 : 0].running && booster.flow > 140)
  booster.pumps.forEach((pump, index) => {
    pump.running = index === booster.duty || both
    pump.speed = Math.max(
      0,
      towards(pump.speed, pump.running ? Math.min(100, 48 + (booster.flow / (both ? 2 : 1)) * 0.28) + jitter(0.6) : 0, 6),
    )
    pump.power = pump.running ? 3 + (pump.speed / 100) ** 3 * 34 + jitter(0.2) : 0
    pump.temperature = towards(pump.temperature, pump.running ? 46 + pump.speed * 0.18 : 22, 900) + jitter(0.05)
    if (pump.running) pump.hours += hours
  })
  booster.suction = 0.6 + level * 0.009 + jitter(0.01)
  // worn impellers lift less at any flow
  const lost = (upset.burst ? 0.9 : 0) + (upset.boosterWorn ? 0.75 : 0)
  booster.discharge = Math.max(0, towards(booster.discharge, 5.1 - booster.flow * 0.0042 - lost, 10) + jitter(0.02))

  zones.forEach((zone, index) => {
    zone.flow = Math.max(0, towards(zone.flow, zone.demand, 6))
    zone.pressure = Math.max(
      0,
      booster.discharge - (index === 0 ? 0.25 : 0.45) - zone.flow * 0.0022 - (index === 1 && upset.burst ? 0.9 : 0) + jitter(0.015),
    )
    zone.total += zone.flow * hours
  })

  reservoir.inflow = treatment.outflow
  reservoir.outflow = booster.flow
  reservoir.volume = Math.min(RESERVOIR_CUBIC_METRES, Math.max(0, reservoir.volume + (reservoir.inflow - reservoir.outflow) * hours))
  reservoir.temperature = towards(reservoir.temperature, 14.8, 7200) + jitter(0.01)

  energy.power =
    boreholes.reduce((sum, one) => sum + (one.running ? 38 : 0), 0) +
    booster.pumps.reduce((sum, one) => sum + one.power, 0) +
    4 +
    jitter(0.3)
  energy.total += energy.power * hours
  energy.voltage = 231 + jitter(1.5)
  energy.powerFactor = 0.93 + jitter(0.01)
  energy.frequency = 50 + jitter(0.03)
}
