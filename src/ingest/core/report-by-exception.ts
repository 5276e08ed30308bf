import type { Micros } from '#base/time.ts'
import { QualityFlag, hasFlag } from '#domain/sample.ts'
import type { Sample, Value } from '#domain/sample.ts'

/** How readings of one tag are thinned out before they are stored. */
export interface ReportPolicy {
  /** The switch of the protocol; off stores every reading. */
  readonly on: boolean
  /** A change must exceed this to be stored, in engineering units; 0 stores every change. */
  readonly deadband: number
  /** Stores an unchanged value when the last stored one is this old; 0: never. */
  readonly heartbeatSeconds: number
}

/** A reading that goes on, and where to. */
export interface Reading {
  readonly sample: Sample
  /** To `measurements`. */
  readonly store: boolean
  /** To the delivery: value or quality differ from the reading before. The deadband has no say here. */
  readonly changed: boolean
}

/** What is remembered of one tag between its readings. */
export interface TagMemory {
  /** The last that was delivered. */
  delivered: Sample | undefined
  /** The newest stamp of all, and the newest that was delivered: what came late is no current value for whoever listens. */
  newest: Sample | undefined
  told: Sample | undefined
  stored: Sample | undefined
  /** The newest reading that was not stored; stored after all before a change, so that trends keep their steps. */
  suppressed: Sample | undefined
  /** Readings that came, and those that went to `measurements`, since the memory began. */
  seen: number
  storedCount: number
}

export function newTagMemory(): TagMemory {
  return { delivered: undefined, newest: undefined, told: undefined, stored: undefined, suppressed: undefined, seen: 0, storedCount: 0 }
}

/**
 * Decides what becomes of the next reading of a tag. Two separate questions: storing it may be spared (deadband,
 * heartbeat), telling the alarm engine and the screens may not, or a crossing could hide.
 * @param out receives what goes on, oldest first
 */
export function keep(memory: TagMemory, sample: Sample, policy: ReportPolicy, out: Reading[]): void {
  const before = out.length
  decide(memory, sample, policy, out)
  memory.seen += 1
  for (let index = before; index < out.length; index++) if (out[index]?.store === true) memory.storedCount += 1
}

function decide(memory: TagMemory, sample: Sample, policy: ReportPolicy, out: Reading[]): void {
  if (hasFlag(sample.quality, QualityFlag.Historical)) {
    // replayed history is never the current value, so it is neither compared nor remembered
    out.push({ sample, store: true, changed: true })
    return
  }
  const { delivered, newest } = memory
  const isNewest = newest === undefined || sample.sourceTimestamp >= newest.sourceTimestamp
  if (!isNewest && newest !== memory.told) {
    // equal to what was told, but newer: else the late one would be taken for the current value
    out.push({ sample: newest, store: false, changed: true })
    memory.told = newest
  }
  const changed =
    delivered === undefined || differs(delivered, sample, 0) || (isNewest && newest !== undefined && differs(newest, sample, 0))
  if (changed) {
    memory.delivered = sample
    if (isNewest) memory.told = sample
  }
  if (isNewest) memory.newest = sample
  if (!policy.on || memory.stored === undefined || differs(memory.stored, sample, policy.deadband)) {
    if (memory.suppressed !== undefined)
      out.push({ sample: flagged(memory.suppressed, QualityFlag.LastBeforeChange), store: true, changed: false })
    memory.suppressed = undefined
    memory.stored = sample
    out.push({ sample, store: true, changed })
  } else if (heartbeatDue(memory.stored.sourceTimestamp, sample.sourceTimestamp, policy.heartbeatSeconds)) {
    memory.suppressed = undefined
    memory.stored = sample
    out.push({ sample: flagged(sample, QualityFlag.Heartbeat), store: true, changed })
  } else {
    memory.suppressed = sample
    if (changed) out.push({ sample, store: false, changed })
  }
}

function flagged(sample: Sample, flag: number): Sample {
  return { ...sample, quality: sample.quality | flag }
}

function heartbeatDue(stored: Micros, now: Micros, heartbeatSeconds: number): boolean {
  // either way: a clock that was set back must not silence the heartbeat until it has caught up
  return heartbeatSeconds > 0 && Math.abs(now - stored) >= heartbeatSeconds * 1_000_000
}

/** What only tells where the time stamp comes from: the same value interrogated anew is no change. */
const ABOUT_TIME = QualityFlag.TimeSubstituted | QualityFlag.Ambiguous | QualityFlag.SummerTime

function differs(before: Sample, after: Sample, deadband: number): boolean {
  return (
    ((before.quality ^ after.quality) & ~ABOUT_TIME) !== 0 ||
    before.statusCode !== after.statusCode ||
    exceeds(before.value, after.value, deadband)
  )
}

/** @returns whether the two differ by more than the deadband; texts and booleans differ or do not, NaN equals NaN */
export function exceeds(before: Value, after: Value, deadband: number): boolean {
  if (before === after) return false
  if (typeof before === 'number' && typeof after === 'number') {
    if (Number.isNaN(before) && Number.isNaN(after)) return false
    // a step from or to NaN or infinity is a change, whatever the deadband
    return !(Math.abs(after - before) <= deadband)
  }
  if (typeof before === 'bigint' && typeof after === 'bigint') return Math.abs(Number(after - before)) > deadband
  return true
}
