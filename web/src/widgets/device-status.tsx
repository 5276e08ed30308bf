import type { ReactNode } from 'react'
import type { DeviceState } from '../api/replies.ts'
import { useT } from '../i18n/language.ts'
import { useStreamState } from '../live/hooks.ts'
import { SeverityGlyph } from './severity-mark.tsx'

export type StatusName = DeviceState['status']

/** Worst first, for sorting. */
export const STATUS_ORDER: readonly StatusName[] = ['quarantined', 'error', 'degraded', 'unknown', 'online', 'disabled']

/** Shape, colour and word of a device's state; a question mark while this screen cannot know. */
export function StatusMark({ status }: { status: StatusName }): ReactNode {
  const t = useT()
  const lost = useStreamState() === 'lost'
  return (
    <span className="status" data-status={status}>
      {status === 'error' || status === 'quarantined' ? (
        <SeverityGlyph shape="comm" size={16} />
      ) : status === 'degraded' ? (
        <SeverityGlyph shape="warning" size={16} />
      ) : (
        <svg className="glyph" width="16" height="16" viewBox="0 0 16 16" aria-hidden>
          <circle
            cx="8"
            cy="8"
            r="6"
            fill="none"
            strokeWidth="2"
            stroke={status === 'online' ? 'var(--ok)' : 'var(--border-strong)'}
            strokeDasharray={status === 'unknown' ? '3 2' : undefined}
          />
          {status === 'online' && <path d="M5 8.2 7.2 10.4 11 5.800" fill="none" stroke="var(--ok)" strokeWidth="2" />}
          {status === 'disabled' && <path d="M4 12 12 4" stroke="var(--border-strong)" strokeWidth="2" />}
        </svg>
      )}
      <span style={lost ? { textDecoration: 'line-through dashed' } : undefined}>{t(`status.${status}`)}</span>
    </span>
  )
}
