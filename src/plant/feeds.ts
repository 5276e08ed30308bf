import { ConfigError } from '#base/errors.ts'
import { nearest } from './core/nearest.ts'

/** What a device says of the one that it hangs on. */
export interface FedDevice {
  readonly code: string
  /** Empty for none. */
  readonly fedBy: string
}

/**
 * Checks that a device hangs on one that there is, and not on itself by any way.
 * @param all every device of the site, this one as it is to be
 * @throws ConfigError naming `fedBy`
 */
export function checkFedBy(device: FedDevice, all: readonly FedDevice[]): void {
  const known = new Map(all.map((one) => [one.code.toLowerCase(), one]))
  const path = [device.code]
  for (let next = device.fedBy; next !== '';) {
    const upstream = known.get(next.toLowerCase())
    if (upstream === undefined) {
      // only what this device itself says is its own mistake
      if (path.length > 1) return
      const meant = nearest(
        next,
        all.map((one) => one.code),
      )
      throw new ConfigError('fedBy', `There is no device ${next}${meant === undefined ? '.' : `; did you mean ${meant}?`}`)
    }
    path.push(upstream.code)
    if (upstream.code.toLowerCase() === device.code.toLowerCase())
      throw new ConfigError('fedBy', `${device.code} would hang on itself: ${path.join(' → ')}.`)
    if (path.length > all.length + 1) return
    next = upstream.fedBy
  }
}
