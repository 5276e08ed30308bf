import { Button, Tabs } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { call } from '../../../api/client.ts'
import { useT } from '../../../i18n/language.ts'
import { useSession } from '../../../session.tsx'
import { EmptyState } from '../../../widgets/empty-state.tsx'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { EventText } from '../../../widgets/event-text.tsx'
import { Instant } from '../../../widgets/instant.tsx'
import { PageHead } from '../../../widgets/page-head.tsx'
import { SeverityChip } from '../../../widgets/severity-mark.tsx'
import { Crumbs } from '../crumbs.tsx'
import { Audit } from './audit.tsx'
import '../configure.css'

/** What people changed, and what the system itself noticed. */
export function RecordsPage(): ReactNode {
  const t = useT()
  const { may } = useSession()
  return (
    <>
      <Crumbs />
      <PageHead title={t('config.records')} />
      <Tabs defaultValue="events" keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="events">{t('config.events')}</Tabs.Tab>
          {may('administrator') && <Tabs.Tab value="audit">{t('config.audit')}</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="events" pt="sm">
          <Events />
        </Tabs.Panel>
        {may('administrator') && (
          <Tabs.Panel value="audit" pt="sm">
            <Audit />
          </Tabs.Panel>
        )}
      </Tabs>
    </>
  )
}

function Events(): ReactNode {
  const t = useT()
  const { device } = useSession()
  const query = useInfiniteQuery({
    queryKey: ['events'],
    queryFn: async ({ pageParam, signal }) => await call('GET /api/events', { query: { limit: 50, cursor: pageParam } }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.cursor ?? undefined,
  })
  const events = query.data?.pages.flatMap((page) => page.events) ?? []
  return (
    <div className="card">
      <ErrorNote error={query.error} retry={() => void query.refetch()} />
      {query.data !== undefined && events.length === 0 && <EmptyState title={t('config.noEvents')} />}
      {events.length > 0 && (
        <div className="table-wrap">
          <table className="grid">
            <thead>
              <tr>
                <th scope="col">{t('config.when')}</th>
                <th scope="col">{t('config.severity')}</th>
                <th scope="col">{t('config.what')}</th>
              </tr>
            </thead>
            <tbody>
              {events.map((event) => (
                <tr key={event.id}>
                  <td className="numeric">
                    <Instant at={event.at} />
                  </td>
                  <td>
                    <SeverityChip severity={event.severity} />
                  </td>
                  <td>
                    {event.deviceId !== null && <strong>{device(event.deviceId)?.code} </strong>}
                    <EventText code={event.code} detail={event.detail} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {query.hasNextPage && (
        <Button variant="default" fullWidth onClick={() => void query.fetchNextPage()}>
          {t('action.loadMore')}
        </Button>
      )}
    </div>
  )
}
