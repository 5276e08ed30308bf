import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { call } from '../../api/client.ts'
import type { Device } from '../../api/replies.ts'
import { formatAge } from '../../format/instants.ts'
import { inWords, useT } from '../../i18n/language.ts'
import { useDeviceState } from '../../live/hooks.ts'
import { useSession } from '../../session.tsx'
import { Button } from '../../widgets/controls/button.tsx'
import { Ago, Instant } from '../../widgets/instant.tsx'
import { pushes } from '../../live/pushes.ts'
import { ProtocolName } from '../../widgets/protocol-name.tsx'
import { placeOf } from '../../format/device-place.ts'
import { tellDone, tellError } from '../../widgets/notices.tsx'

function span(millis: number): string {
  return millis < 1000 ? `${millis} ms` : formatAge(millis / 1000)
}

/** Where the device is, how often it is asked, how it answers; and the way out of its back-off. */
export function DeviceFacts({ device }: { device: Device }): ReactNode {
  const t = useT()
  const { may, locale } = useSession()
  const state = useDeviceState(device.id)
  const retry = useMutation({
    mutationFn: () => call('POST /api/devices/:id/retry', { params: { id: device.id } }),
    onSuccess: () => tellDone(t('device.retrying')),
    onError: tellError,
  })
  const percent = new Intl.NumberFormat(locale, { style: 'percent' })
  const silent = state?.status === 'error' || state?.status === 'quarantined'
  return (
    <>
      {device.enabled && state !== undefined && state.problem !== null && (
        <div className="banner" data-kind={silent ? 'lost' : undefined}>
          <span className="grow">{inWords(state.problem)}</span>
          {state.consecutiveFailures > 0 && <span className="meta">{t('device.failures', { count: state.consecutiveFailures })}</span>}
          {silent && may('operator') && (
            <Button variant="default" size="compact-md" loading={retry.isPending} onClick={() => retry.mutate()}>
              {t('device.retry')}
            </Button>
          )}
        </div>
      )}
      <div className="fact-cards">
        <div className="fact-card">
          <span className="meta">{t('device.protocol')}</span>
          <strong>
            <ProtocolName protocol={device.protocol} />
          </strong>
          <span className="meta">{placeOf(device)}</span>
        </div>
        <div className="fact-card">
          <span className="meta">{pushes(device) ? t('device.sends') : t('device.poll')}</span>
          <strong>{pushes(device) ? t('device.byItself') : t('device.every', { span: span(device.pollMillis) })}</strong>
          <span className="meta">
            {pushes(device)
              ? t('device.whileConnected')
              : state === undefined || state.status === 'unknown'
                ? t('device.timeout', { span: span(device.timeoutMillis) })
                : t('device.success', { percent: percent.format(state.successRate) })}
          </span>
        </div>
        <div className="fact-card">
          <span className="meta">{t('device.lastData')}</span>
          <strong>{state === undefined || state.newest === null ? t('freshness.none') : <Instant at={state.newest} />}</strong>
          <span className="meta">
            {state !== undefined && state.newest !== null && (
              <>
                <Ago at={state.newest} /> ·{' '}
              </>
            )}
            {device.commTimeoutSeconds === null
              ? t('device.noCommAlarm')
              : t('device.alarmAfter', { span: formatAge(device.commTimeoutSeconds) })}
          </span>
        </div>
        <div className="fact-card">
          <span className="meta">{t('device.area')}</span>
          <strong>{device.area === '' ? '–' : device.area}</strong>
        </div>
      </div>
    </>
  )
}
