import { queryOptions } from '@tanstack/react-query'
import type { Micros } from '#base/time.ts'
import type { Interpolation } from '#domain/interpolation.ts'
import { severityOf, QualitySeverity } from '#domain/sample.ts'
import { call } from '../../api/client.ts'
import type { Value } from '../../api/replies.ts'

/** Seconds since 1970 and the value there; null is a gap: bad quality or no number. */
export interface Series {
  readonly times: readonly number[]
  readonly values: readonly (number | null)[]
  readonly truncated: boolean
  /** What it was when the period began, where that is known. */
  readonly held: number | null
  /** How it goes on from one sample to the next. */
  readonly interpolation: Interpolation
}

const PAGE = 20_000
const MOST_PAGES = 6

/** @returns numbers for a chart: digital values are 0 and 1, bad ones gaps. */
export function seriesOf(
  samples: readonly (readonly [Micros, Value, number])[],
  { interpolation, held, truncated }: Pick<Series, 'interpolation' | 'held' | 'truncated'>,
): Series {
  return {
    times: samples.map(([at]) => at / 1_000_000),
    values: samples.map(([, value, quality]) => (severityOf(quality) === QualitySeverity.Bad ? null : numberOf(value))),
    truncated,
    held,
    interpolation,
  }
}

function numberOf(value: Value): number | null {
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value === null || value === '') return null
  const number = Number(value)
  return Number.isFinite(number) ? number : null
}

/** Stored samples of a tag between two instants, all pages of them. */
async function fetchSeries(id: number, from: Micros, to: Micros, signal: AbortSignal): Promise<Series> {
  const samples: (readonly [Micros, Value, number])[] = []
  let start = from
  let interpolation: Interpolation = 'stepped'
  let held: number | null = null
  for (let page = 0; page < MOST_PAGES; page++) {
    const reply = await call(
      'GET /api/tags/:id/samples',
      { params: { id }, query: { from: start, to, limit: PAGE, ...(page === 0 ? { held: 'true' } : {}) } },
      signal,
    )
    samples.push(...reply.samples)
    interpolation = reply.interpolation
    if (page === 0) held = reply.held
    const last = reply.samples.at(-1)
    if (!reply.truncated || last === undefined) return seriesOf(samples, { interpolation, held, truncated: false })
    start = last[0] + 1
  }
  return seriesOf(samples, { interpolation, held, truncated: true })
}

/** The last `seconds` up to now, fetched again while it is looked at. */
export function recentSeries(tagId: number, seconds: number, now: () => Micros, everyMillis: number) {
  return queryOptions({
    queryKey: ['samples', tagId, seconds],
    queryFn: ({ signal }) => {
      const to = now()
      return fetchSeries(tagId, to - seconds * 1_000_000, to, signal)
    },
    refetchInterval: everyMillis,
    staleTime: everyMillis,
  })
}

/** A window that stands still, e.g. around an alarm. */
export function windowSeries(tagId: number, from: Micros, to: Micros) {
  return queryOptions({
    queryKey: ['samples', tagId, 'window', from, to],
    queryFn: ({ signal }) => fetchSeries(tagId, from, to, signal),
  })
}
