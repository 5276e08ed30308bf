import type { Micros } from '#base/time.ts'
import { QualitySeverity } from '#domain/sample.ts'
import { isTagRule, type AlarmRule, type TagRule } from '#domain/alarm.ts'
import { lagOf, lookAgainAt } from './arm-look.ts'
import { judgeDevice, judgeStreakAnew } from './communication-loss.ts'
import { verdict, type Evidence } from './condition.ts'
import { configureDeferred, type DerivedTag } from './configure-deferred.ts'
import { armDelay, emit, isMoment, judgeValue } from './judge.ts'
import { alignOf, judgedOf, lineOf } from './judged.ts'
import { armLook } from './look.ts'
import {
  DERIVED,
  deviceOf,
  freshOutcome,
  lossMemory,
  sourceOf,
  streakMemory,
  tagOf,
  tagRuleMemory,
  type EngineMemory,
  type LossMemory,
  type Outcome,
  type RuleMemory,
  type SourceMemory,
  type TagRuleMemory,
  type TagWindow,
} from './memory.ts'
import { ruleWindowKey, ruleWindowPrefix, windowOf } from './window-key.ts'
import { endQuiet } from './quiet-band.ts'
import { currentSignal } from './signal.ts'
import { clear, dueOf, end, isHeld, isStanding, raise, type RuleState } from './step.ts'

/** What there is to judge: only rules in force, with everything switched off left out. */
export interface AlarmPlan {
  readonly rules: readonly AlarmRule[]
  readonly tags: readonly { readonly id: number; readonly deviceId: number }[]
  /** Which of the tags are virtual. */
  readonly derived: readonly DerivedTag[]
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

/** Of poll streak the count; of communication loss nothing. */
export type JudgedBy = { readonly line?: string; readonly count?: number } & Partial<
  Pick<TagRule, 'deadband' | 'onDelaySeconds' | 'offDelaySeconds' | 'latch'>
>

/** The clock of a source now, or undefined while it has none. */
export type ClockOf = (source: SourceMemory) => Micros | undefined

/**
 * Puts a configuration in force. A rule whose numbers changed is judged again at once with the last good value; one that went
 * away ends its alarm. Severity and name concern the next occurrence only. Virtual tags are computed with the next delivery or tick.
 * @param saved states from before a restart, for rules the memory does not hold yet
 * @returns what happened, and the rules whose states have no meaning any more
 */
export function configure(
  memory: EngineMemory,
  plan: AlarmPlan,
  clockOf: ClockOf,
  saved: ReadonlyMap<number, SavedRule> = new Map(),
): Outcome & { readonly dropped: readonly number[] } {
  const outcome = freshOutcome()
  for (const { id, deviceId } of plan.tags) {
    const tag = tagOf(memory, id)
    tag.device = deviceOf(memory, deviceId)
    tag.device.tags.add(tag)
    if (tag.source?.source !== DERIVED) tag.lag = tag.device.lag
  }
  for (const { tagId } of plan.derived) tagOf(memory, tagId).source = sourceOf(memory, DERIVED)
  for (const { id, source } of plan.devices) deviceOf(memory, id).source ??= sourceOf(memory, source)
  const dropped = drop(memory, plan, clockOf, outcome)
  for (const rule of plan.rules) {
    const known = memory.rules.get(rule.id)
    const before = known === undefined ? saved.get(rule.id) : undefined
    const current = known ?? add(memory, rule)
    if (before !== undefined) {
      current.state = { ...before.state }
      if (current.kind === 'communication_loss') {
        current.enabledAt = before.enabledAt
        // what was read again since then was read without this rule
        if (isStanding(current.state)) current.device.status = 'no_communication'
      }
    }
    if (current.kind === 'tag' && isTagRule(rule)) {
      const judgedBy = known === undefined ? before?.judgedBy : { ...current.rule, line: lineOf(current.rule) }
      putTagRule(memory, current, rule, judgedBy, clockOf, outcome)
    } else if (current.kind === 'communication_loss' && rule.kind === 'communication_loss') {
      current.rule = rule
      putLoss(memory, current, clockOf, outcome)
    } else if (current.kind === 'poll_streak' && rule.kind === 'poll_streak') {
      const formerCount = known === undefined ? before?.judgedBy.count : current.rule.count
      current.rule = rule
      const clock = clockFor(current, clockOf)
      if (clock !== undefined && formerCount !== rule.count) judgeStreakAnew(memory, current, clock, outcome)
    }
  }
  configureDeferred(memory, plan.derived, outcome)
  return { ...outcome, dropped }
}

/** Takes every rule and virtual tag away and leaves the windows, for what is read again after a restart. */
export function withoutRules(memory: EngineMemory): void {
  memory.rules.clear()
  memory.deferred = []
  memory.dirty = false
  for (const tag of memory.tags.values()) {
    tag.rules = tag.feeds = []
    endQuiet(tag)
  }
  for (const device of memory.devices.values()) device.rule = device.streak = undefined
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
    if (isStanding(current.state) && !isMoment(current)) {
      const clock = clockFor(current, clockOf) ?? current.state.lastAt ?? 0
      const at = current.kind === 'tag' ? clock - lagOf(current) : clock
      emit(memory, current, clear(current.state, at), undefined, clock, outcome, plan.gone.get(id) ?? 'rule removed')
    }
    memory.rules.delete(id)
    memory.changed.delete(current)
    if (current.kind === 'tag') {
      current.tag.rules = current.tag.rules.filter((rule) => rule !== current)
      endQuiet(current.tag)
    } else if (current.kind === 'communication_loss') current.device.rule = undefined
    else current.device.streak = undefined
    if (next === undefined) dropped.push(id)
  }
  return dropped
}

function placeOf(rule: AlarmRule): string {
  return isTagRule(rule) ? `tag ${rule.tagId}` : `${rule.kind} of device ${rule.deviceId}`
}

function clockFor(rule: RuleMemory, clockOf: ClockOf): Micros | undefined {
  const source = rule.kind === 'tag' ? rule.tag.source : rule.device.source
  return source === undefined ? undefined : clockOf(source)
}

function add(memory: EngineMemory, rule: AlarmRule): RuleMemory {
  const added = memoryFor(memory, rule)
  memory.rules.set(rule.id, added)
  return added
}

function memoryFor(memory: EngineMemory, rule: AlarmRule): RuleMemory {
  if (isTagRule(rule)) {
    const tag = tagOf(memory, rule.tagId)
    const added = tagRuleMemory(rule, tag)
    tag.rules = [...tag.rules, added]
    return added
  }
  const device = deviceOf(memory, rule.deviceId)
  if (rule.kind === 'poll_streak') return (device.streak = streakMemory(rule, device))
  return (device.rule = lossMemory(rule, device))
}

function putTagRule(
  memory: EngineMemory,
  current: TagRuleMemory,
  rule: TagRule,
  judgedBy: JudgedBy | undefined,
  clockOf: ClockOf,
  outcome: Outcome,
): void {
  current.rule = rule
  current.judged = judgedOf(rule)
  endQuiet(current.tag)
  current.window = windowFor(current)
  current.x = rule.curve === null ? undefined : tagOf(memory, rule.curve.xTagId)
  const source = current.tag.source
  const now = source === undefined ? undefined : clockOf(source)
  if (source === undefined || now === undefined) return
  // what people change happens between the readings of the device, by its clock
  const clock = now - lagOf(current)
  if (judgedBy?.line === undefined) {
    judgeNow(memory, source, current, currentSignal(current, clock), clock, outcome)
  } else if (!sameNumbers(judgedBy, rule)) {
    memory.changed.add(current)
    if (judgedBy.line !== lineOf(rule)) judgeMoved(memory, source, current, clock, outcome)
    else judgeTuned(memory, source, current, Math.max(judgedBy.onDelaySeconds ?? 0, alignOf(rule)), clock, outcome)
    if (current.state.condition === 'latched' && !rule.latch) emit(memory, current, clear(current.state, clock), undefined, now, outcome)
  }
  // its delay may end earlier now
  current.armedFor = null
  armDelay(current, source)
  current.lookAt = current.lookArmed = null
  armLook(current, source, Math.min(lastJudged(current) ?? clock, clock))
  if (rule.kind === 'stale' && judgedBy?.line !== lineOf(rule)) judgeAge(memory, source, current, clock, outcome)
}

/** The limit of a tag's age was edited, or is new: what is too old by it is so from now on. */
function judgeAge(memory: EngineMemory, source: SourceMemory, current: TagRuleMemory, clock: Micros, outcome: Outcome): void {
  const { state, tag } = current
  const limit = Math.round(current.rule.setpoint * 1_000_000)
  if (isStanding(state) && tag.newest !== null && clock < tag.newest + limit) {
    emit(memory, current, clear(state, clock), tag.value, clock + lagOf(current), outcome)
    armLook(current, source, clock)
  }
  if (current.lookAt !== null) lookAgainAt(current, source, Math.max(current.lookAt, clock))
}

/**
 * When it was judged last, as far as that had an effect: what was due since, and perhaps not yet looked at, is looked at again; what
 * came before must not be, for its state is already that of afterwards.
 */
function lastJudged({ tag, state }: TagRuleMemory): Micros | undefined {
  if (tag.newest === null) return undefined
  const pending = state.condition === 'pending_on' || state.condition === 'pending_off' ? state.since : 0
  return Math.max(tag.newest, state.lastAt ?? 0, pending)
}

/** The window of a rule outlives an edit of everything but its length. */
function windowFor(current: TagRuleMemory): TagWindow | undefined {
  const { rule, tag } = current
  const key = ruleWindowKey(rule)
  for (const other of tag.windows.keys()) if (other.startsWith(ruleWindowPrefix(rule.id)) && other !== key) tag.windows.delete(other)
  if (key === undefined) return undefined
  const known = tag.windows.get(key)
  if (known !== undefined) return known
  const window = windowOf(key, rule.windowSeconds ?? 0, rule.modulus)
  tag.windows.set(key, window)
  // what holds now holds on
  if (tag.newest !== null && tag.value !== undefined && tag.severity < 2) window.add(tag.newest, Number(tag.value))
  return window
}

function sameNumbers(a: JudgedBy, b: TagRule): boolean {
  return (
    a.line === lineOf(b) &&
    a.deadband === b.deadband &&
    a.onDelaySeconds === b.onDelaySeconds &&
    a.offDelaySeconds === b.offDelaySeconds &&
    a.latch === b.latch
  )
}

/** By the last good value, whatever is told now; but without evidence a delay stands still. */
function judgeNow(
  memory: EngineMemory,
  source: SourceMemory,
  current: TagRuleMemory,
  value: Evidence | undefined,
  clock: Micros,
  outcome: Outcome,
): void {
  judgeValue(memory, source, current, value, value, clock, clock + lagOf(current), outcome)
  standStill(current, clock)
}

function standStill({ rule, tag, state, judged }: TagRuleMemory, clock: Micros, unknown = false): void {
  const noEvidence = unknown || (rule.kind !== 'bad_quality' && tag.severity === QualitySeverity.Bad)
  if (noEvidence && dueOf(state, judged) !== undefined) state.frozenAt = clock
}

/** The line itself moved: what stood by the old line must now be beyond the new one, deadband or not. */
function judgeMoved(memory: EngineMemory, source: SourceMemory, current: TagRuleMemory, clock: Micros, outcome: Outcome): void {
  const value = currentSignal(current, clock)
  const { state, judged } = current
  if (value !== undefined && isHeld(state) && !verdict(judged, value, false)) {
    emit(memory, current, end(state, judged, clock), value, clock + lagOf(current), outcome)
  }
  // a delay of the new line begins with it
  if (state.condition === 'pending_off') state.condition = 'active'
  if (state.condition === 'pending_on') state.condition = 'normal'
  state.frozenAt = null
  judgeNow(memory, source, current, value, clock, outcome)
}

/** Deadband or delays changed: what stands is held by the new deadband, and must have lasted as long as the new on-delay. */
function judgeTuned(
  memory: EngineMemory,
  source: SourceMemory,
  current: TagRuleMemory,
  formerOnDelaySeconds: number,
  clock: Micros,
  outcome: Outcome,
): void {
  const { state, judged } = current
  const value = currentSignal(current, clock)
  const start = state.raisedAt === null ? null : state.raisedAt - Math.round(formerOnDelaySeconds * 1_000_000)
  if (isHeld(state) && start !== null && clock - start < Math.round(judged.onDelaySeconds * 1_000_000)) {
    emit(memory, current, clear(state, clock), value, clock + lagOf(current), outcome)
    if (value !== undefined && !verdict(judged, value, false)) return
    state.condition = 'pending_on'
    state.since = start
    return standStill(current, clock, value === undefined)
  }
  const due = dueOf({ ...state, frozenAt: null }, judged)
  const held = isHeld(state)
  if (due !== undefined && value !== undefined && verdict(judged, value, held) === held) {
    // what it waits for is not so any more
    state.condition = held ? 'active' : 'normal'
    state.frozenAt = null
  } else if (due !== undefined && due <= (state.frozenAt ?? clock)) {
    const ended = state.condition === 'pending_on' ? raise(state, clock) : end(state, judged, clock)
    emit(memory, current, ended, value, clock + lagOf(current), outcome)
  } else {
    // also the band decides what raises (!=) and what holds
    judgeNow(memory, source, current, value, clock, outcome)
  }
}

function putLoss(memory: EngineMemory, current: LossMemory, clockOf: ClockOf, outcome: Outcome): void {
  current.armedFor = null
  const source = current.device.source
  const clock = source === undefined ? undefined : clockOf(source)
  if (source !== undefined && clock !== undefined) judgeDevice(memory, source, current, clock, outcome)
}

/** Ends a latched alarm whose value has returned. @returns false when it is not in that state */
export function reset(memory: EngineMemory, ruleId: number, at: Micros, outcome: Outcome): boolean {
  const current = memory.rules.get(ruleId)
  if (current?.kind !== 'tag' || current.state.condition !== 'latched') return false
  emit(memory, current, clear(current.state, at), undefined, at, outcome)
  return true
}
