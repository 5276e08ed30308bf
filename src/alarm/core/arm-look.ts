import type { Micros } from '#base/time.ts'
import type { DerivedMemory, SourceMemory, TagRuleMemory } from './memory.ts'

/** How far the clock by which it is judged is behind that of its source. */
export function lagOf(one: TagRuleMemory | DerivedMemory): Micros {
  return one.kind === 'tag' && one.x !== undefined ? Math.min(one.tag.lag, one.x.lag) : one.tag.lag
}

/** Sets when something is looked at without a reading; null when never. One timer waits for it, however often that moves on. */
export function lookAgainAt(one: TagRuleMemory | DerivedMemory, source: SourceMemory, at: Micros | null): void {
  one.lookAt = at
  if (at === null) return
  const due = at + lagOf(one)
  if (one.lookArmed !== null && one.lookArmed <= due) return
  one.lookArmed = due
  source.looks.arm(due, one)
}

/** A timer that fires. @returns false for one that an earlier one took the place of */
export function lookFires(one: TagRuleMemory | DerivedMemory, due: Micros): boolean {
  if (one.lookArmed !== due) return false
  one.lookArmed = null
  return true
}
