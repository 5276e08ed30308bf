import type { Tag } from '#domain/device.ts'
import type { DevicePlan } from '#drivers/driver.ts'
import type { ModbusConfig, ModbusPoint } from '#drivers/modbus/config.ts'
import { parseConfig, parsePoint } from '#drivers/modbus/config.ts'

export type WantedTag = readonly [address: string, settings?: Readonly<Record<string, unknown>>]

/** @returns a Modbus device at 127.0.0.1 with tags numbered from 1, parsed. */
export function modbusPlan(
  connection: Readonly<Record<string, unknown>>,
  tags: readonly WantedTag[],
  timeoutMillis = 2000,
): DevicePlan<ModbusConfig, ModbusPoint> {
  const config = parseConfig({ host: '127.0.0.1', ...connection })
  return {
    device: {
      id: 1,
      code: 'D-01',
      name: 'Device',
      area: '',
      protocol: 'modbus',
      enabled: true,
      pollMillis: 1000,
      timeoutMillis,
      commTimeoutSeconds: null,
      commSeverity: 'warning',
      livenessCounts: true,
      connection: {},
      demo: false,
    },
    config,
    points: tags.map(([address, settings = {}], index) => {
      // the driver reads only these fields of a tag
      const tag = { id: index + 1, deviceId: 1, name: address, address, settings } as unknown as Tag
      return { tag, point: parsePoint(tag, config) }
    }),
  }
}
