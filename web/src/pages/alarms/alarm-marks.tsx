import type { ReactNode } from 'react'
import type { Alarm } from '../../api/replies.ts'
import { useT } from '../../i18n/language.ts'

/** What is peculiar about an occurrence: why nobody is told of it, that it chatters, began a flood or waits for a reset. */
export function AlarmMarks({ alarm }: { alarm: Alarm }): ReactNode {
  const t = useT()
  const { suppressed } = alarm
  return (
    <>
      {suppressed !== null && suppressed !== undefined && <span className="pill alarm-mark">{t(`hidden.${suppressed}`)}</span>}
      {alarm.chattering === true && <span className="pill alarm-mark">{t('hidden.chattering')}</span>}
      {alarm.firstOut === true && <span className="pill alarm-mark">{t('hidden.firstOut')}</span>}
      {alarm.latched === true && <span className="pill alarm-mark">{t('hidden.latched')}</span>}
    </>
  )
}
