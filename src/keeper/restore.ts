import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BackupRefused } from '#base/errors.ts'
import { diskSpace } from '#host/disk-space.ts'
import { startEmbeddedPostgres } from '#host/embedded-postgres.ts'
import { makeFolder } from '#host/make-folder.ts'
import { claimFolder } from '#host/single-start.ts'
import { type Database, openDatabase } from '#store/database.ts'
import { type TableProof, proveTables } from '#store/dump.ts'
import { isHalfRestored, markHalfRestored, markRestored } from '#store/half-restored.ts'
import { loadDump } from '#store/load.ts'
import { emptySchema, migrate, readMigrations, schemaVersion } from '#store/migrate.ts'
import { type BackupAbout, checkBackup, readBackup } from './backup-file.ts'
import { compareProofs } from './prove-backup.ts'
import { restoreMark } from './restore-mark.ts'

export interface RestoreRequest {
  readonly file: string
  readonly passphrase: string | null
  readonly dataFolder: string
  /** An external server with an empty database; undefined: the embedded one. */
  readonly databaseUrl: string | undefined
  readonly onStep?: (step: 'checked' | 'loaded' | 'compared') => void
}

export interface RestoreReport {
  readonly about: BackupAbout
  readonly tables: number
  readonly rows: number
  /** Whether passwords and tokens can be opened again: their key travels in encrypted backups only. */
  readonly keyRestored: boolean
}

/**
 * Makes an installation of a backup, on an empty folder or in an empty database. The file is read to its end and found whole before anything
 * is touched; what was restored is compared with what the file says. Cut short, it begins anew when it is called again.
 * @throws BackupRefused, ConfigError when something runs on the folder
 */
export async function restoreBackup(request: RestoreRequest): Promise<RestoreReport> {
  const { file, passphrase, dataFolder, databaseUrl, onStep = () => undefined } = request
  const { about, encrypted } = await checkBackup(file, passphrase)
  refuseNewer(about)
  refuseFilled(dataFolder, databaseUrl === undefined)
  makeFolder(dataFolder)
  const release = claimFolder(dataFolder)
  try {
    // the file says how large it is when packed tightest
    const { freeBytes } = await diskSpace(dataFolder)
    if (freeBytes < 100_000_000)
      throw new BackupRefused(`${dataFolder} has only ${Math.floor(freeBytes / 1e6)} MB free.`, { remedy: 'Make room.' })
    await using stack = new AsyncDisposableStack()
    if (databaseUrl !== undefined) await refuseFilledDatabase(databaseUrl)
    writeFileSync(restoreMark(dataFolder), `${file}\n`)
    onStep('checked')
    const url = databaseUrl ?? (await emptyCluster(dataFolder, stack))
    const db = openDatabase(url, { name: 'restore', max: 2 })
    stack.defer(async () => await db.close())
    const { proofs, key } = await fill(db, about, readBackup(file, passphrase))
    onStep('loaded')
    compareProofs(proofs, await proveTables(db))
    onStep('compared')
    await markRestored(db)
    const keyRestored = encrypted && key !== null
    if (keyRestored) saveKey(dataFolder, Buffer.from(key, 'base64'))
    rmSync(restoreMark(dataFolder))
    return { about, tables: proofs.length, rows: proofs.reduce((sum, one) => sum + one.rows, 0), keyRestored }
  } finally {
    release()
  }
}

async function fill(
  db: Database,
  about: BackupAbout,
  dump: AsyncIterable<Uint8Array>,
): Promise<{ proofs: readonly TableProof[]; key: string | null }> {
  // of a restore that was cut short: its mark was found
  if ((await schemaVersion(db)) > 0) await emptySchema(db)
  await markHalfRestored(db)
  await migrate(db, { upTo: about.schemaVersion })
  const { proofs, end } = await loadDump(db, dump)
  return { proofs, key: end.key }
}

async function refuseFilledDatabase(url: string): Promise<void> {
  const db = openDatabase(url, { name: 'restore', max: 1 })
  try {
    if ((await schemaVersion(db)) === 0 || (await isHalfRestored(db))) return
  } finally {
    await db.close()
  }
  throw new BackupRefused('The database of SYNCTIDE_DATABASE_URL holds an installation already.', {
    remedy: 'Restore into an empty database: create database synctide. Nothing was touched.',
  })
}

async function emptyCluster(dataFolder: string, stack: AsyncDisposableStack): Promise<string> {
  const postgres = await startEmbeddedPostgres({ folder: dataFolder })
  stack.defer(async () => await postgres.stop())
  return postgres.url
}

function refuseNewer({ schemaVersion: made, program }: BackupAbout): void {
  const known = readMigrations().length
  if (made <= known) return
  throw new BackupRefused(`The backup was made by version ${program} (schema ${made}); this program knows ${known}.`, {
    remedy: 'Restore it with that version or a newer one.',
  })
}

/** What an installation leaves behind; other files in the folder harm nobody. */
const OURS = ['postgres', 'spool', 'keys']

function refuseFilled(dataFolder: string, embedded: boolean): void {
  if (existsSync(restoreMark(dataFolder)) || !existsSync(dataFolder)) return
  const found = readdirSync(dataFolder).filter((name) => OURS.includes(name) && (embedded || name !== 'postgres'))
  if (found.length === 0) return
  throw new BackupRefused(`${dataFolder} is not empty: it has ${found.join(', ')}.`, {
    remedy: 'Restore into an empty folder: SYNCTIDE_DATA=/new/folder synctide restore FILE. Nothing was touched.',
  })
}

function saveKey(dataFolder: string, key: Uint8Array): void {
  mkdirSync(join(dataFolder, 'keys'), { recursive: true, mode: 0o700 })
  const path = join(dataFolder, 'keys', 'secrets.key')
  rmSync(path, { force: true })
  writeFileSync(path, key, { mode: 0o400 })
}
