import type pg from 'pg'
import { copyOut } from './copy.ts'
import { CopiedRows } from './core/copied-rows.ts'
import { type DumpTable, encodePart } from './core/dump-codec.ts'
import type { Database, Queryable } from './database.ts'
import { RESTORE_MARK } from './half-restored.ts'
import { measurementsLayout } from './hypertable.ts'
import { listPartitions } from './partitions.ts'
import { sqlTime } from './time.ts'

/** Of the moment, or of one machine: a restored installation begins them anew. */
const LEFT_OUT = ['schema_migrations', 'sessions', 'setup_tokens', 'requests', 'processes', 'backups', 'open_window', RESTORE_MARK]

/** How many rows a table has, and their sum; see {@link CopiedRows}. */
export interface TableProof {
  readonly table: string
  readonly rows: number
  readonly sum: string
}

/** Rows are handed on in pieces of about this many bytes. */
const PIECE_BYTES = 1 << 17

/**
 * Writes down the whole database as of one moment, while everybody else goes on reading and writing. Nobody is waited for, and only who wants
 * to drop a partition has to wait: see {@link isDumping}.
 * @param write while its promise is not fulfilled, the server is left waiting
 * @param secretsKey base64; see {@link DumpEnd}
 */
export async function dumpDatabase(
  db: Database,
  write: (bytes: Uint8Array) => Promise<void> | void,
  secretsKey: string | null,
): Promise<readonly TableProof[]> {
  const client = await db.connect()
  try {
    const tables = await listTables(db)
    await client.query('begin isolation level repeatable read read only')
    // before the first look, which settles the moment: a partition that is dropped in between would be in neither rows nor blocks
    await client.query(`lock table ${tables.map((one) => one.name).join(', ')} in access share mode`)
    await client.query(`set local max_parallel_workers_per_gather = 0; set local statement_timeout = 0`)
    const proofs: TableProof[] = []
    for (const { name, columns } of tables) {
      const windows = await windowsOf(clientQueries(client), name)
      await write(encodePart({ kind: 'table', table: { name, columns, windows } }))
      const proof = await copyTable(client, { name, columns }, async (bytes) => await write(encodePart({ kind: 'rows', bytes })))
      await write(encodePart({ kind: 'tableEnd', rows: proof.rows, sum: proof.sum }))
      proofs.push(proof)
    }
    const sequences = await client.query<{ name: string; last: number | null }>(
      `select sequencename as name, last_value as last from pg_sequences where schemaname = 'public'`,
    )
    const known = sequences.rows.flatMap(({ name, last }) => (last === null ? [] : [[name, last] as const]))
    await write(encodePart({ kind: 'end', end: { sequences: Object.fromEntries(known), key: secretsKey } }))
    await client.query('commit')
    return proofs
  } finally {
    await client.end()
  }
}

/** Rows and sums of the tables as they are now: to compare with those of a dump. */
export async function proveTables(db: Database): Promise<readonly TableProof[]> {
  const client = await db.connect()
  try {
    const proofs: TableProof[] = []
    for (const table of await listTables(db)) proofs.push(await copyTable(client, table, () => undefined))
    return proofs
  } finally {
    await client.end()
  }
}

async function copyTable(
  client: pg.Client,
  { name, columns }: Pick<DumpTable, 'name' | 'columns'>,
  onBytes: (bytes: Uint8Array) => Promise<void> | void,
): Promise<TableProof> {
  const counted = new CopiedRows()
  let held: Uint8Array[] = []
  let heldBytes = 0
  const flush = async (): Promise<void> => {
    const bytes = Buffer.concat(held)
    held = []
    heldBytes = 0
    await onBytes(bytes)
  }
  await copyOut(
    client,
    `copy (select ${columns.join(', ')} from ${await unsealed(clientQueries(client), name)}) to stdout binary`,
    (chunk) => {
      counted.take(chunk)
      // the bytes are the receive buffer's, which goes on being used
      held.push(Uint8Array.prototype.slice.call(chunk))
      heldBytes += chunk.length
      return heldBytes >= PIECE_BYTES ? flush() : undefined
    },
  )
  if (heldBytes > 0) await flush()
  return { table: name, rows: counted.rows, sum: counted.sum }
}

/** The tables of the program with their columns, each after those that it refers to. */
export async function listTables(db: Queryable): Promise<readonly Pick<DumpTable, 'name' | 'columns'>[]> {
  const tables = await db.query<{ name: string; columns: string[]; after: string[] }>(
    `select c.relname::text as name,
       (select array_agg(quote_ident(a.attname) order by a.attnum) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
       (select coalesce(array_agg(distinct r.relname::text), '{}') from pg_constraint k join pg_class r on r.oid = k.confrelid
        where k.conrelid = c.oid and k.contype = 'f' and r.oid <> c.oid) as after
     from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
       and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e') and c.relname <> all($1)
     order by c.relname collate "C"`,
    [LEFT_OUT],
  )
  const ordered: (typeof tables)[number][] = []
  while (ordered.length < tables.length) {
    const ready = tables.filter((one) => !ordered.includes(one) && one.after.every((name) => ordered.some((done) => done.name === name)))
    // a circle of references has no beginning; there is none, and a new one is found by the tests
    if (ready.length === 0) throw new Error('tables refer to each other in a circle')
    ordered.push(...ready)
  }
  return ordered
}

/** Of a hypertable only what is not in the blocks too: another layout has no use for the rest. */
async function unsealed(db: Queryable, table: string): Promise<string> {
  if (table !== 'measurements' || (await measurementsLayout(db)) === 'partitions') return table
  const [first] = await listPartitions(db, table)
  return first === undefined ? table : `${table} where time_stamp >= '${sqlTime(first.from)}'`
}

async function windowsOf(db: Queryable, table: string): Promise<readonly number[]> {
  if (table !== 'measurements' && table !== 'deliveries') return []
  return (await listPartitions(db, table)).map((one) => one.from)
}

function clientQueries(client: pg.Client): Queryable {
  return {
    async query<Row>(text: string, values?: readonly unknown[]) {
      return (await client.query(text, values === undefined ? undefined : [...values])).rows as Row[]
    },
  }
}
