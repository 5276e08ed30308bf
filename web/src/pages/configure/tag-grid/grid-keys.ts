import { type GridState, type Place, clearSelection, edgeFrom, fillDown, moveTo, rangeOf, redo, toggleRemoved, undo } from './grid-state.ts'

/** A key as it was pressed over the table, outside of a cell's editor. */
export interface Press {
  readonly key: string
  readonly ctrl: boolean
  readonly shift: boolean
  readonly alt: boolean
}

export type Answer =
  | { readonly kind: 'state'; readonly state: GridState }
  /** Opens the editor; with text, what stood there goes. */
  | { readonly kind: 'edit'; readonly text: string | null }
  | { readonly kind: 'save' }
  /** The focus goes on to what stands after the table. */
  | { readonly kind: 'leave' }
  /** Not ours: the browser does with it what it always does. */
  | { readonly kind: 'none' }

/** What a key does, as in the spreadsheets people know. @param page rows on the screen */
export function pressed(state: GridState, { key, ctrl, shift, alt }: Press, page: number): Answer {
  if (alt) return { kind: 'none' }
  const { row, column } = state.active
  const go = (place: Place, extend = shift): Answer => ({ kind: 'state', state: moveTo(state, place, extend) })
  switch (key) {
    case 'ArrowUp':
      return go(ctrl ? edgeFrom(state, state.active, -1, 0) : { row: row - 1, column })
    case 'ArrowDown':
      return go(ctrl ? edgeFrom(state, state.active, 1, 0) : { row: row + 1, column })
    case 'ArrowLeft':
      return go(ctrl ? edgeFrom(state, state.active, 0, -1) : { row, column: column - 1 })
    case 'ArrowRight':
      return go(ctrl ? edgeFrom(state, state.active, 0, 1) : { row, column: column + 1 })
    case 'PageUp':
      return go({ row: row - page, column })
    case 'PageDown':
      return go({ row: row + page, column })
    case 'Home':
      return go({ row: ctrl ? 0 : row, column: 0 })
    case 'End':
      return go({ row: ctrl ? state.rows.length - 1 : row, column: state.width - 1 })
    case 'Tab':
      return tabbed(state, shift)
    case 'Enter':
    case 'F2':
      return { kind: 'edit', text: null }
    case 'Delete':
    case 'Backspace':
      return { kind: 'state', state: shift ? toggleRemoved(state) : clearSelection(state) }
    case 'Escape':
      return escaped(state)
    default:
      return ctrl ? withCtrl(state, key.toLowerCase(), shift) : key.length === 1 ? { kind: 'edit', text: key } : { kind: 'none' }
  }
}

/** To the next cell, and on into the next row; out of the table at its ends. */
export function tabbed(state: GridState, back: boolean): Answer {
  const at = state.active.row * state.width + state.active.column + (back ? -1 : 1)
  if (at < 0 || at >= (state.rows.length + 1) * state.width) return { kind: 'none' }
  return { kind: 'state', state: moveTo(state, { row: Math.floor(at / state.width), column: at % state.width }) }
}

function escaped(state: GridState): Answer {
  const { top, bottom, left, right } = rangeOf(state)
  const many = top !== bottom || left !== right
  return many ? { kind: 'state', state: moveTo(state, state.active) } : { kind: 'leave' }
}

function withCtrl(state: GridState, key: string, shift: boolean): Answer {
  switch (key) {
    case 'a':
      return {
        kind: 'state',
        state: { ...state, anchor: { row: 0, column: 0 }, active: { row: Math.max(0, state.rows.length - 1), column: state.width - 1 } },
      }
    case 'd':
      return { kind: 'state', state: fillDown(state) }
    case 'z':
      return { kind: 'state', state: shift ? redo(state) : undo(state) }
    case 'y':
      return { kind: 'state', state: redo(state) }
    case 's':
      return { kind: 'save' }
    case '-':
      return { kind: 'state', state: toggleRemoved(state) }
    default:
      return { kind: 'none' }
  }
}
