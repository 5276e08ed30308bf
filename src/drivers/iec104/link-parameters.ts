import type { LinkParameters } from './core/link-state.ts'
import type { DevicePlan } from '../driver.ts'
import type { Iec104Config } from './config.ts'

/** A device that must be known to be lost soon is asked for a sign of life sooner. */
export function parametersOf({ config, device }: Pick<DevicePlan<Iec104Config>, 'config' | 'device'>): LinkParameters {
  const { k, w, t1, t2, t3 } = config
  const patience = device.commTimeoutSeconds === null ? t3 : Math.min(t3, device.commTimeoutSeconds / 2.5)
  return { k, w, t1: t1 * 1000, t2: t2 * 1000, t3: patience * 1000 }
}
