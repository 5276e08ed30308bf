import type { Tag } from '../../api/replies.ts'
import type { Rule } from '../configure/rules/rules-query.ts'

/** A key figure: a virtual tag, and the rules that judge it. */
export interface Kpi {
  readonly tag: Tag
  readonly rules: readonly Rule[]
  /** The one that says the target: out of band or deviation before a plain limit. */
  readonly main: Rule | undefined
}

const MAIN = ['out_of_band', 'deviation', 'threshold'] as const

/** Every virtual tag with its rules, in the order of the tags. */
export function kpisOf(tags: readonly Tag[], rules: readonly Rule[]): Kpi[] {
  return tags
    .filter((tag) => (tag.formula ?? '') !== '')
    .map((tag) => {
      const own = rules.filter((rule) => rule.tagId === tag.id && rule.enabled)
      return { tag, rules: own, main: MAIN.map((kind) => own.find((rule) => rule.kind === kind)).find((rule) => rule !== undefined) }
    })
}
