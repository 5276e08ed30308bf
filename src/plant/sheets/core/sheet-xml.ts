import type { Micros } from '#base/time.ts'
import type { Zone } from '#calc/zone.ts'
import { escapeXlsx } from './xlsx-text.ts'

/** An instant shown on the wall clock of a zone; a spreadsheet knows no other. */
export interface WallClock {
  readonly at: Micros
  readonly zone: Zone
}

/** Text is always text: no spreadsheet takes it for a formula, whatever it begins with. */
export type SheetCell = string | number | WallClock | null

export interface SheetColumn {
  readonly title: string
  /** In characters. */
  readonly width: number
}

// places of cellXfs in STYLES
const [TEXT, TITLE, INSTANT] = [1, 2, 3]
const MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
/** From the day zero of spreadsheets to 1970. */
const EPOCH_DAYS = 25_569
const DAY = 86_400_000_000

export const STYLES = `${XML}<styleSheet ${MAIN}><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>\
<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>\
<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>\
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="4">\
<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>\
<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>\
<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>`

/** The part that says what the others are, for so many sheets. */
export function contentTypes(sheets: number): string {
  const part = (path: string, type: string): string =>
    `<Override PartName="/xl/${path}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.${type}+xml"/>`
  return `${XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">\
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
${part('workbook.xml', 'sheet.main')}${part('styles.xml', 'styles')}${each(sheets, (n) => part(`worksheets/sheet${n}.xml`, 'worksheet'))}</Types>`
}

const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

export const PACKAGE_RELATIONS = relations(relation('rId1', 'officeDocument', 'xl/workbook.xml'))

export function workbookRelations(sheets: number): string {
  return relations(
    each(sheets, (n) => relation(`rId${n}`, 'worksheet', `worksheets/sheet${n}.xml`)) +
      relation(`rId${sheets + 1}`, 'styles', 'styles.xml'),
  )
}

/** @param name of the first sheet; the others are numbered */
export function workbookXml(name: string, sheets: number): string {
  const sheet = (n: number): string => `<sheet name="${escapeXml(n === 1 ? name : `${name} ${n}`)}" sheetId="${n}" r:id="rId${n}"/>`
  return `${XML}<workbook ${MAIN} xmlns:r="${RELATIONS}"><sheets>${each(sheets, sheet)}</sheets></workbook>`
}

/** A sheet up to its rows: the row of titles, in view while one scrolls, is the first of them. */
export function sheetStart(columns: readonly SheetColumn[]): string {
  const cols = columns.map(({ width }, at) => `<col min="${at + 1}" max="${at + 1}" width="${width}" customWidth="1"/>`).join('')
  const titles = columns.map(({ title }, at) => textCell(`${letters(at)}1`, title, TITLE)).join('')
  return `${XML}<worksheet ${MAIN}><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>\
</sheetView></sheetViews><cols>${cols}</cols><sheetData><row r="1">${titles}</row>`
}

/** @param row from 1; the titles are the first */
export function sheetRow(row: number, cells: readonly SheetCell[]): string {
  return `<row r="${row}">${cells.map((cell, at) => cellXml(`${letters(at)}${row}`, cell)).join('')}</row>`
}

/** What follows the last row; each column can be filtered by. */
export function sheetEnd(columns: number, rows: number): string {
  return `</sheetData><autoFilter ref="A1:${letters(columns - 1)}${rows}"/></worksheet>`
}

function cellXml(place: string, cell: SheetCell): string {
  if (cell === null || cell === '') return ''
  if (typeof cell === 'string') return textCell(place, cell, TEXT)
  if (typeof cell === 'number') return Number.isFinite(cell) ? `<c r="${place}"><v>${cell}</v></c>` : textCell(place, String(cell), TEXT)
  const serial = (cell.at + cell.zone.offsetAt(cell.at)) / DAY + EPOCH_DAYS
  return `<c r="${place}" s="${INSTANT}"><v>${serial}</v></c>`
}

function textCell(place: string, text: string, style: number): string {
  return `<c r="${place}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${escapeXml(escapeXlsx(text))}</t></is></c>`
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

/** Of a column, from 0: A to Z, AA to AZ, … */
function letters(column: number): string {
  const rest = column < 26 ? '' : letters(Math.floor(column / 26) - 1)
  return rest + String.fromCharCode(65 + (column % 26))
}

function relation(id: string, type: string, target: string): string {
  return `<Relationship Id="${id}" Type="${RELATIONS}/${type}" Target="${target}"/>`
}

function relations(all: string): string {
  return `${XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${all}</Relationships>`
}

function each(count: number, make: (n: number) => string): string {
  return Array.from({ length: count }, (_, index) => make(index + 1)).join('')
}
