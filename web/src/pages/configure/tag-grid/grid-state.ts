import type { Tag } from '../../../api/replies.ts'
import type { Cells } from './grid-columns.ts'

export interface Place {
  readonly row: number
  readonly column: number
}

export interface GridRow {
  /** Stays with the row while others come and go. */
  readonly key: number
  /** As the server has it; null for a new row. */
  readonly tag: Tag | null
  readonly before: Cells | null
  readonly cells: Cells
  /** Goes with the next save. */
  readonly removed: boolean
}

/** The table as it stands on the screen. Below the last row there is always an empty one to type into. */
export interface GridState {
  readonly rows: readonly GridRow[]
  readonly width: number
  /** Where the cursor is, and the other corner of what is selected. */
  readonly active: Place
  readonly anchor: Place
  readonly nextKey: number
  /** Rows as they were before each change, oldest first; and after, for what was undone. */
  readonly past: readonly (readonly GridRow[])[]
  readonly future: readonly (readonly GridRow[])[]
}

export interface Range {
  readonly top: number
  readonly bottom: number
  readonly left: number
  readonly right: number
}

const MOST_UNDO = 100
const ORIGIN: Place = { row: 0, column: 0 }

export function startGrid(tags: readonly { readonly tag: Tag; readonly cells: Cells }[], width: number): GridState {
  const rows = tags.map(({ tag, cells }, index): GridRow => ({ key: index, tag, before: cells, cells, removed: false }))
  return { rows, width, active: ORIGIN, anchor: ORIGIN, nextKey: rows.length, past: [], future: [] }
}

export function rangeOf({ active, anchor }: GridState): Range {
  return {
    top: Math.min(active.row, anchor.row),
    bottom: Math.max(active.row, anchor.row),
    left: Math.min(active.column, anchor.column),
    right: Math.max(active.column, anchor.column),
  }
}

export function isChanged({ before, cells, removed }: GridRow): boolean {
  return removed || before === null || cells.some((cell, index) => cell !== before[index])
}

/** Moves the cursor, within the table and its empty last row. @param extend keeps the other corner of the selection */
export function moveTo(state: GridState, place: Place, extend = false): GridState {
  const active = {
    row: Math.max(0, Math.min(state.rows.length, place.row)),
    column: Math.max(0, Math.min(state.width - 1, place.column)),
  }
  return { ...state, active, anchor: extend ? state.anchor : active }
}

/** Where Ctrl and an arrow lead: the last cell before the text ends, or the first where it begins again. */
export function edgeFrom({ rows, width }: GridState, { row, column }: Place, down: number, right: number): Place {
  const filled = (at: Place): boolean => (rows[at.row]?.cells[at.column] ?? '') !== ''
  const inside = (at: Place): boolean => at.row >= 0 && at.row < rows.length && at.column >= 0 && at.column < width
  const step = (at: Place): Place => ({ row: at.row + down, column: at.column + right })
  let at = { row, column }
  let next = step(at)
  if (!inside(next)) return at
  const run = filled(at) && filled(next)
  while (inside(next) && (run ? filled(next) : true)) {
    at = next
    next = step(at)
    if (!run && filled(at)) break
  }
  return at
}

/**
 * Writes a block of cells from its left upper corner on. Rows that are not there are added; what reaches beyond the last column is
 * dropped. A single cell fills the whole selection, as in a spreadsheet.
 */
export function writeBlock(state: GridState, block: readonly (readonly string[])[]): GridState {
  const { top, bottom, left, right } = rangeOf(state)
  const [single] = block[0] ?? []
  const one = block.length === 1 && block[0]?.length === 1
  const height = one ? bottom - top + 1 : block.length
  const breadth = one ? right - left + 1 : Math.max(...block.map((cells) => cells.length), 0)
  const next = writeCells(state, top, height, (cells, index) =>
    cells.map((cell, column) => {
      if (column < left || column >= left + breadth) return cell
      return one ? (single ?? '') : (block[index]?.[column - left] ?? cell)
    }),
  )
  const end = { row: top + height - 1, column: Math.min(state.width, left + breadth) - 1 }
  return { ...next, anchor: { row: top, column: left }, active: one ? state.active : end, ...(one ? { anchor: state.anchor } : {}) }
}

/** Empties what is selected. */
export function clearSelection(state: GridState): GridState {
  const { top, bottom, left, right } = rangeOf(state)
  return writeCells(state, top, Math.min(bottom, state.rows.length - 1) - top + 1, (cells) =>
    cells.map((cell, column) => (column >= left && column <= right ? '' : cell)),
  )
}

/** Copies the first row of the selection into the others; of a single row, the one above into it. */
export function fillDown(state: GridState): GridState {
  const { top, bottom, left, right } = rangeOf(state)
  const source = top === bottom ? top - 1 : top
  const from = state.rows[source]?.cells
  if (from === undefined) return state
  return writeCells(state, source + 1, bottom - source, (cells) =>
    cells.map((cell, column) => (column >= left && column <= right ? (from[column] ?? '') : cell)),
  )
}

/** Adds empty rows at the end and goes to the first of them. */
export function addRows(state: GridState, count: number): GridState {
  const next = writeCells(state, state.rows.length, count, (cells) => cells)
  return moveTo(next, { row: state.rows.length, column: 0 })
}

/** Takes the selected rows out with the next save, or back in; new ones go at once. */
export function toggleRemoved(state: GridState): GridState {
  const { top, bottom } = rangeOf(state)
  const selected = state.rows.slice(top, bottom + 1)
  if (selected.length === 0) return state
  const removed = selected.some((row) => !row.removed)
  const kept = selected.flatMap((row) => (row.tag === null ? [] : [{ ...row, removed }]))
  const rows = [...state.rows.slice(0, top), ...kept, ...state.rows.slice(bottom + 1)]
  return moveTo(changed(state, rows), { row: top, column: state.active.column })
}

export function undo(state: GridState): GridState {
  const rows = state.past.at(-1)
  if (rows === undefined) return state
  return moveTo({ ...state, rows, past: state.past.slice(0, -1), future: [...state.future, state.rows] }, state.active)
}

export function redo(state: GridState): GridState {
  const rows = state.future.at(-1)
  if (rows === undefined) return state
  return moveTo({ ...state, rows, past: [...state.past, state.rows], future: state.future.slice(0, -1) }, state.active)
}

/** What is selected, cell by cell. */
export function selectedCells(state: GridState): string[][] {
  const { top, bottom, left, right } = rangeOf(state)
  return state.rows.slice(top, bottom + 1).map((row) => row.cells.slice(left, right + 1))
}

function writeCells(state: GridState, top: number, height: number, edit: (cells: Cells, index: number) => Cells): GridState {
  const rows = [...state.rows]
  let { nextKey } = state
  for (let index = 0; index < height; index++) {
    const row = rows[top + index] ?? {
      key: nextKey++,
      tag: null,
      before: null,
      cells: Array.from({ length: state.width }, () => ''),
      removed: false,
    }
    const cells = edit(row.cells, index)
    if (rows[top + index] === undefined || cells.some((cell, column) => cell !== row.cells[column])) rows[top + index] = { ...row, cells }
  }
  return { ...changed(state, rows), nextKey }
}

function changed(state: GridState, rows: readonly GridRow[]): GridState {
  const same = rows.length === state.rows.length && rows.every((row, index) => row === state.rows[index])
  return same ? state : { ...state, rows, past: [...state.past.slice(1 - MOST_UNDO), state.rows], future: [] }
}
