import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useT } from '../../i18n/language.ts'
import { SeverityGlyph } from '../../widgets/severity-mark.tsx'
import { alarmName } from './alarm-text.ts'
import type { Suppressions } from './suppressions-query.ts'
import { DeviceLink } from './device-link.tsx'

type QuietRule = Suppressions['designed'][number] | Suppressions['shelves'][number] | Suppressions['chattering'][number]

/** One thing that nobody is told of: what it is, who put it aside and why, and the way back. */
export function HiddenItem({
  title,
  facts,
  action,
  select,
}: {
  title: ReactNode
  facts: readonly (readonly [name: string, value: ReactNode])[]
  action?: ReactNode
  /** A box to tick, before the title. */
  select?: ReactNode
}): ReactNode {
  return (
    <li className="card hidden-item">
      <div className="hidden-title">
        {select}
        {title}
      </div>
      <dl className="hidden-facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {action !== undefined && <div className="hidden-action">{action}</div>}
    </li>
  )
}

/** A rule by its name, with where it looks. */
export function RuleTitle({ rule }: { rule: QuietRule }): ReactNode {
  const t = useT()
  return (
    <>
      <SeverityGlyph shape={rule.kind === 'communication_loss' ? 'comm' : rule.severity} outline={!rule.standing} />
      <span>
        <strong>{alarmName(rule, t)}</strong> <span className="visually-hidden">{t(`severity.${rule.severity}`)}</span>
        <br />
        <DeviceLink id={rule.deviceId} code={rule.deviceCode} />
        {rule.tagName !== null && <span className="muted"> · {rule.tagName}</span>}
      </span>
    </>
  )
}

/** Whether it is in alarm behind its veil, with the way to the occurrence. */
export function Standing({ rule }: { rule: QuietRule }): ReactNode {
  const t = useT()
  if (rule.eventId === null) return <span className="muted">{t('hidden.quiet')}</span>
  return (
    <Link to="/alarms/$alarmId" params={{ alarmId: String(rule.eventId) }}>
      {t(rule.standing ? 'hidden.standing' : 'hidden.returned')}
    </Link>
  )
}
