import { sniff } from './core/sniff.ts'
import type { Row } from './core/splitter.ts'
import { settle, type Structure } from './core/structure.ts'
import { OrderProof } from './core/time-text.ts'
import type { CsvConfig } from './config.ts'
import type { Ledger } from './ledger.ts'
import { BLOCK, type Head, type SourceFile } from './source-file.ts'

/** How the file is to be read, with all of its dates looked at where the first ones leave day and month open. */
export async function structureOf(
  file: SourceFile,
  head: Head,
  desk: {
    readonly config: Pick<CsvConfig, 'wishes'>
    readonly context: { readonly signal: AbortSignal }
    readonly ledger: Pick<Ledger, 'dateOrder'>
  },
): Promise<Structure> {
  const sniffed = sniff(head.text, desk.config.wishes)
  if (sniffed.kind === 'empty' && !head.complete) {
    const line = head.text.split(/\r\n|\n|\r/).length
    return {
      kind: 'unreadable',
      problem: `There is no row of data in its first ${BLOCK} bytes: line ${line} does not end there`,
      remedy: 'This is no table: check what writes the file',
    }
  }
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
