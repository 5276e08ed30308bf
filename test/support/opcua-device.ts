import type { Tag } from '#domain/device.ts'
import type { DevicePlan } from '#drivers/driver.ts'
import { type OpcUaConfig, type OpcUaPoint, parseConfig, parsePoint } from '#drivers/opcua/config.ts'

export type WantedNode = readonly [address: string, settings?: Readonly<Record<string, unknown>>]

/** @returns an OPC UA device with tags numbered from 1, parsed. Plain text unless told otherwise. */
export function opcuaPlan(
  connection: Readonly<Record<string, unknown>>,
  tags: readonly WantedNode[],
  timeoutMillis = 3000,
): DevicePlan<OpcUaConfig, OpcUaPoint> {
  const config = parseConfig({ securityPolicy: 'None', publishingInterval: 50, samplingInterval: 20, ...connection })
  return {
    device: {
      id: 1,
      code: 'D-01',
      name: 'Device',
      area: '',
      protocol: 'opcua',
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
