import type { Micros } from '#base/time.ts'
import { lagOf } from './arm-look.ts'
import type { Evidence } from './condition.ts'
import type { EngineMemory, Outcome, RuleMemory, SourceMemory, TagRuleMemory } from './memory.ts'
import { dueOf, step, type Crossing } from './step.ts'

const LATE_AFTER: Micros = 60_000_000

/** What a rule sees for one rule. `before` is what it saw last: what a delay that ended before this reading was ended by. */
export function judgeValue(
  memory: EngineMemory,
  source: SourceMemory,
  rule: TagRuleMemory,
  value: Evidence | undefined,
  before: Evidence | undefined,
  at: Micros,
  clock: Micros,
  outcome: Outcome,
): void {
  const state = rule.state
  const { condition, since, frozenAt } = state
  const crossings = step(state, rule.judged, value, at)
  if (state.condition !== condition || state.since !== since || state.frozenAt !== frozenAt) {
    memory.changed.add(rule)
    armDelay(rule, source)
  }
  for (const crossing of crossings) {
    emit(memory, rule, crossing, crossing === crossings.at(-1) ? (value ?? before) : before, clock, outcome)
  }
}

/** Keeps a timer at or before the end of a running delay; one that fires too early is armed again. */
export function armDelay(rule: TagRuleMemory, source: SourceMemory): void {
  const end = dueOf(rule.state, rule.judged)
  if (end === undefined) return
  const due = end + lagOf(rule)
  if (rule.armedFor !== null && rule.armedFor <= due) return
  rule.armedFor = due
  source.delays.arm(due, rule)
}

export function emit(
  memory: EngineMemory,
  rule: RuleMemory,
  crossing: Crossing,
  value: Evidence | undefined,
  clock: Micros,
  outcome: Outcome,
  removed: string | null = null,
): void {
  memory.changed.add(rule)
  const tell = (kind: Crossing['kind']): void => {
    outcome.transitions.push({
      kind,
      memory: rule,
      rule: rule.rule,
      at: crossing.at,
      value: shown(rule, value),
      receivedAt: clock,
      late: rule.kind === 'tag' && clock - crossing.at > LATE_AFTER,
      removed,
    })
  }
  if (!isMoment(rule)) return tell(crossing.kind)
  // each change into the state is an event that ends at once
  if (crossing.kind !== 'raise') return
  tell('raise')
  tell('clear')
}

/** Whether a rule knows only moments: nothing of it ever stands. */
export function isMoment(rule: RuleMemory): boolean {
  return rule.kind === 'tag' && rule.rule.kind === 'digital' && rule.rule.transitionOnly
}

/** People want to read the measured value, not its distance from a curve. */
function shown(rule: RuleMemory, value: Evidence | undefined): Evidence | undefined {
  return rule.kind === 'tag' && rule.rule.kind === 'curve' ? rule.tag.value : value
}
