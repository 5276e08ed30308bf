import {
  contentTypes,
  PACKAGE_RELATIONS,
  type SheetCell,
  type SheetColumn,
  sheetEnd,
  sheetRow,
  sheetStart,
  STYLES,
  workbookRelations,
  workbookXml,
} from './core/sheet-xml.ts'
import { type ZipPart, zipStream } from './zip-stream.ts'

export const XLSX_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** What a sheet holds (ECMA-376: rows to 1,048,576), and how much of it an archive without 64 bits does. */
const MOST_ROWS = 1_048_576
const MOST_CHARACTERS = 1_000_000_000
/** Rows are handed on in pieces of about this many characters. */
const PIECE = 1 << 16

/**
 * One table as an .xlsx file, sent while its rows are read, however many there are: what one sheet does not hold goes on in the next.
 * @param pages rows, a page at a time
 * @param most rows of a sheet, for tests
 */
export async function* streamWorkbook(
  name: string,
  columns: readonly SheetColumn[],
  pages: AsyncIterable<readonly (readonly SheetCell[])[]>,
  most = MOST_ROWS,
): AsyncGenerator<Uint8Array> {
  const rows = rowsOf(pages)
  try {
    yield* zipStream(partsOf(name, columns, rows, most))
  } finally {
    await rows.return(undefined)
  }
}

async function* rowsOf(pages: AsyncIterable<readonly (readonly SheetCell[])[]>): AsyncGenerator<readonly SheetCell[]> {
  for await (const page of pages) yield* page
}

async function* partsOf(
  name: string,
  columns: readonly SheetColumn[],
  rows: AsyncIterator<readonly SheetCell[]>,
  most: number,
): AsyncGenerator<ZipPart> {
  let sheets = 0
  let more = true
  const sheet = async function* (): AsyncGenerator<string> {
    let held = sheetStart(columns)
    let [row, characters] = [1, 0]
    while (row < most && characters < MOST_CHARACTERS) {
      const next = await rows.next()
      if (next.done === true) {
        more = false
        break
      }
      row += 1
      held += sheetRow(row, next.value)
      if (held.length < PIECE) continue
      characters += held.length
      yield held
      held = ''
    }
    yield held + sheetEnd(columns.length, row)
  }
  while (more) {
    sheets += 1
    yield { path: `xl/worksheets/sheet${sheets}.xml`, pieces: sheet() }
  }
  yield { path: 'xl/workbook.xml', pieces: [workbookXml(name, sheets)] }
  yield { path: 'xl/_rels/workbook.xml.rels', pieces: [workbookRelations(sheets)] }
  yield { path: 'xl/styles.xml', pieces: [STYLES] }
  yield { path: '_rels/.rels', pieces: [PACKAGE_RELATIONS] }
  yield { path: '[Content_Types].xml', pieces: [contentTypes(sheets)] }
}
