import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useT } from '../i18n/language.ts'
import { useAlarmCounts, useStreamState } from '../live/hooks.ts'
import { SeverityGlyph } from '../widgets/severity-mark.tsx'

/** Open alarms by severity, on every page and both sizes. Says so when it cannot know. */
export function AlarmCounter(): ReactNode {
  const t = useT()
  const counts = useAlarmCounts()
  const lost = useStreamState() === 'lost'
  const severities = (['critical', 'warning', 'info'] as const).filter((severity) => (counts?.[severity] ?? 0) > 0)
  const spoken =
    counts === null
      ? t('counter.unknown')
      : t('counter.spoken', { critical: counts.critical, warning: counts.warning, info: counts.info, open: counts.unacknowledged })
  return (
    <Link to="/alarms" className="bar-item alarm-counter" data-unacknowledged={counts?.unacknowledged ?? 0}>
      <span className="visually-hidden">{lost ? `${spoken}. ${t('counter.notCurrent')}` : spoken}</span>
      <span style={lost ? { textDecoration: 'line-through dashed' } : undefined} className="row" aria-hidden>
        {counts === null ? '–' : severities.length === 0 ? <span className="none">{t('counter.none')}</span> : null}
        {severities.map((severity) => (
          <span key={severity} className="row" style={{ gap: 4 }}>
            <SeverityGlyph shape={severity} size={16} />
            {counts?.[severity]}
          </span>
        ))}
        {counts !== null && counts.unacknowledged > 0 && (
          <span className="words muted">{t('counter.unacknowledged', { count: counts.unacknowledged })}</span>
        )}
      </span>
    </Link>
  )
}
