import type { Micros } from '#base/time.ts'
import { STEPPED_BACK_AFTER, nextOlder } from '#domain/clock-step.ts'
import { CLOCK_TOLERANCE, isOnlyLost } from '#domain/current-value.ts'
import { QualityFlag, hasFlag, type Sample } from '#domain/sample.ts'
import type { DeviceMemory, TagMemory } from './memory.ts'

/**
 * Lets a reading into live state when it is newer than everything of its tag so far.
 * @returns the time to judge it at; 'older' when it belongs to history only, as a duplicate does; 'known' for a replayed value
 */
export function admit(tag: TagMemory, sample: Sample, receivedAt: Micros): Micros | 'older' | 'known' {
  if (hasFlag(sample.quality, QualityFlag.Historical)) return 'known'
  const stamp = sample.sourceTimestamp
  // by our clock: what the device says next by its own, which may be behind, is not older for that
  if (isOnlyLost(sample)) return Math.max(Math.min(stamp, receivedAt) - tag.lag, tag.newest ?? Number.NEGATIVE_INFINITY)
  let at = stamp
  // a wrong clock: the arrival counts instead
  if (stamp > receivedAt + CLOCK_TOLERANCE) {
    if (tag.future !== null && stamp <= tag.future) return 'older'
    // several readings of one delivery keep their order
    at = tag.newest === null ? receivedAt : Math.max(receivedAt, tag.newest + 1)
    tag.future = stamp
  } else {
    if (tag.newest !== null && stamp <= tag.newest) return 'older'
    tag.future = null
  }
  tag.newest = at
  return at
}

/**
 * Called once a delivery in which every reading of the device was older than the newest.
 * @param newestOlder the newest of those readings
 * @returns true when this is the third such delivery in a row and their stamps advance as the clock does: readings that
 * come in from a buffer advance faster, and stay history
 */
export function clockSteppedBack(device: DeviceMemory, newestOlder: Micros, receivedAt: Micros): boolean {
  device.older = nextOlder(device.older, newestOlder, receivedAt)
  if (device.older.count < STEPPED_BACK_AFTER) return false
  device.older = null
  for (const tag of device.tags) tag.newest = tag.future = null
  return true
}
