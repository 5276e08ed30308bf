import type { Micros } from '#base/time.ts'
import type { DerivedMemory, SourceMemory, TagRuleMemory } from './memory.ts'

/** Sets when something is looked at without a reading; null when never. One timer waits for it, however often that moves on. */
export function lookAgainAt(one: TagRuleMemory | DerivedMemory, source: SourceMemory, at: Micros | null): void {
  one.lookAt = at
  if (at === null || (one.lookArmed !== null && one.lookArmed <= at)) return
  one.lookArmed = at
  source.looks.arm(at, one)
}

/** A timer that fires. @returns false for one that an earlier one took the place of */
export function lookFires(one: TagRuleMemory | DerivedMemory, due: Micros): boolean {
  if (one.lookArmed !== due) return false
  one.lookArmed = null
  return true
}
