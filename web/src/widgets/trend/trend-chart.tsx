import { useResizeObserver } from '@mantine/hooks'
import { type ReactNode, useEffect, useRef } from 'react'
import UPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import './trend.css'
import { formatInstant } from '../../format/instants.ts'
import { formatNumber } from '../../format/numbers.ts'
import { useT } from '../../i18n/language.ts'
import { useScheme } from '../../scheme.ts'
import { useSession } from '../../session.tsx'
import type { Series } from './samples.ts'

/** Pixels that the longest label of an axis takes, with its tick: digits of the font at 12 px are 7.5 wide. */
function roomFor(_chart: UPlot, labels: readonly string[] | null): number {
  return 24 + Math.ceil(7.5 * Math.max(4, ...(labels ?? []).map((label) => label.length)))
}

interface Props {
  readonly series: Series
  readonly label: string
  readonly unit: string
  readonly decimals: number
  /** Seconds since 1970. */
  readonly from: number
  readonly to: number
  /** Drawn as a dashed line, e.g. the limit of an alarm. */
  readonly limit?: number | null
  readonly height?: number
}

/** A trend on canvas. Loaded only by pages that draw one. */
export function TrendChart({ series, label, unit, decimals, from, to, limit = null, height = 240 }: Props): ReactNode {
  const t = useT()
  const { locale, timeZone } = useSession()
  const scheme = useScheme()
  const [frame, rect] = useResizeObserver<HTMLDivElement>()
  const holder = useRef<HTMLElement>(null)
  const width = Math.floor(rect.width)
  useEffect(() => {
    const node = holder.current
    if (node === null || width < 50) return
    const css = getComputedStyle(node)
    const colour = (name: string): string => css.getPropertyValue(name)
    const time = (seconds: number): string => formatInstant(seconds * 1_000_000, 'time', locale, timeZone)
    const axis = {
      stroke: colour('--muted'),
      grid: { stroke: colour('--border'), width: 1 },
      ticks: { stroke: colour('--border') },
      font: '12px Inter Variable',
    }
    const times = [...series.times]
    const limits: (number | null)[] = times.map(() => limit)
    const lines: UPlot.Series[] = [
      { label: t('messages.time'), value: (_chart, at) => (at === null ? '–' : time(at)) },
      {
        label: unit === '' ? label : `${label} (${unit})`,
        stroke: colour('--series-1'),
        width: 1.5,
        points: { show: times.length < 40 },
        ...(series.interpolation === 'stepped' && UPlot.paths.stepped !== undefined ? { paths: UPlot.paths.stepped({ align: 1 }) } : {}),
        value: (_chart, value) => (value === null ? '–' : formatNumber(value, decimals, locale)),
      },
    ]
    if (limit !== null)
      lines.push({ label: t('alarm.limit'), stroke: colour('--critical'), width: 1, dash: [6, 4], points: { show: false } })
    const chart = new UPlot(
      {
        width,
        height,
        series: lines,
        legend: { show: true, live: true },
        cursor: { drag: { x: true, y: false } },
        scales: { x: { min: from, max: to } },
        axes: [
          { ...axis, values: (_chart, splits) => splits.map((at) => time(at).slice(0, 5)) },
          { ...axis, size: roomFor, values: (_chart, splits) => splits.map((value) => formatNumber(value, Math.min(decimals, 3), locale)) },
        ],
      },
      limit === null ? [times, [...series.values]] : [times, [...series.values], limits],
      node,
    )
    return () => chart.destroy()
  }, [series, label, unit, decimals, from, to, limit, height, width, locale, timeZone, scheme, t])
  return (
    <div ref={frame} style={{ minHeight: height + 30 }}>
      <figure ref={holder} aria-label={label} style={{ margin: 0 }} />
    </div>
  )
}
