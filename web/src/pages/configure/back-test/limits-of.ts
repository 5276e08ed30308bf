import type { Tag } from '../../../api/replies.ts'
import type { Limit } from '../../trends/chart-layers.ts'
import type { Draft } from '../rules/rule-draft.ts'

/** The lines that a rule draws into the trend of its tag; none where it judges something else than the value. */
export function limitsOf(draft: Draft, tag: Tag): readonly Limit[] {
  const line = (value: number): Limit => ({ value, unit: tag.unit, severity: draft.severity })
  const { kind, setpoint, target } = draft
  if (kind === 'threshold') return [line(setpoint)]
  if (target === null) return []
  const reach = kind === 'deviation' ? (Math.abs(target) * setpoint) / 100 : setpoint
  return kind === 'deviation' || kind === 'out_of_band' ? [line(target - reach), line(target + reach)] : []
}
