import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#host/embedded-postgres.ts'
import { changeLayout } from '#store/change-layout.ts'
import { type Database, openDatabase } from '#store/database.ts'
import type { Layout } from '#store/hypertable.ts'
import { migrate, migrationsFingerprint } from '#store/migrate.ts'
import { dropPartition, ensurePartitions, listPartitions } from '#store/partitions.ts'

/** A test that asks a thousand things at once waits for its turn, on a slow machine longer than people would. */
const PATIENCE = 60_000

export interface TestDatabase extends AsyncDisposable {
  readonly url: string
  readonly db: Database
}

/**
 * A fresh, migrated, empty database, dropped at dispose. The server is that of SYNCTIDE_TEST_DATABASE_URL, else an embedded one of this
 * process that ends with its last test database.
 * @param options `layout` for what only one of them has; else that of the server
 */
export async function testDatabase(options: { server?: string; layout?: Layout } = {}): Promise<TestDatabase> {
  const server = options.server === undefined ? await borrowServer() : { url: options.server, release: async () => undefined }
  try {
    const name = `test_${process.pid}_${randomBytes(4).toString('hex')}`
    await withAdmin(server.url, async (admin) => {
      const template = await migratedTemplate(admin, server.url)
      await admin.query(`create database ${name} template ${template} strategy file_copy`)
    })
    const url = databaseUrl(server.url, name)
    const db = openDatabase(url, { name: 'test', max: 8, connectMillis: PATIENCE })
    if (options.layout !== undefined) await changeLayout(db, options.layout, Date.now() * 1000)
    await ensurePartitions(db)
    // the hours since the template was made are none of this test's
    await db.query(`update open_window set sealed_until = hour, frozen_until = hour from date_trunc('hour', now(), 'UTC') hour`)
    return {
      url,
      db,
      async [Symbol.asyncDispose]() {
        await db.close()
        try {
          await withAdmin(server.url, async (admin) => dropWhenFree(admin, name))
        } finally {
          await server.release()
        }
      },
    }
  } catch (error) {
    await server.release()
    throw error
  }
}

/** An empty database without our schema, dropped at dispose. */
export async function emptyDatabase(options: { server?: string } = {}): Promise<TestDatabase> {
  const server = options.server === undefined ? await borrowServer() : { url: options.server, release: async () => undefined }
  const name = `test_${process.pid}_${randomBytes(4).toString('hex')}`
  await withAdmin(server.url, async (admin) => admin.query(`create database ${name} template template0`))
  const url = databaseUrl(server.url, name)
  const db = openDatabase(url, { name: 'test', max: 4, connectMillis: PATIENCE })
  return {
    url,
    db,
    async [Symbol.asyncDispose]() {
      await db.close()
      await withAdmin(server.url, async (admin) => dropWhenFree(admin, name))
      await server.release()
    },
  }
}

/** @returns the same server's URL with another database */
export function databaseUrl(server: string, database: string): string {
  const [address = '', query] = server.split('?')
  return `${address.replace(/\/[^/]*$/, `/${database}`)}${query === undefined ? '' : `?${query}`}`
}

async function withAdmin<T>(url: string, work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: url })
  await admin.connect()
  try {
    return await work(admin)
  } finally {
    await admin.end()
  }
}

/** Migrated once per server and sequence of migrations; renamed into place when complete, so that a crash leaves no half of one. */
async function migratedTemplate(admin: pg.Client, server: string): Promise<string> {
  const template = `synctide_template_${migrationsFingerprint()}_bare`
  await admin.query(`select pg_advisory_lock(hashtext('synctide template'))`)
  try {
    const found = await admin.query('select from pg_database where datname = $1', [template])
    if (found.rowCount === 1) return template
    const draft = `${template}_draft`
    await admin.query(`drop database if exists ${draft}`)
    await admin.query(`create database ${draft} template template0`)
    const db = openDatabase(databaseUrl(server, draft), { name: 'template', max: 2 })
    try {
      await migrate(db)
      // those of the hour in which the template was made would be old ones to whoever copies it later
      for (const table of ['measurements', 'deliveries'] as const) {
        for (const { name, inHypertable } of await listPartitions(db, table)) if (!inHypertable) await dropPartition(db, name)
      }
    } finally {
      await db.close()
    }
    // background workers of an extension would be users of it, and who is used cannot be copied
    await admin.query(`alter database ${draft} allow_connections false`)
    await untilUnused(admin, draft, `and backend_type <> 'client backend' and pg_terminate_backend(pid)`)
    await admin.query(`alter database ${draft} rename to ${template}`)
    return template
  } finally {
    await admin.query(`select pg_advisory_unlock(hashtext('synctide template'))`)
  }
}

/** Connections that a test left open are its defect: they are named instead of being cut. */
async function dropWhenFree(admin: pg.Client, name: string): Promise<void> {
  // those of an extension end with the database
  await untilUnused(admin, name, `and backend_type = 'client backend'`)
  await admin.query(`drop database ${name}`)
}

async function untilUnused(admin: pg.Client, name: string, users: string): Promise<void> {
  const deadline = performance.now() + 30_000
  for (;;) {
    const found = await admin.query<{ application_name: string; query: string }>(
      `select application_name, query from pg_stat_activity where datname = $1 ${users}`,
      [name],
    )
    if (found.rowCount === 0) return
    if (performance.now() > deadline) {
      const who = found.rows.map((row) => `${row.application_name}: ${row.query}`).join('; ')
      throw new Error(`Connections to ${name} are still open: ${who}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

let own: { started: Promise<EmbeddedPostgres>; folder: string; borrowers: number } | undefined

async function borrowServer(): Promise<{ url: string; release: () => Promise<void> }> {
  const given = process.env['SYNCTIDE_TEST_DATABASE_URL']
  if (given !== undefined && given !== '') return { url: given, release: async () => undefined }
  if (own === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'synctide-test-'))
    // a server started by root runs under another account
    chmodSync(folder, 0o755)
    own = { started: startEmbeddedPostgres({ folder, volatile: true }), folder, borrowers: 0 }
  }
  const server = own
  server.borrowers++
  const release = async (): Promise<void> => {
    if (--server.borrowers > 0) return
    if (own === server) own = undefined
    await (await server.started).stop()
    rmSync(server.folder, { recursive: true, force: true })
  }
  try {
    return { url: (await server.started).url, release }
  } catch (error) {
    own = undefined
    throw error
  }
}
