import {
  type CSSProperties,
  type HTMLAttributes,
  type ReactNode,
  type Ref,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'

export interface VirtualHandle {
  /** Scrolls as little as needed to show a row. */
  show(index: number): void
}

interface Props extends Omit<HTMLAttributes<HTMLDivElement>, 'children'> {
  readonly count: number
  /** Pixels; every row is as high as the others. */
  readonly rowHeight: number
  /** Draws a row at its place: `style` goes onto its outermost element. */
  readonly renderRow: (index: number, style: CSSProperties) => ReactNode
  /** The rows on the screen now, the last one included. */
  readonly onRange?: (first: number, last: number) => void
  /** A row that is kept even when it is scrolled away: the one that has the focus. */
  readonly keep?: number
  readonly handle?: Ref<VirtualHandle>
  /** Makes it a list of that name, whose rows are `li`. */
  readonly listLabel?: string
}

const SPARE = 6

/** A list of any length of which only the rows in sight are in the page. */
export function VirtualRows({ count, rowHeight, renderRow, onRange, keep = -1, handle, listLabel, ...rest }: Props): ReactNode {
  const box = useRef<HTMLDivElement>(null)
  const [top, setTop] = useState(0)
  const [height, setHeight] = useState(0)
  useImperativeHandle(
    handle,
    () => ({
      show(index) {
        const element = box.current
        if (element === null) return
        const from = index * rowHeight
        if (from < element.scrollTop) element.scrollTop = from
        else if (from + rowHeight > element.scrollTop + element.clientHeight) element.scrollTop = from + rowHeight - element.clientHeight
      },
    }),
    [rowHeight],
  )
  useLayoutEffect(() => {
    const element = box.current
    if (element === null) return undefined
    const observer = new ResizeObserver(() => setHeight(element.clientHeight))
    observer.observe(element)
    setHeight(element.clientHeight)
    return () => observer.disconnect()
  }, [])
  const first = Math.max(0, Math.min(Math.floor(top / rowHeight), count - 1))
  const last = Math.min(count - 1, Math.ceil((top + height) / rowHeight))
  useLayoutEffect(() => {
    if (height > 0) onRange?.(first, last)
  })
  const from = Math.max(0, first - SPARE)
  const to = Math.min(count - 1, last + SPARE)
  const drawn = Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index)
  if (keep >= 0 && keep < count && (keep < from || keep > to)) drawn.push(keep)
  const rows = drawn.map((index) =>
    renderRow(index, { position: 'absolute', top: index * rowHeight, left: 0, right: 0, height: rowHeight }),
  )
  const space = { position: 'relative', height: count * rowHeight } as const
  return (
    <div ref={box} {...rest} onScroll={(event) => setTop(event.currentTarget.scrollTop)}>
      {listLabel === undefined ? (
        <div role="presentation" style={space}>
          {rows}
        </div>
      ) : (
        <ul className="plain-list" aria-label={listLabel} style={space}>
          {rows}
        </ul>
      )}
    </div>
  )
}
