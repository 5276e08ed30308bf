import type { Micros } from '#base/time.ts'

/** What one device has in a flood. */
export interface FloodShare {
  readonly deviceId: number
  readonly alarms: number
  /** Its first alarm. */
  readonly firstId: number
  readonly firstAt: Micros
}

/**
 * The device with whose first alarm a flood began. What hangs on one device falls silent with it, in no order: of the devices that hang
 * together the group with the most alarms made the flood, and of that group the one furthest upstream tells why. Devices without relations
 * are one group: nothing is known of them, and the first in time counts.
 * @param shares one a device
 * @param fedBy the device upstream of each device that has one; what goes round in a circle is one place
 * @returns undefined when there is no alarm
 */
export function firstOut(shares: readonly FloodShare[], fedBy: ReadonlyMap<number, number>): FloodShare | undefined {
  const related = new Set([...fedBy.keys(), ...fedBy.values()])
  const inTime = shares.toSorted((a, b) => a.firstAt - b.firstAt || a.firstId - b.firstId)
  const groups = Map.groupBy(inTime, ({ deviceId }) => (related.has(deviceId) ? rootOf(deviceId, fedBy) : undefined))
  // the sort is stable: of two as large the one that began first, of two as far upstream the first in time
  const largest = [...groups.values()].toSorted((a, b) => alarmsOf(b) - alarmsOf(a))[0]
  return largest?.toSorted((a, b) => upstreamOf(a.deviceId, fedBy).length - upstreamOf(b.deviceId, fedBy).length)[0]
}

function alarmsOf(shares: readonly FloodShare[]): number {
  return shares.reduce((sum, { alarms }) => sum + alarms, 0)
}

/** The device and everything that it hangs on, the furthest last. */
function upstreamOf(deviceId: number, fedBy: ReadonlyMap<number, number>): readonly number[] {
  const path = [deviceId]
  for (let next = fedBy.get(deviceId); next !== undefined && !path.includes(next); next = fedBy.get(next)) path.push(next)
  return path
}

/** The furthest upstream. */
function rootOf(deviceId: number, fedBy: ReadonlyMap<number, number>): number {
  const path = upstreamOf(deviceId, fedBy)
  const last = path.at(-1) ?? deviceId
  const back = path.indexOf(fedBy.get(last) ?? Number.NaN)
  return back === -1 ? last : Math.min(...path.slice(back))
}
