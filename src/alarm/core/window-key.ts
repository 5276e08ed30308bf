import type { TagRule } from '#domain/alarm.ts'
import { isWindowedKind } from './signal.ts'

/** By which its tag keeps the window of a rule. @returns undefined for a rule without one */
export function ruleWindowKey({ id, kind, windowSeconds, modulus }: TagRule): string | undefined {
  return isWindowedKind(kind) && windowSeconds !== null ? `${ruleWindowPrefix(id)}${kind} ${windowSeconds} ${modulus}` : undefined
}

export function ruleWindowPrefix(ruleId: number): string {
  return `r${ruleId} `
}

/** Shared by every formula that looks as far back. */
export function formulaWindowKey(seconds: number): string {
  return `f${seconds}`
}
