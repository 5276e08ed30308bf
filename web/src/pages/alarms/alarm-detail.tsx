import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Alarm } from '../../api/replies.ts'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'
import { SideSheet } from '../../widgets/dialog.tsx'
import { ErrorNote } from '../../widgets/error-note.tsx'
import { Instant } from '../../widgets/instant.tsx'
import { MessageList } from '../messages/message-list.tsx'
import { SeverityMark } from '../../widgets/severity-mark.tsx'
import { AlarmMarks } from './alarm-marks.tsx'
import { AlarmState } from './alarm-state.tsx'
import { alarmName, valueAndLimit } from './alarm-text.ts'
import { AlarmTrend } from './alarm-trend.tsx'
import { alarmQuery } from './alarms-query.ts'
import { BackToNormal } from './back-to-normal.tsx'
import { DeviceLink } from './device-link.tsx'
import { useHandles } from './use-handles.ts'

/** One occurrence: what happened, the half hour around it, who was told and who took notice. */
export function AlarmDetail({
  id,
  onClose,
  onAcknowledge,
}: {
  id: number
  onClose: () => void
  onAcknowledge: (alarm: Alarm) => void
}): ReactNode {
  const t = useT()
  const session = useSession()
  const handles = useHandles()
  const { data, error, refetch } = useQuery(alarmQuery(id))
  const alarm = data?.alarm
  return (
    <SideSheet onClose={onClose} width={560} title={t('detail.title', { number: alarm === undefined ? '' : `#${alarm.displayNumber}` })}>
      {alarm === undefined || data === undefined ? (
        <ErrorNote error={error} retry={() => void refetch()} />
      ) : (
        <div className="stack">
          <SeverityMark alarm={alarm} />
          <h2 style={{ fontSize: 18, lineHeight: '24px' }}>{alarmName(alarm, t)}</h2>
          <dl className="facts">
            <dt>{t('alarm.device')}</dt>
            <dd>
              <DeviceLink id={alarm.deviceId} code={alarm.deviceCode} />
              {alarm.tagName !== null && ` · ${alarm.tagName}`}
            </dd>
            {valueAndLimit(alarm, session) !== '' && (
              <>
                <dt>{t('alarm.valueAndLimit')}</dt>
                <dd>{valueAndLimit(alarm, session)}</dd>
              </>
            )}
            <dt>{t('alarm.raised')}</dt>
            <dd>
              <Instant at={alarm.raisedAt} show="full" />
            </dd>
            <dt>{t('alarm.cleared')}</dt>
            <dd>
              <BackToNormal alarm={alarm} show="full" />
            </dd>
            <dt>{t('alarm.state')}</dt>
            <dd>
              <AlarmState alarm={alarm} />
              <AlarmMarks alarm={alarm} />
            </dd>
            {alarm.acknowledgedAt !== null && (
              <>
                <dt>{t('detail.acknowledgedAt')}</dt>
                <dd>
                  <Instant at={alarm.acknowledgedAt} show="full" />
                </dd>
              </>
            )}
            {alarm.comment !== null && (
              <>
                <dt>{t('alarm.comment')}</dt>
                <dd>{alarm.comment}</dd>
              </>
            )}
          </dl>
          {alarm.acknowledgedAt === null && alarm.closedAt === null && handles(alarm) && (
            <Button size="md" onClick={() => onAcknowledge(alarm)}>
              {t('action.acknowledge')}
            </Button>
          )}
          <Link to="/alarms/$alarmId" params={{ alarmId: String(alarm.id) }}>
            {t('page.whole')}
          </Link>
          {alarm.tagId !== null && <AlarmTrend alarm={alarm} tagId={alarm.tagId} />}
          <h3>{t('detail.messages')}</h3>
          {data.messages.length === 0 ? <p className="muted">{t('detail.noMessages')}</p> : <MessageList messages={data.messages} />}
        </div>
      )}
    </SideSheet>
  )
}
