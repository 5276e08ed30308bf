import type { PlantDevice, PlantTag } from '#plant/plant-file.ts'
import { EQUIPMENT, type EquipmentPlan, type PointPlan } from './equipment.ts'

/**
 * The demo devices as a plant file describes them.
 * @param ports where each device's server listens on loopback, by device code
 */
export function demoDevices(ports: Readonly<Record<string, number>>): PlantDevice[] {
  return EQUIPMENT.map((plan) => demoDevice(plan, ports[plan.code] ?? 0))
}

function demoDevice(plan: EquipmentPlan, port: number): PlantDevice {
  return {
    code: plan.code,
    name: plan.name,
    area: plan.area,
    protocol: 'modbus',
    enabled: true,
    pollMillis: 1000,
    timeoutMillis: 2000,
    commTimeoutSeconds: 15,
    commSeverity: 'warning',
    livenessCounts: true,
    connection: { host: '127.0.0.1', port, unitId: 1, byteOrder: plan.byteOrder },
    demo: true,
    tags: plan.points.map(demoTag),
  }
}

function demoTag(point: PointPlan): PlantTag {
  return {
    name: point.name,
    address: `HR${point.register}${point.type === 'bit' ? `.${point.bit ?? 0}` : ''}`,
    settings: point.type === 'bit' ? {} : { dataType: point.type },
    kind: point.kind,
    unit: point.unit,
    decimals: point.decimals,
    scale: point.scale ?? 1,
    offset: 0,
    deadband: 0,
    stateText: point.stateText === undefined ? null : [...point.stateText],
    enabled: true,
    rules: (point.rules ?? []).map((rule) => ({
      enabled: true,
      autoClose: false,
      cooldownMinutes: 30,
      onDelaySeconds: 0,
      offDelaySeconds: 0,
      ...rule,
    })),
  }
}
