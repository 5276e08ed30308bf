// Writes src/store/schema.sql, the schema that the migrations make, for people to read: node tools/dump-schema.ts
// test/store/schema.test.ts fails when it is not what the migrations make.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Queryable } from '#store/database.ts'
import { migrate } from '#store/migrate.ts'
import { emptyDatabase } from '../test/support/database.ts'

export const SCHEMA_FILE = join(import.meta.dirname, '..', 'src', 'store', 'schema.sql')

const HEAD = `-- Made by tools/dump-schema.ts from the migrations on a server without TimescaleDB, for people to read; nothing runs this file.
-- Partitions are left out.
`

interface Line {
  readonly table: string
  readonly text: string
}

const TABLES = `
  select c.oid::regclass::text as "table", coalesce(' ' || 'partition by ' || pg_get_partkeydef(c.oid), '')
    || coalesce(' with (' || array_to_string(c.reloptions, ', ') || ')', '') as text
  from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
  order by c.relname collate "C"`

const COLUMNS = `
  select a.attrelid::regclass::text as "table", quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
    || case when a.attnotnull then ' not null' else '' end
    || case when a.attidentity = 'a' then ' generated always as identity' else coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') end
    || case when a.attstorage <> t.typstorage then ' storage ' || case a.attstorage when 'e' then 'external' else a.attstorage::text end else '' end as text
  from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_type t on t.oid = a.atttypid
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0 and not a.attisdropped
  order by c.relname collate "C", a.attnum`

// a not-null constraint is a row of its own from PostgreSQL 18 on, and stands with its column here
const CONSTRAINTS = `
  select k.conrelid::regclass::text as "table", 'constraint ' || quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid) as text
  from pg_constraint k join pg_class c on c.oid = k.conrelid
  where c.relnamespace = 'public'::regnamespace and not c.relispartition and k.contype in ('p', 'u', 'c', 'f', 'x')
  order by c.relname collate "C", position(k.contype::text in 'pucfx'), k.conname collate "C"`

const INDEXES = `
  select i.indrelid::regclass::text as "table", pg_get_indexdef(i.indexrelid) as text
  from pg_index i join pg_class c on c.oid = i.indrelid join pg_class x on x.oid = i.indexrelid
  where c.relnamespace = 'public'::regnamespace and not c.relispartition
    and not exists (select from pg_constraint k where k.conindid = i.indexrelid)
  order by x.relname collate "C"`

const TRIGGERS = `
  select t.tgrelid::regclass::text as "table", pg_get_triggerdef(t.oid) as text
  from pg_trigger t join pg_class c on c.oid = t.tgrelid
  where c.relnamespace = 'public'::regnamespace and not c.relispartition and not t.tgisinternal
  order by t.tgname collate "C"`

const FUNCTIONS = `
  select '' as "table", pg_get_functiondef(p.oid) as text
  from pg_proc p where p.pronamespace = 'public'::regnamespace order by p.proname collate "C"`

/** @returns tables, columns, defaults, constraints, indexes, triggers and functions of a database: the same text for the same schema */
export async function schemaListing(db: Queryable): Promise<string> {
  const read = async (query: string): Promise<readonly Line[]> => await db.query<Line>(query)
  const [columns, constraints, indexes, triggers] = [
    await read(COLUMNS),
    await read(CONSTRAINTS),
    await read(INDEXES),
    await read(TRIGGERS),
  ]
  const parts = [HEAD]
  for (const { text } of await read(FUNCTIONS)) parts.push(`${text.trimEnd()};\n`)
  for (const { table, text } of await read(TABLES)) {
    const of = (lines: readonly Line[]): string[] => lines.filter((line) => line.table === table).map((line) => line.text)
    const inside = [...of(columns), ...of(constraints)].map((line) => `  ${line}`).join(',\n')
    const after = [...of(indexes), ...of(triggers)].map((line) => `${line.replaceAll('public.', '')};\n`)
    parts.push(`create table ${table} (\n${inside}\n)${text};\n${after.join('')}`)
  }
  return parts.join('\n')
}

if (import.meta.main) {
  await using empty = await emptyDatabase()
  await migrate(empty.db)
  writeFileSync(SCHEMA_FILE, await schemaListing(empty.db))
}
