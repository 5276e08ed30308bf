import type { NumberMarks } from './number.ts'
import type { TimeFormat } from './time-text.ts'

/** How a file is to be read, everything decided. Columns count from 0; -1 stands for none. */
export interface Layout {
  readonly delimiter: string
  readonly marks: NumberMarks
  /** Data begins after this line. */
  readonly headLines: number
  /** Trimmed names of the columns: those of the header, or Column 1, Column 2 … */
  readonly header: readonly string[]
  /** What the units row says of each column; empty without one. */
  readonly units: readonly string[]
  /** Fields that a row must have; trailing empty ones beyond are ignored. */
  readonly fields: number
  readonly timeFormat: TimeFormat
  readonly timeColumn: number
  /** Of the time of day where it stands apart from the date. */
  readonly clockColumn: number
  /** One column a tag, or one row a value. */
  readonly kind: 'wide' | 'long'
  /** Of a long file. */
  readonly tagColumn: number
  readonly valueColumn: number
  readonly qualityColumn: number
}

/** @returns the column of this name: exact after trimming, else the only one that differs in case alone; -1 */
export function findColumn(header: readonly string[], name: string): number {
  const wanted = name.trim()
  const exact = header.indexOf(wanted)
  if (exact !== -1) return exact
  const lower = wanted.toLowerCase()
  const alike = header.flatMap((column, index) => (column.toLowerCase() === lower && column !== '' ? [index] : []))
  if (alike.length === 1) return alike[0] ?? -1
  const numbered = /^(?:column )?(\d+)$/i.exec(wanted)
  const index = Number(numbered?.[1]) - 1
  return header[index] === `Column ${index + 1}` ? index : -1
}

/** @returns the columns that can be tags of a wide file, in order */
export function valueColumns(layout: Layout): number[] {
  return layout.header.flatMap((name, index) => (name !== '' && index !== layout.timeColumn && index !== layout.clockColumn ? [index] : []))
}

/** Names that stand more than once in a header, with the numbers of their columns. */
export function repeatedNames(header: readonly string[]): { readonly name: string; readonly columns: readonly number[] }[] {
  const places = new Map<string, number[]>()
  for (const [index, name] of header.entries()) if (name !== '') places.set(name, [...(places.get(name) ?? []), index + 1])
  return [...places].filter(([, columns]) => columns.length > 1).map(([name, columns]) => ({ name, columns }))
}
