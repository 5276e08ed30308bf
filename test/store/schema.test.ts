import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { ConfigError } from '#base/errors.ts'
import { migrate, readMigrations } from '#store/migrate.ts'
import { SCHEMA_FILE, schemaListing } from '../../tools/dump-schema.ts'
import { emptyDatabase, testDatabase } from '../support/database.ts'

test('schema.sql is what the migrations make: else run node tools/dump-schema.ts', async (context) => {
  await using t = await emptyDatabase()
  const { timescale } = await migrate(t.db)
  // its own functions stand among ours
  if (timescale !== null) return context.skip('the listing is that of a server without TimescaleDB')
  assert.equal(await schemaListing(t.db), readFileSync(SCHEMA_FILE, 'utf8').replaceAll('\r\n', '\n'))
})

test('a second migration finds nothing to do, two at once take turns', async () => {
  await using t = await emptyDatabase()
  const reports = await Promise.all([migrate(t.db), migrate(t.db)])
  const all = readMigrations().map((one) => one.number)
  assert.deepEqual(
    reports.map((report) => report.applied).sort((a, b) => a.length - b.length),
    [[], all],
  )
  assert.deepEqual((await migrate(t.db)).applied, [])
})

test('a database of another or a newer program is left alone', async () => {
  await using t = await testDatabase()
  await t.db.query(`update schema_migrations set checksum = 'other' where number = 2`)
  await assert.rejects(migrate(t.db), (error) => error instanceof ConfigError && /0*2 \(journal\)/.test(error.message))
  await t.db.query(`insert into schema_migrations (number, name, checksum) values (99, 'future', 'x')`)
  await assert.rejects(migrate(t.db), (error) => error instanceof ConfigError && /newer version/.test(error.message))
})

/** Their tables have a few rows each, as many as people make by hand. */
const READ_WHOLE = /^(\w+_groups|\w+_group_members|(acknowledge|api|pairing|setup)_tokens|(chain|contact|user)_devices)\./

test('what refers to a row is found by an index when that row goes', async () => {
  await using t = await testDatabase()
  const without = await t.db.query<{ column: string }>(
    `select k.conrelid::regclass || '.' || a.attname as column
     from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
     where k.contype = 'f' and k.connamespace = 'public'::regnamespace
       and not exists (select from pg_index i where i.indrelid = k.conrelid and i.indkey[0] = k.conkey[1])`,
  )
  assert.deepEqual(
    without.map((one) => one.column).filter((column) => !READ_WHOLE.test(column)),
    [],
  )
})
