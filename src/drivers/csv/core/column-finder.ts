import type { Micros } from '#base/time.ts'
import type { Zone } from '#calc/zone.ts'
import { TagKind } from '#domain/device.ts'
import { valueColumns, type Layout } from './layout.ts'
import { readNumber } from './number.ts'
import { RowReader } from './row-reader.ts'
import type { Row } from './splitter.ts'

/** What a file holds that could become a tag. */
export interface FoundColumn {
  /** The header, or the name in the tag column. */
  readonly name: string
  readonly unit: string
  readonly kind: TagKind
  /** As it is written; null when it never had one. */
  readonly value: string | null
  readonly instant: Micros | null
}

interface Watched {
  readonly unit: string
  value: string | null
  instant: Micros | null
  numbers: number
  texts: number
  switches: number
}

/** More names than this in a long file are not tags. */
const MOST_TAGS = 20_000

/** Goes through rows and collects the columns, or the tags of a long file, with their last values. */
export class ColumnFinder {
  readonly #layout: Layout
  readonly #reader: RowReader
  readonly #found = new Map<string, Watched>()
  #instant: Micros | null = null

  constructor(layout: Layout, zone: Zone, now: Micros) {
    this.#layout = layout
    this.#reader = new RowReader(layout, zone, [], now)
    if (layout.kind === 'wide') for (const index of valueColumns(layout)) this.#of(layout.header[index] ?? '', layout.units[index] ?? '')
  }

  see(row: Row): void {
    if (row.line <= this.#layout.headLines || row.problem !== null) return
    this.#instant = this.#reader.timeOf(row)
    const { kind, tagColumn, valueColumn, header } = this.#layout
    if (kind === 'long') {
      const name = row.field(tagColumn).trim()
      if (name !== '' && (this.#found.has(name) || this.#found.size < MOST_TAGS))
        this.#note(this.#of(name, ''), row.field(valueColumn).trim())
      return
    }
    for (const index of valueColumns(this.#layout)) this.#note(this.#of(header[index] ?? '', ''), row.field(index).trim())
  }

  columns(): FoundColumn[] {
    return [...this.#found].map(([name, { unit, value, instant, numbers, texts, switches }]) => ({
      name,
      unit: unit === '' ? (/[[(]([^[\]()]{1,12})[\])]$/.exec(name)?.[1]?.trim() ?? '') : unit,
      kind: numbers > 0 || texts + switches === 0 ? TagKind.Analog : texts === 0 ? TagKind.Digital : TagKind.Text,
      value,
      instant,
    }))
  }

  #of(name: string, unit: string): Watched {
    let watched = this.#found.get(name)
    if (watched === undefined) {
      watched = { unit, value: null, instant: null, numbers: 0, texts: 0, switches: 0 }
      this.#found.set(name, watched)
    }
    return watched
  }

  #note(watched: Watched, cell: string): void {
    if (cell === '') return
    if (readNumber(cell, this.#layout.marks) !== undefined) watched.numbers++
    else if (/^(true|false|on|off)$/i.test(cell)) watched.switches++
    else watched.texts++
    if (watched.instant === null || (this.#instant !== null && this.#instant >= watched.instant)) {
      watched.value = cell.slice(0, 200)
      watched.instant = this.#instant
    }
  }
}
