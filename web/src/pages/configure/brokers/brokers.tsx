import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { call } from '../../../api/client.ts'
import type { Device } from '../../../api/replies.ts'
import { useT } from '../../../i18n/language.ts'
import { useDeviceStates } from '../../../live/hooks.ts'
import { useSession } from '../../../session.tsx'
import { StatusMark } from '../../../widgets/device-status.tsx'
import { EmptyState } from '../../../widgets/empty-state.tsx'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { onDemand } from '../../../widgets/on-demand.tsx'
import { PageHead } from '../../../widgets/page-head.tsx'
import { Crumbs } from '../crumbs.tsx'
import { protocolsQuery } from '../devices/protocols.ts'
import { healthQuery } from '../system/health-query.ts'
import { type Broker, brokersQuery } from './brokers-query.ts'
import { RemoveDialog } from '../remove-dialog.tsx'
import { RowActions } from '../row-actions.tsx'
import '../configure.css'
import './brokers.css'

const BrokerDialog = onDemand(async () => (await import('./broker-dialog.tsx')).BrokerDialog)

type Open = { readonly what: 'edit'; readonly broker: Broker | null } | { readonly what: 'remove'; readonly broker: Broker } | null

/** Brokers that devices share: each is set up once, tested, and named by its devices. */
export function BrokersPage(): ReactNode {
  const t = useT()
  const { devices } = useSession()
  const query = useQuery(brokersQuery)
  const protocols = useQuery(protocolsQuery)
  const [open, setOpen] = useState<Open>(null)
  const close = (): void => setOpen(null)
  const sharing = (protocols.data ?? []).flatMap(({ protocol, shared }) => (shared === null ? [] : [{ protocol, shared }]))
  const editing =
    open?.what === 'edit' ? (sharing.find((one) => one.protocol === (open.broker?.protocol ?? 'mqtt')) ?? sharing[0]) : undefined
  const brokers = query.data ?? []
  const usersOf = (broker: Broker): Device[] => {
    const field = sharing.find((one) => one.protocol === broker.protocol)?.shared.field
    return field === undefined
      ? []
      : devices.filter((device) => device.protocol === broker.protocol && sameCode(device.connection[field], broker.code))
  }
  const add = (
    <Button
      leftSection={<IconPlus size={16} aria-hidden />}
      disabled={sharing.length === 0}
      onClick={() => setOpen({ what: 'edit', broker: null })}
    >
      {t('broker.add')}
    </Button>
  )
  return (
    <>
      <Crumbs />
      <PageHead title={t('broker.title')} actions={add} />
      <ErrorNote error={query.error ?? protocols.error} retry={() => void query.refetch()} />
      <div className="card">
        {query.data !== undefined && brokers.length === 0 && (
          <EmptyState title={t('broker.empty')} hint={t('broker.emptyHint')} action={add} />
        )}
        {brokers.length > 0 && (
          <ul className="plain-list brokers">
            {brokers.map((broker) => (
              <li key={broker.id}>
                <span>
                  <strong>{broker.code}</strong> {!broker.enabled && <span className="pill">{t('status.disabled')}</span>}
                  <div className="meta">{broker.name}</div>
                </span>
                <span className="numeric">
                  {addressOf(broker)} {broker.settings['tls'] === true && <span className="pill">TLS</span>}
                  {broker.settings['bundled'] === true && <BundledState enabled={broker.enabled} />}
                </span>
                <span className="broker-devices">
                  <Users devices={usersOf(broker)} />
                </span>
                <span className="broker-actions">
                  <RowActions
                    name={broker.code}
                    onEdit={() => setOpen({ what: 'edit', broker })}
                    onRemove={() => setOpen({ what: 'remove', broker })}
                  />
                </span>
              </li>
            ))}
          </ul>
        )}
      </div>
      {open?.what === 'edit' && editing !== undefined && (
        <BrokerDialog {...editing} broker={open.broker} onSaved={() => undefined} onClose={close} />
      )}
      <RemoveDialog
        of={open?.what === 'remove' ? open.broker : null}
        name={(broker) => broker.code}
        confirm={t('broker.remove')}
        remove={async ({ id }) => await call('DELETE /api/brokers/:id', { params: { id } })}
        stale={[brokersQuery.queryKey]}
        onClose={close}
      >
        {t('broker.removeText')}
      </RemoveDialog>
    </>
  )
}

/** The devices of a broker with what is known of them: a broker that is gone shows in all of them. */
function Users({ devices }: { devices: readonly Device[] }): ReactNode {
  const t = useT()
  const states = new Map(useDeviceStates().map((state) => [state.deviceId, state]))
  if (devices.length === 0) return <span className="muted">{t('broker.unused')}</span>
  return (
    <span className="row" style={{ gap: '4px 16px' }}>
      {devices.slice(0, 4).map((device) => (
        <span key={device.id} className="row" style={{ gap: 4 }}>
          <Link to="/devices/$deviceId" params={{ deviceId: String(device.id) }}>
            {device.code}
          </Link>
          <StatusMark status={device.enabled ? (states.get(device.id)?.status ?? 'unknown') : 'disabled'} />
        </span>
      ))}
      {devices.length > 4 && <span className="meta">{t('config.someDevices', { count: devices.length })}</span>}
    </span>
  )
}

/** Whether the process that runs the bundled broker is well. */
function BundledState({ enabled }: { enabled: boolean }): ReactNode {
  const t = useT()
  const query = useQuery(healthQuery)
  const state = query.data?.processes.find((one) => one.name === 'broker')?.state ?? 'stopped'
  return (
    <span className="row">
      <span className="pill">{t('broker.bundled')}</span>
      {enabled && (
        <span className="meta" style={state === 'running' ? undefined : { color: 'var(--critical)' }}>
          {t(`config.process.${state}`)}
        </span>
      )}
    </span>
  )
}

function addressOf({ settings }: Broker): string {
  const { port } = settings
  const host = settings['bundled'] === true ? window.location.hostname : settings['host']
  if (typeof host !== 'string') return ''
  return typeof port === 'number' ? `${host}:${port}` : host
}

function sameCode(value: unknown, code: string): boolean {
  return typeof value === 'string' && value.toLowerCase() === code.toLowerCase()
}
