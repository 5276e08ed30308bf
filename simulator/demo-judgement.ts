import type { Judgement } from '#plant/demo-judgement.ts'
import { ruleShape, tagShape } from '#plant/shapes.ts'

/** Name of the curve that comes and goes with the demo. */
export const DEMO_CURVE = 'Booster pumps (demo)'

/** What the demo is judged by beside plain limits: the curve of the booster pumps, and two key figures, one of them over two devices. */
export const DEMO_JUDGEMENT: Judgement = {
  curve: {
    name: DEMO_CURVE,
    xUnit: 'm³/h',
    yUnit: 'bar',
    points: [
      [40, 4.93],
      [100, 4.68],
      [160, 4.43],
      [220, 4.18],
    ],
    tolerance: 8,
    percent: true,
  },
  rules: [
    {
      device: 'PS-01',
      tag: 'Discharge pressure',
      rule: ruleShape.parse({
        kind: 'curve',
        name: 'Booster pumps off their curve',
        operator: '>',
        setpoint: 0,
        onDelaySeconds: 10,
        curve: DEMO_CURVE,
        xTag: 'PS-01:Flow',
      }),
    },
  ],
  figures: [
    {
      device: 'PS-01',
      tag: tagShape.parse({
        name: 'Pump efficiency',
        address: '',
        formula:
          '100 * (${PS-01:Discharge pressure} - ${PS-01:Suction pressure}) * ${PS-01:Flow} / 36 / (${PS-01:Pump 1 power} + ${PS-01:Pump 2 power})',
        unit: '%',
        decimals: 1,
      }),
      rule: ruleShape.parse({
        kind: 'out_of_band',
        name: 'Pump efficiency off target',
        operator: '>',
        setpoint: 8,
        target: 52,
        deadband: 1,
        onDelaySeconds: 30,
        severity: 'info',
      }),
    },
    {
      device: 'EM-01',
      tag: tagShape.parse({
        name: 'Specific energy',
        address: '',
        formula: '${EM-01:Active power} / ${PS-01:Flow}',
        unit: 'kWh/m³',
        decimals: 2,
      }),
      rule: ruleShape.parse({
        kind: 'out_of_band',
        name: 'Specific energy off target',
        operator: '>',
        setpoint: 0.5,
        target: 0.8,
        deadband: 0.05,
        onDelaySeconds: 60,
        severity: 'info',
      }),
    },
  ],
}
