import { lazy, type ReactNode, Suspense, useMemo } from 'react'
import { useT } from '../../i18n/language.ts'
import { useDeviceKnown } from '../../live/hooks.ts'
import { live } from '../../live.ts'
import { ErrorNote } from '../error-note.tsx'
import { heldOver } from './held-over.ts'
import type { Series } from './samples.ts'

const TrendChart = lazy(async () => ({ default: (await import('./trend-chart.tsx')).TrendChart }))

interface Props {
  readonly query: { readonly data: Series | undefined; readonly error: Error | null }
  readonly label: string
  readonly unit: string
  readonly decimals: number
  readonly from: number
  readonly to: number
  /** Whose tag it is: what it told last holds until it was heard last. */
  readonly deviceId: number
  readonly limit?: number | null
  readonly height?: number
}

/** A trend with everything around it: waiting, nothing stored, an error. */
export function Trend({ query, deviceId, ...chart }: Props): ReactNode {
  const t = useT()
  const { data } = query
  const { from, to } = chart
  const known = useDeviceKnown(deviceId)
  // with each answer, not each second
  const series = useMemo(() => {
    const told = known ? (live.device(deviceId)?.newest ?? 0) / 1_000_000 : 0
    return data === undefined ? undefined : heldOver(data, from, Math.min(to, told))
  }, [data, deviceId, known, from, to])
  const height = (chart.height ?? 240) + 30
  const waiting = <div style={{ minHeight: height }} className="skeleton" />
  if (query.error !== null && series === undefined) return <ErrorNote error={query.error} />
  if (series === undefined) return waiting
  if (series.times.length === 0) return <p className="muted">{t('trend.none')}</p>
  return (
    <>
      {series.truncated && <p className="meta">{t('trend.truncated')}</p>}
      <Suspense fallback={waiting}>
        <TrendChart series={series} {...chart} />
      </Suspense>
    </>
  )
}
