import type { Tag } from '../../../api/replies.ts'
import { formatShort } from '../../../format/numbers.ts'
import { formatValue } from '../../../format/tag-value.ts'
import type { Translate } from '../../../i18n/translate.ts'
import type { Rule } from './rules-query.ts'

/** What a rule judges, in one line of a table: `> 80 bar`, `Totalizer > 5 m³ / 3600 s`. */
export function conditionText(rule: Rule, tag: Tag | undefined, locale: string, t: Translate): string {
  const unit = tag?.unit === undefined || tag.unit === '' ? '' : ` ${tag.unit}`
  const figure = (value: number | null): string => formatShort(value ?? 0, locale)
  const kind = t(`rules.kind.${rule.kind}`)
  switch (rule.kind) {
    case 'threshold':
      return `${rule.operator} ${tag?.kind === 'digital' ? formatValue(rule.setpoint, tag, locale) : figure(rule.setpoint)}${unit}`
    case 'digital': {
      const state = tag?.kind === 'digital' ? formatValue(rule.setpoint, tag, locale) : String(rule.setpoint)
      return `${rule.bit === null ? '' : `${t('rules.bit')} ${rule.bit} `}= ${state}`
    }
    case 'totalizer':
      return `${kind} ${rule.operator} ${figure(rule.setpoint)}${unit} / ${figure(rule.windowSeconds)} s`
    case 'rate_of_change':
      return `${kind} ${rule.operator} ${figure(rule.setpoint)}${unit}/min`
    case 'deviation':
      return `${figure(rule.target)}${unit} ± ${figure(rule.setpoint)} %`
    case 'out_of_band':
      return `${figure(rule.target)} ± ${figure(rule.setpoint)}${unit}`
    case 'curve':
      return `${kind} ${rule.curve}`
    case 'stale':
      return `${kind} ${figure(rule.setpoint)} s`
    case 'bad_quality':
      return kind
  }
}
