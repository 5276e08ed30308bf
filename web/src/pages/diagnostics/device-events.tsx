import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { call } from '../../api/client.ts'
import { useT } from '../../i18n/language.ts'
import { EmptyState } from '../../widgets/empty-state.tsx'
import { ErrorNote } from '../../widgets/error-note.tsx'
import { EventText } from '../../widgets/event-text.tsx'
import { Instant } from '../../widgets/instant.tsx'
import { SeverityChip } from '../../widgets/severity-mark.tsx'

/** What the system noticed of one device, newest first. */
export function DeviceEvents({ deviceId }: { deviceId: number }): ReactNode {
  const t = useT()
  const query = useInfiniteQuery({
    queryKey: ['events', deviceId],
    queryFn: async ({ pageParam, signal }) => await call('GET /api/events', { query: { deviceId, limit: 50, cursor: pageParam } }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.cursor ?? undefined,
    refetchInterval: 10_000,
  })
  const events = query.data?.pages.flatMap((page) => page.events) ?? []
  return (
    <div className="card">
      <ErrorNote error={query.error} retry={() => void query.refetch()} />
      {query.data !== undefined && events.length === 0 && <EmptyState title={t('diag.noEvents')} />}
      {events.length > 0 && (
        <ol className="plain-list diag-events">
          {events.map((event) => (
            <li key={event.id}>
              <Instant at={event.at} />
              <SeverityChip severity={event.severity} />
              <EventText code={event.code} detail={event.detail} />
            </li>
          ))}
        </ol>
      )}
      {query.hasNextPage && (
        <Button variant="default" fullWidth onClick={() => void query.fetchNextPage()}>
          {t('action.loadMore')}
        </Button>
      )}
    </div>
  )
}
