import type { Micros } from '#base/time.ts'
import { lookAgainAt } from './arm-look.ts'
import { armDelay } from './judge.ts'
import { DERIVED, type DeviceMemory, type EngineMemory, type TagMemory } from './memory.ts'

/** Delays are ended this long after their time, so that the reading of that very instant can still arrive and contradict. */
export const SETTLE: Micros = 200_000
/** For so long the least lag that was seen counts: a clock that drifts is followed, a buffer that is emptied is none. */
const MEMORY: Micros = 120_000_000

/**
 * Learns from a stamp of the device how far its clock is behind ours (less than 0: ahead), which is the least time that a stamp took to
 * arrive: what comes late from a buffer takes longer and changes nothing. With it delays end by the time of the device, so that a clock
 * that is minutes behind neither ends them at once nor one that is ahead makes them wait. The very first stamp is taken for granted.
 */
export function learnLag(memory: EngineMemory, device: DeviceMemory, stamp: Micros, clock: Micros): void {
  const lag = clock - stamp
  const seen = device.lagSeen
  if (seen === null) {
    device.lagSeen = { freshest: stamp, last: lag, low: lag, before: Number.MAX_SAFE_INTEGER, from: clock }
    return
  }
  if (stamp <= seen.freshest) return
  // one single stamp that is ahead proves nothing
  const believed = Math.max(lag, Math.min(seen.last, 0))
  seen.freshest = stamp
  seen.last = lag
  if (clock - seen.from >= MEMORY) {
    seen.before = seen.low
    seen.low = believed
    seen.from = clock
  } else seen.low = Math.min(seen.low, believed)
  const least = Math.min(seen.low, seen.before)
  setLag(memory, device, Math.abs(least) <= SETTLE ? 0 : least)
}

/** The clock of the device was set: what was learnt of it is of no use. @param stamp its newest now */
export function relearnLag(memory: EngineMemory, device: DeviceMemory, stamp: Micros, clock: Micros): void {
  device.lagSeen = null
  learnLag(memory, device, stamp, clock)
  setLag(memory, device, clock - stamp)
}

/** Of a virtual tag: as its newest input is. */
export function setTagLag(tag: TagMemory, lag: Micros): void {
  if (tag.lag === lag) return
  tag.lag = lag
  const { source } = tag
  if (source === undefined) return
  for (const rule of [...tag.rules, ...tag.feeds]) {
    if (rule.kind !== 'tag') continue
    // an earlier timer that is armed already does no harm
    rule.armedFor = rule.lookArmed = null
    armDelay(rule, rule.tag.source ?? source)
    lookAgainAt(rule, rule.tag.source ?? source, rule.lookAt)
  }
}

function setLag(memory: EngineMemory, device: DeviceMemory, lag: Micros): void {
  if (Math.abs(lag - device.lag) <= SETTLE && lag !== 0) return
  if (lag === device.lag) return
  device.lag = lag
  for (const tag of device.tags) {
    if (tag.source?.source === DERIVED) continue
    setTagLag(tag, lag)
    for (const one of tag.feeds) one.dirty = memory.dirty = true
  }
}
