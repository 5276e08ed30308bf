/* oxlint-disable jsx-a11y/prefer-tag-over-role -- only the rows in sight are drawn, each at its place: no table element can do that */
import { memo, type ReactNode } from 'react'
import { useT } from '../../../i18n/language.ts'
import { LiveValue } from '../../../widgets/live-value.tsx'
import { CellEditor, type Editing, type Way } from './cell-editor.tsx'
import { ariaColumn, VALUE_WIDTH } from './grid-layout.ts'
import type { GridColumn } from './grid-columns.ts'
import { type GridRow, isChanged } from './grid-state.ts'

interface Props {
  readonly id: string
  /** undefined is the empty row below the last. */
  readonly row: GridRow | undefined
  readonly index: number
  readonly top: number
  readonly height: number
  readonly columns: readonly GridColumn[]
  /** Column of the cursor, or -1. */
  readonly active: number
  /** Columns that are selected, or -1. */
  readonly from: number
  readonly to: number
  readonly problems: ReadonlyMap<string, string>
  readonly editing: Editing | null
  readonly onCommit: (text: string, way: Way) => void
  readonly onCancel: () => void
}

/** One row: its number with what will happen to it, the name, the live value, all other cells. */
function Row({ id, row, index, top, height, columns, active, from, to, problems, editing, onCommit, onCancel }: Props): ReactNode {
  const t = useT()
  const change = row === undefined ? 'none' : row.removed ? 'removed' : row.tag === null ? 'added' : isChanged(row) ? 'changed' : 'none'
  const sign = { none: '', removed: '−', added: '+', changed: '~' }[change]
  return (
    <div
      role="row"
      className="tag-grid-row"
      aria-rowindex={index + 2}
      data-change={change}
      style={{ position: 'absolute', top, height, left: 0 }}
    >
      <span role="rowheader" aria-colindex={1} className="tag-grid-number">
        {row === undefined ? <span aria-label={t('grid.newRow')}>+</span> : index + 1}
        {sign !== '' && <b title={t(`grid.${change === 'none' ? 'changed' : change}`)}>{sign}</b>}
      </span>
      {columns.map((one, column) => {
        const problem = row === undefined ? undefined : problems.get(`${row.key}/${one.key}`)
        const edited = column === active && editing !== null
        const text = row?.cells[column] ?? ''
        return [
          <span
            key={one.key}
            id={`${id}-${column}`}
            role="gridcell"
            aria-colindex={ariaColumn(column)}
            aria-selected={column >= from && column <= to}
            aria-invalid={problem !== undefined || undefined}
            title={problem}
            className={one.kind === 'number' ? 'number' : undefined}
            style={{ width: one.width }}
            data-row={index}
            data-column={column}
            data-active={column === active || undefined}
            data-changed={(row?.before !== undefined && row.before !== null && row.before[column] !== text) || undefined}
          >
            {edited ? <CellEditor column={one} editing={editing} onCommit={onCommit} onCancel={onCancel} /> : text}
          </span>,
          column === 0 && (
            <span key="value" role="gridcell" aria-colindex={3} className="number tag-grid-value" style={{ width: VALUE_WIDTH }}>
              {row?.tag !== null && row?.tag !== undefined && <LiveValue tag={row.tag} />}
            </span>
          ),
        ]
      })}
    </div>
  )
}

/** Rows without the cursor are drawn again only when something of theirs changed; what they call is the same in all of them. */
export const TagGridRow = memo(Row, (before, after) => {
  if (before.active !== -1 || after.active !== -1) return false
  return (
    before.row === after.row &&
    before.index === after.index &&
    before.top === after.top &&
    before.columns === after.columns &&
    before.from === after.from &&
    before.to === after.to &&
    before.problems === after.problems
  )
})
