import type { Micros } from '#base/time.ts'
import type { Device, DeviceState } from '../api/replies.ts'
import { staleAfterSeconds } from './pushes.ts'

/** Longer than a driver process needs to come back after a crash. */
const PATIENCE_SECONDS = 30

/**
 * The state of a device as a screen may show it. What was last said of it does not stand for ever: a device that was well and of which
 * nobody has heard since (its driver process is gone) counts as one without communication.
 */
export function shownStatus(device: Device, state: DeviceState | undefined, now: Micros): DeviceState['status'] {
  if (!device.enabled) return 'disabled'
  if (state === undefined) return 'unknown'
  const { status, newest } = state
  if (status !== 'online' && status !== 'degraded') return status
  const silence = newest === null ? 0 : (now - newest) / 1_000_000
  return silence > Math.max(PATIENCE_SECONDS, staleAfterSeconds(device)) ? 'error' : status
}
