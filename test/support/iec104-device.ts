import type { Tag } from '#domain/device.ts'
import { parseConfig, parsePoint, type Iec104Config } from '#drivers/iec104/config.ts'
import type { Address } from '#drivers/iec104/core/address.ts'
import type { DevicePlan } from '#drivers/driver.ts'

/** @returns an IEC 60870-5-104 device at 127.0.0.1 with tags numbered from 1, parsed. */
export function iec104Plan(
  connection: Readonly<Record<string, unknown>>,
  addresses: readonly string[],
  commTimeoutSeconds: number | null = null,
): DevicePlan<Iec104Config, Address> {
  const config = parseConfig({ host: '127.0.0.1', ...connection })
  return {
    device: {
      id: 1,
      code: 'RTU-01',
      name: 'RTU',
      area: '',
      protocol: 'iec104',
      enabled: true,
      pollMillis: 1000,
      timeoutMillis: 2000,
      commTimeoutSeconds,
      commSeverity: 'warning',
      livenessCounts: true,
      connection: {},
      demo: false,
    },
    config,
    points: addresses.map((address, index) => {
      // the driver reads only these fields of a tag
      const tag = { id: index + 1, deviceId: 1, name: address, address, settings: {} } as unknown as Tag
      return { tag, point: parsePoint(tag, config) }
    }),
  }
}
