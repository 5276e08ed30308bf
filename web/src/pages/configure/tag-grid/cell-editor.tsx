import { type KeyboardEvent, type ReactNode, useId, useRef } from 'react'
import { useT } from '../../../i18n/language.ts'
import type { GridColumn } from './grid-columns.ts'

export interface Editing {
  /** What the editor begins with. */
  readonly text: string
  /** Begun by typing: an arrow then ends it, as in a spreadsheet. */
  readonly typed: boolean
}

/** Where the cursor goes when a cell is done. */
export type Way = 'down' | 'up' | 'next' | 'back' | 'left' | 'right' | 'stay'

interface Props {
  readonly column: GridColumn
  readonly editing: Editing
  readonly onCommit: (text: string, way: Way) => void
  readonly onCancel: () => void
}

const ARROWS: Readonly<Record<string, Way>> = { ArrowUp: 'up', ArrowDown: 'down', ArrowLeft: 'left', ArrowRight: 'right' }

/** The text field in a cell, with the choices of its column to pick from. */
export function CellEditor({ column, editing, onCommit, onCancel }: Props): ReactNode {
  const t = useT()
  const list = useId()
  const done = useRef(false)
  const commit = (text: string, way: Way): void => {
    if (done.current) return
    done.current = true
    onCommit(text, way)
  }
  const choices = column.kind === 'yes-no' ? [t('grid.yes'), t('grid.no')] : column.choices.map((one) => one.title)
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    event.stopPropagation()
    if (event.nativeEvent.isComposing) return
    const text = event.currentTarget.value
    const way =
      event.key === 'Enter'
        ? event.shiftKey
          ? 'up'
          : 'down'
        : event.key === 'Tab'
          ? event.shiftKey
            ? 'back'
            : 'next'
          : // with choices the arrows walk through them
            editing.typed && choices.length === 0
            ? ARROWS[event.key]
            : undefined
    if (way !== undefined) {
      event.preventDefault()
      commit(text, way)
    } else if (event.key === 'Escape') {
      event.preventDefault()
      done.current = true
      onCancel()
    }
  }
  return (
    <>
      <input
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- the person has just asked for it
        autoFocus
        aria-label={column.title}
        className="tag-grid-editor"
        defaultValue={editing.text}
        list={choices.length > 0 ? list : undefined}
        inputMode={column.kind === 'number' ? 'decimal' : 'text'}
        spellCheck={false}
        autoComplete="off"
        onKeyDown={onKeyDown}
        onCopy={(event) => event.stopPropagation()}
        onCut={(event) => event.stopPropagation()}
        onPaste={(event) => event.stopPropagation()}
        onFocus={(event) => {
          const end = event.currentTarget.value.length
          event.currentTarget.setSelectionRange(end, end)
        }}
        onBlur={(event) => commit(event.currentTarget.value, 'stay')}
      />
      {choices.length > 0 && (
        <datalist id={list}>
          {choices.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </datalist>
      )}
    </>
  )
}
