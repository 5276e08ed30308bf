import type { Micros } from '#base/time.ts'
import type { Encoding } from './core/encoding.ts'
import type { Layout } from './core/layout.ts'
import type { OrderMemory } from './core/local-order.ts'
import { RowReader, type TakeValue, type WantedColumn } from './core/row-reader.ts'
import { Splitter, type Row } from './core/splitter.ts'
import type { Start } from './find-start.ts'
import type { IngestDesk } from './ingest-desk.ts'
import type { Head, SourceFile } from './source-file.ts'

interface BadRow {
  readonly line: number
  readonly reason: string
  readonly raw: string
}

/** What all rows of a stretch say before the first of them counts. */
export interface Survey {
  readonly encoding: Encoding
  rows: number
  bad: number
  /** The first of them. */
  readonly samples: BadRow[]
  /** Newest instant of each tag. */
  readonly newest: Map<number, Micros>
  /** How far it got: the end of the stretch, or where it was enough. */
  until: number
}

/** A stretch of a file. */
export interface Stretch {
  readonly layout: Layout
  readonly from: Pick<Start, 'offset' | 'line' | 'order'>
  /** Exclusive. */
  readonly until: number
  /** Whether the last line counts though it has no end. */
  readonly takeTail: boolean
  /** Asked after each block: whether whoever waits has waited long enough. */
  readonly enough?: () => boolean
}

const BAD_ROWS_SHOWN = 1000

/** Goes through a stretch in the encoding that it turns out to have. @throws Error of the file system */
export async function surveyStretch(
  file: SourceFile,
  head: Head,
  stretch: Stretch,
  wanted: readonly WantedColumn[],
  desk: Pick<IngestDesk, 'context' | 'zone'>,
): Promise<Survey> {
  try {
    return await survey(file, head.encoding, stretch, wanted, desk)
  } catch (error) {
    // strict UTF-8 throws TypeError at the first byte that cannot be
    if (!(error instanceof TypeError) || head.encoding !== 'utf-8') throw error
    return await survey(file, 'windows-1252', stretch, wanted, desk)
  }
}

async function survey(
  file: SourceFile,
  encoding: Encoding,
  { layout, from, until, takeTail, enough }: Stretch,
  wanted: readonly WantedColumn[],
  { context, zone }: Pick<IngestDesk, 'context' | 'zone'>,
): Promise<Survey> {
  const found: Survey = { encoding, rows: 0, bad: 0, samples: [], newest: new Map(), until }
  const reader = new RowReader(layout, zone, wanted, context.clock.now(), copyOf(from.order))
  const take: TakeValue = (tagId, instant) => {
    if (instant > (found.newest.get(tagId) ?? Number.NEGATIVE_INFINITY)) found.newest.set(tagId, instant)
  }
  const onRow = (row: Row): void => {
    if (row.line <= layout.headLines) return
    found.rows++
    const reason = reader.read(row, take)
    if (reason === null) return
    found.bad++
    if (found.samples.length < BAD_ROWS_SHOWN) found.samples.push({ line: row.line, reason, raw: row.raw() })
  }
  const rows = file.rows({ encoding, delimiter: layout.delimiter, until }, { ...from, hash: null }, context.signal, onRow)
  let step = await rows.next()
  while (step.done !== true) {
    if (enough?.() === true && step.value.offset < until) return { ...found, until: step.value.offset }
    step = await rows.next()
  }
  if (takeTail) new Splitter(layout.delimiter, step.value.line).split(step.value.text, true, onRow)
  return found
}

/** Where the rows stood in the doubled hour, to be moved on by whoever reads. */
export function copyOf(order: Start['order']): Map<string, OrderMemory> {
  return new Map(order.map(([name, memory]) => [name, { ...memory }]))
}
