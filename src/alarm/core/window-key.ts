import { ChangeWindow } from '#calc/change-window.ts'
import { SampleWindow } from '#calc/window.ts'
import type { TagRule } from '#domain/alarm.ts'
import type { TagWindow } from './memory.ts'
import { isWindowedKind } from './signal.ts'

const CHANGE = 'change '

/** By which its tag keeps the window of a rule. @returns undefined for a rule without one */
export function ruleWindowKey({ id, kind, windowSeconds, modulus }: TagRule): string | undefined {
  if (!isWindowedKind(kind) || windowSeconds === null) return undefined
  return kind === 'rate_of_change'
    ? `${ruleWindowPrefix(id)}${CHANGE}${windowSeconds}`
    : `${ruleWindowPrefix(id)}${kind} ${windowSeconds} ${modulus}`
}

export function ruleWindowPrefix(ruleId: number): string {
  return `r${ruleId} `
}

/** Shared by every formula that looks as far back. */
export function formulaWindowKey(seconds: number): string {
  return `f${seconds}`
}

/** An empty one, as its key asks for. */
export function windowOf(key: string, seconds: number, modulus: number | null): TagWindow {
  if (key.includes(CHANGE)) return new ChangeWindow(seconds)
  // of a rule, and not a formula: a totalizer
  return new SampleWindow(seconds, modulus, key.startsWith('r'))
}
