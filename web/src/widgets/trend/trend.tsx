import { lazy, type ReactNode, Suspense } from 'react'
import { useT } from '../../i18n/language.ts'
import { ErrorNote } from '../error-note.tsx'
import type { Series } from './samples.ts'

const TrendChart = lazy(async () => ({ default: (await import('./trend-chart.tsx')).TrendChart }))

interface Props {
  readonly query: { readonly data: Series | undefined; readonly error: Error | null }
  readonly label: string
  readonly unit: string
  readonly decimals: number
  readonly from: number
  readonly to: number
  readonly limit?: number | null
  readonly height?: number
}

/** A trend with everything around it: waiting, nothing stored, an error. */
export function Trend({ query, ...chart }: Props): ReactNode {
  const t = useT()
  const height = (chart.height ?? 240) + 30
  const waiting = <div style={{ minHeight: height }} className="skeleton" />
  if (query.error !== null && query.data === undefined) return <ErrorNote error={query.error} />
  if (query.data === undefined) return waiting
  if (query.data.times.length === 0) return <p className="muted">{t('trend.none')}</p>
  return (
    <>
      {query.data.truncated && <p className="meta">{t('trend.truncated')}</p>}
      <Suspense fallback={waiting}>
        <TrendChart series={query.data} {...chart} />
      </Suspense>
    </>
  )
}
