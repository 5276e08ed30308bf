import writeExcelFile from 'write-excel-file/browser'
import { alignPens, type Pen } from './pens.ts'

/** What is shown as an .xlsx file: one row a time, one column a line. Its times are those of the wall clock, as a spreadsheet has no zone. */
export async function workbookOf(pens: readonly Pen[], timeTitle: string, timeZone: string): Promise<Blob> {
  const { times, lines } = alignPens(pens)
  const offsetAt = offsetsOf(timeZone)
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

const QUARTER = 900

/** @returns by how many seconds the wall clock is ahead of UTC; no zone changes within a quarter of an hour */
function offsetsOf(timeZone: string): (seconds: number) => number {
  const clock = new Intl.DateTimeFormat('en', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const known = new Map<number, number>()
  return (seconds) => {
    const quarter = Math.floor(seconds / QUARTER) * QUARTER
    let offset = known.get(quarter)
    if (offset === undefined) {
      const parts = new Map(clock.formatToParts(quarter * 1000).map(({ type, value }) => [type, Number(value)]))
      const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0
      const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
      offset = wall / 1000 - quarter
      known.set(quarter, offset)
    }
    return offset
  }
}
