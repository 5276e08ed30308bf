import { Conflict } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'
import type { Database, Queryable } from './database.ts'
import { sqlTime } from './time.ts'

export type BackupReason = 'nightly' | 'asked' | 'upgrade'

/** A backup on record, good or not. */
export interface Backup {
  readonly id: number
  readonly reason: BackupReason
  readonly startedAt: Micros
  readonly endedAt: Micros | null
  readonly state: 'running' | 'good' | 'failed'
  /** null once it was cleared away for newer ones, and of one that failed. */
  readonly file: string | null
  readonly bytes: number | null
  readonly encrypted: boolean
  readonly schemaVersion: number
  /** How it was proved: tables, rows, seconds; of one that failed the `problem`. */
  readonly detail: Readonly<Record<string, unknown>>
}

const COLUMNS = `id, reason, started_at as "startedAt", ended_at as "endedAt", state, file, bytes, encrypted,
  schema_version as "schemaVersion", detail`

const LOCK = `hashtextextended('synctide backup', 0)`

/**
 * From now until disposed no other backup is taken, and nobody drops partitions: see {@link isDumping}.
 * @throws Conflict when one is being taken
 */
export async function holdBackups(db: Database): Promise<AsyncDisposable> {
  const client = await db.connect()
  const { rows } = await client.query<{ held: boolean }>(`select pg_try_advisory_lock(${LOCK}) as held`)
  const release = { [Symbol.asyncDispose]: async () => await client.end() }
  if (rows[0]?.held === true) return release
  await client.end()
  throw new Conflict('A backup is being taken already.', { remedy: 'Wait until it is done: see the Storage page.' })
}

/** Whether somebody reads the whole database: who dropped a partition now would wait, and hold up every writer meanwhile. */
export async function isDumping(db: Queryable): Promise<boolean> {
  const [row] = await db.query<{ free: boolean }>(`select pg_try_advisory_xact_lock_shared(${LOCK}) as free`)
  return row?.free !== true
}

/** Puts a backup on record that begins. @returns its id */
export async function beginBackup(
  db: Queryable,
  backup: { reason: BackupReason; startedAt: Micros; encrypted: boolean; schemaVersion: number },
): Promise<number> {
  const [row] = await db.query<{ id: number }>(
    `with forgotten as (
       update backups set state = 'failed', file = null, ended_at = $2, detail = detail || '{"problem": "It was cut short."}' where state = 'running')
     insert into backups (reason, started_at, state, encrypted, schema_version) values ($1, $2, 'running', $3, $4) returning id`,
    [backup.reason, sqlTime(backup.startedAt), backup.encrypted, backup.schemaVersion],
  )
  return row?.id ?? 0
}

export async function endBackup(
  db: Queryable,
  id: number,
  end: { endedAt: Micros; file: string | null; bytes: number | null; detail: Readonly<Record<string, unknown>> },
): Promise<void> {
  await db.query(
    `update backups set state = case when $2::text is null then 'failed' else 'good' end, file = $2, bytes = $3, ended_at = $4, detail = $5 where id = $1`,
    [id, end.file, end.bytes, sqlTime(end.endedAt), JSON.stringify(end.detail)],
  )
}

/** Newest first. */
export async function listBackups(db: Queryable, limit: number): Promise<readonly Backup[]> {
  return await db.query<Backup>(`select ${COLUMNS} from backups order by started_at desc, id desc limit $1`, [limit])
}

/** The newest one that was proved. */
export async function lastGoodBackup(db: Queryable): Promise<Backup | undefined> {
  return (await db.query<Backup>(`select ${COLUMNS} from backups where state = 'good' order by ended_at desc limit 1`))[0]
}

/** Since the newest one that was proved, by the clock of the database; null before the first. */
export async function backupAgeSeconds(db: Queryable): Promise<number | null> {
  const [row] = await db.query<{ age: number | null }>(
    `select extract(epoch from now() - max(ended_at))::float8 as age from backups where state = 'good'`,
  )
  return row?.age ?? null
}

/** When the newest backup that was proved ended; before the first: when this database was made. */
export async function backupOwedSince(db: Queryable): Promise<Micros | undefined> {
  const [row] = await db.query<{ at: Micros | null }>(
    `select coalesce((select max(ended_at) from backups where state = 'good'), (select min(applied_at) from schema_migrations)) as at`,
  )
  return row?.at ?? undefined
}

/** Files that were made by night beyond the newest so many; they count as cleared away. */
export async function clearAwayBackups(db: Queryable, keep: number): Promise<readonly string[]> {
  const rows = await db.query<{ file: string }>(
    `with old as (select id, file from backups where file is not null and reason <> 'asked' order by started_at desc offset $1),
       cleared as (update backups set file = null where id in (select id from old))
     select file from old`,
    [keep],
  )
  return rows.map((row) => row.file)
}
