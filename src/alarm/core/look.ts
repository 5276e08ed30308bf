import type { Micros } from '#base/time.ts'
import { QualitySeverity } from '#domain/sample.ts'
import { lookAgainAt } from './arm-look.ts'
import { emit, judgeValue } from './judge.ts'
import type { EngineMemory, Outcome, SourceMemory, TagRuleMemory } from './memory.ts'
import { currentSignal, isWindowed, minCoverOf } from './signal.ts'
import { isStanding, raise } from './step.ts'

/** Sets when a rule that changes by mere time is looked at next, as of `at`. */
export function armLook(rule: TagRuleMemory, source: SourceMemory, at: Micros): void {
  lookAgainAt(rule, source, nextLook(rule, source, at))
}

function nextLook(rule: TagRuleMemory, source: SourceMemory, at: Micros): Micros | null {
  const { tag, window } = rule
  if (rule.rule.kind === 'stale') {
    if (tag.newest === null || isStanding(rule.state)) return null
    // the values of a source that was away are given their time again
    return Math.max(tag.newest, source.upSince) + Math.round(rule.rule.setpoint * 1_000_000)
  }
  if (!isWindowed(rule) || window === undefined || tag.severity === QualitySeverity.Bad) return null
  const name = rule.rule.kind === 'totalizer' ? 'increase_over' : 'delta_over'
  return window.nextChange(at, name, minCoverOf(rule)) ?? null
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
      const due = source.upSince + Math.round(rule.rule.setpoint * 1_000_000)
      if (due <= at) emit(memory, rule, raise(rule.state, at), undefined, clock, outcome)
      else lookAgainAt(rule, source, due)
      continue
    }
    const signal = currentSignal(rule, at)
    judgeValue(memory, source, rule, signal, signal, at, clock, outcome)
    armLook(rule, source, at)
  }
}
