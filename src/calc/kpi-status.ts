/** ISA-101 would say: normal, attention, abnormal; without a value nothing can be said. */
export const KpiStatus = { Green: 'green', Amber: 'amber', Red: 'red', None: 'none' } as const
export type KpiStatus = (typeof KpiStatus)[keyof typeof KpiStatus]

/** What a key figure is held against: a target with a tolerance on both sides, in its own units. */
export interface KpiTarget {
  readonly target: number
  readonly tolerance: number
}

/** @returns the tolerance in units; of a deviation it is in % of the target. Null for a rule without a target. */
export function kpiTargetOf(rule: { readonly kind: string; readonly target: number | null; readonly setpoint: number }): KpiTarget | null {
  if (rule.target === null) return null
  if (rule.kind === 'deviation') return { target: rule.target, tolerance: (Math.abs(rule.target) * rule.setpoint) / 100 }
  return rule.kind === 'out_of_band' ? { target: rule.target, tolerance: rule.setpoint } : null
}

/**
 * Green inside the tolerance, its edge included; amber up to twice of it, red beyond. An alarm that stands makes it red, one that has
 * returned and waits for an acknowledgement amber at least.
 * @param value NaN: none
 * @param alarm of its rules, the worst
 */
export function kpiStatus(value: number, target: KpiTarget | null, alarm: 'none' | 'returned' | 'standing'): KpiStatus {
  if (Number.isNaN(value)) return KpiStatus.None
  if (target === null) {
    return alarm === 'standing' ? KpiStatus.Red : alarm === 'returned' ? KpiStatus.Amber : KpiStatus.Green
  }
  const far = Math.abs(value - target.target)
  if (far > 2 * target.tolerance) return KpiStatus.Red
  return far > target.tolerance || alarm !== 'none' ? KpiStatus.Amber : KpiStatus.Green
}
