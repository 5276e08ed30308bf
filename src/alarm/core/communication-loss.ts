import type { Micros } from '#base/time.ts'
import { noteStatus } from './device-status.ts'
import { emit } from './judge.ts'
import type { EngineMemory, LossMemory, Outcome, SourceMemory, StreakMemory } from './memory.ts'
import { clear, isStanding, raise, type Crossing } from './step.ts'

/** A source that was away gives its devices this long before they are judged, or their own time-out if that is longer. */
const GRACE: Micros = 30_000_000

/**
 * Communication is lost when the newest time a device reported is older than its time-out by the clock of its source; a device
 * that never reported counts from when it was watched. A standing loss ends only by news from the device.
 */
function judgeLoss(memory: LossMemory, source: SourceMemory, clock: Micros): Crossing | undefined {
  const timeout = Math.round(memory.rule.timeoutSeconds * 1_000_000)
  memory.enabledAt ??= clock
  const newest = memory.device.newest
  if (isStanding(memory.state)) {
    if (newest === null || clock - newest > timeout) return undefined
    const ended = clear(memory.state, clock)
    armLoss(memory, source, newest + timeout)
    return ended
  }
  const due = Math.max(newest ?? memory.enabledAt, memory.enabledAt) + timeout
  const graceEnd = source.upSince + Math.max(timeout, GRACE)
  if (clock > due && clock >= graceEnd) return raise(memory.state, Math.max(due, graceEnd))
  armLoss(memory, source, Math.max(due, graceEnd))
  return undefined
}

/** Looks whether a device's communication is lost or back, by the clock of its source. */
export function judgeDevice(memory: EngineMemory, source: SourceMemory, rule: LossMemory, clock: Micros, outcome: Outcome): void {
  const { enabledAt } = rule
  const crossing = judgeLoss(rule, source, clock)
  if (rule.enabledAt !== enabledAt) memory.changed.add(rule)
  if (crossing === undefined) return
  emit(memory, rule, crossing, undefined, clock, outcome)
  noteStatus(rule.device, clock, outcome)
}

/** So many polls failed in a row; one that succeeds ends it. */
export function judgeStreak(memory: EngineMemory, rule: StreakMemory, failures: number, clock: Micros, outcome: Outcome): void {
  const standing = isStanding(rule.state)
  if (failures >= rule.rule.count === standing) return
  if (!standing) emit(memory, rule, raise(rule.state, clock), failures, clock, outcome)
  else if (failures === 0) emit(memory, rule, clear(rule.state, clock), 0, clock, outcome)
}

/** The count was edited: what stands must reach the new one. */
export function judgeStreakAnew(memory: EngineMemory, rule: StreakMemory, clock: Micros, outcome: Outcome): void {
  const { failures } = rule.device
  if (failures === null) return
  if (isStanding(rule.state) && failures < rule.rule.count) emit(memory, rule, clear(rule.state, clock), failures, clock, outcome)
  else judgeStreak(memory, rule, failures, clock, outcome)
}

/** One timer a device, moved on only when it fires. */
function armLoss(memory: LossMemory, source: SourceMemory, due: Micros): void {
  if (memory.armedFor !== null && memory.armedFor <= due + 1) return
  // lost is when the time-out is exceeded, not when it is reached
  memory.armedFor = due + 1
  source.losses.arm(due + 1, memory.device)
}
