import { ConfigError } from '#base/errors.ts'
import type { Tag } from '#domain/device.ts'
import { PROTOCOLS, loadDriver } from '#drivers/catalogue.ts'
import type { Driver } from '#drivers/driver.ts'
import { nearest } from './core/nearest.ts'

const drivers = new Map<string, Driver>()

/**
 * The driver of a protocol, used for parsing only: it never connects.
 * @throws ConfigError naming `protocol`
 */
export async function driverOf(protocol: string): Promise<Driver> {
  const known = drivers.get(protocol)
  if (known !== undefined) return known
  const driver = await loadDriver(protocol)
  if (driver === undefined) {
    const meant = nearest(protocol, PROTOCOLS)
    throw new ConfigError('protocol', `There is no protocol ${protocol}${meant === undefined ? '' : `; did you mean ${meant}?`}`, {
      remedy: `The protocols are ${PROTOCOLS.join(', ')}.`,
    })
  }
  drivers.set(protocol, driver)
  return driver
}

type Readable = Pick<Tag, 'name' | 'address' | 'settings'>

/**
 * Asks the driver whether it could work with this; nothing is sent to the device.
 * @throws ConfigError naming `connection.<field>` or `tags[<n>].<field>`
 */
export async function validateDevice(protocol: string, connection: unknown, tags: readonly Readable[]): Promise<void> {
  const driver = await driverOf(protocol)
  const config = within('connection', () => driver.parseConfig(connection))
  tags.forEach((tag, index) => {
    within(`tags[${index}]`, () => driver.parsePoint(tag, config), `${tag.name}: `)
  })
}

/** Runs `parse` and puts a place before the field of what it throws. */
export function within<T>(place: string, parse: () => T, prefix = ''): T {
  try {
    return parse()
  } catch (error) {
    throw placed(place, error, prefix)
  }
}

/** @returns the same error with a place before its field, or what was thrown if it is no ConfigError */
export function placed(place: string, error: unknown, prefix = ''): unknown {
  if (!(error instanceof ConfigError)) return error
  const field = error.field === '' ? place : `${place}.${error.field}`
  return new ConfigError(field, `${prefix}${error.message}`, {
    cause: error,
    ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
  })
}
