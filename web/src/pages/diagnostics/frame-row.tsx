import { IconArrowDownLeft, IconArrowUpRight } from '@tabler/icons-react'
import type { CSSProperties, ReactNode } from 'react'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'
import type { Frame } from './diagnostics-query.ts'
import { timeOf } from './frame-file.ts'

interface Props {
  readonly frame: Frame
  readonly open: boolean
  readonly style: CSSProperties
  readonly onOpen: () => void
}

/** One frame in one line: when, which way, what it says, how long it is. */
export function FrameRow({ frame, open, style, onOpen }: Props): ReactNode {
  const t = useT()
  const { locale, timeZone } = useSession()
  return (
    <li style={style}>
      <button type="button" className="frame-row" aria-expanded={open} data-direction={frame.direction} onClick={onOpen}>
        <span className="numeric muted">{timeOf(frame.at, locale, timeZone)}</span>
        {frame.direction === 'sent' ? (
          <IconArrowUpRight size={16} aria-label={t('diag.sent')} />
        ) : (
          <IconArrowDownLeft size={16} aria-label={t('diag.received')} />
        )}
        <span className="clip frame-text">{frame.text}</span>
        <span className="meta numeric frame-length">{frame.length} B</span>
      </button>
    </li>
  )
}
