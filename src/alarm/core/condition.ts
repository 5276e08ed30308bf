import type { Operator } from '#domain/alarm.ts'
import { QualitySeverity, severityOf, type Value } from '#domain/sample.ts'

/** Where a rule draws its line, or with `outside` its two lines: the setpoint plus and minus the tolerance. */
export interface Limits {
  readonly operator: Operator | 'outside'
  readonly setpoint: number
  /** In the units of what is judged, 0 or more. */
  readonly deadband: number
  /** Of `outside`. */
  readonly tolerance?: number
}

/** What a value says: a number, exact also beyond 2^53. */
export type Evidence = number | bigint

/**
 * @returns the number to judge, or undefined when there is no evidence: bad quality, no value, text, NaN or infinite. No
 * evidence holds an alarm as it is. Booleans count as 0 and 1.
 */
export function evidenceOf(value: Value, quality: number): Evidence | undefined {
  if (severityOf(quality) === QualitySeverity.Bad) return undefined
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  if (typeof value === 'bigint') return value
  return typeof value === 'boolean' ? Number(value) : undefined
}

/**
 * Whether the alarm condition is true. Raising compares with the setpoint; an alarm that stands compares with the operator
 * shifted by the deadband towards normal, so the deadband acts in the clear direction only and at 0 the two are exact
 * complements for strict and inclusive operators alike.
 */
export function verdict(limits: Limits, value: Evidence, wasActive: boolean): boolean {
  const { operator, setpoint, deadband } = limits
  switch (operator) {
    case '>':
      return value > (wasActive ? setpoint - deadband : setpoint)
    case '>=':
      return value >= (wasActive ? setpoint - deadband : setpoint)
    case '<':
      return value < (wasActive ? setpoint + deadband : setpoint)
    case '<=':
      return value <= (wasActive ? setpoint + deadband : setpoint)
    case '=':
      return within(value, setpoint, wasActive ? deadband : 0)
    case '!=':
      return !within(value, setpoint, wasActive ? 0 : deadband)
    case 'outside':
      return !within(value, setpoint, Math.max(0, (limits.tolerance ?? 0) - (wasActive ? deadband : 0)))
  }
}

/** Two comparisons, also for equality: JavaScript compares a bigint with a number exactly by < and >, without converting. */
function within(value: Evidence, centre: number, band: number): boolean {
  return value >= centre - band && value <= centre + band
}
