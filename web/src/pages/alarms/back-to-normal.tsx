import type { ReactNode } from 'react'
import { backToNormalAt } from '#domain/back-to-normal.ts'
import type { Alarm } from '../../api/replies.ts'
import type { InstantStyle } from '../../format/instants.ts'
import { useT } from '../../i18n/language.ts'
import { Instant } from '../../widgets/instant.tsx'

/** Since when its value is back to normal: a latched alarm waits for its reset then, and ends with that. */
export function BackToNormal({ alarm, show = 'recent' }: { alarm: Alarm; show?: InstantStyle | 'recent' }): ReactNode {
  const t = useT()
  const { clearedAt } = alarm
  const backAt = backToNormalAt(alarm)
  if (backAt === null) return <span className="muted">{t('alarm.isActive')}</span>
  return (
    <>
      <Instant at={backAt} show={show} />
      {clearedAt === null && <span className="meta"> · {t('alarm.waitsForReset')}</span>}
      {clearedAt !== null && clearedAt !== backAt && (
        <span className="meta">
          {' · '}
          {t('alarm.wasReset')} <Instant at={clearedAt} show={show} />
        </span>
      )}
    </>
  )
}
