import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { ApiError } from '../../api/client.ts'
import { useT } from '../../i18n/language.ts'
import type { PlainKey } from '../../i18n/translate.ts'
import { useSession } from '../../session.tsx'
import { Button } from '../../widgets/controls/button.tsx'
import { ErrorNote } from '../../widgets/error-note.tsx'
import { FocusInherited } from '../../widgets/focus-inherited.tsx'
import { Instant } from '../../widgets/instant.tsx'
import { MessageList } from '../messages/message-list.tsx'
import { PageHead } from '../../widgets/page-head.tsx'
import { SeverityMark } from '../../widgets/severity-mark.tsx'
import { NotFoundPage } from '../not-found.tsx'
import '../public-frame.css'
import { AcknowledgeDialog } from './acknowledge-dialog.tsx'
import { AlarmActions } from './alarm-actions.tsx'
import { AlarmComment } from './alarm-comment.tsx'
import { AlarmMarks } from './alarm-marks.tsx'
import { AlarmState } from './alarm-state.tsx'
import { alarmName, valueAndLimit } from './alarm-text.ts'
import { AlarmTrend } from './alarm-trend.tsx'
import { alarmQuery, type Occurrence } from './alarms-query.ts'
import './alarms.css'
import { BackToNormal } from './back-to-normal.tsx'
import { MeasuredWay } from './measured-way.tsx'
import { type Aside, PutAsideDialog } from './put-aside-dialog.tsx'
import { RuleAsItWas } from './rule-as-it-was.tsx'
import { ActText } from './suppression-log.tsx'
import { toldText } from '../../widgets/told-text.ts'
import { DeviceLink } from './device-link.tsx'
import { useHandles } from './use-handles.ts'

/** One occurrence with all that is known of it: the link target of messages. */
export function AlarmPage(): ReactNode {
  const { alarmId } = useParams({ from: '/shell/alarms/$alarmId' })
  const id = Number(alarmId)
  const { data, error, refetch } = useQuery({ ...alarmQuery(id), enabled: Number.isSafeInteger(id) && id > 0 })
  if (!(id > 0) || (error instanceof ApiError && error.status === 404)) return <NotFoundPage />
  if (data === undefined) return <ErrorNote error={error} retry={() => void refetch()} />
  return <Shown occurrence={data} />
}

function Shown({ occurrence }: { occurrence: Occurrence }): ReactNode {
  const t = useT()
  const session = useSession()
  const handles = useHandles()
  const { alarm } = occurrence
  const [acknowledging, setAcknowledging] = useState(false)
  const [aside, setAside] = useState<Aside | null>(null)
  const waiting = alarm.acknowledgedAt === null && alarm.closedAt === null
  const numbers = valueAndLimit(alarm, session)
  return (
    <>
      <Link to="/alarms">{t('page.crumb')}</Link>
      <PageHead
        title={alarmName(alarm, t)}
        aside={<span className="muted">{t('page.number', { number: String(alarm.displayNumber) })}</span>}
      />
      <section className="card card-body stack" aria-label={t('alarm.state')}>
        <div className="row">
          <SeverityMark alarm={alarm} />
          <AlarmState alarm={alarm} />
          <AlarmMarks alarm={alarm} />
        </div>
        <div>
          <DeviceLink id={alarm.deviceId} code={alarm.deviceCode} />
          {alarm.tagName !== null &&
            (alarm.tagId === null ? (
              ` · ${alarm.tagName}`
            ) : (
              <>
                {' · '}
                <Link to="/trends" search={{ tags: [alarm.tagId] }}>
                  {alarm.tagName}
                </Link>
              </>
            ))}
          {numbers !== '' && <span className="numeric"> · {numbers}</span>}
        </div>
        {alarm.returnedAt !== null && alarm.returnedAt !== undefined && (
          <div>
            {t('page.story.cleared')}: <BackToNormal alarm={alarm} />
          </div>
        )}
        <FocusInherited of=".alarm-card-actions button">
          {alarm.closedAt === null && handles(alarm) && (
            <div className="alarm-card-actions">
              {waiting && (
                <Button size="md" onClick={() => setAcknowledging(true)}>
                  {t('action.acknowledge')}
                </Button>
              )}
              <AlarmActions alarm={alarm} onAside={setAside} words />
            </div>
          )}
        </FocusInherited>
      </section>
      <div className="occurrence">
        <Part title={t('page.way')}>
          <MeasuredWay path={occurrence.path} closed={alarm.closedAt !== null} />
        </Part>
        <Part title={t('page.story')}>
          <Story occurrence={occurrence} />
          {handles(alarm) && <AlarmComment id={alarm.id} />}
        </Part>
        {alarm.tagId !== null && (
          <Part title={t('page.trend')} wide>
            <AlarmTrend alarm={alarm} tagId={alarm.tagId} height={240} />
          </Part>
        )}
        <Part title={t('page.told')}>
          <Told occurrence={occurrence} />
        </Part>
        <Part title={t('page.rule')}>
          <RuleAsItWas occurrence={occurrence} />
        </Part>
      </div>
      {acknowledging && <AcknowledgeDialog alarms={[alarm]} onClose={() => setAcknowledging(false)} />}
      {aside !== null && <PutAsideDialog aside={aside} onClose={() => setAside(null)} />}
    </>
  )
}

function Part({ title, children, wide = false }: { title: string; children: ReactNode; wide?: boolean }): ReactNode {
  return (
    <section className="card" data-wide={wide} aria-label={title}>
      <div className="card-head">
        <h2>{title}</h2>
      </div>
      <div className="card-body stack">{children}</div>
    </section>
  )
}

const STORY: Readonly<Record<Occurrence['timeline'][number]['kind'], PlainKey>> = {
  raised: 'page.story.raised',
  returned: 'page.story.returned',
  resumed: 'page.story.resumed',
  cleared: 'page.story.cleared',
  released: 'page.story.released',
  acknowledged: 'page.story.acknowledged',
  re_alarmed: 'page.story.re_alarmed',
  comment: 'page.story.comment',
  closed: 'page.story.closed',
}

/** What happened to it and what hid it, in one order of time. */
function Story({ occurrence }: { occurrence: Occurrence }): ReactNode {
  const t = useT()
  const lines = [
    ...occurrence.timeline.map((entry) => ({ at: entry.at, what: t(STORY[entry.kind]), who: entry.who, text: entry.text })),
    ...occurrence.suppressions.map((entry) => ({ at: entry.at, what: <ActText entry={entry} />, who: entry.who, text: entry.reason })),
  ].toSorted((a, b) => a.at - b.at)
  return (
    <ol className="plain-list story">
      {lines.map((line, index) => (
        <li key={`${line.at} ${index}`}>
          <Instant at={line.at} />
          <span>
            <strong>{line.what}</strong>
            {line.who !== null && <span className="muted"> · {line.who}</span>}
            {line.text !== null && <div style={{ whiteSpace: 'pre-wrap' }}>{line.text}</div>}
          </span>
        </li>
      ))}
    </ol>
  )
}

const TOLD: Readonly<Record<string, PlainKey>> = {
  open: 'page.told.open',
  acknowledged: 'page.told.acknowledged',
  cleared: 'page.told.cleared',
  exhausted: 'page.told.exhausted',
  expired: 'page.told.expired',
  cancelled: 'page.told.cancelled',
}

function Told({ occurrence: { told, messages } }: { occurrence: Occurrence }): ReactNode {
  const t = useT()
  const key =
    told === null
      ? undefined
      : told.untold
        ? 'cases.untold'
        : told.state === 'open' && messages.length === 0
          ? 'page.told.waiting'
          : TOLD[told.state]
  return (
    <>
      {told !== null && (
        <p>
          {told.chainName !== null && <strong>{told.chainName}: </strong>}
          {key === undefined ? told.state : t(key)}
          {told.reason !== null && <span className="muted"> · {toldText(told.reason, t)}</span>}
          {told.nextActionAt !== null && (
            <>
              {' · '}
              {t('page.told.next')} <Instant at={told.nextActionAt} />
            </>
          )}
        </p>
      )}
      {messages.length === 0 ? <p className="muted">{t('detail.noMessages')}</p> : <MessageList messages={messages} />}
    </>
  )
}
