import { type AlarmRule, isTagRule, type TagRule } from '#domain/alarm.ts'

/** What an occurrence keeps of its rule beside kind, operator, setpoint, name, severity and category; what is off is left out. */
export type RuleAsItWas = Partial<
  Pick<
    TagRule,
    | 'label'
    | 'deadband'
    | 'onDelaySeconds'
    | 'offDelaySeconds'
    | 'latch'
    | 'bit'
    | 'transitionOnly'
    | 'windowSeconds'
    | 'modulus'
    | 'target'
  > & {
    readonly autoClose: boolean
    readonly cooldownMinutes: number
    readonly curve: Pick<NonNullable<TagRule['curve']>, 'points' | 'tolerance' | 'percent'>
    /** Of communication loss. */
    readonly timeoutSeconds: number
    /** Of a streak of polls that failed. */
    readonly count: number
  }
>

/** Where 0 says something. */
const KEPT_AT_ZERO: ReadonlySet<string> = new Set(['bit', 'target'])

export function ruleAsItWas(rule: AlarmRule): RuleAsItWas {
  const { autoClose, cooldownMinutes } = rule
  const all = isTagRule(rule)
    ? { autoClose, cooldownMinutes, ...partsOf(rule) }
    : {
        autoClose,
        cooldownMinutes,
        ...(rule.kind === 'communication_loss' ? { timeoutSeconds: rule.timeoutSeconds } : { count: rule.count }),
      }
  return Object.fromEntries(Object.entries(all).filter(([key, value]) => (KEPT_AT_ZERO.has(key) ? value !== null : Boolean(value))))
}

function partsOf(rule: TagRule): Readonly<Record<string, unknown>> {
  const { label, deadband, onDelaySeconds, offDelaySeconds, latch, bit, transitionOnly, windowSeconds, modulus, target, curve } = rule
  const kept = curve === null ? null : { points: curve.points, tolerance: curve.tolerance, percent: curve.percent }
  return { label, deadband, onDelaySeconds, offDelaySeconds, latch, bit, transitionOnly, windowSeconds, modulus, target, curve: kept }
}
