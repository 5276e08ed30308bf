import { useResizeObserver } from '@mantine/hooks'
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef } from 'react'
import UPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { formatInstant } from '../../format/instants.ts'
import { formatNumber } from '../../format/numbers.ts'
import { useSession } from '../../session.tsx'
import { alignPens, type Pen } from './pens.ts'

export interface ChartHandle {
  /** The chart as it is drawn, as a PNG. */
  readonly picture: () => Promise<Blob | null>
}

interface Props {
  readonly pens: readonly Pen[]
  /** Seconds since 1970. */
  readonly from: number
  readonly to: number
  readonly label: string
  /** Horizontal lines: limits of rules. */
  readonly limits: readonly { readonly value: number; readonly unit: string; readonly severity: 'info' | 'warning' | 'critical' }[]
  /** Times in which an alarm stood. */
  readonly alarms: readonly { readonly from: number; readonly to: number; readonly severity: 'info' | 'warning' | 'critical' }[]
  /** Where the cursor stands, and what the lines say there, in words. */
  readonly cursor: number | null
  readonly cursorText: string
  readonly onCursor: (at: number | null) => void
  readonly onPeriod: (from: number, to: number) => void
  readonly onHandle: (handle: ChartHandle | null) => void
  readonly height: number
}

const DASHES: readonly number[][] = [[], [7, 4], [2, 3], [10, 3, 2, 3], [4, 2], [12, 4], [1, 3], [6, 2, 2, 2]]
/** More bands than these hide one another. */
const MOST_BANDS = 3

/** Lines over time on a canvas: drag to look closer, arrows to move the cursor, plus and minus to zoom, page keys to move on. */
export function PensChart(props: Props): ReactNode {
  const { pens, from, to, label, limits, alarms, cursor, cursorText, onCursor, onPeriod, onHandle, height } = props
  const { locale, timeZone } = useSession()
  const [frame, rect] = useResizeObserver<HTMLDivElement>()
  const holder = useRef<HTMLDivElement>(null)
  const chart = useRef<UPlot | null>(null)
  const told = useRef({ onCursor, onPeriod })
  useEffect(() => void (told.current = { onCursor, onPeriod }), [onCursor, onPeriod])
  const width = Math.floor(rect.width)
  const { times, lines } = useMemo(() => alignPens(pens), [pens])

  useEffect(() => {
    const node = holder.current
    if (node === null || width < 50) return
    const made = new UPlot(
      optionsOf({ pens, from, to, limits, alarms, width, height, locale, timeZone, node, told }),
      dataOf(pens, times, lines),
      node,
    )
    chart.current = made
    onHandle({ picture: async () => await pictureOf(made) })
    return () => {
      chart.current = null
      onHandle(null)
      made.destroy()
    }
  }, [pens, times, lines, from, to, limits, alarms, width, height, locale, timeZone, onHandle])

  const onKeyDown = (event: KeyboardEvent): void => {
    const span = to - from
    const move = (share: number): void => onPeriod(from + span * share, to + span * share)
    const zoom = (factor: number): void => {
      const middle = (from + to) / 2
      onPeriod(middle - (span * factor) / 2, middle + (span * factor) / 2)
    }
    const actions: Record<string, (() => void) | undefined> = {
      '+': () => zoom(0.5),
      '=': () => zoom(0.5),
      '-': () => zoom(2),
      PageUp: () => move(-0.5),
      PageDown: () => move(0.5),
    }
    const action = actions[event.key]
    if (action === undefined) return
    event.preventDefault()
    action()
  }
  return (
    <div ref={frame} style={{ minHeight: height }}>
      <div className="pens-chart">
        {/* the cursor as a slider over time: one can walk through the chart without seeing it */}
        <input
          type="range"
          className="visually-hidden"
          aria-label={label}
          aria-valuetext={cursorText}
          min={0}
          max={Math.max(0, times.length - 1)}
          value={cursor === null ? times.length - 1 : Math.max(0, times.indexOf(cursor))}
          onChange={(event) => moveTo(chart.current, Number(event.currentTarget.value))}
          onKeyDown={onKeyDown}
        />
        <div ref={holder} />
      </div>
    </div>
  )
}

function moveTo(chart: UPlot | null, index: number): void {
  const at = chart?.data[0][index]
  if (chart !== null && at !== undefined) chart.setCursor({ left: chart.valToPos(at, 'x'), top: chart.over.clientHeight / 2 })
}

interface Drawing extends Pick<Props, 'pens' | 'from' | 'to' | 'limits' | 'alarms' | 'height'> {
  readonly width: number
  readonly locale: string
  readonly timeZone: string
  readonly node: HTMLElement
  readonly told: { readonly current: Pick<Props, 'onCursor' | 'onPeriod'> }
}

function optionsOf({ pens, from, to, limits, alarms, width, height, locale, timeZone, node, told }: Drawing): UPlot.Options {
  const css = getComputedStyle(node)
  const colour = (name: string): string => css.getPropertyValue(name)
  const axis = {
    stroke: colour('--muted'),
    grid: { stroke: colour('--border'), width: 1 },
    ticks: { stroke: colour('--border') },
    font: '12px Inter Variable',
  }
  const units = [...new Set(pens.map((pen) => pen.tag.unit))].slice(0, 2)
  const scaleOf = (pen: Pen): string => `y${Math.max(0, units.indexOf(pen.tag.unit))}`
  const lines = pens.map((pen): UPlot.Series => {
    const stroke = colour(`--series-${((pen.look - 1) % 8) + 1}`)
    return {
      label: pen.label,
      scale: scaleOf(pen),
      stroke: pen.earlier ? `color-mix(in srgb, ${stroke} 45%, transparent)` : stroke,
      width: pen.earlier ? 1 : 1.5,
      dash: DASHES[(pen.look - 1) % DASHES.length] ?? [],
      points: { show: pen.times.length < 40, size: 5 },
      ...(pen.tag.kind === 'digital' && UPlot.paths.stepped !== undefined ? { paths: UPlot.paths.stepped({ align: 1 }) } : {}),
    }
  })
  const banded = bandedOf(pens)
  const edges = banded.flatMap((pen) =>
    [1, 2].map((): UPlot.Series => ({ scale: scaleOf(pen), stroke: 'transparent', width: 0, points: { show: false } })),
  )
  const time = (seconds: number, style: 'time' | 'date'): string => formatInstant(seconds * 1_000_000, style, locale, timeZone)
  return {
    width,
    height,
    series: [{}, ...lines, ...edges],
    bands: banded.map((pen, index) => {
      const first = 1 + lines.length + index * 2
      return { series: [first + 1, first], fill: `color-mix(in srgb, ${colour(`--series-${((pen.look - 1) % 8) + 1}`)} 14%, transparent)` }
    }),
    legend: { show: false },
    cursor: { drag: { x: true, y: false, setScale: false }, points: { size: 7 } },
    scales: { x: { time: true, min: from, max: to }, ...Object.fromEntries(units.map((_, index) => [`y${index}`, {}])) },
    tzDate: (seconds) => UPlot.tzDate(new Date(seconds * 1000), timeZone),
    axes: [
      {
        ...axis,
        values: (_chart, splits) => {
          const daily = (splits[1] ?? 0) - (splits[0] ?? 0) >= 86_400
          return splits.map((at, index) => {
            const day = time(at, 'date').replace(/ \d{4}$/, '')
            if (daily) return day
            const before = splits[index - 1]
            const clock = time(at, 'time')
            const short = (splits[1] ?? 0) - (splits[0] ?? 0) < 60 ? clock : clock.slice(0, 5)
            return before === undefined || time(before, 'date') !== time(at, 'date') ? `${short}\n${day}` : short
          })
        },
      },
      ...units.map((unit, index): UPlot.Axis => ({
        ...axis,
        scale: `y${index}`,
        side: index === 0 ? 3 : 1,
        label: unit,
        labelFont: '600 12px Inter Variable',
        labelSize: unit === '' ? 0 : 20,
        size: 52,
        grid: { ...axis.grid, show: index === 0 },
        values: (_chart, splits) => splits.map((value) => formatNumber(value, decimalsOf(splits), locale)),
      })),
    ],
    hooks: {
      drawClear: [(chart) => shadeAlarms(chart, alarms, (severity) => colour(`--${severity}`))],
      draw: [(chart) => drawLimits(chart, limits, units, (severity) => colour(`--${severity}`))],
      setCursor: [
        (chart) => told.current.onCursor(typeof chart.cursor.idx !== 'number' ? null : (chart.data[0][chart.cursor.idx] ?? null)),
      ],
      setSelect: [
        (chart) => {
          if (chart.select.width < 4) return
          told.current.onPeriod(chart.posToVal(chart.select.left, 'x'), chart.posToVal(chart.select.left + chart.select.width, 'x'))
        },
      ],
    },
  }
}

function decimalsOf(splits: readonly number[]): number {
  const gap = Math.abs((splits[1] ?? 1) - (splits[0] ?? 0))
  return gap >= 1 || gap === 0 ? 0 : Math.min(4, Math.ceil(-Math.log10(gap)))
}

function bandedOf(pens: readonly Pen[]): readonly Pen[] {
  const wide = pens.filter((pen) => !pen.earlier && pen.minimum.length > 0)
  return wide.length > MOST_BANDS ? [] : wide
}

function dataOf(pens: readonly Pen[], times: readonly number[], lines: readonly (number | null | undefined)[][]): UPlot.AlignedData {
  const edges = bandedOf(pens).flatMap((pen) => {
    const [low, high] = alignPens([
      { ...pen, values: pen.minimum },
      { ...pen, values: pen.maximum },
    ]).lines
    const places = new Map(pen.times.map((at, index) => [at, index]))
    const over = (line: (number | null | undefined)[] | undefined): (number | null | undefined)[] =>
      times.map((at) => {
        const place = places.get(at)
        return place === undefined ? undefined : line?.[place]
      })
    return [over(low), over(high)]
  })
  return [[...times], ...lines, ...edges] as UPlot.AlignedData
}

function shadeAlarms(chart: UPlot, alarms: Props['alarms'], colourOf: (severity: string) => string): void {
  const { ctx, bbox } = chart
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  for (const alarm of alarms) {
    const left = chart.valToPos(alarm.from, 'x', true)
    const right = chart.valToPos(alarm.to, 'x', true)
    ctx.globalAlpha = 0.1
    ctx.fillStyle = colourOf(alarm.severity)
    ctx.fillRect(left, bbox.top, Math.max(2, right - left), bbox.height)
    ctx.globalAlpha = 1
    ctx.fillRect(left, bbox.top, Math.max(2, right - left), 3 * devicePixelRatio)
  }
  ctx.restore()
}

function drawLimits(chart: UPlot, limits: Props['limits'], units: readonly string[], colourOf: (severity: string) => string): void {
  const { ctx, bbox } = chart
  ctx.save()
  ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio])
  ctx.lineWidth = devicePixelRatio
  for (const limit of limits) {
    const scale = units.indexOf(limit.unit)
    if (scale === -1) continue
    const y = chart.valToPos(limit.value, `y${scale}`, true)
    if (y < bbox.top || y > bbox.top + bbox.height) continue
    ctx.strokeStyle = colourOf(limit.severity)
    ctx.beginPath()
    ctx.moveTo(bbox.left, y)
    ctx.lineTo(bbox.left + bbox.width, y)
    ctx.stroke()
  }
  ctx.restore()
}

async function pictureOf(chart: UPlot): Promise<Blob | null> {
  const { canvas } = chart.ctx
  const sheet = document.createElement('canvas')
  sheet.width = canvas.width
  sheet.height = canvas.height
  const to = sheet.getContext('2d')
  if (to === null) return null
  to.fillStyle = getComputedStyle(chart.root).getPropertyValue('--raised')
  to.fillRect(0, 0, sheet.width, sheet.height)
  to.drawImage(canvas, 0, 0)
  return await new Promise((resolve) => sheet.toBlob(resolve, 'image/png'))
}
