import { Condition } from '#domain/alarm.ts'
import type { Evidence } from './condition.ts'
import type { TagMemory } from './memory.ts'

/**
 * Most readings change nothing: while no rule of a tag waits for the end of a delay, a value between the nearest limits can be passed by
 * without looking at any of them. The band is open on both sides, so that a limit itself is always judged.
 */
export function isQuiet(tag: TagMemory, value: Evidence | undefined): boolean {
  return value === undefined ? tag.quietFrom < tag.quietTo : value > tag.quietFrom && value < tag.quietTo
}

/** Nothing is passed by until all rules were judged again: they changed. */
export function endQuiet(tag: TagMemory): void {
  tag.quietFrom = Number.POSITIVE_INFINITY
  tag.quietTo = Number.NEGATIVE_INFINITY
}

/** After all rules were judged: the band in which none of them would move. */
export function findQuiet(tag: TagMemory): void {
  tag.quietFrom = Number.NEGATIVE_INFINITY
  tag.quietTo = Number.POSITIVE_INFINITY
  for (const { rule, state, judged } of tag.rules) {
    const active = state.condition === Condition.Active
    if (rule.kind !== 'threshold' || (!active && state.condition !== Condition.Normal)) return endQuiet(tag)
    const { operator, setpoint, deadband } = judged
    if (operator === '>' || operator === '>=') {
      if (active) tag.quietFrom = Math.max(tag.quietFrom, setpoint - deadband)
      else tag.quietTo = Math.min(tag.quietTo, setpoint)
    } else if (operator === '<' || operator === '<=') {
      if (active) tag.quietTo = Math.min(tag.quietTo, setpoint + deadband)
      else tag.quietFrom = Math.max(tag.quietFrom, setpoint)
    } else return endQuiet(tag)
  }
}
