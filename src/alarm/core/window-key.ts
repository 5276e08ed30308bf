import { SampleWindow } from '#calc/window.ts'
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

/** An empty one, as its key asks for: of a rate of change nothing is told across a gap. */
export function windowOf(key: string, seconds: number, modulus: number | null): SampleWindow {
  return new SampleWindow(seconds, modulus, key.includes(' rate_of_change '))
}
