import { PLAIN_RULE } from '#domain/alarm.ts'
import type { PlantBroker, PlantDevice, PlantTag } from '#plant/plant-file.ts'
import { EQUIPMENT, type EquipmentPlan, type PointPlan, type RegisterPlan } from './equipment.ts'
import { objectAddressOf, scaleOf } from './iec104-outstation.ts'
import { nodeAddressOf } from './opcua-outstation.ts'

/** The broker that comes and goes with the demo. @param port on loopback */
export function demoBroker(code: string, port: number): PlantBroker {
  return { code, name: 'Broker of the demo plant', protocol: 'mqtt', enabled: true, settings: { bundled: true, port } }
}

/**
 * The demo devices as a plant file describes them.
 * @param connections how each is reached, by its code
 */
export function demoDevices(
  connections: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  equipment: readonly EquipmentPlan[] = EQUIPMENT,
): PlantDevice[] {
  return equipment.map((plan) => ({
    code: plan.code,
    name: plan.name,
    area: plan.area,
    protocol: plan.protocol,
    enabled: true,
    pollMillis: 1000,
    timeoutMillis: 2000,
    // an analysis comes each minute
    commTimeoutSeconds: plan.protocol === 'csv' ? 200 : 15,
    pollStreak: null,
    fedBy: '',
    commSeverity: 'warning',
    livenessCounts: true,
    connection: connections[plan.code] ?? {},
    demo: true,
    tags: tagsOf(plan),
  }))
}

function tagsOf(plan: EquipmentPlan): PlantTag[] {
  switch (plan.protocol) {
    case 'modbus':
      return plan.points.map((point) =>
        demoTag(point, registerOf(point), point.scale, point.type === 'bit' ? {} : { dataType: point.type }),
      )
    case 'iec104':
      return plan.points.map((point, index) => demoTag(point, String(objectAddressOf(point, index)), scaleOf(point)))
    case 'opcua':
      return plan.points.map((point) => demoTag(point, nodeAddressOf(plan.code, point.name)))
    case 'mqtt':
    case 'csv':
      return plan.points.map((point) => demoTag(point, point.name))
  }
}

function registerOf({ type, register, bit }: RegisterPlan): string {
  return `HR${register}${type === 'bit' ? `.${bit ?? 0}` : ''}`
}

function demoTag(point: PointPlan, address: string, scale = 1, settings: PlantTag['settings'] = {}): PlantTag {
  return {
    name: point.name,
    address,
    settings,
    kind: point.kind,
    unit: point.unit,
    decimals: point.decimals,
    scale,
    offset: 0,
    deadband: 0,
    stateText: point.stateText === undefined ? null : [...point.stateText],
    enabled: true,
    formula: '',
    rules: (point.rules ?? []).map((rule) => ({
      ...PLAIN_RULE,
      curve: '',
      xTag: '',
      suppressTag: '',
      enabled: true,
      autoClose: false,
      cooldownMinutes: 30,
      onDelaySeconds: 0,
      offDelaySeconds: 0,
      ...rule,
    })),
  }
}
