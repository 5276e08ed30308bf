import { useResizeObserver } from '@mantine/hooks'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import UPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { Band } from '#calc/curve-verdict.ts'
import type { CurvePoint } from '#domain/alarm.ts'
import { axisDecimals } from '../../format/axis-decimals.ts'
import { formatNumber } from '../../format/numbers.ts'
import { useT } from '../../i18n/language.ts'
import { useScheme } from '../../scheme.ts'
import { useSession } from '../../session.tsx'
import '../trend/trend.css'
import './curve-chart.css'
import type { Bounds, Plot } from './curve-bounds.ts'
import { CurveHandles } from './curve-handles.tsx'
import { drawBand, drawNow, drawPoints, type Points } from './draw-curve.ts'

interface Props {
  readonly label: string
  readonly xLabel: string
  readonly yLabel: string
  readonly bounds: Bounds
  /** Null while there are not two points. */
  readonly band: Band | null
  readonly measured: Points | null
  /** Where it stands now. */
  readonly now?: CurvePoint | null
  readonly height: number
  /** Left out: nothing can be moved. */
  readonly onPoints?: ((points: readonly CurvePoint[]) => void) | undefined
}

function placeOf({ bbox }: UPlot): Plot {
  const scale = devicePixelRatio
  return { left: bbox.left / scale, top: bbox.top / scale, width: bbox.width / scale, height: bbox.height / scale }
}

/** An operating curve with its band over measured points; its points are moved by mouse, finger and keys. */
export function CurveChart({ label, xLabel, yLabel, bounds, band, measured, now = null, height, onPoints }: Props): ReactNode {
  const t = useT()
  const { locale } = useSession()
  const scheme = useScheme()
  const [frame, rect] = useResizeObserver<HTMLDivElement>()
  const holder = useRef<HTMLElement>(null)
  const chart = useRef<UPlot | null>(null)
  const [plot, setPlot] = useState<Plot | null>(null)
  const width = Math.floor(rect.width)
  const word = t('curves.now')
  const shown = useRef({ band, measured, now, word })
  useEffect(() => {
    shown.current = { band, measured, now, word }
    chart.current?.redraw(false)
  }, [band, measured, now, word])

  useEffect(() => {
    const node = holder.current
    if (node === null || width < 50) return
    const css = getComputedStyle(node)
    const colour = (name: string): string => css.getPropertyValue(name)
    const axis = (text: string): UPlot.Axis => ({
      stroke: colour('--muted'),
      grid: { stroke: colour('--border'), width: 1 },
      ticks: { stroke: colour('--border') },
      font: '12px Inter Variable',
      label: text,
      labelFont: '600 12px Inter Variable',
      labelSize: 22,
      values: (_chart, splits) => splits.map((value) => formatNumber(value, axisDecimals(splits), locale)),
    })
    const made = new UPlot(
      {
        width,
        height,
        series: [{}, { show: true, points: { show: false } }],
        legend: { show: false },
        cursor: { drag: { x: false, y: false }, points: { show: false } },
        scales: {
          x: { time: false, range: () => [bounds.x[0], bounds.x[1]] },
          y: { range: () => [bounds.y[0], bounds.y[1]] },
        },
        axes: [axis(xLabel), { ...axis(yLabel), size: 56 }],
        hooks: {
          draw: [
            (self) => {
              const place = placeOf(self)
              setPlot((old) => (old !== null && JSON.stringify(old) === JSON.stringify(place) ? old : place))
              const { band: line, measured: points, now: here, word: text } = shown.current
              if (line !== null) drawBand(self, line, colour)
              if (points !== null) drawPoints(self, points, line, colour)
              if (here !== null) drawNow(self, here, text, colour)
            },
          ],
        },
      },
      [
        [bounds.x[0], bounds.x[1]],
        [null, null],
      ],
      node,
    )
    chart.current = made
    return () => {
      chart.current = null
      made.destroy()
    }
  }, [bounds, xLabel, yLabel, width, height, locale, scheme])

  return (
    <div ref={frame} className="curve-chart" style={{ minHeight: height }}>
      <figure ref={holder} aria-label={label} />
      {plot !== null && band !== null && onPoints !== undefined && (
        <CurveHandles plot={plot} bounds={bounds} points={band.points} onPoints={onPoints} />
      )}
    </div>
  )
}
