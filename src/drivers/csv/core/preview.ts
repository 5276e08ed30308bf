import type { Micros } from '#base/time.ts'
import { Zone } from '#calc/zone.ts'
import { severityOf, QualitySeverity, type Value } from '#domain/sample.ts'
import { ColumnFinder, type FoundColumn } from './column-finder.ts'
import type { Encoding } from './encoding.ts'
import { findColumn, type Layout } from './layout.ts'
import { FORMAT_WORDS, RowReader, type WantedColumn } from './row-reader.ts'
import { Splitter } from './splitter.ts'
import type { Structure } from './structure.ts'

/** What the form shows before anybody saves: JSON. */
export interface Preview {
  readonly ok: boolean
  /** What stands in the way and what to do; null when the file can be read. */
  readonly problem: string | null
  readonly remedy: string | null
  /** Asked where the file cannot tell: one click sets the field. */
  readonly question: {
    readonly field: 'dateFormat'
    readonly choices: readonly { readonly value: string; readonly meaning: string }[]
  } | null
  readonly encoding: Encoding
  readonly structure: {
    readonly delimiter: string
    readonly decimal: string
    readonly decimalProof: string | null
    readonly thousands: string
    readonly layout: 'wide' | 'long'
    readonly header: readonly string[]
    readonly units: readonly string[]
    readonly timeColumn: string
    readonly clockColumn: string | null
    readonly tagColumn: string | null
    readonly valueColumn: string | null
    readonly qualityColumn: string | null
    readonly dateFormat: string
    readonly dateProof: string
  } | null
  readonly timeZone: string
  readonly columns: readonly FoundColumn[]
  /** Tags of the form for which there is no column. */
  readonly missing: readonly string[]
  readonly rows: readonly PreviewRow[]
  readonly problems: readonly { readonly line: number; readonly reason: string }[]
  /** Worth a second look though it can be read. */
  readonly warnings: readonly string[]
}

export interface PreviewRow {
  readonly line: number
  readonly tag: string
  /** ISO 8601, UTC. */
  readonly time: string
  /** The same on the clocks of the zone. */
  readonly local: string
  readonly value: string
  readonly good: boolean
}

const ROWS = 20
const PROBLEMS = 20
const AHEAD: Micros = 600_000_000

/**
 * @param text the beginning of the file
 * @param tags of the form; without any all columns are shown
 */
export function preview(
  text: string,
  encoding: Encoding,
  structure: Structure,
  zone: string,
  tags: readonly { readonly name: string; readonly column: string }[],
  now: Micros,
): Preview {
  const nothing = {
    ok: false,
    problem: null,
    remedy: null,
    question: null,
    encoding,
    structure: null,
    timeZone: zone,
    columns: [],
    missing: [],
    rows: [],
    problems: [],
    warnings: [],
  }
  if (structure.kind === 'empty') return { ...nothing, problem: 'There is no row of data yet', remedy: 'Give a file with a few rows.' }
  if (structure.kind === 'unreadable') return { ...nothing, problem: structure.problem, remedy: structure.remedy }
  const { layout } = structure
  const known = structure.kind === 'known'
  const zoneOf = new Zone(zone)
  const columns = columnsIn(text, layout, zoneOf, now)
  const names = columns.map((column) => column.name)
  return {
    ...nothing,
    ok: known,
    problem: known ? null : structure.problem,
    remedy: known ? null : structure.remedy,
    question: known ? null : questionOf(text, layout, zoneOf),
    structure: {
      delimiter: layout.delimiter === '\t' ? 'tab' : layout.delimiter,
      decimal: layout.marks.decimal,
      decimalProof: known ? structure.marksProof : null,
      thousands: layout.marks.thousands,
      layout: layout.kind,
      header: layout.header,
      units: layout.units,
      timeColumn: layout.header[layout.timeColumn] ?? '',
      clockColumn: layout.header[layout.clockColumn] ?? null,
      tagColumn: layout.header[layout.tagColumn] ?? null,
      valueColumn: layout.header[layout.valueColumn] ?? null,
      qualityColumn: layout.header[layout.qualityColumn] ?? null,
      dateFormat: layout.timeFormat,
      dateProof: known ? structure.dateProof : 'not known',
    },
    columns,
    missing: tags.filter(({ column }) => findColumn(layout.kind === 'wide' ? layout.header : names, column) === -1).map(({ name }) => name),
    ...(known ? firstRows(text, layout, zoneOf, columns, now) : {}),
  }
}

function columnsIn(text: string, layout: Layout, zone: Zone, now: Micros): FoundColumn[] {
  const finder = new ColumnFinder(layout, zone, now)
  new Splitter(layout.delimiter).split(text, true, (row) => finder.see(row))
  return finder.columns()
}

function firstRows(
  text: string,
  layout: Layout,
  zone: Zone,
  columns: readonly FoundColumn[],
  now: Micros,
): Pick<Preview, 'rows' | 'problems' | 'warnings'> {
  const wanted: WantedColumn[] = columns.map(({ name, kind }, tagId) => ({ tagId, address: name, kind }))
  const reader = new RowReader(layout, zone, wanted, now)
  const rows: PreviewRow[] = []
  const problems: { line: number; reason: string }[] = []
  let seen = 0
  let newest = Number.NEGATIVE_INFINITY
  new Splitter(layout.delimiter).split(text, true, (row) => {
    if (row.line <= layout.headLines) return
    seen++
    const { line } = row
    const reason = reader.read(row, (tagId, instant, value, quality) => {
      newest = Math.max(newest, instant)
      if (seen > ROWS) return
      const good = severityOf(quality) === QualitySeverity.Good
      rows.push({ line, tag: columns[tagId]?.name ?? '', ...timesOf(instant, zone), value: textOf(value), good })
    })
    if (reason !== null && problems.length < PROBLEMS) problems.push({ line, reason })
  })
  const minutes = Math.round((newest - now) / 60_000_000)
  const warnings =
    newest > now + AHEAD
      ? [`The newest row is ${minutes} minutes ahead of the clock of this machine: check the time zone (${zone.name}) and the date format.`]
      : []
  return { rows, problems, warnings }
}

/** The first date, read both ways. */
function questionOf(text: string, layout: Layout, zone: Zone): Preview['question'] {
  const choice = (timeFormat: 'dmy' | 'mdy'): { value: string; meaning: string } => {
    const reader = new RowReader({ ...layout, timeFormat }, zone, [], Number.POSITIVE_INFINITY)
    let first: Micros | null = null
    new Splitter(layout.delimiter).split(text, true, (row) => {
      if (row.line > layout.headLines) first ??= reader.timeOf(row)
    })
    const day = first === null ? '?' : timesOf(first, zone).local.slice(0, 10)
    return { value: timeFormat, meaning: `${FORMAT_WORDS[timeFormat]}: the first row is of ${day}` }
  }
  return { field: 'dateFormat', choices: [choice('dmy'), choice('mdy')] }
}

function timesOf(instant: Micros, zone: Zone): { readonly time: string; readonly local: string } {
  const iso = (micros: Micros): string => Temporal.Instant.fromEpochMilliseconds(Math.floor(micros / 1000)).toString()
  return { time: iso(instant), local: iso(zone.toLocal(instant)).replace('T', ' ').replace('Z', '') }
}

function textOf(value: Value): string {
  return value === null ? '' : String(value)
}
