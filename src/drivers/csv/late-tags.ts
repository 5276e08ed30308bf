import type { Layout } from './core/layout.ts'
import { RowReader, type WantedColumn } from './core/row-reader.ts'
import type { Row } from './core/splitter.ts'
import { Splitter } from './core/splitter.ts'
import { collectorFor, type IngestDesk } from './ingest-desk.ts'
import type { Late, LedgerRow } from './ledger.ts'
import type { Head, Mark, SourceFile } from './source-file.ts'
import { copyOf, surveyStretch } from './survey.ts'

/** A tag with its column: a tag that is given another column has read nothing of it yet. */
export function columnId({ tagId, address }: WantedColumn): string {
  return `${tagId} ${address}`
}

/** Tags for which a known content was not read yet. */
export function missingColumns({ columns }: LedgerRow, { ledger, wanted }: Pick<IngestDesk, 'ledger' | 'wanted'>): WantedColumn[] {
  const known = ledger.columns(columns)
  return wanted.filter((one) => !known.has(columnId(one)))
}

/**
 * Tags that were added after a file was read get their values out of it, once: what was under way is finished first, so that an edit in
 * the middle doubles nothing.
 * @param until the content that is known
 * @throws Error of the file system
 */
export async function readForLateTags(
  file: SourceFile,
  head: Head,
  layout: Layout,
  key: string,
  until: number,
  desk: IngestDesk,
): Promise<void> {
  const { ledger } = desk
  for (let row = ledger.row(key); row !== undefined; row = ledger.row(key)) {
    const missing = missingColumns(row, desk)
    if (row.late === null && missing.length === 0) return
    const columns = row.late?.columns ?? ledger.numberOf(new Set(missing.map(columnId)))
    const wanted = desk.wanted.filter((one) => ledger.columns(columns).has(columnId(one)))
    const from = row.late ?? { columns, offset: head.markBytes, line: 1, order: [] }
    await readStretch(file, head, layout, { key, from, until, wanted }, desk)
    const known = new Set([...ledger.columns(row.columns), ...ledger.columns(columns)])
    ledger.saveRow(key, { ...(ledger.row(key) ?? row), columns: ledger.numberOf(known), late: null })
    await desk.context.accepted()
  }
}

interface LateStretch {
  readonly key: string
  readonly from: Late
  readonly until: number
  readonly wanted: readonly WantedColumn[]
}

async function readStretch(file: SourceFile, head: Head, layout: Layout, late: LateStretch, desk: IngestDesk): Promise<void> {
  const { key, from, until, wanted } = late
  const { context, ledger, zone } = desk
  const survey = await surveyStretch(file, head, { layout, from, until, takeTail: true }, wanted, desk)
  const collector = collectorFor(desk, survey.newest)
  const reader = new RowReader(layout, zone, wanted, context.clock.now(), copyOf(from.order))
  // what is malformed was set aside when the file was read
  const onRow = (row: Row): void => void (row.line > layout.headLines && reader.read(row, collector.take))
  const keep = async ({ offset, line }: Mark): Promise<void> => {
    const row = ledger.row(key)
    if (row === undefined) return
    const samples = collector.drain()
    if (samples.length > 0) context.emit(samples)
    ledger.saveRow(key, { ...row, late: { columns: from.columns, offset, line, order: [...reader.order] } })
    ledger.saveNewest()
    await context.accepted()
  }
  const how = { encoding: survey.encoding, delimiter: layout.delimiter, until }
  const rows = file.rows(how, { ...from, hash: null }, context.signal, onRow)
  let step = await rows.next()
  for (; step.done !== true; step = await rows.next()) await keep(step.value)
  const rest = step.value
  if (rest.bytes === 0) return
  new Splitter(layout.delimiter, rest.line).split(rest.text, true, onRow)
  await keep({ ...rest, offset: until })
}
