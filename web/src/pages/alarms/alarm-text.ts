import type { Alarm } from '../../api/replies.ts'
import { formatShort } from '../../format/numbers.ts'
import { formatValue } from '../../format/tag-value.ts'
import type { Session } from '../../session.tsx'

/** `76.86 / > 69.3 %`; empty for alarms without a number. */
export function valueAndLimit(alarm: Alarm, session: Session): string {
  const tag = alarm.tagId === null ? undefined : session.tag(alarm.tagId)
  const unit = alarm.unit === '' ? '' : ` ${alarm.unit}`
  const text = (value: number): string =>
    tag?.kind === 'digital' ? formatValue(value, tag, session.locale) : formatShort(value, session.locale, Math.max(tag?.decimals ?? 3, 1))
  if (alarm.valueAtRaise === null) return alarm.setpoint === null ? '' : `${alarm.operator ?? ''} ${text(alarm.setpoint)}${unit}`
  const value = text(alarm.valueAtRaise)
  return alarm.setpoint === null ? `${value}${unit}` : `${value} / ${alarm.operator ?? ''} ${text(alarm.setpoint)}${unit}`
}

const RANK = { critical: 0, warning: 1, info: 2 } as const

/** What needs a person comes first: not acknowledged, then severity, then the newest. */
export function byUrgency(a: Alarm, b: Alarm): number {
  const waiting = (alarm: Alarm): number => (alarm.acknowledgedAt === null ? 0 : 1)
  return waiting(a) - waiting(b) || RANK[a.severity] - RANK[b.severity] || b.raisedAt - a.raisedAt
}
