import type { ReactNode } from 'react'
import type { Alarm } from '../../api/replies.ts'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'
import { Button } from '../../widgets/controls/button.tsx'
import { Ago } from '../../widgets/instant.tsx'
import { SeverityMark } from '../../widgets/severity-mark.tsx'
import { useAcknowledge } from './acknowledge.ts'
import { AlarmActions } from './alarm-actions.tsx'
import { AlarmMarks } from './alarm-marks.tsx'
import { AlarmState } from './alarm-state.tsx'
import { alarmName, valueAndLimit } from './alarm-text.ts'
import { BackToNormal } from './back-to-normal.tsx'
import type { Aside } from './put-aside-dialog.tsx'
import { useHandles } from './use-handles.ts'

interface Props {
  readonly alarms: readonly Alarm[]
  readonly onOpen: (id: number) => void
  readonly onComment: (alarm: Alarm) => void
  readonly onAside: (aside: Aside) => void
}

/** The console on a phone: one card an alarm, one thumb to acknowledge. */
export function AlarmCards({ alarms, onOpen, onComment, onAside }: Props): ReactNode {
  const t = useT()
  const session = useSession()
  const handles = useHandles()
  const acknowledge = useAcknowledge()
  const busy = acknowledge.isPending ? new Set(acknowledge.variables.ids) : new Set<number>()
  return (
    <ul className="plain-list stack" style={{ gap: 8 }}>
      {alarms.map((alarm) => {
        const waiting = alarm.acknowledgedAt === null && alarm.closedAt === null
        const numbers = valueAndLimit(alarm, session)
        return (
          <li key={alarm.id} className="card alarm-card" data-severity={alarm.severity} data-alarm={alarm.id} data-waiting={waiting}>
            <div className="row spread">
              <SeverityMark alarm={alarm} />
              <Ago at={alarm.raisedAt} />
            </div>
            <button type="button" className="link-button alarm-card-name" data-row-button onClick={() => onOpen(alarm.id)}>
              {alarmName(alarm, t)}
            </button>
            <div>
              <AlarmMarks alarm={alarm} />
            </div>
            <div className="muted">
              {alarm.deviceCode}
              {alarm.tagName !== null && ` · ${alarm.tagName}`}
              {numbers !== '' && <span className="numeric"> · {numbers}</span>}
            </div>
            {!waiting || alarm.clearedAt !== null ? <AlarmState alarm={alarm} /> : null}
            {alarm.latched === true && (
              <div>
                {t('alarm.isCleared')} <BackToNormal alarm={alarm} />
              </div>
            )}
            {handles(alarm) && alarm.closedAt === null && (
              <div className="alarm-card-actions">
                {waiting && (
                  <>
                    <Button
                      size="md"
                      aria-label={`${t('action.acknowledge')}: ${alarmName(alarm, t)}`}
                      loading={busy.has(alarm.id)}
                      onClick={() => acknowledge.mutate({ ids: [alarm.id], comment: '' })}
                    >
                      {t('action.acknowledge')}
                    </Button>
                    <Button
                      size="md"
                      variant="default"
                      aria-label={`${t('acknowledge.withComment')}: ${alarmName(alarm, t)}`}
                      onClick={() => onComment(alarm)}
                    >
                      {t('acknowledge.withComment')}
                    </Button>
                  </>
                )}
                <AlarmActions alarm={alarm} onAside={onAside} words />
              </div>
            )}
          </li>
        )
      })}
    </ul>
  )
}
