import { Condition } from '#domain/alarm.ts'
import type { Evidence } from './condition.ts'
import type { TagMemory } from './memory.ts'

/**
 * Most readings change nothing: while every rule of a tag is a threshold in its normal condition, a value between the nearest limits can be
 * passed by without looking at any of them. The band is open on both sides, so that a limit itself is always judged.
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
  let from = Number.NEGATIVE_INFINITY
  let to = Number.POSITIVE_INFINITY
  for (const { rule, state, judged } of tag.rules) {
    const still = rule.kind === 'threshold' && state.condition === Condition.Normal && state.frozenAt === null
    if (!still) return endQuiet(tag)
    if (judged.operator === '>' || judged.operator === '>=') to = Math.min(to, judged.setpoint)
    else if (judged.operator === '<' || judged.operator === '<=') from = Math.max(from, judged.setpoint)
    else return endQuiet(tag)
  }
  tag.quietFrom = from
  tag.quietTo = to
}
