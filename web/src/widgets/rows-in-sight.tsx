import { type ReactNode, useCallback, useRef, useState } from 'react'
import { useSight } from './sight.ts'

interface Props<T> {
  readonly rows: readonly T[]
  /** Pixels that a row takes as a rule; counts for those only that were not on the screen yet. */
  readonly rowHeight: number
  /** Draws a `tr` with its key; `ariaIndex` is its `aria-rowindex` below a head of one row. */
  readonly renderRow: (row: T, ariaIndex: number) => ReactNode
}

const GROUP = 40

/**
 * The body of a table of any length, in groups: of those far from the screen only their height is in the page. The table around it says
 * `aria-rowcount`.
 */
export function RowsInSight<T>({ rows, rowHeight, renderRow }: Props<T>): ReactNode {
  const groups = Array.from({ length: Math.ceil(rows.length / GROUP) }, (_, index) => index * GROUP)
  return groups.map((from) => {
    const some = rows.slice(from, from + GROUP)
    return (
      <Group key={from} first={from === 0} count={some.length} rowHeight={rowHeight}>
        {() => some.map((row, index) => renderRow(row, from + index + 2))}
      </Group>
    )
  })
}

interface GroupProps {
  readonly first: boolean
  readonly count: number
  readonly rowHeight: number
  readonly children: () => ReactNode
}

function Group({ first, count, rowHeight, children }: GroupProps): ReactNode {
  const body = useRef<HTMLTableSectionElement>(null)
  const [inSight, setInSight] = useState(first)
  const [height, setHeight] = useState(rowHeight)
  const onSight = useCallback((near: boolean) => {
    const element = body.current
    // whoever goes on with the keyboard must find the row there
    if (element === null || (!near && element.contains(document.activeElement))) return
    const drawn = element.querySelector(':scope > tr:not([data-space])') !== null
    if (!near && drawn) setHeight(element.offsetHeight / element.rows.length)
    setInSight(near)
  }, [])
  useSight(body, onSight)
  return <tbody ref={body}>{inSight ? children() : <tr aria-hidden data-space style={{ height: count * height }} />}</tbody>
}
