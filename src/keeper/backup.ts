import { readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { BackupRefused, asError } from '#base/errors.ts'
import type { Clock } from '#base/time.ts'
import { diskSpace } from '#host/disk-space.ts'
import { makeFolder } from '#host/make-folder.ts'
import { Secret, openKey, unseal } from '#host/secrets.ts'
import { type BackupReason, beginBackup, clearAwayBackups, endBackup, holdBackups } from '#store/backups.ts'
import type { Database } from '#store/database.ts'
import type { TableProof } from '#store/dump.ts'
import { listSealedChunks } from '#store/hypertable.ts'
import { schemaVersion } from '#store/migrate.ts'
import { type BackupSettings, readSettings } from '#store/settings.ts'
import { databaseBytes } from '#store/storage-sizes.ts'
import { tellBackup } from './tell-backup.ts'
import { raiseSystem } from '#store/system-events.ts'
import { writeBackup } from './backup-file.ts'
import { runHook } from './backup-hook.ts'
import { proveBackup } from './prove-backup.ts'

export interface BackupPlace {
  readonly dataFolder: string
  /** Where backups go that are not asked to go elsewhere. */
  readonly folder: string
  /** A program that is started with the path of each good backup; null for none. */
  readonly hook: string | null
}

export interface BackupWork extends BackupPlace {
  readonly db: Database
  readonly clock: Clock
  readonly program: string
  readonly log: {
    info(event: string, fields?: Readonly<Record<string, unknown>>): void
    warn(event: string, fields?: Readonly<Record<string, unknown>>): void
  }
}

export interface BackupReport {
  readonly file: string
  readonly bytes: number
  readonly encrypted: boolean
  readonly tables: number
  readonly rows: number
  readonly seconds: number
  /** Of them, for restoring it and comparing. */
  readonly proofSeconds: number
  /** What the hook said when it failed. */
  readonly hookProblem: string | null
}

/**
 * Takes a backup, restores it into a scratch server, compares the two, and only then gives it its name: a file that is there is good.
 * @param to another path than one in the folder of backups
 * @throws Conflict when one is being taken; BackupRefused or an Error of the file system when it did not become good
 */
export async function takeBackup(work: BackupWork, reason: BackupReason, to?: string): Promise<BackupReport> {
  const { db, clock, log } = work
  await using _ = await holdBackups(db)
  const { backup, site } = await readSettings(db)
  const version = await schemaVersion(db)
  const about = { takenAt: clock.now(), program: work.program, schemaVersion: version, site: site.name }
  const passphrase = passphraseOf(backup, work.dataFolder)
  const id = await record(db, () =>
    beginBackup(db, { reason, startedAt: about.takenAt, encrypted: passphrase !== null, schemaVersion: version }),
  )
  const file = to ?? join(work.folder, nameOf(about.takenAt, reason))
  const draft = join(dirname(file), `.${basename(file)}.draft`)
  const began = clock.mono()
  let proven: Omit<BackupReport, 'hookProblem'>
  try {
    makeFolder(dirname(file))
    clearDrafts(dirname(file))
    await refuseWithoutRoom(db, dirname(file))
    const secretsKey = passphrase === null ? null : openKey(work.dataFolder)
    const proofs = await writeBackup(db, draft, about, { passphrase: passphrase?.reveal() ?? null, secretsKey })
    const written = clock.mono()
    const sealed = { path: draft, passphrase: passphrase?.reveal() ?? null, schemaVersion: version }
    await proveBackup(sealed, join(work.folder, '.scratch'), proofs)
    const bytes = statSync(draft).size
    renameSync(draft, file)
    const times = { seconds: seconds(clock.mono() - began), proofSeconds: seconds(clock.mono() - written) }
    proven = { file, bytes, encrypted: passphrase !== null, ...totalOf(proofs), ...times }
  } catch (error) {
    const problem = asError(error).message
    log.warn('keeper.backup_failed', { reason, problem })
    if (id !== undefined) {
      await record(db, () => endBackup(db, id, { endedAt: clock.now(), file: null, bytes: null, detail: { problem } }))
      await record(db, () => tellBackup(db, 'keeper.backup_failed', 'critical', { problem }))
    }
    // where there was no folder for it there is no draft either
    await rm(draft, { force: true }).catch(() => undefined)
    throw error
  }
  const report: BackupReport = { ...proven, hookProblem: work.hook === null ? null : await runHook(work.hook, file) }
  log.info('keeper.backup_good', { ...report })
  try {
    await recordGood(work, id, report, backup.keep)
  } catch (error) {
    // the file is good all the same
    log.warn('keeper.backup_not_recorded', { file, problem: asError(error).message })
  }
  return report
}

async function recordGood({ db, clock, log }: BackupWork, id: number | undefined, report: BackupReport, keep: number): Promise<void> {
  const { file, bytes, hookProblem } = report
  if (id !== undefined) await endBackup(db, id, { endedAt: clock.now(), file, bytes, detail: { ...report } })
  if (hookProblem !== null) {
    log.warn('keeper.backup_hook_failed', { file, problem: hookProblem })
    await record(db, () =>
      raiseSystem(db, { code: 'keeper.backup_hook_failed', severity: 'warning', detail: { file, problem: hookProblem } }),
    )
  }
  if (id === undefined) return
  for (const old of await clearAwayBackups(db, keep)) rmSync(old, { force: true })
  for (const code of ['keeper.backup_failed', 'keeper.backup_overdue']) await tellBackup(db, code, 'info', {})
}

/** A database from before there was a record of backups has none, and one that went away cannot be told. */
async function record<T>(db: Database, write: () => Promise<T>): Promise<T | undefined> {
  const [row] = await db.query<{ there: boolean }>(`select to_regclass('public.backups') is not null as there`).catch(() => [])
  return row?.there === true ? await write() : undefined
}

function passphraseOf({ passphrase }: BackupSettings, dataFolder: string): Secret | null {
  return passphrase === null ? null : new Secret(unseal(openKey(dataFolder), Buffer.from(passphrase, 'base64')))
}

/** @throws BackupRefused */
async function refuseWithoutRoom(db: Database, folder: string): Promise<void> {
  // the file, and the scratch server with its log of changes; rows whose samples lie in blocks are left out
  const leftOut = (await listSealedChunks(db)).reduce((sum, one) => sum + one.bytes, 0)
  const needed = 2 * ((await databaseBytes(db)) - leftOut)
  const { freeBytes } = await diskSpace(folder)
  if (freeBytes >= needed) return
  const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1_000_000)} MB`
  throw new BackupRefused(`A backup and its proof need up to ${megabytes(needed)}; ${folder} has ${megabytes(freeBytes)} free.`, {
    remedy: 'Make room, or set SYNCTIDE_BACKUP_FOLDER to a folder on another disk.',
  })
}

/** Of backups that were killed; no other one is under way. */
function clearDrafts(folder: string): void {
  for (const name of readdirSync(folder)) if (/^\.synctide-.*\.draft$/.test(name)) rmSync(join(folder, name), { force: true })
}

function nameOf(takenAt: number, reason: BackupReason): string {
  const text = new Date(takenAt / 1000).toISOString().replaceAll(/[-:]/g, '').slice(0, 15)
  return `synctide-${text}Z${reason === 'nightly' ? '' : `-${reason}`}.backup`
}

function totalOf(proofs: readonly TableProof[]): { tables: number; rows: number } {
  return { tables: proofs.length, rows: proofs.reduce((sum, one) => sum + one.rows, 0) }
}

function seconds(millis: number): number {
  return Math.round(millis / 100) / 10
}
