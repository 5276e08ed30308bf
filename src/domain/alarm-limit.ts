import { type Operator, TagRuleKind } from './alarm.ts'

/** What an occurrence says of the limit that was crossed. */
export interface AlarmLimit {
  readonly sign: Operator | '±'
  readonly value: number
  readonly unit: string
  /** The target of which it is a distance, in the unit of the tag; null for plain limits. */
  readonly around: number | null
}

/** @returns null for kinds that have none in the unit of their tag: a state, a curve, an age */
export function limitOf(alarm: {
  readonly kind: string
  readonly operator: Operator | null
  readonly setpoint: number | null
  readonly target?: number | null | undefined
  readonly unit: string
}): AlarmLimit | null {
  const { kind, operator, setpoint: value, target: around = null, unit } = alarm
  if (value === null) return null
  if (operator !== null) return { sign: operator, value, unit, around: null }
  // distances from a target: the first in % of it, whatever its tag is measured in
  if (kind === TagRuleKind.Deviation) return { sign: '±', value, unit: '%', around }
  return kind === TagRuleKind.OutOfBand ? { sign: '±', value, unit, around } : null
}
