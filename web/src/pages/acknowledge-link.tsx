import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { type ReactNode, useEffect } from 'react'
import { backToNormalAt, isHeld } from '#domain/back-to-normal.ts'
import { call, type CallReply } from '../api/client.ts'
import { formatInstant } from '../format/instants.ts'
import { formatShort } from '../format/numbers.ts'
import { currentLocale, switchLanguage, useT } from '../i18n/language.ts'
import { Button } from '../widgets/controls/button.tsx'
import { ErrorNote } from '../widgets/error-note.tsx'
import { SeverityChip } from '../widgets/severity-mark.tsx'
import { alarmName } from './alarms/alarm-text.ts'
import { PublicFrame } from './public-frame.tsx'

type Shown = CallReply<'GET /api/acknowledge-link/:token'>

/** From a message on a phone: what happened, and one big button. Opening the page changes nothing; mail scanners open it too. */
export function AcknowledgeLinkPage(): ReactNode {
  const t = useT()
  const { token } = useParams({ from: '/a/$token' })
  const queries = useQueryClient()
  const link = useQuery({
    queryKey: ['acknowledge-link', token],
    queryFn: ({ signal }) => call('GET /api/acknowledge-link/:token', { params: { token } }, signal),
    refetchInterval: 10_000,
  })
  const acknowledge = useMutation({
    mutationFn: () => call('POST /api/acknowledge-link/:token', { params: { token } }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['acknowledge-link', token] }),
  })
  const language = link.data?.language
  useEffect(() => {
    if (language !== undefined) void switchLanguage(language)
  }, [language])
  const shown = link.data
  return (
    <PublicFrame title={t('ack.title')}>
      {shown === undefined ? (
        <ErrorNote error={link.error} retry={() => void link.refetch()} />
      ) : (
        <>
          <AlarmSummary shown={shown} />
          <ErrorNote error={acknowledge.error} />
          {shown.state === 'open' ? (
            <Button className="big-button" loading={acknowledge.isPending} onClick={() => acknowledge.mutate()}>
              {t('action.acknowledge')}
            </Button>
          ) : (
            <output className="banner">{resultOf(shown, t)}</output>
          )}
          <p className="meta">{t('ack.as', { name: shown.contactName })}</p>
        </>
      )}
    </PublicFrame>
  )
}

function AlarmSummary({ shown: { alarm, timeZone } }: { shown: Shown }): ReactNode {
  const t = useT()
  const locale = currentLocale()
  const backAt = backToNormalAt(alarm)
  const unit = alarm.unit === '' ? '' : ` ${alarm.unit}`
  return (
    <div className="stack">
      <div className="row spread">
        <SeverityChip severity={alarm.severity} />
        <span className="muted">#{alarm.displayNumber}</span>
      </div>
      <h2 style={{ fontSize: 18, lineHeight: '24px' }}>{alarmName(alarm, t)}</h2>
      <dl className="facts">
        <dt>{t('alarm.device')}</dt>
        <dd>
          {alarm.deviceCode}
          {alarm.tagName !== null && ` · ${alarm.tagName}`}
        </dd>
        {alarm.valueAtRaise !== null && (
          <>
            <dt>{t('alarm.value')}</dt>
            <dd>
              {formatShort(alarm.valueAtRaise, locale)}
              {unit}
              {alarm.setpoint !== null && ` (${t('alarm.limit')} ${alarm.operator ?? ''} ${formatShort(alarm.setpoint, locale)}${unit})`}
            </dd>
          </>
        )}
        <dt>{t('alarm.raised')}</dt>
        <dd>{formatInstant(alarm.raisedAt, 'full', locale, timeZone)}</dd>
        {backAt !== null && (
          <>
            <dt>{t('alarm.cleared')}</dt>
            <dd>
              {formatInstant(backAt, 'full', locale, timeZone)}
              {isHeld(alarm) && ` · ${t('alarm.waitsForReset')}`}
            </dd>
          </>
        )}
      </dl>
    </div>
  )
}

function resultOf({ alarm, state, timeZone }: Shown, t: ReturnType<typeof useT>): string {
  if (alarm.acknowledgedAt === null) return state === 'expired' ? t('ack.expired') : t('ack.done')
  const at = formatInstant(alarm.acknowledgedAt, 'full', currentLocale(), timeZone)
  return t('ack.by', { who: alarm.acknowledgedBy ?? '–', at })
}
