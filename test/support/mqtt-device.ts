import type { Tag } from '#domain/device.ts'
import type { DevicePlan } from '#drivers/driver.ts'
import { type BrokerConfig, parseBroker } from '#drivers/mqtt/broker-config.ts'
import { type MqttConfig, type MqttPoint, parseConfig, parsePoint } from '#drivers/mqtt/config.ts'

export type WantedTag = readonly [address: string, settings?: Readonly<Record<string, unknown>>]

/** @returns a device at a broker on loopback with tags numbered from 1, parsed. */
export function mqttPlan(
  broker: Readonly<Record<string, unknown>>,
  connection: Readonly<Record<string, unknown>>,
  tags: readonly WantedTag[],
): DevicePlan<MqttConfig, MqttPoint, BrokerConfig> {
  const config = parseConfig({ broker: 'B1', ...connection })
  return {
    device: {
      id: 1,
      code: 'D-01',
      name: 'Device',
      area: '',
      protocol: 'mqtt',
      enabled: true,
      pollMillis: 1000,
      timeoutMillis: 2000,
      commTimeoutSeconds: null,
      commSeverity: 'warning',
      livenessCounts: true,
      connection: {},
      demo: false,
    },
    config,
    shared: { code: 'B1', config: parseBroker({ host: '127.0.0.1', ...broker }) },
    points: tags.map(([address, settings = {}], index) => {
      // the driver reads only these fields of a tag
      const tag = { id: index + 1, deviceId: 1, name: address, address, settings } as unknown as Tag
      return { tag, point: parsePoint(tag, config) }
    }),
  }
}
