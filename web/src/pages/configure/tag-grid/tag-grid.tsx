/* oxlint-disable jsx-a11y/prefer-tag-over-role -- only the rows in sight are drawn, each at its place: no table element can do that */
import { useMediaQuery } from '@mantine/hooks'
import {
  type ClipboardEvent,
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  type RefObject,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { useT } from '../../../i18n/language.ts'
import { fromClipboard, toClipboard } from './grid-clipboard.ts'
import type { GridColumn } from './grid-columns.ts'
import { pressed, tabbed } from './grid-keys.ts'
import { ariaColumn, HEAD, NUMBER_WIDTH, VALUE_WIDTH } from './grid-layout.ts'
import type { Editing } from './cell-editor.tsx'
import { TagGridRow } from './tag-grid-row.tsx'
import { clearSelection, type GridState, moveTo, type Place, rangeOf, selectedCells, writeBlock } from './grid-state.ts'
import { useScrolled } from './use-scrolled.ts'

interface Props {
  readonly columns: readonly GridColumn[]
  readonly state: GridState
  readonly onChange: (state: GridState) => void
  /** By `key of the row/key of the column`. */
  readonly problems: ReadonlyMap<string, string>
  readonly onSave: () => void
  /** The focus shall go on. */
  readonly onLeave: () => void
  readonly focusRef: RefObject<HTMLDivElement | null>
}

const LAYOUT: CSSProperties & Readonly<Record<string, string>> = { '--number-width': `${NUMBER_WIDTH}px`, '--head-height': `${HEAD}px` }

/** The tags of a device as a spreadsheet. Only the rows in sight are in the page, so that five thousand are as quick as five. */
export function TagGrid({ columns, state, onChange, problems, onSave, onLeave, focusRef }: Props): ReactNode {
  const t = useT()
  const phone = useMediaQuery('(max-width: 699px)') ?? false
  const rowHeight = phone ? 44 : 32
  const box = focusRef
  const { top, height } = useScrolled(box)
  const [editing, setEditing] = useState<Editing | null>(null)
  const dragging = useRef(false)
  const range = rangeOf(state)
  const { active } = state
  const page = Math.max(1, Math.floor((height - HEAD) / rowHeight) - 1)

  useLayoutEffect(() => {
    if (box.current !== null) show(box.current, columns, active, rowHeight, phone)
  }, [box, columns, active, rowHeight, phone])

  const refocus = (): void => box.current?.focus({ preventScroll: true })
  const commit = (text: string, next: GridState | null): void => {
    setEditing(null)
    const alone = { ...state, anchor: active }
    const written = text === (state.rows[active.row]?.cells[active.column] ?? '') ? alone : writeBlock(alone, [[text]])
    onChange(next === null ? written : { ...written, active: next.active, anchor: next.active })
    refocus()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (editing !== null || event.nativeEvent.isComposing) return
    const answer = pressed(state, { key: event.key, ctrl: event.ctrlKey || event.metaKey, shift: event.shiftKey, alt: event.altKey }, page)
    if (answer.kind === 'none') return
    event.preventDefault()
    if (answer.kind === 'state') onChange(answer.state)
    else if (answer.kind === 'edit') edit(answer.text)
    else if (answer.kind === 'save') onSave()
    else onLeave()
  }
  const edit = (typed: string | null): void => {
    const row = state.rows[active.row]
    if (row?.removed === true) return
    setEditing({ text: typed ?? row?.cells[active.column] ?? '', typed: typed !== null })
  }
  const onCopy = (event: ClipboardEvent): void => {
    if (editing !== null) return
    event.preventDefault()
    event.clipboardData.setData('text/plain', toClipboard(selectedCells(state)))
    if (event.type === 'cut') onChange(clearSelection(state))
  }
  const onPaste = (event: ClipboardEvent): void => {
    if (editing !== null) return
    const block = fromClipboard(event.clipboardData.getData('text/plain'))
    event.preventDefault()
    if (block.length > 0) onChange(writeBlock(state, block))
  }
  const onPointerDown = (event: PointerEvent): void => {
    const place = placeOf(event.target)
    // a finger scrolls; its tap arrives as a click
    if (place === null || event.pointerType !== 'mouse' || event.button !== 0) return
    if (editing !== null && place.row === active.row && place.column === active.column) return
    event.preventDefault()
    refocus()
    dragging.current = true
    onChange(moveTo(state, place, event.shiftKey))
  }
  const onPointerOver = (event: PointerEvent): void => {
    if (!dragging.current) return
    if (event.buttons === 0) dragging.current = false
    const place = dragging.current ? placeOf(event.target) : null
    if (place !== null) onChange(moveTo(state, place, true))
  }
  const onTap = (event: { target: EventTarget; nativeEvent: Event }): void => {
    const touch = 'pointerType' in event.nativeEvent && event.nativeEvent.pointerType !== 'mouse'
    const place = placeOf(event.target)
    if (!touch || place === null || editing !== null) return
    if (place.row === active.row && place.column === active.column) edit(null)
    else onChange(moveTo(state, place))
  }

  const count = state.rows.length + 1
  const first = Math.max(0, Math.floor(top / rowHeight) - 8)
  const last = Math.min(count - 1, Math.ceil((top + height) / rowHeight) + 8)
  const drawn = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index)
  if (active.row < first || active.row > last) drawn.push(active.row)

  return (
    <div
      ref={box}
      className="tag-grid"
      role="grid"
      tabIndex={0}
      aria-label={t('grid.label')}
      aria-rowcount={count + 1}
      aria-colcount={columns.length + 2}
      aria-multiselectable
      aria-activedescendant={cellId(state, active)}
      style={LAYOUT}
      onKeyDown={onKeyDown}
      onCopy={onCopy}
      onCut={onCopy}
      onPaste={onPaste}
      onPointerDown={onPointerDown}
      onPointerOver={onPointerOver}
      onPointerUp={() => (dragging.current = false)}
      onClick={onTap}
      onDoubleClick={(event) => {
        if (placeOf(event.target) !== null && editing === null) edit(null)
      }}
    >
      <div role="rowgroup" className="tag-grid-head">
        <div role="row" aria-rowindex={1} className="tag-grid-row">
          <span role="columnheader" aria-colindex={1} className="tag-grid-number">
            <span className="visually-hidden">{t('grid.row')}</span>
          </span>
          {columns.map((one, index) => [
            <span key={one.key} role="columnheader" aria-colindex={ariaColumn(index)} title={one.title} style={{ width: one.width }}>
              {one.title}
            </span>,
            index === 0 && (
              <span key="value" role="columnheader" aria-colindex={3} className="number" style={{ width: VALUE_WIDTH }}>
                {t('config.value')}
              </span>
            ),
          ])}
        </div>
      </div>
      <div role="rowgroup" style={{ position: 'relative', height: count * rowHeight }}>
        {drawn.map((index) => {
          const row = state.rows[index]
          const selected = index >= range.top && index <= range.bottom
          return (
            <TagGridRow
              key={row?.key ?? 'new'}
              id={rowId(state, index)}
              row={row}
              index={index}
              top={index * rowHeight}
              height={rowHeight}
              columns={columns}
              active={index === active.row ? active.column : -1}
              from={selected ? range.left : -1}
              to={selected ? range.right : -1}
              problems={problems}
              editing={index === active.row ? editing : null}
              onCommit={(text, way) => {
                if (way === 'next' || way === 'back') {
                  const answer = tabbed(state, way === 'back')
                  commit(text, answer.kind === 'state' ? answer.state : null)
                } else {
                  const { row: at, column } = active
                  const places: Readonly<Record<string, Place>> = {
                    down: { row: at + 1, column },
                    up: { row: at - 1, column },
                    left: { row: at, column: column - 1 },
                    right: { row: at, column: column + 1 },
                  }
                  const place = places[way]
                  // one row further than there is: the row that is being written makes room for it
                  commit(text, place === undefined ? null : { ...state, active: clamped(place, columns.length) })
                }
              }}
              onCancel={() => {
                setEditing(null)
                refocus()
              }}
            />
          )
        })}
      </div>
    </div>
  )
}

function clamped({ row, column }: Place, width: number): Place {
  return { row: Math.max(0, row), column: Math.max(0, Math.min(width - 1, column)) }
}

function rowId(state: GridState, index: number): string {
  return `tag-row-${state.rows[index]?.key ?? 'new'}`
}

function cellId(state: GridState, { row, column }: Place): string {
  return `${rowId(state, row)}-${column}`
}

function placeOf(target: EventTarget): Place | null {
  const cell = target instanceof Element ? target.closest<HTMLElement>('[data-row]') : null
  return cell === null ? null : { row: Number(cell.dataset['row']), column: Number(cell.dataset['column']) }
}

/** Scrolls as little as needed to bring a cell out from below the head and the columns that stand still. */
function show(box: HTMLElement, columns: readonly GridColumn[], { row, column }: Place, rowHeight: number, phone: boolean): void {
  const top = row * rowHeight
  const room = box.clientHeight - HEAD
  if (top < box.scrollTop) box.scrollTop = top
  else if (top + rowHeight > box.scrollTop + room) box.scrollTop = top + rowHeight - room
  if (column === 0) {
    box.scrollLeft = 0
    return
  }
  const name = columns[0]?.width ?? 0
  // on a phone the name scrolls away too
  const fixed = NUMBER_WIDTH + (phone ? 0 : name)
  const before = VALUE_WIDTH + (phone ? name : 0)
  const left = columns.slice(1, column).reduce((sum, one) => sum + one.width, before)
  const width = columns[column]?.width ?? 0
  if (left < box.scrollLeft) box.scrollLeft = column === 1 && !phone ? 0 : left
  else if (left + width > box.scrollLeft + box.clientWidth - fixed) box.scrollLeft = left + width - (box.clientWidth - fixed)
}
