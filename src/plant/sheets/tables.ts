import { nearest } from '../core/nearest.ts'
import type { RawCell } from './cells.ts'
import { SHEETS, type Column, type Columns, type SheetName } from './columns.ts'

/** A sheet of a workbook, or a CSV file, as it was read. */
export interface RawSheet {
  /** Where people find it: `Tags`, or `tags.csv`. */
  readonly place: string
  /** What the workbook calls it; empty for a CSV file, which its headings tell. */
  readonly title: string
  readonly rows: readonly (readonly RawCell[])[]
}

/** Why a cell cannot be used, and where it stands. */
export interface SheetProblem {
  readonly place: string
  /** As the spreadsheet counts, from 1; 0 for the whole sheet. */
  readonly row: number
  /** The heading of the column; empty for the whole row. */
  readonly column: string
  readonly message: string
  readonly remedy: string
}

export interface Row {
  readonly place: string
  readonly number: number
  readonly cells: ReadonlyMap<string, RawCell>
}

export interface Table {
  readonly name: SheetName
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
}

const TITLES: Readonly<Record<string, SheetName>> = {
  devices: 'Devices',
  dispositivos: 'Devices',
  equipamentos: 'Devices',
  equipos: 'Devices',
  tags: 'Tags',
  etiquetas: 'Tags',
  rules: 'Rules',
  regras: 'Rules',
  reglas: 'Rules',
}

/** Finds out which sheets there are and which columns they have; others are left alone. */
export function recognise(sheets: readonly RawSheet[], columns: Columns): { tables: Table[]; problems: SheetProblem[] } {
  const problems: SheetProblem[] = []
  const tables = sheets.flatMap((sheet) => {
    const name = nameOf(sheet, columns)
    return name === undefined ? [] : [tableOf(sheet, name, columns[name], problems)]
  })
  if (tables.length === 0) problems.push(nothingFound(sheets))
  return { tables, problems }
}

function nameOf({ title, rows }: RawSheet, columns: Columns): SheetName | undefined {
  const told = TITLES[title.trim().toLowerCase()]
  if (told !== undefined) return told
  // a workbook may hold other sheets: only what has our headings is ours
  const headings = new Set((rows[0] ?? []).map(headingOf))
  const keysThere = (name: SheetName): boolean => columns[name].filter((one) => one.key).every((one) => headings.has(plainName(one.name)))
  const candidates = SHEETS.filter(keysThere)
  // the keys of Tags are among those of Rules
  return candidates.includes('Rules') ? 'Rules' : candidates[0]
}

function nothingFound(sheets: readonly RawSheet[]): SheetProblem {
  const titles = sheets.map((sheet) => sheet.title).filter((title) => title !== '')
  const meant = titles.map((title) => nearest(title, SHEETS)).find((one) => one !== undefined)
  return {
    place: sheets[0]?.place ?? '',
    row: 0,
    column: '',
    message: `There is no sheet Devices, Tags or Rules${meant === undefined ? '' : `; did you mean ${meant}?`}${titles.length === 0 ? '' : ` The sheets are ${titles.join(', ')}.`}`,
    remedy: 'Export a file to see the form: the first row of each sheet holds the names of its columns.',
  }
}

function tableOf(sheet: RawSheet, name: SheetName, known: readonly Column[], problems: SheetProblem[]): Table {
  const { place, rows } = sheet
  const headings = rows[0] ?? []
  const body = rows.slice(1)
  const columns = headings.map((heading, index) => {
    const written = headingOf(heading)
    const found = known.find((one) => plainName(one.name) === written) ?? settingColumn(String(heading ?? '').trim())
    if (found === undefined && (written !== '' || body.some((row) => !isEmpty(row[index])))) {
      const meant = nearest(
        written,
        known.map((one) => plainName(one.name)),
      )
      const original = known.find((one) => plainName(one.name) === meant)?.name
      problems.push({
        place,
        row: 1,
        column: written === '' ? letterOf(index) : String(heading),
        message:
          written === ''
            ? `Column ${letterOf(index)} has no heading.`
            : `There is no column "${String(heading)}"${original === undefined ? '.' : `; did you mean ${original}?`}`,
        remedy: 'Correct the heading in the first row, or remove the column.',
      })
    }
    return found
  })
  for (const [index, one] of columns.entries()) {
    if (one === undefined || columns.indexOf(one) === index) continue
    problems.push({
      place,
      row: 1,
      column: one.name,
      message: `The column ${one.name} stands there twice.`,
      remedy: 'Remove one of the two.',
    })
  }
  for (const one of known.filter((column) => column.key && !columns.includes(column))) {
    problems.push({
      place,
      row: 1,
      column: one.name,
      message: `The column ${one.name} is missing: it says what a row means.`,
      remedy: 'Add it to the first row.',
    })
  }
  const used = columns.flatMap((one, index) => (one === undefined ? [] : [{ one, index }]))
  return {
    name,
    columns: used.map(({ one }) => one),
    rows: body.flatMap((row, index) =>
      row.every(isEmpty)
        ? []
        : [{ place, number: index + 2, cells: new Map(used.map(({ one, index: at }) => [one.name, row[at] ?? null])) }],
    ),
  }
}

/** A setting that no driver declares: the driver itself will say what it thinks of it. */
function settingColumn(heading: string): Column | undefined {
  if (!/^(connection|settings)\.\S+$/.test(heading)) return undefined
  return { name: heading, kind: 'json', choices: [], explanation: '', fallback: '', key: false }
}

function isEmpty(cell: RawCell | undefined): boolean {
  return cell === null || cell === undefined || (typeof cell === 'string' && cell.trim() === '')
}

function headingOf(cell: RawCell): string {
  return plainName(cell === null ? '' : String(cell))
}

/** Capitals, blanks and underscores do not count. */
function plainName(text: string): string {
  return text.toLowerCase().replaceAll(/[\s_*]/g, '')
}

/** 0 is A, 26 is AA. */
function letterOf(index: number): string {
  return index < 26 ? String.fromCharCode(65 + index) : letterOf(Math.floor(index / 26) - 1) + letterOf(index % 26)
}
