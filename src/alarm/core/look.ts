import type { Micros } from '#base/time.ts'
import { ChangeWindow } from '#calc/change-window.ts'
import { QualitySeverity } from '#domain/sample.ts'
import { lagOf, lookAgainAt } from './arm-look.ts'
import { emit, judgeValue } from './judge.ts'
import type { EngineMemory, Outcome, SourceMemory, TagRuleMemory } from './memory.ts'
import { currentSignal, isWindowed, minCoverOf } from './signal.ts'
import { isStanding, raise } from './step.ts'

const SECOND: Micros = 1_000_000
/** How often a rate is looked at while its window fills: a 240th of it, a second or more. */
const LOOKS = 240

/** Sets when a rule that changes by mere time is looked at next, as of `at`. */
export function armLook(rule: TagRuleMemory, source: SourceMemory, at: Micros): void {
  lookAgainAt(rule, source, nextLook(rule, source, at))
}

function nextLook(rule: TagRuleMemory, source: SourceMemory, at: Micros): Micros | null {
  const { tag, window } = rule
  if (rule.rule.kind === 'stale') {
    if (tag.newest === null || isStanding(rule.state)) return null
    // the values of a source that was away are given their time again
    return Math.max(tag.newest, source.upSince - lagOf(rule)) + Math.round(rule.rule.setpoint * 1_000_000)
  }
  if (!isWindowed(rule) || window === undefined || tag.severity === QualitySeverity.Bad) return null
  // by mere time a counter's rise over a window only falls, and too little of it is known only where a whole window is asked for
  if (rule.rule.kind === 'totalizer' && rule.state.condition === 'normal' && minCoverOf(rule) === 0) return null
  if (!(window instanceof ChangeWindow)) return window.nextChange(at, 'increase_over', minCoverOf(rule)) ?? null
  const next = window.nextChange(at, minCoverOf(rule))
  if (next === undefined || tag.newest === null || window.knownSeconds(at) * SECOND >= window.span) return next ?? null
  // until the window is full the same change is spread over more and more time; counted from the reading, whenever that is looked at
  const step = Math.max(SECOND, Math.round(window.span / LOOKS))
  return Math.min(next, tag.newest + step * (1 + Math.floor((at - tag.newest) / step)))
}

/** Lets time pass for a rule, step by step, up to but not including `until`. */
export function lookUntil(
  memory: EngineMemory,
  source: SourceMemory,
  rule: TagRuleMemory,
  until: Micros,
  clock: Micros,
  outcome: Outcome,
): void {
  while (rule.lookAt !== null && rule.lookAt < until) {
    const at = rule.lookAt
    rule.lookAt = null
    if (rule.rule.kind === 'stale') {
      const due = source.upSince - lagOf(rule) + Math.round(rule.rule.setpoint * 1_000_000)
      if (due <= at) emit(memory, rule, raise(rule.state, at), undefined, clock, outcome)
      else lookAgainAt(rule, source, due)
      continue
    }
    const signal = currentSignal(rule, at)
    judgeValue(memory, source, rule, signal, signal, at, clock, outcome)
    armLook(rule, source, at)
  }
}
