import { nearest } from '../core/nearest.ts'
import type { Column } from './columns.ts'
import { type Cell, readNumber, readYesNo } from './core/csv.ts'

/** What a spreadsheet file holds in a cell: also dates, which nothing of ours is. */
export type RawCell = Cell | Date

/** What a cell says, or why it says nothing that can be used. */
export type CellReading =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'empty' }
  | { readonly kind: 'problem'; readonly message: string; readonly remedy: string }

const EMPTY: CellReading = { kind: 'empty' }

/** Reads a cell the way its column wants it. An empty one stands for the default. */
export function readCell(cell: RawCell, column: Column): CellReading {
  if (cell === null || cell === '' || (column.kind !== 'text' && typeof cell === 'string' && cell.trim() === '')) return EMPTY
  if (cell instanceof Date) return problem('The spreadsheet made a date of this cell.', 'Format the cell as text and type it again.')
  switch (column.kind) {
    case 'text':
      return readText(cell, column)
    case 'number':
      return readFigure(cell)
    case 'number-or-off':
      return typeof cell === 'string' && cell.trim().toLowerCase() === 'off' ? { kind: 'value', value: null } : readFigure(cell)
    case 'yes-no': {
      const answer = typeof cell === 'boolean' ? cell : readYesNo(String(cell))
      return answer === undefined ? problem(`"${cell}" is neither yes nor no.`, 'Write TRUE or FALSE.') : { kind: 'value', value: answer }
    }
    case 'choice':
      return readChoice(String(cell).trim(), column)
    case 'json':
      return { kind: 'value', value: readJson(cell) }
  }
}

/** The reverse of {@link readCell}; undefined is an empty cell. */
export function writeValue(value: unknown, column: Column): Cell {
  if (value === undefined) return null
  switch (column.kind) {
    case 'number':
    case 'number-or-off':
      return typeof value === 'number' ? value : value === null && column.kind === 'number-or-off' ? 'off' : writeJson(value)
    case 'yes-no':
      return typeof value === 'boolean' ? value : writeJson(value)
    case 'text':
    case 'choice':
      return typeof value === 'string' ? (isSetting(column) ? writeSettingText(value) : value) : writeJson(value)
    case 'json':
      return typeof value === 'number' || typeof value === 'boolean'
        ? value
        : typeof value === 'string'
          ? writeFreeText(value)
          : writeJson(value)
  }
}

/** Of a setting, unlike of a unit, an empty text is something else than nothing. */
function isSetting({ name }: Column): boolean {
  return name.includes('.') || name === 'textOff' || name === 'textOn'
}

function writeSettingText(text: string): string {
  return text.trim() === '' || text === 'null' || text.startsWith('"') ? JSON.stringify(text) : text
}

function writeFreeText(text: string): string {
  return text.trim() === '' || readJson(text) !== text ? JSON.stringify(text) : text
}

function writeJson(value: unknown): Cell {
  return JSON.stringify(value)
}

function readText(cell: Cell, column: Column): CellReading {
  if (typeof cell === 'number' && column.name === 'address' && !Number.isInteger(cell)) {
    return problem(
      `The spreadsheet holds the number ${cell} here: 40001.1 and 40001.10 look the same to it.`,
      'Format the cell as text and type the address again.',
    )
  }
  const text = String(cell)
  if (!isSetting(column)) return { kind: 'value', value: text }
  if (text === 'null') return { kind: 'value', value: null }
  const parsed = text.startsWith('"') ? parseJson(text) : { ok: false as const }
  return { kind: 'value', value: parsed.ok && typeof parsed.value === 'string' ? parsed.value : text }
}

function readFigure(cell: Cell): CellReading {
  const number = typeof cell === 'number' ? cell : typeof cell === 'string' ? readNumber(cell) : undefined
  if (number !== undefined && Number.isFinite(number)) return { kind: 'value', value: number }
  return problem(
    `"${String(cell)}" is no number.`,
    'Write digits with one decimal point or comma and without thousands separators or units.',
  )
}

function readChoice(text: string, column: Column): CellReading {
  const choice = column.choices.find((one) => one === text) ?? column.choices.find((one) => one.toLowerCase() === text.toLowerCase())
  if (choice !== undefined) return { kind: 'value', value: choice }
  const meant = nearest(text, column.choices)
  return problem(
    `There is no ${column.name} "${text}"${meant === undefined ? '.' : `; did you mean ${meant}?`}`,
    `Write one of ${column.choices.join(', ')}.`,
  )
}

function readJson(cell: Cell): unknown {
  if (typeof cell !== 'string') return cell
  const parsed = parseJson(cell)
  if (parsed.ok) return parsed.value
  // what a spreadsheet makes of true, and of 0.5 where people write a comma
  if (/^(?:true|false)$/i.test(cell)) return cell.toLowerCase() === 'true'
  return readNumber(cell) ?? cell
}

function parseJson(text: string): { readonly ok: true; readonly value: unknown } | { readonly ok: false } {
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch {
    return { ok: false }
  }
}

function problem(message: string, remedy: string): CellReading {
  return { kind: 'problem', message, remedy }
}
