import type { OlderRun } from '#domain/clock-step.ts'
import type { Micros } from '#base/time.ts'
import type { FormulaMachine } from '#calc/formula/formula-machine.ts'
import type { Formula } from '#calc/formula/tree.ts'
import type { ChangeWindow } from '#calc/change-window.ts'
import type { SampleWindow } from '#calc/window.ts'
import type { AlarmRule, CommunicationLossRule, PollStreakRule, TagRule } from '#domain/alarm.ts'
import type { DeviceReport } from '#domain/delivery.ts'
import type { DeviceStatusWord } from '#domain/device.ts'
import type { Sample } from '#domain/sample.ts'
import type { Evidence } from './condition.ts'
import { judgedOf, type Judged } from './judged.ts'
import { freshState, type CrossingKind, type RuleState } from './step.ts'
import { TimerWheel } from './timer-wheel.ts'

/** The source of virtual tags: this engine. */
export const DERIVED = 'derived'

/** All the engine knows: nothing else enters a verdict. One owner changes it, through evaluate, advance and configure. */
export interface EngineMemory {
  readonly sources: Map<string, SourceMemory>
  readonly devices: Map<number, DeviceMemory>
  readonly tags: Map<number, TagMemory>
  readonly rules: Map<number, RuleMemory>
  /** What is judged after a whole delivery, each after all that it reads. */
  deferred: readonly Deferred[]
  /** Whether one of them has something new to look at. */
  dirty: boolean
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
  delays: TimerWheel<TagRuleMemory>
  losses: TimerWheel<DeviceMemory>
  /** When something that changes by mere time is to be looked at. */
  looks: TimerWheel<TagRuleMemory | DerivedMemory>
}

/** What was seen of the clock of a device, by readings and reports as they arrived. */
export interface LagSeen {
  /** The newest stamp of all: an older one tells nothing. */
  freshest: Micros
  /** The last one. */
  last: Micros
  /** The least since `from`, and of the stretch before. */
  low: Micros
  before: Micros
  from: Micros
}

export interface DeviceMemory {
  readonly deviceId: number
  source: SourceMemory | undefined
  /** Newest time the device reported, never ahead of its arrival; null when it never did. */
  newest: Micros | null
  /** The newest time as the source last told it, to see it move. */
  reported: Micros | null
  /** Deliveries in a row whose readings were all older than the newest: a device clock that stepped back. */
  older: OlderRun | null
  /** The last of those readings of each tag: they are judged when the clock turns out to have stepped; not kept over a restart. */
  readonly held: Map<number, Sample>
  /** The delivery in which something newer came last; not kept over a restart. */
  newerIn: number
  /** The newest stamp of that delivery. */
  toldNow: Micros | null
  readonly tags: Set<TagMemory>
  /** How far its clock is behind that of its source; 0 until that is known. */
  lag: Micros
  lagSeen: LagSeen | null
  /** What read a value of it that had become too old: looked at again when it is heard of. */
  readonly waiting: Set<Deferred>
  /** What its driver said of it last; null before it did. */
  told: Pick<DeviceReport, 'status' | 'problem'> | null
  /** Polls failed in a row, as was told last; null before. */
  failures: number | null
  /** What people read; null before anything was told. */
  status: DeviceStatusWord | null
  rule: LossMemory | undefined
  streak: StreakMemory | undefined
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
  /** Severity of the newest reading; Bad: `value` is not what it is now. */
  severity: number
  /** Whether the newest reading came from the device: not so when it says only that the device did not answer. */
  heard: boolean
  /** Of its device; of a virtual tag that of its newest input. */
  lag: Micros
  rules: readonly TagRuleMemory[]
  /** Values strictly between these leave every rule as it is; empty while that is not known. Not kept over a restart. */
  quietFrom: number
  quietTo: number
  /** What reads this tag and is judged after the delivery. */
  feeds: readonly Deferred[]
  /** Windows over this tag: `f<seconds>` of formulas, `r<rule>` of rules. */
  readonly windows: Map<string, TagWindow>
}

/** Of one tag; a rate of change needs the least of it. */
export type TagWindow = SampleWindow | ChangeWindow

interface RuleMemoryBase {
  state: RuleState
  /** Source time of the timer that is armed; null when none is. */
  armedFor: Micros | null
}

/** What changes by mere time. */
interface Looked {
  /** When it is looked at without a reading; null when never. */
  lookAt: Micros | null
  /** The timer that waits for that, at it or before; null when none does. */
  lookArmed: Micros | null
}

export interface TagRuleMemory extends RuleMemoryBase, Looked {
  readonly kind: 'tag'
  rule: TagRule
  judged: Judged
  readonly tag: TagMemory
  /** Of totalizer and rate of change. */
  window: TagWindow | undefined
  /** Of a curve: its other axis. */
  x: TagMemory | undefined
  dirty: boolean
}

export interface LossMemory extends RuleMemoryBase {
  readonly kind: 'communication_loss'
  rule: CommunicationLossRule
  readonly device: DeviceMemory
  /** Since when the rule watches; null until its source's clock is known. */
  enabledAt: Micros | null
}

export interface StreakMemory extends RuleMemoryBase {
  readonly kind: 'poll_streak'
  rule: PollStreakRule
  readonly device: DeviceMemory
}

export type RuleMemory = TagRuleMemory | LossMemory | StreakMemory

/** A virtual tag. */
export interface DerivedMemory extends Looked {
  readonly kind: 'derived'
  readonly tag: TagMemory
  /** Its text, to see an edit. */
  readonly text: string
  readonly formula: Formula
  readonly machine: FormulaMachine
  /** One a slot of the formula; undefined for a tag that is gone: the formula is broken and has no value. */
  readonly sources: readonly (TagMemory | undefined)[]
  readonly windows: readonly (SampleWindow | undefined)[]
  dirty: boolean
}

export type Deferred = DerivedMemory | TagRuleMemory

/** What became of an occurrence, with what is known of it. */
export interface Transition {
  readonly kind: CrossingKind
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
export interface Notice {
  readonly code: 'device_clock_stepped_back' | 'source_clock_stepped_back' | 'virtual_tag_broken'
  readonly deviceId: number | null
  readonly detail: Readonly<Record<string, unknown>>
}

/** From `at` on a device was in this state. */
export interface StatusChange {
  readonly deviceId: number
  readonly at: Micros
  readonly status: DeviceStatusWord
  readonly problem: string | null
}

export interface Outcome {
  readonly transitions: Transition[]
  readonly notices: Notice[]
  /** New values of virtual tags, in the order in which they came to be. */
  readonly derived: Sample[]
  readonly statuses: StatusChange[]
}

export function freshOutcome(): Outcome {
  return { transitions: [], notices: [], derived: [], statuses: [] }
}

export function createMemory(): EngineMemory {
  return { sources: new Map(), devices: new Map(), tags: new Map(), rules: new Map(), deferred: [], dirty: false, changed: new Set() }
}

export function sourceOf(memory: EngineMemory, source: string): SourceMemory {
  let found = memory.sources.get(source)
  if (found === undefined) {
    found = {
      source,
      clock: null,
      upSince: 0,
      deliveries: 0,
      delays: new TimerWheel(0),
      losses: new TimerWheel(0),
      looks: new TimerWheel(0),
    }
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
      toldNow: null,
      tags: new Set(),
      lag: 0,
      lagSeen: null,
      waiting: new Set(),
      told: null,
      failures: null,
      status: null,
      rule: undefined,
      streak: undefined,
    }
    memory.devices.set(deviceId, found)
  }
  return found
}

export function tagOf(memory: EngineMemory, tagId: number): TagMemory {
  let found = memory.tags.get(tagId)
  if (found === undefined) {
    found = {
      tagId,
      device: undefined,
      source: undefined,
      newest: null,
      future: null,
      value: undefined,
      severity: 2,
      heard: false,
      lag: 0,
      rules: [],
      quietFrom: Number.POSITIVE_INFINITY,
      quietTo: Number.NEGATIVE_INFINITY,
      feeds: [],
      windows: new Map(),
    }
    memory.tags.set(tagId, found)
  }
  return found
}

export function tagRuleMemory(rule: TagRule, tag: TagMemory): TagRuleMemory {
  return {
    kind: 'tag',
    rule,
    judged: judgedOf(rule),
    tag,
    window: undefined,
    x: undefined,
    state: freshState(),
    armedFor: null,
    lookAt: null,
    lookArmed: null,
    dirty: false,
  }
}

export function lossMemory(rule: CommunicationLossRule, device: DeviceMemory): LossMemory {
  return { kind: 'communication_loss', rule, device, state: freshState(), armedFor: null, enabledAt: null }
}

export function streakMemory(rule: PollStreakRule, device: DeviceMemory): StreakMemory {
  return { kind: 'poll_streak', rule, device, state: freshState(), armedFor: null }
}
