import type { Micros } from '#base/time.ts'
import type { AlarmRule, CommunicationLossRule, ThresholdRule } from '#domain/alarm.ts'
import type { Sample } from '#domain/sample.ts'
import type { Evidence } from './condition.ts'
import { freshState, type RuleState } from './step.ts'
import { TimerWheel } from './timer-wheel.ts'

/** All the engine knows: nothing else enters a verdict. One owner changes it, through evaluate, advance and configure. */
export interface EngineMemory {
  readonly sources: Map<string, SourceMemory>
  readonly devices: Map<number, DeviceMemory>
  readonly tags: Map<number, TagMemory>
  readonly rules: Map<number, RuleMemory>
  /** Rules whose state differs from what was last taken to be stored. */
  readonly changed: Set<RuleMemory>
}

/** A source's clock is what its deliveries say; a tag and a device belong to one source. */
export interface SourceMemory {
  readonly source: string
  /** The newest `receivedAt`; null before the first delivery. */
  clock: Micros | null
  /** Since when deliveries come without a pause. */
  upSince: Micros
  /** Deliveries judged since this memory was made. */
  deliveries: number
  delays: TimerWheel<ThresholdMemory>
  losses: TimerWheel<DeviceMemory>
}

export interface DeviceMemory {
  readonly deviceId: number
  source: SourceMemory | undefined
  /** Newest time the device reported, never ahead of its arrival; null when it never did. */
  newest: Micros | null
  /** The newest time as the source last told it, to see it move. */
  reported: Micros | null
  /** Deliveries in a row whose readings were all older than the newest: a device clock that stepped back. */
  older: { count: number; sourceTimestamp: Micros; receivedAt: Micros } | null
  /** The last of those readings of each tag: they are judged when the clock turns out to have stepped; not kept over a restart. */
  readonly held: Map<number, Sample>
  /** The delivery in which something newer came last; not kept over a restart. */
  newerIn: number
  readonly tags: Set<TagMemory>
  rule: LossMemory | undefined
}

export interface TagMemory {
  readonly tagId: number
  device: DeviceMemory | undefined
  source: SourceMemory | undefined
  /** Newest time judged; what is not newer never touches live state. */
  newest: Micros | null
  /** The stamp of the newest reading from the future as the device wrote it; null while its clock is sane. */
  future: Micros | null
  /** Last good value, for rules that are added or edited while it stands. */
  value: Evidence | undefined
  rules: readonly ThresholdMemory[]
}

interface RuleMemoryBase {
  state: RuleState
  /** Source time of the timer that is armed; null when none is. */
  armedFor: Micros | null
}

export interface ThresholdMemory extends RuleMemoryBase {
  readonly kind: 'threshold'
  rule: ThresholdRule
  readonly tag: TagMemory
}

export interface LossMemory extends RuleMemoryBase {
  readonly kind: 'communication_loss'
  rule: CommunicationLossRule
  readonly device: DeviceMemory
  /** Since when the rule watches; null until its source's clock is known. */
  enabledAt: Micros | null
}

export type RuleMemory = ThresholdMemory | LossMemory

/** A raise or a clear, with what is known of it. */
export interface Transition {
  readonly kind: 'raise' | 'clear'
  readonly memory: RuleMemory
  /** The rule as it was judged. */
  readonly rule: AlarmRule
  /** Source time. */
  readonly at: Micros
  readonly value: Evidence | undefined
  /** The clock of the source when it was judged. */
  readonly receivedAt: Micros
  /** The value arrived more than a minute after it was true. */
  readonly late: boolean
  /** Why the rule went away, when that is what ended the alarm. */
  readonly removed: string | null
}

/** Something the system noticed about itself or a device's clock. */
interface Notice {
  readonly code: 'device_clock_stepped_back' | 'source_clock_stepped_back'
  readonly deviceId: number | null
  readonly detail: Readonly<Record<string, unknown>>
}

export interface Outcome {
  readonly transitions: Transition[]
  readonly notices: Notice[]
}

export function createMemory(): EngineMemory {
  return { sources: new Map(), devices: new Map(), tags: new Map(), rules: new Map(), changed: new Set() }
}

export function sourceOf(memory: EngineMemory, source: string): SourceMemory {
  let found = memory.sources.get(source)
  if (found === undefined) {
    found = { source, clock: null, upSince: 0, deliveries: 0, delays: new TimerWheel(0), losses: new TimerWheel(0) }
    memory.sources.set(source, found)
  }
  return found
}

export function deviceOf(memory: EngineMemory, deviceId: number): DeviceMemory {
  let found = memory.devices.get(deviceId)
  if (found === undefined) {
    found = {
      deviceId,
      source: undefined,
      newest: null,
      reported: null,
      older: null,
      held: new Map(),
      newerIn: -1,
      tags: new Set(),
      rule: undefined,
    }
    memory.devices.set(deviceId, found)
  }
  return found
}

export function tagOf(memory: EngineMemory, tagId: number): TagMemory {
  let found = memory.tags.get(tagId)
  if (found === undefined) {
    found = { tagId, device: undefined, source: undefined, newest: null, future: null, value: undefined, rules: [] }
    memory.tags.set(tagId, found)
  }
  return found
}

export function thresholdMemory(rule: ThresholdRule, tag: TagMemory): ThresholdMemory {
  return { kind: 'threshold', rule, tag, state: freshState(), armedFor: null }
}

export function lossMemory(rule: CommunicationLossRule, device: DeviceMemory): LossMemory {
  return { kind: 'communication_loss', rule, device, state: freshState(), armedFor: null, enabledAt: null }
}
