import { compileFormula } from '#calc/formula/compile.ts'
import { parseFormula } from '#calc/formula/parse.ts'
import { FormulaProblem } from '#calc/formula/problem.ts'
import { bracketed, type Formula } from '#calc/formula/tree.ts'
import type { Translate } from '../../i18n/translate.ts'

/** A formula as it was read, or what is wrong with it and where in its text. */
export type Read = { readonly formula: Formula; readonly reading: string } | FormulaProblem

export function readFormula(text: string): Read {
  try {
    const formula = parseFormula(text)
    return { formula, reading: bracketed(formula) }
  } catch (error) {
    if (error instanceof FormulaProblem) return error
    throw error
  }
}

/** What is wrong, in the reader's language. */
export function problemText({ key, words }: FormulaProblem, t: Translate): string {
  // which words a sentence needs is told by the English one, that both come from
  const say = t as (key: string, words: Readonly<Record<string, string>>) => string
  return say(`problem.${key}`, { ...words, example: `\${${t('formula.example')}}` })
}

/** One tag at this moment; NaN: no value. */
export interface Seen {
  readonly value: number
  /** OPC UA severity, 0 Good to 2 Bad. */
  readonly severity: number
}

/**
 * What a formula comes to at this moment, by the evaluator of the engine.
 * @param seen one a reference, in their order
 * @returns NaN for no value; null when it has windows, which only the engine fills
 */
export function valueOf(formula: Formula, seen: readonly Seen[]): number | null {
  if (formula.slots.some(({ window }) => window !== null)) return null
  const machine = compileFormula(formula)
  for (const [slot, { reference }] of formula.slots.entries()) {
    const one = seen[reference]
    if (one === undefined || one.severity > 1) continue
    machine.values[slot] = one.value
    machine.severities[slot] = one.severity
  }
  return machine.evaluate()
}
