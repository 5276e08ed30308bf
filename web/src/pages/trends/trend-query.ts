import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Metric } from '#calc/metric.ts'
import { call, type CallReply } from '../../api/client.ts'
import type { Tag } from '../../api/replies.ts'
import { wallClockBefore } from '../../format/local-time.ts'
import { periodOf, SPANS, type BucketChoice, type TrendsSearch } from './trends-search.ts'

export type TrendReply = CallReply<'GET /api/trend'>

export interface TrendQuestion {
  readonly tagIds: readonly number[]
  readonly search: TrendsSearch
  readonly bucket: BucketChoice
  readonly metric: Metric
  /** How many there is room for. */
  readonly points: number
  readonly timeZone: string
  /** Of the server, in seconds since 1970. */
  readonly now: () => number
}

/** Tags over the period of the page, which moves on while it ends now. With `earlier`, over the one before that it is compared with. */
export function trendQuery({ tagIds, search, bucket, metric, points, timeZone, now }: TrendQuestion, earlier: boolean) {
  const compare = earlier ? search.compare : undefined
  const every = refreshMillis(search)
  return queryOptions({
    queryKey: ['trend', tagIds, search.span, search.from, search.to, compare, bucket, metric, points, timeZone],
    queryFn: async ({ signal }) => {
      const period = periodOf(search, now())
      // the same hour of the wall clock, by that of the period's end
      const shift = compare === undefined ? 0 : period.to - wallClockBefore(period.to, compare, timeZone)
      const [from, to] = [period.from - shift, period.to - shift].map((seconds) => Math.round(seconds * 1_000_000))
      const query = { tags: tagIds.join(','), from, to, bucket, metric, points, timeZone }
      return { reply: await call('GET /api/trend', { query }, signal), period, shift }
    },
    enabled: tagIds.length > 0 && (!earlier || compare !== undefined),
    placeholderData: keepPreviousData,
    refetchInterval: every,
    staleTime: every === false ? 60_000 : every,
  })
}

/** A period that stands still is asked for once; one that is pushed, to have what was thinned out or came late. */
function refreshMillis(search: TrendsSearch): number | false {
  if (search.from !== undefined) return false
  if (search.refresh !== undefined) return search.refresh === '5s' ? 5_000 : 10_000
  const seconds = SPANS[search.span ?? '8h']
  return seconds <= 3600 ? 5_000 : seconds <= 86_400 ? 10_000 : 60_000
}

/** What a bucket of such a tag is usually told by: how much a counter rose, how a state ended, the average of the rest. */
export function usualMetric(tags: readonly Tag[]): Metric {
  if (tags.length > 0 && tags.every((tag) => tag.kind === 'counter')) return 'rise'
  if (tags.length > 0 && tags.every((tag) => tag.kind === 'digital')) return 'last'
  return 'average'
}
