import type { Micros } from '#base/time.ts'
import { DERIVED, type Deferred, type DeviceMemory, type EngineMemory, type TagMemory } from './memory.ts'

/**
 * Until when the last value of a tag is taken to hold although nothing is heard: for the time-out of its device after the device was heard
 * of last, and no longer than a rule for staleness of its own allows. A virtual tag loses its value when what it reads does.
 * @returns Infinity where nothing limits it
 */
export function knownUntil({ device, source, rules, newest, lag }: TagMemory): Micros {
  if (source?.source === DERIVED) return Number.POSITIVE_INFINITY
  let until = Number.POSITIVE_INFINITY
  if (device?.rule !== undefined && device.newest !== null) until = device.newest + inMicros(device.rule.rule.timeoutSeconds)
  for (const { rule } of rules)
    if (rule.kind === 'stale' && newest !== null) until = Math.min(until, newest + lag + inMicros(rule.setpoint))
  return until
}

/** What read a value that is too old is looked at again as soon as the device is heard of. */
export function awaitNews(tag: TagMemory, one: Deferred): void {
  tag.device?.waiting.add(one)
}

/** A time from the device; the newest never moves back. */
export function heard(memory: EngineMemory, device: DeviceMemory, stamp: Micros): void {
  if (device.newest !== null && stamp <= device.newest) return
  device.newest = stamp
  if (device.waiting.size === 0) return
  for (const one of device.waiting) one.dirty = true
  device.waiting.clear()
  memory.dirty = true
}

function inMicros(seconds: number): Micros {
  return Math.round(seconds * 1_000_000)
}
