/** What stands in a cell of a spreadsheet; null is empty. */
export type Cell = string | number | boolean | null

export interface CsvLook {
  readonly delimiter: ',' | ';' | '\t'
  /** Between whole and fraction of a number. */
  readonly decimal: '.' | ','
}

/** What spreadsheets take for the beginning of a formula, also full-width. */
const FORMULA = /^'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/
const GUARDED = /^'+[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/

/**
 * Rows as CSV (RFC 4180) with a byte order mark, so that every spreadsheet takes it for UTF-8. A text that a spreadsheet would run as a
 * formula gets an apostrophe in front, which {@link unguarded} takes away again.
 */
export function writeCsv(rows: readonly (readonly Cell[])[], look: CsvLook): string {
  return `\uFEFF${rows.map((row) => `${row.map((cell) => writeCell(cell, look)).join(look.delimiter)}\r\n`).join('')}`
}

/** One cell, guarded and quoted where it must be. */
export function writeCell(cell: Cell, { delimiter, decimal }: CsvLook): string {
  if (cell === null) return ''
  if (typeof cell === 'boolean') return cell ? 'TRUE' : 'FALSE'
  if (typeof cell === 'number') return quoted(String(cell).replace('.', decimal), delimiter)
  return quoted(FORMULA.test(cell) ? `'${cell}` : cell, delimiter)
}

function quoted(text: string, delimiter: string): string {
  return /["\r\n]/.test(text) || text.includes(delimiter) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text
}

/** @returns the text without the apostrophe that keeps spreadsheets from running it */
export function unguarded(text: string): string {
  return GUARDED.test(text) ? text.slice(1) : text
}

/**
 * Reads CSV with comma, semicolon or tab, found by looking at the first line; a first line `sep=;` decides it. Quotes may hold
 * delimiters and line ends; an opening quote that never closes takes the rest.
 * @returns one row a record, in order; empty lines as empty rows, so that row numbers are those of the file's records
 */
export function parseCsv(text: string): string[][] {
  let body = text.replace(/^\uFEFF/, '')
  const told = /^sep=([,;\t])\r?\n/i.exec(body)
  if (told !== null) body = body.slice(told[0].length)
  const delimiter = told?.[1] ?? delimiterOf(body)
  const rows: string[][] = []
  let row: string[] = []
  let at = 0
  while (at < body.length) {
    const [cell, end] = body[at] === '"' ? quotedCell(body, at, delimiter) : plainCell(body, at, delimiter)
    row.push(cell)
    if (body[end] === delimiter) {
      at = end + 1
      // the last cell of the file is empty
      if (at === body.length) row.push('')
      continue
    }
    rows.push(row)
    row = []
    at = body[end] === '\r' && body[end + 1] === '\n' ? end + 2 : end + 1
  }
  if (row.length > 0) rows.push(row)
  return rows.map((cells) => (cells.length === 1 && cells[0] === '' ? [] : cells))
}

function delimiterOf(body: string): string {
  const line = (/^(?:"(?:[^"]|"")*"|[^"\r\n])*/.exec(body)?.[0] ?? '').replaceAll(/"(?:[^"]|"")*"/g, '')
  const count = (one: string): number => line.split(one).length
  return ['\t', ';', ','].reduce((best, one) => (count(one) > count(best) ? one : best))
}

function plainCell(body: string, from: number, delimiter: string): readonly [string, number] {
  let end = from
  while (end < body.length && body[end] !== delimiter && body[end] !== '\n' && body[end] !== '\r') end++
  return [body.slice(from, end), end]
}

function quotedCell(body: string, from: number, delimiter: string): readonly [string, number] {
  let end = from + 1
  while (end < body.length) {
    if (body[end] !== '"') end++
    else if (body[end + 1] === '"') end += 2
    else break
  }
  const cell = body.slice(from + 1, end).replaceAll('""', '"')
  // what stands between the closing quote and the delimiter belongs to the cell, as spreadsheets read it
  const [tail, next] = plainCell(body, Math.min(end + 1, body.length), delimiter)
  return [cell + tail, next]
}

/**
 * Reads a number with decimal point or comma.
 * @returns undefined for what is none, also with thousands separators: 1.234 and 1,234 must not be guessed at
 */
export function readNumber(text: string): number | undefined {
  const body = text.trim().replace(/^[\u2212\u2013]/, '-')
  if (!/^[-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[-+]?\d+)?$/i.test(body)) return undefined
  return Number(body.replace(',', '.'))
}

const YES = new Set(['true', 'yes', 'y', 'on', '1', 'x', 'sim', 's', 'sí', 'si', 'verdadeiro', 'verdadero'])
const NO = new Set(['false', 'no', 'n', 'off', '0', 'não', 'nao', 'falso'])

/** Reads yes and no in the languages we speak. @returns undefined for anything else */
export function readYesNo(text: string): boolean | undefined {
  const word = text.trim().toLowerCase()
  return YES.has(word) ? true : NO.has(word) ? false : undefined
}
