import type { Micros } from '#base/time.ts'
import type { Zone } from '#calc/zone.ts'
import { QualitySeverity, severityOf } from '#domain/sample.ts'
import { type CsvLook, writeCell } from '#plant/sheets/core/csv.ts'

/** How times are written; all but `iso` and `epoch` on the wall clock of the zone. */
export const DATE_FORMATS = ['iso', 'ymd', 'dmy', 'mdy', 'epoch'] as const
export type DateFormat = (typeof DATE_FORMATS)[number]

const QUALITY = { [QualitySeverity.Good]: 'Good', [QualitySeverity.Uncertain]: 'Uncertain', [QualitySeverity.Bad]: 'Bad' } as const

/** Good, Uncertain or Bad: the words of OPC UA. */
export function qualityWord(quality: number): string {
  return QUALITY[severityOf(quality)]
}

/**
 * An instant as text: iso `2026-10-25T01:30:00.5+01:00`, ymd `2026-10-25 01:30:00.5`, dmy `25/10/2026 …`, mdy `10/25/2026 …`, epoch the seconds
 * since 1970. Only iso and epoch tell the two hours apart that a clock put back shows twice. Fractions to the microsecond, without their zeros.
 */
export function timeText(at: Micros, format: DateFormat, zone: Zone): string {
  const fraction = fractionOf(at)
  if (format === 'epoch') return `${Math.floor(at / 1_000_000)}${fraction}`
  const offset = zone.offsetAt(at)
  const local = new Date(Math.floor((at + offset) / 1_000_000) * 1000).toISOString()
  const [year, month, day, clock] = [local.slice(0, 4), local.slice(5, 7), local.slice(8, 10), local.slice(11, 19)]
  if (format === 'iso') return `${year}-${month}-${day}T${clock}${fraction}${offsetText(offset)}`
  const date = format === 'ymd' ? `${year}-${month}-${day}` : format === 'dmy' ? `${day}/${month}/${year}` : `${month}/${day}/${year}`
  return `${date} ${clock}${fraction}`
}

function fractionOf(at: Micros): string {
  const micros = ((at % 1_000_000) + 1_000_000) % 1_000_000
  return micros === 0 ? '' : `.${String(micros).padStart(6, '0').replace(/0+$/, '')}`
}

function offsetText(offset: Micros): string {
  const minutes = Math.round(Math.abs(offset) / 60_000_000)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

/** One line, with its end (RFC 4180); texts that a spreadsheet would run as a formula are guarded. */
export function csvLine(cells: readonly (string | number | null)[], look: CsvLook): string {
  return `${cells.map((cell) => writeCell(cell, look)).join(look.delimiter)}\r\n`
}
