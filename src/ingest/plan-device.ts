import { ConfigError } from '#base/errors.ts'
import type { Device, Tag } from '#domain/device.ts'
import { codeOfShared } from '#drivers/code-of-shared.ts'
import type { DevicePlan, Driver } from '#drivers/driver.ts'
import { unsealFields } from '#host/secrets.ts'

/** A device as it is configured, with what belongs to it; secrets sealed, in base64. */
export interface DeviceSource {
  readonly device: Device
  readonly secrets: string | null
  /** What the device's connection names, of a driver with shared connections; null when there is none of that code. */
  readonly shared: SharedSource | null
}

export interface SharedSource {
  readonly code: string
  readonly settings: Readonly<Record<string, unknown>>
  readonly secrets: string | null
}

/** A device with everything parsed but its tags, and what must never be shown of it. */
export interface ParsedDevice {
  readonly plan: Omit<DevicePlan, 'points'>
  readonly secrets: readonly string[]
}

/**
 * Opens the secrets and lets the driver parse the settings.
 * @param key of this installation; see host/secrets.ts
 * @throws ConfigError naming the field, as `connection.<field>` where the shared connection is missing
 */
export function parseDevice(driver: Driver, key: Uint8Array, { device, secrets, shared }: DeviceSource): ParsedDevice {
  const own = open(key, secrets)
  const config = driver.parseConfig({ ...device.connection, ...own })
  if (driver.shared === undefined) return { plan: { device, config }, secrets: Object.values(own) }
  const { field, title } = driver.shared
  if (shared === null) {
    throw new ConfigError(`connection.${field}`, `There is no ${title} ${codeOfShared(driver.shared, device.connection)}.`, {
      remedy: `Add the ${title}, or name another one.`,
    })
  }
  const common = open(key, shared.secrets)
  return {
    plan: { device, config, shared: { code: shared.code, config: driver.shared.parse({ ...shared.settings, ...common }) } },
    secrets: [...Object.values(own), ...Object.values(common)],
  }
}

/** Tags whose address the driver does not understand are left out: their samples say so. */
export function planPoints(driver: Driver, config: unknown, tags: readonly Tag[]): DevicePlan['points'] {
  return tags.flatMap((tag) => {
    if (!tag.enabled) return []
    try {
      return [{ tag, point: driver.parsePoint(tag, config) }]
    } catch (error) {
      if (error instanceof ConfigError) return []
      throw error
    }
  })
}

function open(key: Uint8Array, sealed: string | null): Record<string, string> {
  return unsealFields(key, sealed === null ? null : Buffer.from(sealed, 'base64'))
}
