import { BackupRefused, BugError } from '#base/errors.ts'
import { copyInFrom } from './copy.ts'
import { type DumpEnd, type DumpPart, DumpParts, type DumpTable } from './core/dump-codec.ts'
import { type TableProof, listTables } from './dump.ts'
import type { Database, Transaction } from './database.ts'
import { ensurePartitionsAt } from './partitions.ts'

/**
 * Fills a database that was just migrated to the schema of the dump, all or nothing.
 * @param dump as `dumpDatabase` wrote it, cut anywhere
 * @returns what the dump says of itself
 * @throws BackupRefused when it does not fit
 */
export async function loadDump(db: Database, dump: AsyncIterable<Uint8Array>): Promise<{ proofs: readonly TableProof[]; end: DumpEnd }> {
  const known = new Map((await listTables(db)).map((one) => [one.name, one.columns]))
  return await db.transaction(async (tx) => {
    const withTriggers = await tablesWithTriggers(tx)
    for (const name of withTriggers) await tx.query(`alter table ${name} disable trigger user`)
    // what migrations put in is in the dump as well
    await tx.query(`truncate ${[...known.keys()].join(', ')} cascade`)
    const parts = partsOf(dump)
    const proofs: TableProof[] = []
    let end: DumpEnd | undefined
    for (;;) {
      const next = await parts.next()
      if (next.done === true) break
      const part = next.value
      if (part.kind === 'end') end = part.end
      else if (part.kind === 'table') proofs.push(await loadTable(tx, part.table, parts, known.get(part.table.name)))
      else throw new BugError('a dump that has rows without a table')
    }
    if (end === undefined) throw new BackupRefused('The backup has no end.', { remedy: 'Use another backup. Nothing was touched.' })
    for (const [name, last] of Object.entries(end.sequences)) {
      await tx.query(`select setval(format('public.%I', $1::text), $2) where to_regclass(format('public.%I', $1::text)) is not null`, [
        name,
        last,
      ])
    }
    for (const name of withTriggers) await tx.query(`alter table ${name} enable trigger user`)
    return { proofs, end }
  })
}

/** Of our own: a hypertable has one of TimescaleDB's that must not be disabled. */
async function tablesWithTriggers(tx: Transaction): Promise<readonly string[]> {
  const rows = await tx.query<{ name: string }>(
    `select distinct c.relname::text as name from pg_trigger t join pg_class c on c.oid = t.tgrelid
     where c.relnamespace = 'public'::regnamespace and not t.tgisinternal and c.relname <> 'measurements'`,
  )
  return rows.map((row) => row.name)
}

async function loadTable(
  tx: Transaction,
  { name, columns, windows }: DumpTable,
  parts: AsyncIterator<DumpPart>,
  known: readonly string[] | undefined,
): Promise<TableProof> {
  if (known === undefined || columns.some((one) => !known.includes(one))) {
    throw new BackupRefused(`The backup has the table ${name} in a form that this program does not know.`, {
      remedy: 'Restore it with the version that made it.',
    })
  }
  if ((name === 'measurements' || name === 'deliveries') && windows.length > 0) await ensurePartitionsAt(tx, name, windows)
  let proof: TableProof | undefined
  const rows = async function* (): AsyncGenerator<Uint8Array> {
    for (;;) {
      const next = await parts.next()
      if (next.done === true) throw new BackupRefused('The backup is cut short.', { remedy: 'Use another backup. Nothing was touched.' })
      if (next.value.kind === 'rows') yield next.value.bytes
      else if (next.value.kind === 'tableEnd') {
        proof = { table: name, rows: next.value.rows, sum: next.value.sum }
        return
      }
    }
  }
  await copyInFrom(tx.client, `copy ${name} (${columns.join(', ')}) from stdin binary`, rows())
  if (proof === undefined) throw new BugError(`the table ${name} of a dump has no end`)
  return proof
}

async function* partsOf(dump: AsyncIterable<Uint8Array>): AsyncGenerator<DumpPart, void> {
  const taken = new DumpParts()
  for await (const chunk of dump) yield* taken.take(chunk)
}
