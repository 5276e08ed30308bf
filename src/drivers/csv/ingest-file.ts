import type { Micros } from '#base/time.ts'
import type { Encoding } from './core/encoding.ts'
import type { Layout } from './core/layout.ts'
import { RowReader } from './core/row-reader.ts'
import { Splitter, type Row } from './core/splitter.ts'
import { findStart, type Start } from './find-start.ts'
import { collectorFor, type IngestDesk } from './ingest-desk.ts'
import { columnId, missingColumns, readForLateTags } from './late-tags.ts'
import type { LedgerRow } from './ledger.ts'
import { RejectedRows } from './rejected-rows.ts'
import type { SampleCollector } from './sample-collector.ts'
import type { Mark, SourceFile } from './source-file.ts'
import { structureOf } from './structure-of.ts'
import { copyOf, surveyStretch, type Survey } from './survey.ts'

/** What became of a file. */
export type Outcome =
  /** `rest`: the last line has no end yet and was left for later. */
  | { readonly kind: 'read'; readonly key: string | null; readonly rows: number; readonly bad: number; readonly rest: boolean }
  /** The content is known already. */
  | { readonly kind: 'known'; readonly key: string }
  | { readonly kind: 'refused'; readonly problem: string }

/**
 * Reads what is new of a file, exactly once: on from the longest prefix that is known, whatever name it came under. A survey of all rows
 * comes first: it settles encoding and date order, finds the newest value of each tag, and counts malformed rows, so that a file is
 * refused before a single value of it counts. Values and ledger then travel together, block by block.
 * @param takeTail whether a last line without its end is complete
 * @throws Error of the file system
 */
export async function ingestFile(file: SourceFile, desk: IngestDesk, takeTail: boolean): Promise<Outcome> {
  const { config, ledger, context } = desk
  const start = await findStart(file, ledger, context.signal)
  const missing = start.known === null ? [] : missingColumns(start.known.row, desk)
  if (start.known !== null && start.offset === file.filled && missing.length === 0) return { kind: 'known', key: start.known.key }
  const head = await file.head(config.fixedEncoding, takeTail)
  const structure = await structureOf(file, head, desk)
  if (structure.kind === 'empty') return { kind: 'read', key: null, rows: 0, bad: 0, rest: !takeTail }
  if (structure.kind !== 'known') return { kind: 'refused', problem: `${structure.problem}. ${structure.remedy}` }
  const { layout } = structure
  if (structure.provedOrder !== null) ledger.proveDateOrder(structure.provedOrder)
  if (start.known !== null && missing.length > 0) {
    await readForLateTags(file, head, layout, start.known.key, start.offset, desk)
    if (start.offset === file.filled) return { kind: 'known', key: start.known.key }
  }
  const from = afterMark(start, await file.read(0, head.markBytes))
  const survey = await surveyStretch(file, head, { layout, from, until: file.filled, takeTail }, desk.wanted, desk)
  const rows = survey.rows + start.rows
  const bad = survey.bad + start.bad
  if (bad * 100 > rows * config.maxBadPercent) return await refuse(file, desk, survey, rows, bad)
  return await new Reading(file, desk, layout, from, survey).run(takeTail)
}

function afterMark(start: Start, mark: Uint8Array): Start {
  return start.offset > 0 ? start : { ...start, offset: mark.length, hash: start.hash.update(mark) }
}

async function refuse(file: SourceFile, desk: IngestDesk, { samples }: Survey, rows: number, bad: number): Promise<Outcome> {
  await using rejected = new RejectedRows(desk.rejectedFolder, file.name, null, desk.context.log)
  for (const { line, reason, raw } of samples) rejected.add(line, reason, raw)
  const place = await rejected.flush()
  const [first] = samples
  const where = place === null ? '' : ` ${bad === 1 ? 'It is' : `The first ${samples.length} are`} in rejected/${place.name}.`
  return {
    kind: 'refused',
    problem: `${bad} of ${rows} rows cannot be read, more than the ${desk.config.maxBadPercent} % allowed; the first is line ${first?.line ?? 0}: ${first?.reason ?? ''}.${where} Look at the preview, or correct the file and drop it again.`,
  }
}

/** One file on its way into the store. */
class Reading {
  readonly #file: SourceFile
  readonly #desk: IngestDesk
  readonly #layout: Layout
  readonly #from: Start
  readonly #encoding: Encoding
  readonly #reader: RowReader
  readonly #collector: SampleCollector
  readonly #key: string
  readonly #rejected: RejectedRows
  #row: LedgerRow
  #rows = 0
  #bad = 0

  constructor(file: SourceFile, desk: IngestDesk, layout: Layout, from: Start, survey: Survey) {
    const { context, ledger, zone, wanted } = desk
    const now = context.clock.now()
    const before = from.known?.row
    this.#file = file
    this.#desk = desk
    this.#layout = layout
    this.#from = from
    this.#encoding = survey.encoding
    this.#reader = new RowReader(layout, zone, wanted, now, copyOf(from.order))
    this.#collector = collectorFor(desk, survey.newest)
    // the same content under another name begins a row of its own: both files may go on, each its way
    const same = from.known !== null && before?.name === file.name
    this.#key = same && from.known !== null ? from.known.key : ledger.newKey()
    this.#rejected = new RejectedRows(desk.rejectedFolder, file.name, same ? (before?.badFile ?? null) : null, context.log)
    const columns = ledger.numberOf(new Set([...ledger.columns(before?.columns ?? 0), ...wanted.map(columnId)]))
    this.#row = {
      ...(before ?? { oldest: null, newest: null, begun: now }),
      name: file.name,
      offset: from.offset,
      line: from.line,
      rows: from.rows,
      bad: from.bad,
      order: from.order,
      sha256: '',
      tail: null,
      badFile: null,
      read: now,
      columns,
      late: null,
    }
  }

  async run(takeTail: boolean): Promise<Outcome> {
    await using _ = this.#rejected
    const how = { encoding: this.#encoding, delimiter: this.#layout.delimiter }
    const rows = this.#file.rows(how, this.#from, this.#desk.context.signal, (row) => this.#read(row))
    let step = await rows.next()
    for (; step.done !== true; step = await rows.next()) await this.#keep(step.value, null)
    const rest = step.value
    if (takeTail && rest.bytes > 0) {
      const before = { rows: this.#rows, bad: this.#bad }
      const splitter = new Splitter(how.delimiter, rest.line)
      splitter.split(rest.text, true, (row) => this.#read(row))
      const lines = splitter.nextLine - rest.line
      const tail = { bytes: rest.bytes, sha256: rest.sha256Rest, lines, rows: this.#rows - before.rows, bad: this.#bad - before.bad }
      await this.#keep(rest, tail)
    }
    return { kind: 'read', key: this.#key, rows: this.#rows, bad: this.#bad, rest: !takeTail && rest.bytes > 0 }
  }

  #read(row: Row): void {
    if (row.line <= this.#layout.headLines) return
    this.#rows++
    const reason = this.#reader.read(row, this.#collector.take)
    if (reason === null) return
    this.#bad++
    this.#rejected.add(row.line, reason, row.raw())
  }

  /** Hands on a block and what is now known, and waits until both are safe. */
  async #keep(mark: Mark, tail: LedgerRow['tail']): Promise<void> {
    const { context, ledger } = this.#desk
    const badFile = await this.#rejected.flush()
    const { oldest, newest } = this.#collector
    context.count('bytes_received', mark.offset - this.#row.offset)
    this.#row = {
      ...this.#row,
      offset: mark.offset,
      sha256: mark.sha256,
      line: mark.line,
      tail,
      rows: this.#from.rows + this.#rows,
      bad: this.#from.bad + this.#bad,
      badFile,
      oldest: bounded(Math.min(this.#row.oldest ?? Number.POSITIVE_INFINITY, oldest)),
      newest: bounded(Math.max(this.#row.newest ?? Number.NEGATIVE_INFINITY, newest)),
      read: context.clock.now(),
      order: [...this.#reader.order],
    }
    // no pause between these: they are kept together
    const samples = this.#collector.drain()
    if (samples.length > 0) context.emit(samples)
    ledger.saveRow(this.#key, this.#row)
    ledger.saveNewest()
    await context.accepted()
  }
}

function bounded(instant: Micros): Micros | null {
  return Number.isFinite(instant) ? instant : null
}
