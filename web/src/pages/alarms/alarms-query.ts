import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { call } from '../../api/client.ts'
import type { AlarmsSearch } from '../searches.ts'

const PAGE = 200

/** Alarms as the filters of the console say, page by page. The stream invalidates everything below `alarms`. */
export function alarmsQuery(search: AlarmsSearch) {
  return infiniteQueryOptions({
    queryKey: ['alarms', search.state ?? 'active', search.severity, search.device, search.text],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      call(
        'GET /api/alarms',
        {
          query: {
            state: search.state === 'shelved' ? 'suppressed' : (search.state ?? 'active'),
            severity: search.severity,
            deviceId: search.device,
            text: search.text,
            limit: PAGE,
            ...(pageParam === '' ? {} : { cursor: pageParam }),
          },
        },
        signal,
      ),
    getNextPageParam: (last) => last.cursor ?? undefined,
    // The stream tells of changes; this is for the minute in which it is down.
    refetchInterval: 30_000,
  })
}

export function alarmQuery(id: number) {
  return queryOptions({
    queryKey: ['alarm', id],
    queryFn: ({ signal }) => call('GET /api/alarms/:id', { params: { id } }, signal),
    refetchInterval: 15_000,
  })
}
