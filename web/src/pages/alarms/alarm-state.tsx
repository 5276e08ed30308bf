import type { ReactNode } from 'react'
import type { Alarm } from '../../api/replies.ts'
import { useT } from '../../i18n/language.ts'
import { attentionOf } from '../../widgets/severity-mark.tsx'

/** Where an occurrence stands, with who acknowledged it and by which way. */
export function AlarmState({ alarm }: { alarm: Alarm }): ReactNode {
  const t = useT()
  const attention = attentionOf(alarm)
  if (alarm.acknowledgedBy !== null) {
    return (
      <span className="pill" style={{ whiteSpace: 'normal' }}>
        {t('state.acknowledged')} · {alarm.acknowledgedBy}
      </span>
    )
  }
  return <span>{t(`state.${attention}`)}</span>
}
