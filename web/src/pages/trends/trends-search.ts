import { METRICS, type Metric } from '#calc/metric.ts'

/** Usual periods that end now, with their seconds. */
export const SPANS = { '15m': 900, '1h': 3600, '8h': 28_800, '24h': 86_400, '7d': 604_800, '30d': 2_592_000, '1y': 31_557_600 } as const
export type Span = keyof typeof SPANS
export const SPAN_NAMES = ['15m', '1h', '8h', '24h', '7d', '30d', '1y'] as const satisfies readonly Span[]

/** Periods before, to compare with. */
export const EARLIER_NAMES = ['day', 'week', 'year'] as const
export type Earlier = (typeof EARLIER_NAMES)[number]

export const BUCKETS = ['auto', 'raw', '1 minute', '5 minute', '15 minute', '1 hour', '1 day', '1 week', '1 month'] as const
export type BucketChoice = (typeof BUCKETS)[number]

/** How a period that ends now moves on: with each value that comes, or asked for anew so often. */
export const REFRESHES = ['push', '5s', '10s'] as const
export type Refresh = (typeof REFRESHES)[number]

export const MOST_PENS = 8

/** What the address of the trend explorer says: all of it, so that a view can be sent to a colleague. */
export interface TrendsSearch {
  readonly tags?: readonly number[] | undefined
  /** A period that ends now; 8 hours when left out. */
  readonly span?: Span | undefined
  /** A period that stands still, in seconds since 1970; wins over `span`. */
  readonly from?: number | undefined
  readonly to?: number | undefined
  readonly bucket?: BucketChoice | undefined
  readonly metric?: Metric | undefined
  readonly compare?: Earlier | undefined
  /** By the length of the period when left out. */
  readonly refresh?: Refresh | undefined
  /** The figures as a table instead of the chart. */
  readonly table?: true | undefined
}

export function trendsSearch(search: Record<string, unknown>): TrendsSearch {
  const tags = Array.isArray(search['tags']) ? search['tags'].filter((id) => Number.isInteger(id) && id > 0).slice(0, MOST_PENS) : []
  const [from, to] = [search['from'], search['to']]
  const span = SPAN_NAMES.find((name) => name === search['span'])
  const bucket = BUCKETS.find((name) => name === search['bucket'])
  const metric = METRICS.find((name) => name === search['metric'])
  const refresh = REFRESHES.find((name) => name === search['refresh'])
  const compare = EARLIER_NAMES.find((name) => name === search['compare'])
  return {
    ...(tags.length === 0 ? {} : { tags: tags as number[] }),
    ...(span === undefined ? {} : { span }),
    ...(typeof from === 'number' && typeof to === 'number' && to > from ? { from, to } : {}),
    ...(bucket === undefined || bucket === 'auto' ? {} : { bucket }),
    ...(metric === undefined ? {} : { metric }),
    ...(compare === undefined ? {} : { compare }),
    ...(refresh === undefined ? {} : { refresh }),
    ...(search['table'] === true ? { table: true as const } : {}),
  }
}

/** The period in seconds since 1970. @param now seconds */
export function periodOf(search: TrendsSearch, now: number): { from: number; to: number; live: boolean } {
  if (search.from !== undefined && search.to !== undefined) return { from: search.from, to: search.to, live: false }
  return { from: now - SPANS[search.span ?? '8h'], to: now, live: true }
}
