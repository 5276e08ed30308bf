import type { Micros } from '#base/time.ts'
import type { Zone } from '#calc/zone.ts'
import type { TagKind } from '#domain/device.ts'
import { GOOD, packQuality, QualityReason, QualitySeverity, type Value } from '#domain/sample.ts'
import { findColumn, type Layout } from './layout.ts'
import { follow, newOrderMemory, placeLocal, type OrderMemory, type Placed } from './local-order.ts'
import { readNumber } from './number.ts'
import type { Row } from './splitter.ts'
import { TimeReader } from './time-text.ts'

/** A tag as a file knows it. */
export interface WantedColumn {
  readonly tagId: number
  /** Column header, or name in the tag column. */
  readonly address: string
  readonly kind: TagKind
}

/** Takes one value of one tag. */
export type TakeValue = (tagId: number, instant: Micros, value: Value, quality: number) => void

/** Later than now by more than this is a mistake of the date, not a clock that is a little fast. */
export const FUTURE_LIMIT: Micros = 86_400_000_000

interface Target {
  readonly wanted: WantedColumn
  readonly column: number
}

/** Rows become values of tags. */
export class RowReader {
  readonly #layout: Layout
  readonly #zone: Zone
  readonly #now: Micros
  readonly #times: TimeReader
  /** Of a wide file, in the order of its columns. */
  readonly #targets: readonly Target[]
  /** Of a long file; in lower case only where that leaves no doubt. */
  #byName: ReadonlyMap<string, readonly WantedColumn[]> = new Map()
  readonly #byLowerName = new Map<string, readonly WantedColumn[]>()
  /** By tag name in a long file, whose tags may stand one after the other; of the whole file otherwise under ''. */
  readonly order: Map<string, OrderMemory>
  readonly #placed: Placed = { instant: 0, flags: 0 }

  /**
   * @param now dates well after it are mistakes
   * @param order as left by the rows before, where reading is taken up
   */
  constructor(layout: Layout, zone: Zone, wanted: readonly WantedColumn[], now: Micros, order: Map<string, OrderMemory> = new Map()) {
    this.#layout = layout
    this.#zone = zone
    this.#now = now
    this.#times = new TimeReader(layout.timeFormat, layout.marks)
    this.order = order
    this.#targets =
      layout.kind === 'long'
        ? []
        : wanted.map((one) => ({ wanted: one, column: findColumn(layout.header, one.address) })).filter(({ column }) => column !== -1)
    if (layout.kind === 'wide') return
    this.#byName = Map.groupBy(wanted, (one) => one.address.trim())
    const alike = Map.groupBy(this.#byName.keys(), (name) => name.toLowerCase())
    for (const [lower, names] of alike) if (names.length === 1) this.#byLowerName.set(lower, this.#byName.get(names[0] ?? '') ?? [])
  }

  /** @returns what is wrong with the row, in words; null when it is sound. What could be read of a bad row was taken all the same. */
  read(row: Row, take: TakeValue): string | null {
    if (row.problem !== null) return row.problem
    const { fields } = this.#layout
    if (row.count !== fields) {
      if (row.count < fields) return `${row.count} fields instead of ${fields}`
      for (let i = fields; i < row.count; i++) if (row.field(i).trim() !== '') return `${row.count} fields instead of ${fields}`
    }
    return this.#layout.kind === 'wide' ? this.#readWide(row, take) : this.#readLong(row, take)
  }

  /** @returns the instant of a row; null when it has none that can be read */
  timeOf(row: Row): Micros | null {
    return row.problem === null && this.#place(row, '') === null ? this.#placed.instant : null
  }

  #readWide(row: Row, take: TakeValue): string | null {
    const problem = this.#place(row, '')
    if (problem !== null) return problem
    const { instant, flags } = this.#placed
    let bad: string | null = null
    for (const { wanted, column } of this.#targets) {
      const cell = row.field(column).trim()
      if (cell === '') continue
      const word = this.#take(wanted, cell, instant, GOOD | flags, take)
      if (word !== null) bad = `${bad === null ? '' : `${bad}; `}${this.#layout.header[column] ?? ''}: ${word}`
    }
    return bad
  }

  #readLong(row: Row, take: TakeValue): string | null {
    const { tagColumn, valueColumn, qualityColumn } = this.#layout
    const name = row.field(tagColumn).trim()
    if (name === '') return 'the name of the tag is missing'
    const tags = this.#byName.get(name) ?? this.#byLowerName.get(name.toLowerCase())
    const problem = this.#place(row, tags === undefined ? null : name)
    if (problem !== null) return problem
    if (tags === undefined) return null
    const cell = row.field(valueColumn).trim()
    const quality = qualityColumn === -1 ? GOOD : readQuality(row.field(qualityColumn).trim())
    const { instant, flags } = this.#placed
    let bad: string | null = null
    for (const wanted of tags) {
      if (cell === '') take(wanted.tagId, instant, null, NO_DATA | flags)
      else bad = this.#take(wanted, cell, instant, quality | flags, take) ?? bad
    }
    return bad === null ? null : `${name}: ${bad}`
  }

  #take(wanted: WantedColumn, cell: string, instant: Micros, quality: number, take: TakeValue): string | null {
    const value = this.#valueOf(wanted.kind, cell)
    if (value !== undefined) {
      take(wanted.tagId, instant, value, value === null ? NO_DATA | (quality & FLAGS) : quality)
      return null
    }
    take(wanted.tagId, instant, null, INVALID | (quality & FLAGS))
    return `"${cell.slice(0, 60)}" is no ${wanted.kind === 'digital' ? 'on or off' : 'number'}`
  }

  /** @returns undefined for what the kind of the tag cannot be, null for a word that stands for no value */
  #valueOf(kind: TagKind, cell: string): Value | undefined {
    if (kind === 'text') return cell
    const number = readNumber(cell, this.#layout.marks)
    if (kind === 'digital') {
      if (number === 0 || number === 1) return number === 1
      return SWITCHES.get(cell.toLowerCase()) ?? (NOTHING.has(cell.toLowerCase()) ? null : undefined)
    }
    return number ?? (NOTHING.has(cell.toLowerCase()) ? null : undefined)
  }

  /** @param group whose order of rows counts; null when nobody wants the row */
  #place(row: Row, group: string | null): string | null {
    const { timeColumn, clockColumn, timeFormat } = this.#layout
    const date = row.field(timeColumn).trim()
    const cell = clockColumn === -1 ? date : `${date} ${row.field(clockColumn).trim()}`
    const local = this.#times.read(cell)
    if (Number.isNaN(local))
      return cell === '' ? 'the time is missing' : `"${cell.slice(0, 60)}" is no time written ${FORMAT_WORDS[timeFormat]}`
    if (group === null) return null
    let memory = this.order.get(group)
    if (memory === undefined) this.order.set(group, (memory = newOrderMemory()))
    if (this.#times.absolute) {
      this.#placed.instant = local
      this.#placed.flags = 0
      follow(memory, local)
    } else placeLocal(local, this.#zone, memory, this.#placed)
    return this.#placed.instant > this.#now + FUTURE_LIMIT ? `"${cell}" lies in the future: check the date format` : null
  }
}

const NO_DATA = packQuality(QualitySeverity.Bad, QualityReason.NoData)
const INVALID = packQuality(QualitySeverity.Bad, QualityReason.TypeMismatch)
/** Flags begin at bit 6. */
const FLAGS = ~0x3f

export const FORMAT_WORDS = {
  ymd: 'year-month-day',
  dmy: 'day/month/year',
  mdy: 'month/day/year',
  compact: 'yyyymmddhhmmss',
  excel: 'as a number of days (Excel)',
  epochSeconds: 'as seconds since 1970',
  epochMillis: 'as milliseconds since 1970',
  epochMicros: 'as microseconds since 1970',
} as const

/** Words that stand for no value. */
const NOTHING: ReadonlySet<string> = new Set([
  'nan',
  'null',
  'none',
  'n/a',
  'na',
  '#n/a',
  '-',
  '--',
  '---',
  'inf',
  '-inf',
  'no data',
  'nodata',
  'bad',
])

const SWITCHES: ReadonlyMap<string, boolean> = new Map([
  ...['true', 'on', 'yes', 'sim', 'sí', 'si', 'verdadeiro', 'verdadero', 'ligado', 'open'].map((word) => [word, true] as const),
  ...['false', 'off', 'no', 'não', 'nao', 'falso', 'desligado', 'closed'].map((word) => [word, false] as const),
])

const BAD = packQuality(QualitySeverity.Bad)
const UNCERTAIN = packQuality(QualitySeverity.Uncertain)

/** Words in three languages, the quality byte of OPC DA, the statusCode of OPC UA; what is unknown is Uncertain. */
export function readQuality(text: string): number {
  if (text === '') return GOOD
  if (/^(0x[\da-f]{1,8}|\d{4,10})$/i.test(text))
    return Number(text) === 0 ? GOOD : ([GOOD, UNCERTAIN, BAD, BAD][Number(text) >>> 30] ?? BAD)
  if (/^\d{1,3}$/.test(text)) return Number(text) >= 192 ? GOOD : Number(text) >= 64 ? UNCERTAIN : BAD
  if (/^(good|ok|valid|boa|bom|buena|bueno|válid[ao])\b/i.test(text)) return GOOD
  return /^(bad|invalid|má|mau|mala|malo|inválid[ao]|error|fail)/i.test(text) ? BAD : UNCERTAIN
}
