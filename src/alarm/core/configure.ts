import type { Micros } from '#base/time.ts'
import { Condition, type AlarmRule, type CommunicationLossRule, type ThresholdRule } from '#domain/alarm.ts'
import { verdict } from './condition.ts'
import { armDelay, emit, judgeDevice, judgeValue } from './evaluate.ts'
import {
  deviceOf,
  lossMemory,
  sourceOf,
  tagOf,
  thresholdMemory,
  type EngineMemory,
  type LossMemory,
  type Outcome,
  type RuleMemory,
  type SourceMemory,
  type ThresholdMemory,
} from './memory.ts'
import { clear, dueOf, isStanding, raise, type RuleState } from './step.ts'

/** What there is to judge: only rules in force, with everything switched off left out. */
export interface AlarmPlan {
  readonly rules: readonly AlarmRule[]
  readonly tags: readonly { readonly id: number; readonly deviceId: number }[]
  /** The source expected to deliver a device, until one does. */
  readonly devices: readonly { readonly id: number; readonly source: string }[]
  /** Why a rule that was in force is not any more, e.g. `rule disabled`. */
  readonly gone: ReadonlyMap<number, string>
}

/** A rule as it was last judged: its state, and the numbers it was judged by. */
export interface SavedRule {
  readonly state: RuleState
  readonly enabledAt: Micros | null
  readonly judgedBy: JudgedBy
}

export type JudgedBy =
  | Pick<ThresholdRule, 'operator' | 'setpoint' | 'deadband' | 'onDelaySeconds' | 'offDelaySeconds'>
  | Pick<CommunicationLossRule, 'timeoutSeconds'>

/** The clock of a source now, or undefined while it has none. */
export type ClockOf = (source: SourceMemory) => Micros | undefined

/**
 * Puts a configuration in force. A rule whose numbers changed is judged again at once with the last good value; one that went
 * away ends its alarm. Severity and name concern the next occurrence only.
 * @param saved states from before a restart, for rules the memory does not hold yet
 * @returns what happened, and the rules whose states have no meaning any more
 */
export function configure(
  memory: EngineMemory,
  plan: AlarmPlan,
  clockOf: ClockOf,
  saved: ReadonlyMap<number, SavedRule> = new Map(),
): Outcome & { readonly dropped: readonly number[] } {
  const outcome: Outcome = { transitions: [], notices: [] }
  for (const { id, deviceId } of plan.tags) {
    const tag = tagOf(memory, id)
    tag.device = deviceOf(memory, deviceId)
    tag.device.tags.add(tag)
  }
  for (const { id, source } of plan.devices) deviceOf(memory, id).source ??= sourceOf(memory, source)
  const dropped = drop(memory, plan, clockOf, outcome)
  for (const rule of plan.rules) {
    const known = memory.rules.get(rule.id)
    const before = known === undefined ? saved.get(rule.id) : undefined
    const current = known ?? add(memory, rule)
    if (before !== undefined) {
      current.state = { ...before.state }
      if (current.kind === 'communication_loss') current.enabledAt = before.enabledAt
    }
    const judgedBy = known?.rule ?? before?.judgedBy
    if (current.kind === 'threshold' && rule.kind === 'threshold') putThreshold(memory, current, rule, judgedBy, clockOf, outcome)
    if (current.kind === 'communication_loss' && rule.kind === 'communication_loss') putLoss(memory, current, rule, clockOf, outcome)
  }
  return { ...outcome, dropped }
}

/** Forgets tags and devices that are not configured; for a start, after configure. */
export function prune(memory: EngineMemory, plan: AlarmPlan): void {
  const tags = new Set(plan.tags.map((tag) => tag.id))
  const devices = new Set([...plan.devices.map((device) => device.id), ...plan.tags.map((tag) => tag.deviceId)])
  for (const id of memory.tags.keys()) if (!tags.has(id)) memory.tags.delete(id)
  for (const id of memory.devices.keys()) if (!devices.has(id)) memory.devices.delete(id)
}

function drop(memory: EngineMemory, plan: AlarmPlan, clockOf: ClockOf, outcome: Outcome): number[] {
  const kept = new Map(plan.rules.map((rule) => [rule.id, rule]))
  const dropped: number[] = []
  for (const [id, current] of memory.rules) {
    const next = kept.get(id)
    // a rule stays with its tag or device; should it ever move, it is another rule
    if (next !== undefined && placeOf(next) === placeOf(current.rule)) continue
    if (isStanding(current.state)) {
      const clock = clockFor(current, clockOf) ?? current.state.lastAt ?? 0
      emit(memory, current, clear(current.state, clock), undefined, clock, outcome, plan.gone.get(id) ?? 'rule removed')
    }
    memory.rules.delete(id)
    memory.changed.delete(current)
    if (current.kind === 'threshold') current.tag.rules = current.tag.rules.filter((rule) => rule !== current)
    else current.device.rule = undefined
    if (next === undefined) dropped.push(id)
  }
  return dropped
}

function placeOf(rule: AlarmRule): string {
  return rule.kind === 'threshold' ? `tag ${rule.tagId}` : `device ${rule.deviceId}`
}

function clockFor(rule: RuleMemory, clockOf: ClockOf): Micros | undefined {
  const source = rule.kind === 'threshold' ? rule.tag.source : rule.device.source
  return source === undefined ? undefined : clockOf(source)
}

function add(memory: EngineMemory, rule: AlarmRule): RuleMemory {
  if (rule.kind === 'threshold') {
    const tag = tagOf(memory, rule.tagId)
    const added = thresholdMemory(rule, tag)
    tag.rules = [...tag.rules, added]
    memory.rules.set(rule.id, added)
    return added
  }
  const device = deviceOf(memory, rule.deviceId)
  const added = lossMemory(rule, device)
  device.rule = added
  memory.rules.set(rule.id, added)
  return added
}

function putThreshold(
  memory: EngineMemory,
  current: ThresholdMemory,
  rule: ThresholdRule,
  judgedBy: JudgedBy | undefined,
  clockOf: ClockOf,
  outcome: Outcome,
): void {
  current.rule = rule
  const source = current.tag.source
  const clock = source === undefined ? undefined : clockOf(source)
  if (source === undefined || clock === undefined) return
  if (judgedBy === undefined || !('operator' in judgedBy)) {
    judgeValue(memory, source, current, current.tag.value, undefined, clock, clock, outcome)
  } else if (!sameNumbers(judgedBy, rule)) {
    memory.changed.add(current)
    const moved = judgedBy.operator !== rule.operator || judgedBy.setpoint !== rule.setpoint
    if (moved) judgeMoved(memory, source, current, clock, outcome)
    else judgeTuned(memory, source, current, judgedBy.onDelaySeconds, clock, outcome)
  }
  // its delay may end earlier now
  current.armedFor = null
  armDelay(current, source)
}

function sameNumbers(a: Extract<JudgedBy, { operator: unknown }>, b: ThresholdRule): boolean {
  return (
    a.operator === b.operator &&
    a.setpoint === b.setpoint &&
    a.deadband === b.deadband &&
    a.onDelaySeconds === b.onDelaySeconds &&
    a.offDelaySeconds === b.offDelaySeconds
  )
}

/** The line itself moved: what stood by the old line must now be beyond the new one, deadband or not. */
function judgeMoved(memory: EngineMemory, source: SourceMemory, current: ThresholdMemory, clock: Micros, outcome: Outcome): void {
  const value = current.tag.value
  if (value === undefined) return
  const state = current.state
  if (!verdict(current.rule, value, false)) {
    if (isStanding(state)) emit(memory, current, clear(state, clock), value, clock, outcome)
    else state.condition = Condition.Normal
    state.frozenAt = null
    return
  }
  if (state.condition === Condition.PendingOff) state.condition = Condition.Active
  // the delay of the new line starts with it
  if (state.condition === Condition.PendingOn) state.condition = Condition.Normal
  state.frozenAt = null
  judgeValue(memory, source, current, value, value, clock, clock, outcome)
}

/** Deadband or delays changed: what stands is held by the new deadband, and must have lasted as long as the new on-delay. */
function judgeTuned(
  memory: EngineMemory,
  source: SourceMemory,
  current: ThresholdMemory,
  formerOnDelaySeconds: number,
  clock: Micros,
  outcome: Outcome,
): void {
  const { state, rule, tag } = current
  const value = tag.value
  const start = state.raisedAt === null ? null : state.raisedAt - Math.round(formerOnDelaySeconds * 1_000_000)
  if (isStanding(state) && start !== null && clock - start < Math.round(rule.onDelaySeconds * 1_000_000)) {
    emit(memory, current, clear(state, clock), value, clock, outcome)
    if (value === undefined || !verdict(rule, value, false)) return
    state.condition = Condition.PendingOn
    state.since = start
    return
  }
  const due = dueOf(state, rule)
  if (due !== undefined && due <= clock) {
    const ended = state.condition === Condition.PendingOn ? raise(state, clock) : clear(state, clock)
    emit(memory, current, ended, value, clock, outcome)
  } else if (state.condition === Condition.Active || state.condition === Condition.Normal) {
    // the deadband of = and != is part of the line, so that a value can come to lie beyond it
    judgeValue(memory, source, current, value, value, clock, clock, outcome)
  }
}

function putLoss(memory: EngineMemory, current: LossMemory, rule: CommunicationLossRule, clockOf: ClockOf, outcome: Outcome): void {
  current.rule = rule
  current.armedFor = null
  const source = current.device.source
  const clock = source === undefined ? undefined : clockOf(source)
  if (source !== undefined && clock !== undefined) judgeDevice(memory, source, current, clock, outcome)
}
