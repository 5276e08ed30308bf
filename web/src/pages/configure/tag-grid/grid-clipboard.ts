import { parseCsv, unguarded, writeCsv } from '#plant/sheets/core/csv.ts'

/** Cells as spreadsheets put them on the clipboard: tabs between cells, quotes where a cell holds one. */
export function toClipboard(cells: readonly (readonly string[])[]): string {
  return writeCsv(cells, { delimiter: '\t', decimal: '.' }).slice(1)
}

/** The reverse, for what was copied here or in a spreadsheet; an empty line is a row with one empty cell. */
export function fromClipboard(text: string): string[][] {
  return parseCsv(`sep=\t\n${text}`).map((row) => (row.length === 0 ? [''] : row.map(unguarded)))
}
