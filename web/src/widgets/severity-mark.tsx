import type { ReactNode } from 'react'
import type { Alarm, Severity } from '../api/replies.ts'
import { useT } from '../i18n/language.ts'

/** How an occurrence stands on the two axes of ISA-18.2: the condition, and whether somebody took notice. */
export type Attention = 'unacknowledged' | 'acknowledged' | 'returned' | 'cleared' | 'closed'

/** `returned`: it is latched, and its value is back. */
export function attentionOf(alarm: Pick<Alarm, 'clearedAt' | 'acknowledgedAt' | 'closedAt' | 'latched'>): Attention {
  if (alarm.closedAt !== null) return 'closed'
  if (alarm.acknowledgedAt !== null) return 'acknowledged'
  if (alarm.latched === true) return 'returned'
  return alarm.clearedAt === null ? 'unacknowledged' : 'cleared'
}

type Shape = Severity | 'comm'
const CHARACTER: Readonly<Record<Shape, string>> = { critical: '1', warning: '2', info: '3', comm: '?' }
const FILL: Readonly<Record<Shape, string>> = {
  critical: 'var(--critical)',
  warning: 'var(--warning-fill)',
  info: 'var(--info)',
  comm: 'var(--comm)',
}
const EDGE: Readonly<Record<Shape, string>> = {
  critical: 'var(--critical)',
  warning: 'var(--warning)',
  info: 'var(--info)',
  comm: 'var(--comm)',
}

/** Shape and character carry the severity; colour only repeats them. */
export function SeverityGlyph({ shape, outline = false, size = 18 }: { shape: Shape; outline?: boolean; size?: number }): ReactNode {
  const paint = { fill: outline ? 'var(--raised)' : FILL[shape], stroke: EDGE[shape], strokeWidth: 1.5 }
  const ink = outline ? EDGE[shape] : `var(--on-${shape})`
  return (
    <svg className="glyph" width={size} height={size} viewBox="0 0 18 18" aria-hidden focusable="false">
      {shape === 'critical' && <rect x="1" y="1" width="16" height="16" rx="1.500" {...paint} />}
      {shape === 'warning' && <path d="M9 1 17.500 16.500H.5Z" strokeLinejoin="round" {...paint} />}
      {shape === 'info' && <circle cx="9" cy="9" r="8" {...paint} />}
      {shape === 'comm' && <path d="M9 .5 17.500 9 9 17.500.5 9Z" strokeLinejoin="round" {...paint} />}
      <text x="9" y={shape === 'warning' ? 14.5 : 13} textAnchor="middle" fontSize="11" fontWeight="700" fill={ink}>
        {outline ? '✓' : CHARACTER[shape]}
      </text>
    </svg>
  )
}

/** Glyph and word of an alarm. Only what nobody acknowledged yet blinks, and by its outline: the glyph itself never fades. */
export function SeverityMark({
  alarm,
  word = true,
}: {
  alarm: Pick<Alarm, 'severity' | 'kind' | 'clearedAt' | 'acknowledgedAt' | 'closedAt' | 'latched'>
  word?: boolean
}): ReactNode {
  const t = useT()
  const attention = attentionOf(alarm)
  const comm = alarm.kind === 'communication_loss'
  const blink = attention === 'unacknowledged' && alarm.severity !== 'info'
  const text = t(`severity.${alarm.severity}`)
  return (
    <span className="severity">
      <span className="glyph-ring" data-blink={blink}>
        <SeverityGlyph shape={comm ? 'comm' : alarm.severity} outline={alarm.clearedAt !== null || attention === 'closed'} />
      </span>
      {word ? text : <span className="visually-hidden">{text}</span>}
    </span>
  )
}

/** A severity by itself, e.g. of a rule. */
export function SeverityChip({ severity }: { severity: Severity }): ReactNode {
  const t = useT()
  return (
    <span className="severity">
      <SeverityGlyph shape={severity} size={16} />
      {t(`severity.${severity}`)}
    </span>
  )
}
