import { findColumn, repeatedNames, type Layout } from './layout.ts'
import { detectMarks, readNumber, type NumberMarks } from './number.ts'
import { Splitter } from './splitter.ts'
import { detectTime, isTimeOfDay, type TimeFinding, type TimeFormat } from './time-text.ts'

export const DELIMITERS = [';', '\t', '|', ','] as const

/** What people settled; null and empty are found out. */
export interface Wishes {
  readonly delimiter: string | null
  readonly decimal: '.' | ',' | null
  readonly thousands: NumberMarks['thousands'] | null
  readonly header: boolean | null
  readonly skipLines: number
  readonly layout: 'wide' | 'long' | null
  readonly timeFormat: TimeFormat | null
  readonly timeColumn: string
  readonly clockColumn: string
  readonly tagColumn: string
  readonly valueColumn: string
  readonly qualityColumn: string
}

export const NO_WISHES: Wishes = {
  delimiter: null,
  decimal: null,
  thousands: null,
  header: null,
  skipLines: 0,
  layout: null,
  timeFormat: null,
  timeColumn: '',
  clockColumn: '',
  tagColumn: '',
  valueColumn: '',
  qualityColumn: '',
}

/**
 * What the beginning of a file tells. `known` with an `ambiguous` time is all but the order of day and month; `empty` has no row of
 * data yet; `unreadable` says why and what to do.
 */
export type Sniffed =
  | { readonly kind: 'known'; readonly layout: Layout; readonly time: TimeFinding; readonly marksProof: string | null }
  | { readonly kind: 'empty' }
  | { readonly kind: 'unreadable'; readonly problem: string; readonly remedy: string }

interface Line {
  readonly line: number
  readonly fields: readonly string[]
  readonly problem: string | null
}

/** Rows of a beginning that are looked at. */
const SAMPLE_ROWS = 200

/**
 * Finds delimiter, header, units, columns and the ways of writing numbers and times.
 * @param text the beginning of a file, complete lines
 */
export function sniff(text: string, wishes: Wishes): Sniffed {
  const separator = /^sep=(.)(?:\r\n|\n|\r|$)/i.exec(text)?.[1]
  const skipLines = Math.max(wishes.skipLines, separator === undefined ? 0 : 1)
  const delimiter = wishes.delimiter ?? separator ?? detectDelimiter(text, skipLines)
  const lines = linesOf(text, delimiter, skipLines)
  const usual = usualCount(lines)
  const first = lines.findIndex((line) => line.fields.length === usual)
  const table = first === -1 ? [] : lines.slice(first)
  if (table.length === 0) return { kind: 'empty' }
  return readTable(table, delimiter, wishes)
}

function linesOf(text: string, delimiter: string, skipLines: number): Line[] {
  const lines: Line[] = []
  const splitter = new Splitter(delimiter)
  // a sample of rows is enough; the rest of the text costs little
  splitter.split(text, true, (row) => {
    if (row.line <= skipLines || lines.length >= SAMPLE_ROWS) return
    lines.push({ line: row.line, fields: Array.from({ length: row.count }, (_, i) => row.field(i).trim()), problem: row.problem })
  })
  return lines
}

/** The delimiter that gives most rows the same number of fields; a comma last, for it may be the decimal mark. */
function detectDelimiter(text: string, skipLines: number): string {
  let best = { delimiter: ',', share: 0, fields: 1 }
  for (const delimiter of DELIMITERS) {
    const lines = linesOf(text, delimiter, skipLines).slice(0, 50)
    const fields = usualCount(lines)
    const share = lines.filter((line) => line.fields.length === fields).length / Math.max(1, lines.length)
    if (fields < 2) continue
    if (share > best.share + 0.05 || (best.fields === 1 && share > 0)) best = { delimiter, share, fields }
  }
  return best.delimiter
}

function usualCount(lines: readonly Line[]): number {
  const counts = new Map<number, number>()
  for (const { fields, problem } of lines) if (problem === null) counts.set(fields.length, (counts.get(fields.length) ?? 0) + 1)
  let usual = 0
  let most = 0
  for (const [count, times] of counts) {
    // of two equally frequent ones the wider: a preamble is narrow
    if (times > most || (times === most && count > usual)) [usual, most] = [count, times]
  }
  return usual
}

const TIME_NAMES =
  /^(date|data|fecha|datum|time|hora|zeit|timestamp|time ?stamp|datetime|date ?time|ts|epoch|unix|instant|moment|when|t)\b/i
const TAG_NAMES =
  /^(tag|tag ?name|tagname|name|nome|nombre|point|point ?name|variable|variavel|variável|signal|sinal|señal|id|item|metric|sensor|channel|parameter)$/i
const VALUE_NAMES = /^(value|valor|val|wert|valeur|reading|measurement|leitura|lectura|v)$/i
const QUALITY_NAMES = /^(quality|qualidade|calidad|status|estado|q|qual|validity)$/i

function readTable(table: readonly Line[], delimiter: string, wishes: Wishes): Sniffed {
  const [top] = table
  if (top === undefined) return { kind: 'empty' }
  const guess = wishes.header ?? !top.fields.some((cell) => /\d/.test(cell) && looksLikeData(cell))
  const header = guess ? top.fields : top.fields.map((_, index) => `Column ${index + 1}`)
  const repeated = guess ? repeatedNames(header) : []
  if (repeated.length > 0) {
    const names = repeated.map(({ name, columns }) => `"${name}" (columns ${columns.join(', ')})`).join(', ')
    return { kind: 'unreadable', problem: `The header names ${names} more than once`, remedy: 'Give each column a name of its own.' }
  }
  const rest = guess ? table.slice(1) : table
  const units = guess ? unitsOf(rest[0], rest[1]) : undefined
  const rows = units === undefined ? rest : rest.slice(1)
  if (rows.length === 0) return { kind: 'empty' }
  const headLine = (units === undefined ? (guess ? top.line : top.line - 1) : (rest[0]?.line ?? top.line)) + 0
  const column = (index: number): string[] => rows.map((row) => row.fields[index] ?? '').filter((cell) => cell !== '')

  const found = { ...detectMarks(numericCells(rows), delimiter) }
  const marks: NumberMarks = {
    decimal: wishes.decimal ?? found.marks.decimal,
    thousands: wishes.thousands ?? (wishes.decimal === null || wishes.decimal === found.marks.decimal ? found.marks.thousands : ''),
  }
  const missing = missingColumn(header, wishes)
  if (missing !== undefined) return missing
  const times = findTimes(header, column, marks, wishes)
  if (times === undefined) {
    return {
      kind: 'unreadable',
      problem: `No column holds times. The columns are ${header
        .slice(0, 12)
        .map((name) => `"${name}"`)
        .join(', ')}`,
      remedy: 'Name the time column and its format in the settings of the device, and check the delimiter.',
    }
  }
  const long = findLong(header, column, marks, times, wishes)
  const fields = 1 + header.findLastIndex((name) => name !== '')
  const layout: Layout = {
    delimiter,
    marks,
    headLines: headLine,
    header,
    units: units ?? [],
    fields,
    timeFormat: times.finding.kind === 'format' ? times.finding.format : 'dmy',
    timeColumn: times.timeColumn,
    clockColumn: times.clockColumn,
    kind: long === undefined ? 'wide' : 'long',
    tagColumn: long?.tagColumn ?? -1,
    valueColumn: long?.valueColumn ?? -1,
    qualityColumn: long?.qualityColumn ?? -1,
  }
  return { kind: 'known', layout, time: times.finding, marksProof: found.proof }
}

function looksLikeData(cell: string): boolean {
  return /^[+-]?[\d.,' ]+(e[+-]?\d+)?$/i.test(cell) || /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}/.test(cell) || /^\d{1,2}:\d{2}/.test(cell)
}

/** A row between header and data without a number in it that stands under a time in the data. */
function unitsOf(line: Line | undefined, next: Line | undefined): readonly string[] | undefined {
  if (line === undefined || next === undefined) return undefined
  const words = line.fields.filter((cell) => cell !== '')
  if (words.some((cell) => looksLikeData(cell)) || !next.fields.some((cell) => looksLikeData(cell))) return undefined
  // under a number stands a unit; a row of texts alone is data
  const overNumbers = line.fields.some((cell, index) => cell !== '' && looksLikeData(next.fields[index] ?? ''))
  return overNumbers || words.length === 0 ? line.fields.map((cell) => cell.replace(/^[[(](.*)[\])]$/, '$1').trim()) : undefined
}

function* numericCells(rows: readonly Line[]): Iterable<string> {
  for (const row of rows) for (const cell of row.fields) if (/^[+-]?[\d.,' \u00a0\u202f\u2019]+(e[+-]?\d+)?$/i.test(cell)) yield cell
}

function missingColumn(header: readonly string[], wishes: Wishes): Sniffed | undefined {
  const named = {
    'time column': wishes.timeColumn,
    'time of day column': wishes.clockColumn,
    'tag column': wishes.tagColumn,
    'value column': wishes.valueColumn,
    'quality column': wishes.qualityColumn,
  }
  for (const [what, name] of Object.entries(named)) {
    if (name === '' || findColumn(header, name) !== -1) continue
    return {
      kind: 'unreadable',
      problem: `There is no column "${name}", which the device names as its ${what}`,
      remedy: `The columns are ${header
        .slice(0, 30)
        .map((column) => `"${column}"`)
        .join(', ')}.`,
    }
  }
  return undefined
}

interface Times {
  readonly timeColumn: number
  readonly clockColumn: number
  readonly finding: TimeFinding
}

function findTimes(header: readonly string[], column: (index: number) => string[], marks: NumberMarks, wishes: Wishes): Times | undefined {
  const wanted = wishes.timeColumn === '' ? header.map((_, index) => index) : [findColumn(header, wishes.timeColumn)]
  const settled = wishes.timeFormat
  for (const index of wanted) {
    const cells = column(index)
    const named = index === 0 || wishes.timeColumn !== '' || TIME_NAMES.test(header[index] ?? '')
    const detected = detectTime(cells, marks, named)
    const forced =
      settled !== null && (wishes.timeColumn !== '' || detected !== undefined || (named && TIME_NAMES.test(header[index] ?? '')))
    const finding: TimeFinding | undefined = forced ? { kind: 'format', format: settled, proof: null } : detected
    if (finding === undefined) continue
    return { timeColumn: index, clockColumn: findClock(header, column, cells, index, wishes), finding }
  }
  return undefined
}

/** Dates without a time of day go with the column that holds nothing else. */
function findClock(
  header: readonly string[],
  column: (index: number) => string[],
  dates: readonly string[],
  timeColumn: number,
  wishes: Wishes,
): number {
  if (wishes.clockColumn !== '') return findColumn(header, wishes.clockColumn)
  if (dates.some((cell) => cell.includes(':')) || dates.some((cell) => /^\d{9,}$/.test(cell))) return -1
  return header.findIndex((_, index) => {
    const cells = index === timeColumn ? [] : column(index)
    return cells.length > 0 && cells.filter(isTimeOfDay).length >= 0.8 * cells.length
  })
}

interface Long {
  readonly tagColumn: number
  readonly valueColumn: number
  readonly qualityColumn: number
}

/** A long file names its tags in one column of texts that repeat, and holds the values in another. */
function findLong(
  header: readonly string[],
  column: (index: number) => string[],
  marks: NumberMarks,
  times: Times,
  wishes: Wishes,
): Long | undefined {
  if (wishes.layout === 'wide') return undefined
  const free = header.flatMap((_, index) => (index === times.timeColumn || index === times.clockColumn ? [] : [index]))
  const byName = (wish: string, names: RegExp): number =>
    wish === '' ? (free.find((index) => names.test(header[index] ?? '')) ?? -1) : findColumn(header, wish)
  const isText = (index: number): boolean => {
    const cells = column(index)
    return cells.length > 0 && cells.filter((cell) => readNumber(cell, marks) === undefined).length >= 0.9 * cells.length
  }
  const tagColumn = byName(wishes.tagColumn, TAG_NAMES)
  const valueColumn = byName(wishes.valueColumn, VALUE_NAMES)
  const qualityColumn = byName(wishes.qualityColumn, QUALITY_NAMES)
  if (tagColumn !== -1 && valueColumn !== -1) return { tagColumn, valueColumn, qualityColumn }
  const named = !header.every((name, index) => name === `Column ${index + 1}`)
  const texts = free.filter(isText)
  const numbers = free.filter((index) => !isText(index))
  if (wishes.layout === 'long' || (!named && texts.length >= 1 && numbers.length === 1 && free.length <= 3)) {
    const tag = tagColumn === -1 ? (texts[0] ?? free[0] ?? -1) : tagColumn
    const value = valueColumn === -1 ? (numbers.find((index) => index !== tag) ?? free.find((index) => index !== tag) ?? -1) : valueColumn
    const quality = qualityColumn === -1 && !named ? (free.find((index) => index !== tag && index !== value) ?? -1) : qualityColumn
    return tag === -1 || value === -1 ? undefined : { tagColumn: tag, valueColumn: value, qualityColumn: quality }
  }
  return undefined
}
