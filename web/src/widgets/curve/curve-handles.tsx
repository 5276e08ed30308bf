import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from 'react'
import type { CurvePoint } from '#domain/alarm.ts'
import { formatShort } from '../../format/numbers.ts'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'
import type { Bounds, Plot } from './curve-bounds.ts'
import { addPoint, movePoint, removePoint } from './move-point.ts'

interface Props {
  readonly plot: Plot
  readonly bounds: Bounds
  readonly points: readonly CurvePoint[]
  readonly onPoints: (points: readonly CurvePoint[]) => void
}

/** Steps of an arrow key over the whole axis; with Shift ten times as far. */
const KEY_STEPS = 200

/** What the points of a curve are held by: buttons on the chart, dragged, or moved by arrow keys. */
export function CurveHandles({ plot, bounds, points, onPoints }: Props): ReactNode {
  const t = useT()
  const { locale } = useSession()
  const layer = useRef<HTMLFieldSetElement>(null)
  const [held, setHeld] = useState<number | null>(null)
  const [said, setSaid] = useState('')
  const spanX = bounds.x[1] - bounds.x[0]
  const spanY = bounds.y[1] - bounds.y[0]
  const words = ([x, y]: CurvePoint): string => `${formatShort(x, locale)}; ${formatShort(y, locale)}`

  const valueAt = (event: { clientX: number; clientY: number }): CurvePoint => {
    const { left, top } = layer.current?.getBoundingClientRect() ?? { left: 0, top: 0 }
    return [bounds.x[0] + ((event.clientX - left) / plot.width) * spanX, bounds.y[1] - ((event.clientY - top) / plot.height) * spanY]
  }
  const move = (index: number, to: CurvePoint): void => {
    const next = movePoint(points, index, to, bounds)
    onPoints(next)
    const place = next[index]
    if (place !== undefined) setSaid(words(place))
  }
  const onPointerMove = (index: number, event: PointerEvent): void => {
    if (held !== index) return
    event.preventDefault()
    move(index, valueAt(event))
  }
  const focus = (index: number): void => {
    // the handle may be drawn only after this event
    requestAnimationFrame(() => layer.current?.querySelectorAll('button')[index]?.focus())
  }
  const onKeyDown = (index: number, event: KeyboardEvent): void => {
    const point = points[index]
    if (point === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    const far = (event.shiftKey ? 10 : 1) / KEY_STEPS
    const by: Readonly<Record<string, CurvePoint | undefined>> = {
      ArrowLeft: [-spanX * far, 0],
      ArrowRight: [spanX * far, 0],
      ArrowUp: [0, spanY * far],
      ArrowDown: [0, -spanY * far],
    }
    const step = by[event.key]
    if (step !== undefined) {
      event.preventDefault()
      move(index, [point[0] + step[0], point[1] + step[1]])
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault()
      onPoints(removePoint(points, index))
      focus(Math.max(0, Math.min(index, points.length - 2)))
    } else if (event.key === 'Insert' || event.key === '+') {
      event.preventDefault()
      const more = addPoint(points, index)
      onPoints(more.points)
      focus(more.index)
    }
  }
  return (
    <>
      <fieldset
        ref={layer}
        className="curve-handles"
        style={{ left: plot.left, top: plot.top, width: plot.width, height: plot.height }}
        aria-label={t('curves.handles')}
        aria-describedby="curve-keys"
      >
        {points.map((point, index) => (
          <button
            // oxlint-disable-next-line react/no-array-index-key -- a point that moves stays the same handle
            key={index}
            type="button"
            className="curve-handle"
            data-held={held === index || undefined}
            style={{
              left: ((point[0] - bounds.x[0]) / spanX) * plot.width,
              top: ((bounds.y[1] - point[1]) / spanY) * plot.height,
            }}
            aria-label={t('curves.point', { number: index + 1, place: words(point) })}
            onPointerDown={(event) => {
              if (event.button !== 0) return
              event.currentTarget.setPointerCapture(event.pointerId)
              setHeld(index)
            }}
            onPointerMove={(event) => onPointerMove(index, event)}
            onPointerUp={() => setHeld(null)}
            onPointerCancel={() => setHeld(null)}
            onKeyDown={(event) => onKeyDown(index, event)}
          />
        ))}
      </fieldset>
      <output className="visually-hidden">{said}</output>
    </>
  )
}
