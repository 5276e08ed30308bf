import type { TagRule } from '#domain/alarm.ts'
import type { Limits } from './condition.ts'
import type { Delays } from './step.ts'

/** What the state machine of a rule steps by. */
export type Judged = Limits & Delays

/** The numbers of a rule, whatever its kind, as limits of what it judges. */
export function judgedOf(rule: TagRule): Judged {
  const align = alignOf(rule)
  const [onDelaySeconds, offDelaySeconds] = [Math.max(rule.onDelaySeconds, align), Math.max(rule.offDelaySeconds, align)]
  return { ...limitsOf(rule), onDelaySeconds, offDelaySeconds, latch: rule.latch && !rule.transitionOnly }
}

/** The two axes of a curve may be told so far apart: between them the point is on no side of the band for certain. */
export function alignOf(rule: TagRule): number {
  return rule.curve?.alignSeconds ?? 0
}

function limitsOf(rule: TagRule): Limits {
  const { operator, setpoint, deadband } = rule
  switch (rule.kind) {
    case 'threshold':
    case 'totalizer':
    case 'rate_of_change':
      return { operator, setpoint, deadband, tolerance: 0 }
    case 'digital':
      return { operator: '=', setpoint, deadband: 0, tolerance: 0 }
    case 'deviation': {
      const share = Math.abs(rule.target ?? 0) / 100
      return { operator: 'outside', setpoint: rule.target ?? 0, tolerance: share * setpoint, deadband: share * deadband }
    }
    case 'out_of_band':
      return { operator: 'outside', setpoint: rule.target ?? 0, tolerance: setpoint, deadband }
    case 'curve':
      return { operator: 'outside', setpoint: 0, tolerance: rule.curve?.tolerance ?? 0, deadband }
    case 'stale':
    case 'bad_quality':
      return { operator: '=', setpoint: 1, deadband: 0, tolerance: 0 }
  }
}

/** Everything that decides where the line is; when it differs, what stood by the old line is judged by the new one. */
export function lineOf(rule: TagRule): string {
  const { kind, operator, setpoint, bit, transitionOnly, windowSeconds, modulus, target, curve } = rule
  return JSON.stringify([kind, operator, setpoint, bit, transitionOnly, windowSeconds, modulus, target, curve])
}
