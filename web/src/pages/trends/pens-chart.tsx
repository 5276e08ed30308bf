import { useResizeObserver } from '@mantine/hooks'
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef } from 'react'
import UPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { useScheme } from '../../scheme.ts'
import { useSession } from '../../session.tsx'
import { dataOf, optionsOf, type Overlays, seriesCount, structureOf } from './chart-options.ts'
import { alignPens, type Pen } from './pens.ts'
import { touchZoom } from './touch-zoom.ts'

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
  readonly overlays: Overlays
  /** How many axes there is room for. */
  readonly axes: number
  /** Where the cursor stands, and what the lines say there, in words. */
  readonly cursor: number | null
  readonly cursorText: string
  readonly onCursor: (at: number | null) => void
  readonly onPeriod: (from: number, to: number) => void
  readonly onHandle: (handle: ChartHandle | null) => void
  readonly height: number
}

/** Lines over time on a canvas: drag to look closer, arrows to move the cursor, plus and minus to zoom, page keys to move on. */
export function PensChart(props: Props): ReactNode {
  const { pens, from, to, label, overlays, axes, cursor, cursorText, onCursor, onPeriod, onHandle, height } = props
  const { locale, timeZone } = useSession()
  const scheme = useScheme()
  const [frame, rect] = useResizeObserver<HTMLDivElement>()
  const holder = useRef<HTMLDivElement>(null)
  const chart = useRef<UPlot | null>(null)
  const told = useRef({ cursor, onCursor, onPeriod })
  useEffect(() => void (told.current = { cursor, onCursor, onPeriod }), [cursor, onCursor, onPeriod])
  const width = Math.floor(rect.width)
  const { times, lines } = useMemo(() => alignPens(pens), [pens])
  const latest = useRef({ pens, times, lines, from, to, overlays: { ...overlays } })
  const held = useRef(false)
  const structure = structureOf(pens)

  // before the chart is made, and each time that something new is to be seen on the one there is
  useEffect(() => {
    const { current } = latest
    Object.assign(current, { pens, times, lines, from, to })
    Object.assign(current.overlays, overlays)
    const [made, { cursor: at }] = [chart.current, told.current]
    if (made === null || made.series.length !== 1 + seriesCount(pens)) return
    made.batch(() => {
      made.setData(dataOf(pens, times, lines), false)
      // not under somebody's fingers
      if (held.current) made.redraw()
      else made.setScale('x', { min: from, max: to })
    })
    // it stands at a time, not at a place of the screen
    if (at !== null && !held.current) made.setCursor({ left: made.valToPos(at, 'x'), top: made.over.clientHeight / 2 })
  }, [pens, times, lines, from, to, overlays])

  useEffect(() => {
    const node = holder.current
    if (node === null || width < 50) return
    const { current } = latest
    const made = new UPlot(
      optionsOf(current.overlays, {
        pens: current.pens,
        from: current.from,
        to: current.to,
        width,
        height,
        axes,
        locale,
        timeZone,
        node,
        onCursor: (at) => told.current.onCursor(at),
        onPeriod: (begin, end) => told.current.onPeriod(begin, end),
      }),
      dataOf(current.pens, current.times, current.lines),
      node,
    )
    chart.current = made
    onHandle({ picture: async () => await pictureOf(made) })
    const letGo = touchZoom(
      made,
      (begin, end) => told.current.onPeriod(begin, end),
      (holds) => void (held.current = holds),
    )
    return () => {
      letGo()
      held.current = false
      chart.current = null
      onHandle(null)
      made.destroy()
    }
  }, [structure, axes, width, height, locale, timeZone, scheme, onHandle])

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
