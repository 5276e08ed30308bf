import type { Micros } from '#base/time.ts'

export const Severity = { Info: 'info', Warning: 'warning', Critical: 'critical' } as const
export type Severity = (typeof Severity)[keyof typeof Severity]
/** Ascending: compare severities by their place here. */
export const SEVERITIES: readonly Severity[] = ['info', 'warning', 'critical']

export const Operator = { Gt: '>', Ge: '>=', Lt: '<', Le: '<=', Eq: '=', Ne: '!=' } as const
export type Operator = (typeof Operator)[keyof typeof Operator]

/** What the four slots of a tag are called; a label, without influence on the verdict. */
export const RuleLabel = { HiHi: 'HiHi', Hi: 'Hi', Lo: 'Lo', LoLo: 'LoLo', Custom: 'Custom' } as const
export type RuleLabel = (typeof RuleLabel)[keyof typeof RuleLabel]

interface RuleBase {
  readonly id: number
  /** Grows with each edit; copied into each occurrence. */
  readonly version: number
  readonly deviceId: number
  /** What operators read: Reservoir level very high. */
  readonly name: string
  readonly severity: Severity
  readonly enabled: boolean
  /** A return to normal closes an unacknowledged occurrence as `System: returned to normal`. */
  readonly autoClose: boolean
  /** Minutes between messages for re-raises; 0 sends every raise. */
  readonly cooldownMinutes: number
}

export interface ThresholdRule extends RuleBase {
  readonly kind: 'threshold'
  readonly tagId: number
  readonly label: RuleLabel
  readonly operator: Operator
  readonly setpoint: number
  /** Acts in the clear direction only; engineering units, 0 or more. Shown as Hysteresis. */
  readonly deadband: number
  readonly onDelaySeconds: number
  readonly offDelaySeconds: number
}

/** One per device with a `commTimeoutSeconds`; made and kept by the store with its device. */
export interface CommunicationLossRule extends RuleBase {
  readonly kind: 'communication_loss'
  readonly timeoutSeconds: number
}

export type AlarmRule = ThresholdRule | CommunicationLossRule

/** The condition axis of ISA-18.2; the other two are attention (acknowledged or not) and suppression. */
export const Condition = {
  Normal: 'normal',
  PendingOn: 'pending_on',
  Active: 'active',
  PendingOff: 'pending_off',
} as const
export type Condition = (typeof Condition)[keyof typeof Condition]

/** How an occurrence was acknowledged; rendered by {@link attributionText}. */
export type Attribution =
  | { readonly by: 'platform'; readonly user: string }
  | { readonly by: 'telegram'; readonly firstName: string; readonly lastName: string }
  | { readonly by: 'sms'; readonly number: string }
  | { readonly by: 'whatsapp'; readonly number: string }
  | { readonly by: 'token'; readonly contact: string }
  | { readonly by: 'system'; readonly reason: string }

/** @returns the exact form that history, console and reports show: `Telegram: Tiago G.` */
export function attributionText(who: Attribution): string {
  switch (who.by) {
    case 'platform':
      return `Platform: ${who.user}`
    case 'telegram': {
      const initial = who.lastName.trim().codePointAt(0)
      const first = who.firstName.trim()
      return `Telegram: ${first}${initial === undefined ? '' : ` ${String.fromCodePoint(initial).toLocaleUpperCase('en')}.`}`
    }
    case 'sms':
      return `SMS: ${who.number}`
    case 'whatsapp':
      return `WhatsApp: ${who.number}`
    case 'token':
      return `Token: ${who.contact}`
    case 'system':
      return `System: ${who.reason}`
  }
}

/** One occurrence of a rule: a row of `alarm_events`. Name and severity are copied at the raise and never rewritten. */
export interface AlarmEvent {
  readonly id: number
  /** Three or four digits for people and replies; not reused while open. */
  readonly displayNumber: number
  readonly ruleId: number
  readonly deviceId: number
  readonly tagId: number | null
  readonly name: string
  readonly severity: Severity
  readonly raisedAt: Micros
  readonly clearedAt: Micros | null
  readonly acknowledgedAt: Micros | null
  readonly acknowledgedBy: string | null
  readonly comment: string | null
  readonly closedAt: Micros | null
  readonly valueAtRaise: number | null
  readonly setpoint: number | null
}
