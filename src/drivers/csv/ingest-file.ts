import type { Micros } from '#base/time.ts'
import type { Zone } from '#calc/zone.ts'
import { QualityFlag, type Sample } from '#domain/sample.ts'
import type { SessionContext } from '../driver.ts'
import type { CsvConfig } from './config.ts'
import type { Encoding } from './core/encoding.ts'
import type { Layout } from './core/layout.ts'
import type { OrderMemory } from './core/local-order.ts'
import { RowReader, type TakeValue, type WantedColumn } from './core/row-reader.ts'
import { sniff } from './core/sniff.ts'
import { Splitter, type Row } from './core/splitter.ts'
import { settle, type Structure } from './core/structure.ts'
import { OrderProof } from './core/time-text.ts'
import { findStart, type Start } from './find-start.ts'
import type { Ledger, LedgerRow } from './ledger.ts'
import { RejectedRows } from './rejected-rows.ts'
import { BLOCK, type Head, type Mark, type SourceFile } from './source-file.ts'

/** What became of a file. */
export type Outcome =
  /** `rest`: the last line has no end yet and was left for later. */
  | { readonly kind: 'read'; readonly key: string | null; readonly rows: number; readonly bad: number; readonly rest: boolean }
  /** The content is known already. */
  | { readonly kind: 'known'; readonly key: string }
  | { readonly kind: 'refused'; readonly problem: string }

export interface IngestDesk {
  readonly context: SessionContext
  readonly ledger: Ledger
  readonly config: CsvConfig
  readonly zone: Zone
  readonly wanted: readonly WantedColumn[]
  /** For rejected rows. */
  readonly rejectedFolder: string
}

interface BadRow {
  readonly line: number
  readonly reason: string
  readonly raw: string
}

interface Survey {
  readonly encoding: Encoding
  rows: number
  bad: number
  /** The first of them. */
  readonly samples: BadRow[]
  /** Newest instant of each tag. */
  readonly newest: Map<number, Micros>
}

const BAD_ROWS_SHOWN = 1000

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
  if (start.before !== null && start.offset === file.filled) return { kind: 'known', key: start.key ?? '' }
  const head = await file.head(config.fixedEncoding, takeTail)
  if (!head.complete && head.text === '') {
    return { kind: 'refused', problem: `Its first line is longer than ${BLOCK} bytes. This is no table: check what writes the file.` }
  }
  const structure = await structureOf(file, head, desk)
  if (structure.kind === 'empty') return { kind: 'read', key: null, rows: 0, bad: 0, rest: !takeTail }
  if (structure.kind !== 'known') return { kind: 'refused', problem: `${structure.problem}. ${structure.remedy}` }
  const { layout } = structure
  if (layout.timeFormat === 'dmy' || layout.timeFormat === 'mdy') ledger.proveDateOrder(layout.timeFormat)
  const from = start.offset === 0 ? afterMark(start, await file.read(0, head.markBytes)) : start
  const survey = await surveyed(file, head, layout, from, desk, takeTail)
  const rows = survey.rows + (start.before?.rows ?? 0)
  const bad = survey.bad + (start.before?.bad ?? 0)
  if (bad * 100 > rows * config.maxBadPercent) return await refuse(file, desk, survey, rows, bad)
  return await new Reading(file, desk, layout, from, survey).run(takeTail)
}

/** How the file is to be read, with all of its dates looked at where the first ones leave day and month open. */
export async function structureOf(
  file: SourceFile,
  head: Head,
  desk: Pick<IngestDesk, 'config' | 'context' | 'ledger'>,
): Promise<Structure> {
  const sniffed = sniff(head.text, desk.config.wishes)
  if (sniffed.kind !== 'known' || sniffed.time.kind === 'format') return settle(sniffed, null, null)
  const { layout } = sniffed
  const proof = new OrderProof()
  const how = { encoding: head.encoding === 'utf-8' ? ('windows-1252' as const) : head.encoding, delimiter: layout.delimiter }
  const see = (row: Row): void => void (row.line > layout.headLines && proof.see(row.field(layout.timeColumn).trim()))
  // digits are the same in every encoding but UTF-16
  for await (const _ of file.rows(how, { offset: head.markBytes, line: 1, hash: null }, desk.context.signal, see)) {
    if (proof.order !== undefined) break
  }
  return settle(sniffed, proof, desk.ledger.dateOrder)
}

function afterMark(start: Start, mark: Uint8Array): Start {
  return { ...start, offset: mark.length, hash: start.hash.update(mark) }
}

async function surveyed(file: SourceFile, head: Head, layout: Layout, from: Start, desk: IngestDesk, takeTail: boolean): Promise<Survey> {
  try {
    return await survey(file, head.encoding, layout, from, desk, takeTail)
  } catch (error) {
    // strict UTF-8 throws TypeError at the first byte that cannot be
    if (!(error instanceof TypeError) || head.encoding !== 'utf-8') throw error
    return await survey(file, 'windows-1252', layout, from, desk, takeTail)
  }
}

async function survey(
  file: SourceFile,
  encoding: Encoding,
  layout: Layout,
  from: Start,
  { context, zone, wanted }: IngestDesk,
  takeTail: boolean,
): Promise<Survey> {
  const found: Survey = { encoding, rows: 0, bad: 0, samples: [], newest: new Map() }
  const reader = new RowReader(layout, zone, wanted, context.clock.now(), orderAfter(from))
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
  const rows = file.rows({ encoding, delimiter: layout.delimiter }, { ...from, hash: null }, context.signal, onRow)
  let step = await rows.next()
  while (step.done !== true) step = await rows.next()
  if (takeTail) new Splitter(layout.delimiter, step.value.line).split(step.value.text, true, onRow)
  return found
}

/** Where the rows stood in the doubled hour, to be moved on by whoever reads. */
function orderAfter({ before }: Start): Map<string, OrderMemory> {
  return new Map((before?.order ?? []).map(([name, memory]) => [name, { ...memory }]))
}

async function refuse(file: SourceFile, desk: IngestDesk, { samples }: Survey, rows: number, bad: number): Promise<Outcome> {
  await using rejected = new RejectedRows(desk.rejectedFolder, file.name, null)
  for (const { line, reason, raw } of samples) rejected.add(line, reason, raw)
  const place = await rejected.flush().catch(() => null)
  const [first] = samples
  const where = place === null ? '' : ` All of the first ${samples.length} are in rejected/${place.name}.`
  return {
    kind: 'refused',
    problem: `${bad} of ${rows} rows cannot be read, more than the ${desk.config.maxBadPercent} % allowed; the first is line ${first?.line ?? 0}: ${first?.reason ?? ''}.${where}`,
  }
}

/** One file on its way into the store. */
class Reading {
  readonly #file: SourceFile
  readonly #desk: IngestDesk
  readonly #layout: Layout
  readonly #from: Start
  readonly #survey: Survey
  readonly #reader: RowReader
  readonly #liveFrom: Micros
  readonly #key: string
  readonly #rejected: RejectedRows
  #row: LedgerRow
  #samples: Sample[] = []
  #rows = 0
  #bad = 0

  constructor(file: SourceFile, desk: IngestDesk, layout: Layout, from: Start, survey: Survey) {
    const { context, config, ledger, zone, wanted } = desk
    const now = context.clock.now()
    const { before } = from
    this.#file = file
    this.#desk = desk
    this.#layout = layout
    this.#from = from
    this.#survey = survey
    this.#reader = new RowReader(layout, zone, wanted, now, orderAfter(from))
    this.#liveFrom = now - config.liveMinutes * 60_000_000
    // the same content under another name begins a row of its own: both files may go on, each its way
    const same = before !== null && before.name === file.name
    this.#key = same && from.key !== null ? from.key : ledger.newKey()
    this.#rejected = new RejectedRows(desk.rejectedFolder, file.name, same ? before.badFile : null)
    this.#row = {
      ...(before ?? { oldest: null, newest: null, rows: 0, bad: 0, order: [], begun: now }),
      badFile: same ? before.badFile : null,
      name: file.name,
      offset: from.offset,
      line: from.line,
      sha256: '',
      tail: null,
      read: now,
    }
  }

  async run(takeTail: boolean): Promise<Outcome> {
    await using _ = this.#rejected
    const { encoding } = this.#survey
    const { delimiter } = this.#layout
    const { signal } = this.#desk.context
    const rows = this.#file.rows({ encoding, delimiter }, this.#from, signal, (row) => this.#read(row))
    let step = await rows.next()
    for (; step.done !== true; step = await rows.next()) await this.#keep(step.value, null)
    const rest = step.value
    if (takeTail && rest.bytes > 0) {
      const splitter = new Splitter(delimiter, rest.line)
      splitter.split(rest.text, true, (row) => this.#read(row))
      await this.#keep(rest, { bytes: rest.bytes, sha256: rest.sha256Rest, lines: splitter.nextLine - rest.line })
    }
    return { kind: 'read', key: this.#key, rows: this.#rows, bad: this.#bad, rest: !takeTail && rest.bytes > 0 }
  }

  #read(row: Row): void {
    if (row.line <= this.#layout.headLines) return
    this.#rows++
    const reason = this.#reader.read(row, this.#take)
    if (reason === null) return
    this.#bad++
    this.#rejected.add(row.line, reason, row.raw())
  }

  readonly #take: TakeValue = (tagId, instant, value, quality) => {
    const { ledger } = this.#desk
    const live = instant > ledger.newestOf(tagId) && (instant >= this.#liveFrom || instant === this.#survey.newest.get(tagId))
    if (live) ledger.raiseNewest(tagId, instant)
    this.#samples.push({
      tagId,
      sourceTimestamp: instant,
      value,
      quality: live ? quality : quality | QualityFlag.Historical,
      statusCode: null,
    })
    if (this.#row.oldest === null || instant < this.#row.oldest) this.#oldest = Math.min(this.#oldest, instant)
    this.#newest = Math.max(this.#newest, instant)
  }

  #oldest: Micros = Number.POSITIVE_INFINITY
  #newest: Micros = Number.NEGATIVE_INFINITY

  /** Hands on a block and what is now known, and waits until both are safe. */
  async #keep(mark: Mark, tail: LedgerRow['tail']): Promise<void> {
    const { context, ledger } = this.#desk
    const badFile = await this.#rejected.flush()
    const { before } = this.#from
    const row: LedgerRow = {
      ...this.#row,
      offset: mark.offset,
      sha256: mark.sha256,
      line: mark.line,
      tail,
      rows: (before?.rows ?? 0) + this.#rows,
      bad: (before?.bad ?? 0) + this.#bad,
      badFile,
      oldest: bounded(Math.min(this.#row.oldest ?? Number.POSITIVE_INFINITY, this.#oldest)),
      newest: bounded(Math.max(this.#row.newest ?? Number.NEGATIVE_INFINITY, this.#newest)),
      read: context.clock.now(),
      order: [...this.#reader.order],
    }
    const samples = this.#samples
    this.#samples = []
    this.#row = row
    // no pause between these: they are kept together
    if (samples.length > 0) context.emit(samples)
    ledger.saveRow(this.#key, row)
    ledger.saveNewest()
    context.count('bytes_received', mark.offset - this.#row.offset)
    await context.accepted()
  }
}

function bounded(instant: Micros): Micros | null {
  return Number.isFinite(instant) ? instant : null
}
