import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError, asError } from '#base/errors.ts'
import type { Database, Queryable } from './database.ts'
import { type Layout, MAKE_HYPERTABLE, type Timescale, compressOldRows, measurementsLayout, readTimescale } from './hypertable.ts'
import { ensurePartitions } from './partitions.ts'

const FOLDER = join(import.meta.dirname, 'migrations')
const OLDEST_SERVER = 15
const NEWEST_SERVER = 18
/** Any number, always the same: one migrator at a time in a database. */
const LOCK = 7_305_001

export interface MigrationReport {
  /** Numbers applied by this call, ascending. */
  readonly applied: readonly number[]
  /** The schema's number now. */
  readonly version: number
  readonly serverVersion: string
  readonly layout: Layout
  readonly timescale: Timescale | null
  /** Why a new database does not use the TimescaleDB that its server offers. */
  readonly timescaleRefused: string | null
}

interface Migration {
  readonly number: number
  readonly name: string
  readonly text: string
  readonly checksum: string
}

/** @returns the migrations of the folder in order. @throws ConfigError when a number is missing or occurs twice */
export function readMigrations(folder: string = FOLDER): readonly Migration[] {
  const migrations = readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort((a, b) => a.localeCompare(b, 'en'))
    .map((file) => {
      const text = readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n')
      return { number: Number(file.slice(0, 4)), name: file.slice(5, -4), text, checksum: createHash('sha256').update(text).digest('hex') }
    })
  migrations.forEach((one, index) => {
    if (one.number !== index + 1)
      throw new ConfigError('migrations', `Migration ${one.number} (${one.name}) stands where ${index + 1} belongs`)
  })
  return migrations
}

/** @returns a name for this exact sequence of migrations, to key template databases */
export function migrationsFingerprint(folder: string = FOLDER): string {
  const hash = createHash('sha256')
  for (const one of readMigrations(folder)) hash.update(one.checksum)
  return hash.digest('hex').slice(0, 16)
}

/**
 * Brings the schema up to date and makes the partitions of the next hours: the one step before any other process starts. Several callers
 * take turns. Each migration is one transaction.
 * @param options `upTo` stops at an older schema: to fill it from a backup of then
 * @throws ConfigError for a server or database that this program must not touch; StoreError('unavailable')
 */
export async function migrate(
  db: Database,
  options: { folder?: string; upTo?: number; onApplied?: (number: number, name: string) => void } = {},
): Promise<MigrationReport> {
  const migrations = readMigrations(options.folder).slice(0, options.upTo)
  const serverVersion = await checkServer(db)
  const client = await db.connect()
  try {
    const lockWait = "set statement_timeout = '10min'"
    await client.query(lockWait)
    await client.query('select pg_advisory_lock($1)', [LOCK])
    await client.query(`create table if not exists schema_migrations (
      number integer primary key, name text not null, checksum text not null, applied_at timestamptz not null default now())`)
    const done = await client.query<{ number: number; name: string; checksum: string }>(
      'select number, name, checksum from schema_migrations order by number',
    )
    refuseForeignHistory(done.rows, migrations)
    const pending = migrations.slice(done.rows.length)
    const timescaleRefused = done.rows.length > 0 ? null : await installTimescale(db)
    const hypertable = (await readTimescale(db)) !== null
    for (const migration of pending) {
      await client.query('begin')
      try {
        await client.query(forServer(migration.text, hypertable))
        await client.query('insert into schema_migrations (number, name, checksum) values ($1, $2, $3)', [
          migration.number,
          migration.name,
          migration.checksum,
        ])
        await client.query('commit')
      } catch (error) {
        await client.query('rollback')
        throw error
      }
      options.onApplied?.(migration.number, migration.name)
    }
    await ensurePartitions(db)
    const layout = await measurementsLayout(db)
    if (layout === 'hypertable') await compressOldRows(db)
    return {
      applied: pending.map((one) => one.number),
      version: migrations.length,
      serverVersion,
      layout,
      timescale: await readTimescale(db),
      timescaleRefused,
    }
  } finally {
    await client.end()
  }
}

/** The number of the schema as it is now; 0 for a database that was never migrated. */
export async function schemaVersion(db: Queryable): Promise<number> {
  const [row] = await db.query<{ there: boolean }>(`select to_regclass('public.schema_migrations') is not null as there`)
  if (row?.there !== true) return 0
  return (await db.query<{ version: number }>('select coalesce(max(number), 0) as version from schema_migrations'))[0]?.version ?? 0
}

/** Takes away everything that migrations made, and what is in it. */
export async function emptySchema(db: Queryable): Promise<void> {
  await db.query('drop schema public cascade')
  await db.query('create schema public')
}

function forServer(text: string, hypertable: boolean): string {
  if (!text.includes('$PARTITIONED$')) return text
  if (!hypertable) return text.replaceAll('$PARTITIONED$', ' partition by range (time_stamp)')
  return `${text.replaceAll('$PARTITIONED$', '')}${MAKE_HYPERTABLE};`
}

function refuseForeignHistory(done: readonly { number: number; name: string; checksum: string }[], migrations: readonly Migration[]): void {
  if (done.length > migrations.length) {
    throw new ConfigError(
      'SYNCTIDE_DATABASE_URL',
      `The database was made by a newer version of the program (schema ${done.length}; this program knows ${migrations.length})`,
      { remedy: 'Start the newer version again, or restore a backup made with this one.' },
    )
  }
  done.forEach((row, index) => {
    const ours = migrations[index]
    if (ours === undefined || ours.number !== row.number || ours.checksum !== row.checksum) {
      throw new ConfigError(
        'SYNCTIDE_DATABASE_URL',
        `Migration ${row.number} (${row.name}) was applied to this database with another text than this program carries`,
        { remedy: 'Use the program version that made the database, or an empty database; nothing was changed.' },
      )
    }
  })
}

async function checkServer(db: Queryable): Promise<string> {
  const [row] = await db.query<{ number: string; version: string; encoding: string; database: string }>(
    `select current_setting('server_version_num') as number, current_setting('server_version') as version,
            current_setting('server_encoding') as encoding, current_database() as database`,
  )
  const major = Math.floor(Number(row?.number ?? 0) / 10_000)
  if (major < OLDEST_SERVER || major > NEWEST_SERVER) {
    throw new ConfigError('SYNCTIDE_DATABASE_URL', `PostgreSQL ${row?.version ?? '?'} is not supported`, {
      remedy: `Use PostgreSQL ${OLDEST_SERVER} to ${NEWEST_SERVER}.`,
    })
  }
  if (row?.encoding !== 'UTF8') {
    throw new ConfigError('SYNCTIDE_DATABASE_URL', `Database ${row?.database ?? ''} has the encoding ${row?.encoding ?? '?'}`, {
      remedy: "Create it with: create database synctide template template0 encoding 'UTF8'",
    })
  }
  return row.version
}

/**
 * Installs TimescaleDB where the server offers it, on a connection of its own: a server that has the files but does not preload the library
 * ends the connection.
 * @returns what the server said when it offers it and refuses it: native partitions do
 */
export async function installTimescale(db: Database): Promise<string | null> {
  if ((await readTimescale(db)) !== null) return null
  if ((await db.query(`select from pg_available_extensions where name = 'timescaledb'`)).length === 0) return null
  const client = await db.connect()
  try {
    await client.query('create extension timescaledb')
    return null
  } catch (error) {
    return asError(error).message
  } finally {
    await client.end().catch(() => undefined)
  }
}
