import { ConfigError } from '#base/errors.ts'
import type { Tag } from '#domain/device.ts'
import { codeOfShared, sameCode } from '#drivers/code-of-shared.ts'
import { PROTOCOLS, loadDriver } from '#drivers/catalogue.ts'
import type { Driver } from '#drivers/driver.ts'
import { secretFieldsOf } from '#drivers/secret-fields.ts'
import { nearest } from './core/nearest.ts'
import { referencesOf } from './formulas.ts'
import { refuseMisplaced } from './secrets.ts'

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

type Readable = Pick<Tag, 'name' | 'address' | 'settings' | 'formula'>

/**
 * Asks the driver whether it could work with this; nothing is sent to the device.
 * @param secrets opened; null where they are not at hand (a plant file): then one that is missing is not complained of
 * @throws ConfigError naming `connection.<field>` or `tags[<n>].<field>`
 */
export async function validateDevice(
  protocol: string,
  connection: Readonly<Record<string, unknown>>,
  tags: readonly Readable[],
  secrets: Readonly<Record<string, string>> | null,
): Promise<void> {
  const driver = await driverOf(protocol)
  within('connection', () => refuseMisplaced(driver.connectionSchema, connection))
  const config = within('connection', () => parseConnection(driver, connection, secrets))
  if (config === undefined) return
  tags.forEach((tag, index) => {
    const check = (): void => {
      // a virtual tag is none of its driver's
      if ((tag.formula ?? '') !== '') return void referencesOf(tag.formula ?? '')
      if (tag.address === '') throw new ConfigError('address', 'The address is missing.')
      driver.parsePoint(tag, config)
    }
    within(`tags[${index}]`, check, `${tag.name}: `)
  })
}

/**
 * @param secrets opened; null where they are not at hand
 * @returns undefined when only a secret is missing that is not at hand
 * @throws ConfigError naming the field
 */
export function parseConnection(
  driver: Driver,
  connection: Readonly<Record<string, unknown>>,
  secrets: Readonly<Record<string, string>> | null,
): unknown {
  try {
    return driver.parseConfig({ ...connection, ...secrets })
  } catch (error) {
    const missing = secrets === null && error instanceof ConfigError && secretFieldsOf(driver.connectionSchema).includes(error.field)
    if (missing) return undefined
    throw error
  }
}

/**
 * A device of a driver with shared connections names one that there is.
 * @param codes of the shared connections of this protocol
 * @throws ConfigError naming `connection.<field>`
 */
export async function validateShared(
  protocol: string,
  connection: Readonly<Record<string, unknown>>,
  codes: readonly string[],
): Promise<void> {
  const { shared } = await driverOf(protocol)
  if (shared === undefined) return
  const code = codeOfShared(shared, connection)
  if (codes.some((one) => sameCode(one, code))) return
  const place = `connection.${shared.field}`
  const meant = nearest(code, codes)
  throw new ConfigError(place, code === '' ? `The ${shared.title} is missing.` : `There is no ${shared.title} ${code}.`, {
    remedy:
      codes.length === 0
        ? `Add the ${shared.title} first, then name it here.`
        : meant === undefined
          ? `There are ${codes.join(', ')}; or add one.`
          : `Did you mean ${meant}?`,
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
