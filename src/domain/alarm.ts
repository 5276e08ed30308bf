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
  /** Path in the tree of categories, parts joined by `/`: Process/Levels; empty is its root. */
  readonly category: string
  readonly enabled: boolean
  /** A return to normal closes an unacknowledged occurrence as `System: returned to normal`. */
  readonly autoClose: boolean
  /** Minutes between messages for re-raises; 0 sends every raise. */
  readonly cooldownMinutes: number
  /** Minutes after which an alarm that still stands is put before people again, acknowledged or not; null or left out: never. */
  readonly reAlarmMinutes?: number | null
}

/**
 * What a rule looks at. `threshold`: the value; `digital`: the value or one bit; `totalizer`: the rise of a counter over a sliding
 * window; `rate_of_change`: the change a minute over a window; `deviation`: the distance from a target in % of it; `out_of_band`: the
 * distance in units; `curve`: the distance from an operating curve; `stale`: the age of the last change; `bad_quality`: the quality.
 */
export const TagRuleKind = {
  Threshold: 'threshold',
  Digital: 'digital',
  Totalizer: 'totalizer',
  RateOfChange: 'rate_of_change',
  Deviation: 'deviation',
  OutOfBand: 'out_of_band',
  Curve: 'curve',
  Stale: 'stale',
  BadQuality: 'bad_quality',
} as const
export type TagRuleKind = (typeof TagRuleKind)[keyof typeof TagRuleKind]
export const TAG_RULE_KINDS: readonly TagRuleKind[] = Object.values(TagRuleKind)

/** A rule of a tag, measured or virtual; up to four stand on one. */
export interface TagRule extends RuleBase {
  readonly kind: TagRuleKind
  readonly tagId: number
  readonly label: RuleLabel
  /** Of threshold, totalizer and rate of change. */
  readonly operator: Operator
  /**
   * What the operator compares with; `digital`: the state that alarms, 1 or 0; `deviation`: % of the target; `out_of_band`: units beside
   * the target; `stale`: seconds without a change. The others do not use it.
   */
  readonly setpoint: number
  /** Acts in the clear direction only; in the units of what is judged, 0 or more. Shown as Hysteresis. */
  readonly deadband: number
  readonly onDelaySeconds: number
  readonly offDelaySeconds: number
  /** A return to normal must be reset by hand. */
  readonly latch: boolean
  /** Of `digital`: 0 is the least significant; null is the whole value. */
  readonly bit: number | null
  /** Of `digital`: each change into the alarm state is an event of its own that ends at once. */
  readonly transitionOnly: boolean
  /** Of `totalizer` and `rate_of_change`. */
  readonly windowSeconds: number | null
  /** Of `totalizer`: where the counter begins anew, such as 65536; null: a step down is a reset. */
  readonly modulus: number | null
  /** Of `deviation` and `out_of_band`. */
  readonly target: number | null
  /** Of `curve`: the tag is its Y. */
  readonly curve: RuleCurve | null
  /** While this tag is on, the rule is suppressed by design: judged and recorded, told to nobody. */
  readonly suppressTagId: number | null
}

/** What only some kinds use, and categories, as a plain threshold has them. */
export const PLAIN_RULE = {
  kind: 'threshold',
  category: '',
  reAlarmMinutes: null,
  latch: false,
  bit: null,
  transitionOnly: false,
  windowSeconds: null,
  modulus: null,
  target: null,
} as const satisfies Partial<TagRule>

/** The curve that a rule judges by, as its template is now. */
export interface RuleCurve {
  readonly xTagId: number
  /** By ascending x. */
  readonly points: readonly CurvePoint[]
  /** On both sides of the line. */
  readonly tolerance: number
  /** The tolerance is in % of the line. */
  readonly percent: boolean
  /** How far apart its axes may be told, which is the least delay of its alarms; left out: they come together. */
  readonly alignSeconds?: number
}
export type CurvePoint = readonly [x: number, y: number]

/** One per device with a `commTimeoutSeconds`; made and kept by the store with its device. */
export interface CommunicationLossRule extends RuleBase {
  readonly kind: 'communication_loss'
  readonly timeoutSeconds: number
}

/** One per device with a `pollStreak`; made and kept by the store with its device. */
export interface PollStreakRule extends RuleBase {
  readonly kind: 'poll_streak'
  /** Polls that failed in a row. */
  readonly count: number
}

export type DeviceRule = CommunicationLossRule | PollStreakRule
export type AlarmRule = TagRule | DeviceRule

export function isTagRule(rule: AlarmRule): rule is TagRule {
  return rule.kind !== 'communication_loss' && rule.kind !== 'poll_streak'
}

/**
 * The condition axis of ISA-18.2; the other two are attention (acknowledged or not) and suppression. `latched`: the value has returned,
 * the occurrence stands until it is reset.
 */
export const Condition = {
  Normal: 'normal',
  PendingOn: 'pending_on',
  Active: 'active',
  PendingOff: 'pending_off',
  Latched: 'latched',
} as const
export type Condition = (typeof Condition)[keyof typeof Condition]

/** Stands where an alarm is of the system itself, and not of a device: no device has it, so that only whoever sees all devices sees it. */
export const SYSTEM_DEVICE_ID = 2_147_483_647

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
