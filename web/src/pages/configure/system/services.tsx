import { Button, Group } from '@mantine/core'
import { IconCircleCheck, IconFileText, IconRefresh } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { call, type CallReply } from '../../../api/client.ts'
import { formatAge } from '../../../format/instants.ts'
import { useSchemaWords, useT } from '../../../i18n/language.ts'
import type { PlainKey } from '../../../i18n/translate.ts'
import { ConfirmDialog } from '../../../widgets/confirm-dialog.tsx'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { tellDone } from '../../../widgets/notices.tsx'
import { PageHead } from '../../../widgets/page-head.tsx'
import { SeverityGlyph } from '../../../widgets/severity-mark.tsx'
import { Crumbs } from '../crumbs.tsx'
import { protocolsQuery } from '../devices/protocols.ts'
import { healthQuery } from './health-query.ts'
import '../configure.css'

type State = CallReply<'GET /api/health'>['processes'][number]['state']

/** Every process: how it is, its log, and a way to start it anew. */
export function ServicesPage(): ReactNode {
  const t = useT()
  const query = useQuery(healthQuery)
  const [log, setLog] = useState<string | null>(null)
  const [restarting, setRestarting] = useState<string | null>(null)
  return (
    <>
      <Crumbs />
      <PageHead
        title={t('config.services')}
        aside={query.data !== undefined && <span className="muted">SyncTide {query.data.version}</span>}
      />
      <ErrorNote error={query.error} retry={() => void query.refetch()} />
      <div className="card table-wrap">
        <table className="grid">
          <thead>
            <tr>
              <th scope="col">{t('config.process')}</th>
              <th scope="col">{t('config.state')}</th>
              <th scope="col" className="number wide-only">
                {t('config.lastBeat')}
              </th>
              <th scope="col" className="number wide-only">
                {t('config.restarts')}
              </th>
              <th scope="col">
                <span className="visually-hidden">{t('config.actions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {(query.data?.processes ?? []).map((process) => (
              <tr key={process.name}>
                <td>
                  <strong>{process.name}</strong>
                  <div className="meta">
                    <Duty process={process.name} />
                  </div>
                </td>
                <td>
                  <span className="severity">
                    <StateGlyph state={process.state} />
                    {t(`config.process.${process.state}`)}
                  </span>
                </td>
                <td className="number numeric wide-only">{formatAge(process.ageSeconds)}</td>
                <td className="number numeric wide-only">{process.restarts}</td>
                <td>
                  <Group gap={4} justify="flex-end" wrap="nowrap">
                    <Button
                      size="compact-sm"
                      variant="subtle"
                      leftSection={<IconFileText size={16} aria-hidden />}
                      aria-label={t('config.logOf', { name: process.name })}
                      onClick={() => setLog(process.name)}
                    >
                      {t('config.log')}
                    </Button>
                    <Button
                      size="compact-sm"
                      variant="subtle"
                      leftSection={<IconRefresh size={16} aria-hidden />}
                      aria-label={t('config.restartOf', { name: process.name })}
                      onClick={() => setRestarting(process.name)}
                    >
                      {t('config.restart')}
                    </Button>
                  </Group>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {log !== null && <LogCard name={log} onClose={() => setLog(null)} />}
      <ConfirmDialog
        opened={restarting !== null}
        title={t('config.restartOf', { name: restarting ?? '' })}
        confirm={t('config.restart')}
        onConfirm={async () => {
          if (restarting === null) return
          await call('POST /api/services/:name/restart', { params: { name: restarting } })
          tellDone(t('config.restarted', { name: restarting }))
        }}
        onClose={() => setRestarting(null)}
      >
        {t('config.restartText')}
      </ConfirmDialog>
    </>
  )
}

const DUTIES: Readonly<Record<string, PlainKey>> = {
  alarm: 'service.alarm',
  notify: 'service.notify',
  inbound: 'service.inbound',
  keeper: 'service.keeper',
  api: 'service.api',
  demo: 'service.demo',
  broker: 'service.broker',
}

/** What a process is there for. */
function Duty({ process }: { process: string }): ReactNode {
  const t = useT()
  const say = useSchemaWords()
  const protocols = useQuery(protocolsQuery)
  const duty = DUTIES[process]
  if (duty !== undefined) return t(duty)
  if (!process.startsWith('driver-')) return null
  const protocol = process.slice('driver-'.length)
  const title = protocols.data?.find((one) => one.protocol === protocol)?.title ?? protocol
  return t('service.driver', { protocol: say(title) })
}

function StateGlyph({ state }: { state: State }): ReactNode {
  if (state === 'running') return <IconCircleCheck size={16} color="var(--ok)" aria-hidden />
  return <SeverityGlyph shape={state === 'starting' ? 'info' : 'critical'} size={16} />
}

function LogCard({ name, onClose }: { name: string; onClose: () => void }): ReactNode {
  const t = useT()
  const query = useQuery({
    queryKey: ['log', name],
    queryFn: async ({ signal }) => await call('GET /api/services/:name/log', { params: { name }, query: { lines: 200 } }, signal),
    refetchInterval: 5000,
  })
  return (
    <section className="card" aria-label={t('config.logOf', { name })}>
      <div className="card-head spread">
        <h2>{t('config.logOf', { name })}</h2>
        <Button size="compact-sm" variant="default" onClick={onClose}>
          {t('action.close')}
        </Button>
      </div>
      <ErrorNote error={query.error} retry={() => void query.refetch()} />
      <textarea
        className="log-lines"
        readOnly
        rows={20}
        aria-label={t('config.logOf', { name })}
        value={(query.data?.lines ?? []).join('\n')}
      />
    </section>
  )
}
