import { BackupRefused } from '#base/errors.ts'
import { startScratchPostgres } from '#host/scratch-postgres.ts'
import { openDatabase } from '#store/database.ts'
import { type TableProof, proveTables } from '#store/dump.ts'
import { loadDump } from '#store/load.ts'
import { migrate } from '#store/migrate.ts'
import { readBackup } from './backup-file.ts'

/**
 * Restores a backup into an empty server of its own and compares what stands there with what was dumped: rows and sums of every table.
 * @param scratch a folder for the server, cleared before and after
 * @param dumped what the database had
 * @throws BackupRefused naming the first table that differs
 */
export async function proveBackup(
  file: { readonly path: string; readonly passphrase: string | null; readonly schemaVersion: number },
  scratch: string,
  dumped: readonly TableProof[],
): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const server = stack.use(await startScratchPostgres(scratch))
  const db = openDatabase(server.url, { name: 'backup proof', max: 2 })
  stack.defer(async () => await db.close())
  await migrate(db, { upTo: file.schemaVersion })
  await loadDump(db, readBackup(file.path, file.passphrase))
  compareProofs(dumped, await proveTables(db))
}

/** @throws BackupRefused naming the first table that differs */
export function compareProofs(dumped: readonly TableProof[], restored: readonly TableProof[]): void {
  for (const { table, rows, sum } of dumped) {
    const found = restored.find((one) => one.table === table)
    if (found?.rows === rows && found.sum === sum) continue
    const what =
      found === undefined ? 'is missing' : found.rows === rows ? `has other content` : `has ${found.rows} rows instead of ${rows}`
    throw new BackupRefused(`The backup does not restore: ${table} ${what}.`, {
      remedy: 'Take another; should it happen again, report it with the log.',
    })
  }
}
