import { Button, Tabs } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { call } from '../../api/client.ts'
import type { Device } from '../../api/replies.ts'
import { inWords, useT } from '../../i18n/language.ts'
import { useDeviceState } from '../../live/hooks.ts'
import { useSession } from '../../session.tsx'
import { StatusMark } from '../../widgets/device-status.tsx'
import { deviceTitle } from '../../widgets/device-title.ts'
import { ErrorNote } from '../../widgets/error-note.tsx'
import { Ago, Instant } from '../../widgets/instant.tsx'
import { tellDone, tellError } from '../../widgets/notices.tsx'
import { PageHead } from '../../widgets/page-head.tsx'
import { ProtocolName } from '../../widgets/protocol-name.tsx'
import { NotFoundPage } from '../not-found.tsx'
import { Completeness } from './completeness.tsx'
import { DeviceEvents } from './device-events.tsx'
import { type Diagnostics, diagnosticsQuery } from './diagnostics-query.ts'
import { Figures } from './figures.tsx'
import { FrameLog } from './frame-log.tsx'
import { StatusHistory } from './status-history.tsx'
import '../devices/devices.css'
import './diagnostics.css'

/** How the communication with a device is doing, for whoever has to find out why it does not. */
export function DiagnosticsPage(): ReactNode {
  const { deviceId } = useParams({ from: '/shell/devices/$deviceId/diagnostics' })
  const device = useSession().device(Number(deviceId))
  return device === undefined ? <NotFoundPage /> : <Shown key={device.id} device={device} />
}

function Shown({ device }: { device: Device }): ReactNode {
  const t = useT()
  const { may } = useSession()
  const state = useDeviceState(device.id)
  const query = useQuery(diagnosticsQuery(device.id))
  const retry = useMutation({
    mutationFn: () => call('POST /api/devices/:id/retry', { params: { id: device.id } }),
    onSuccess: () => tellDone(t('device.retrying')),
    onError: tellError,
  })
  return (
    <>
      <nav className="crumbs" aria-label={t('diag.back')}>
        <Link to="/devices/$deviceId" params={{ deviceId: String(device.id) }}>
          {deviceTitle(device)}
        </Link>
      </nav>
      <PageHead
        title={t('diag.title', { name: device.code })}
        aside={
          <>
            <StatusMark status={device.enabled ? (state?.status ?? 'unknown') : 'disabled'} />
            <ProtocolName protocol={device.protocol} />
          </>
        }
        actions={
          <Button
            variant="default"
            leftSection={<IconRefresh size={16} aria-hidden />}
            loading={retry.isPending}
            disabled={!device.enabled}
            onClick={() => retry.mutate()}
          >
            {t('device.retry')}
          </Button>
        }
      />
      {query.data !== undefined && <Standing diagnostics={query.data} />}
      <Tabs defaultValue="figures" keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="figures">{t('diag.figures')}</Tabs.Tab>
          {may('engineer') && <Tabs.Tab value="frames">{t('diag.frames')}</Tabs.Tab>}
          <Tabs.Tab value="completeness">{t('gaps.tab')}</Tabs.Tab>
          <Tabs.Tab value="status">{t('diag.status')}</Tabs.Tab>
          <Tabs.Tab value="events">{t('diag.events')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="figures" pt="sm" className="stack">
          <ErrorNote error={query.error} retry={() => void query.refetch()} />
          {query.data !== undefined && <Figures diagnostics={query.data} protocol={device.protocol} old={query.error !== null} />}
        </Tabs.Panel>
        {may('engineer') && (
          <Tabs.Panel value="frames" pt="sm">
            <FrameLog device={device} diagnostics={query.data} />
          </Tabs.Panel>
        )}
        <Tabs.Panel value="completeness" pt="sm">
          <Completeness device={device} />
        </Tabs.Panel>
        <Tabs.Panel value="status" pt="sm">
          <StatusHistory deviceId={device.id} />
        </Tabs.Panel>
        <Tabs.Panel value="events" pt="sm">
          <DeviceEvents deviceId={device.id} />
        </Tabs.Panel>
      </Tabs>
    </>
  )
}

/** What is wrong now and what went wrong last, with what to do about it. */
function Standing({ diagnostics: { state, lastError, connectedAt, pushes } }: { diagnostics: Diagnostics }): ReactNode {
  const t = useT()
  const silent = state.status === 'error' || state.status === 'quarantined'
  return (
    <div className="stack" style={{ gap: 8 }}>
      {state.problem !== null && (
        <div className="banner" data-kind={silent ? 'lost' : undefined}>
          <span className="grow">{inWords(state.problem)}</span>
          {state.consecutiveFailures > 0 && <span className="meta">{t('device.failures', { count: state.consecutiveFailures })}</span>}
        </div>
      )}
      <div className="fact-cards">
        <div className="fact-card">
          <span className="meta">{t('diag.conversation')}</span>
          <strong>{connectedAt === null ? t('diag.noConversation') : <Instant at={connectedAt} />}</strong>
          <span className="meta">
            {connectedAt !== null && (
              <>
                <Ago at={connectedAt} /> · {pushes ? t('diag.pushes') : t('diag.polled')}
              </>
            )}
          </span>
        </div>
        <div className="fact-card">
          <span className="meta">{t('device.lastData')}</span>
          <strong>
            <Instant at={state.newest} />
          </strong>
          <span className="meta">{state.newest !== null && <Ago at={state.newest} />}</span>
        </div>
        <div className="fact-card diag-last-error">
          <span className="meta">{t('diag.lastError')}</span>
          {lastError === null ? (
            <strong>{t('diag.noError')}</strong>
          ) : (
            <>
              <strong>{inWords(lastError.message)}</strong>
              {lastError.remedy !== null && <span>{inWords(lastError.remedy)}</span>}
              <span className="meta">
                <Ago at={lastError.at} /> · {lastError.code}
              </span>
            </>
          )}
        </div>
      </div>
    </div>
  )
}
