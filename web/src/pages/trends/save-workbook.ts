import writeExcelFile from 'write-excel-file/browser'
import { zoneOffset } from '../../format/zone-offset.ts'
import { alignPens, type Pen } from './pens.ts'

/** What is shown as an .xlsx file: one row a time, one column a line. Its times are those of the wall clock, as a spreadsheet has no zone. */
export async function workbookOf(pens: readonly Pen[], timeTitle: string, timeZone: string): Promise<Blob> {
  const { times, lines } = alignPens(pens)
  const offsetAt = zoneOffset(timeZone)
  const bold = { type: String, fontWeight: 'bold' as const }
  const title = [timeTitle, ...pens.map((pen) => pen.label)].map((value) => ({ value, ...bold }))
  const rows = times.map((at, row) => [
    { value: new Date((at + offsetAt(at)) * 1000), type: Date, format: 'yyyy-mm-dd hh:mm:ss' },
    ...lines.map((line) => {
      const value = line[row]
      return value === undefined || value === null ? null : { value, type: Number }
    }),
  ])
  return await writeExcelFile([title, ...rows], {
    columns: [{ width: 20 }, ...pens.map(() => ({ width: 18 }))],
    stickyRowsCount: 1,
  }).toBlob()
}
