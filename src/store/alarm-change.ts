import type { Micros } from '#base/time.ts'
import type { AlarmRule } from '#domain/alarm.ts'
import type { RulePlace } from './alarm-plan.ts'

/** What became of an occurrence, in the order it was judged. `return`: its value is back, and it is held; `resume`: not any more. */
export interface Change {
  readonly kind: 'raise' | 'clear' | 'return' | 'resume'
  readonly rule: AlarmRule
  readonly place: RulePlace
  /** Source time. */
  readonly at: Micros
  readonly value: number | null
  readonly receivedAt: Micros
  readonly late: boolean
}
