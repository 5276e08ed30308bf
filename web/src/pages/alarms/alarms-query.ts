import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { call, type CallReply } from '../../api/client.ts'
import { live } from '../../live.ts'
import type { AlarmPeriod, AlarmsSearch } from '../searches.ts'

/** One occurrence with all that is known of it. */
export type Occurrence = CallReply<'GET /api/alarms/:id'>

const PAGE = 200

/** Alarms as the filters of the console say, page by page. The stream invalidates everything below `alarms`. */
export function alarmsQuery(search: AlarmsSearch) {
  return infiniteQueryOptions({
    queryKey: ['alarms', search.state ?? 'active', filterOf(search, 0)],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      call(
        'GET /api/alarms',
        {
          query: {
            state: search.state === 'shelved' ? 'suppressed' : (search.state ?? 'active'),
            ...filterOf(search, live.now()),
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

const HOUR = 3_600_000_000
const PERIODS: Readonly<Record<AlarmPeriod, number>> = {
  '1h': HOUR,
  '8h': 8 * HOUR,
  '24h': 24 * HOUR,
  '7d': 7 * 24 * HOUR,
  '30d': 30 * 24 * HOUR,
  '1y': 365 * 24 * HOUR,
}

/** The filters of the address as the server takes them. @param now what a period ends with; it begins at a whole minute */
export function filterOf({ severity, device, text, category, is, period }: AlarmsSearch, now: number) {
  const from = period === undefined ? undefined : Math.floor((now - PERIODS[period]) / 60_000_000) * 60_000_000
  return { severity, deviceId: device, text, category, is, from }
}

export function alarmQuery(id: number) {
  return queryOptions({
    queryKey: ['alarm', id],
    queryFn: ({ signal }) => call('GET /api/alarms/:id', { params: { id } }, signal),
    refetchInterval: 15_000,
  })
}
