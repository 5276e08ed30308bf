import type { Micros } from '#base/time.ts'
import type { Queryable } from './database.ts'
import { BLOCK_BYTES } from './drop-samples.ts'
import { type Layout, type Timescale, measurementsLayout, readTimescale } from './hypertable.ts'
import { sqlTime } from './time.ts'

/** Bytes of this database on disk, its log of changes apart. */
export async function databaseBytes(db: Queryable): Promise<number> {
  const [row] = await db.query<{ bytes: number }>('select pg_database_size(current_database()) as bytes')
  return row?.bytes ?? 0
}

export interface TableSize {
  readonly table: string
  /** As the server last counted them. */
  readonly rows: number
  /** Indexes and what lies out of line included. */
  readonly bytes: number
  readonly indexBytes: number
}

/** Every table with its partitions or chunks, the largest first. */
export async function tableSizes(db: Queryable): Promise<readonly TableSize[]> {
  const tables = await sizesOfTables(db)
  if ((await measurementsLayout(db)) === 'partitions') return tables
  // what is compressed lies in tables that are not chunks
  const [samples] = await db.query<TableSize>(
    `select 'measurements' as "table", approximate_row_count('measurements')::int8 as rows, total_bytes::int8 as bytes,
       index_bytes::int8 as "indexBytes" from hypertable_detailed_size('measurements')`,
  )
  return tables.map((one) => (one.table === samples?.table ? samples : one)).sort((a, b) => b.bytes - a.bytes)
}

async function sizesOfTables(db: Queryable): Promise<readonly TableSize[]> {
  return await db.query<TableSize>(
    `select p.relname::text as "table", sum(greatest(c.reltuples, 0))::int8 as rows, sum(pg_total_relation_size(c.oid))::int8 as bytes,
       sum(pg_indexes_size(c.oid))::int8 as "indexBytes"
     from pg_class c left join pg_inherits i on i.inhrelid = c.oid join pg_class p on p.oid = coalesce(i.inhparent, c.oid)
     where c.relkind = 'r' and p.relnamespace = 'public'::regnamespace group by 1 order by 3 desc, 1`,
  )
}

/** What the sealed history of a tag takes. */
export interface TagSize {
  readonly tagId: number
  readonly samples: number
  readonly bytes: number
}

/** Of every tag that has sealed history, those that were removed since too; the largest first. */
export async function tagSizes(db: Queryable): Promise<readonly TagSize[]> {
  return await db.query<TagSize>(
    `select tag_id as "tagId", sum(n)::int8 as samples, sum${BLOCK_BYTES}::int8 as bytes from measurement_blocks group by tag_id order by 3 desc, 1`,
  )
}

export interface StorageSize {
  readonly at: Micros
  readonly databaseBytes: number
  readonly freeBytes: number | null
  readonly totalBytes: number | null
}

export async function saveStorageSize(db: Queryable, size: StorageSize): Promise<void> {
  await db.query(
    `insert into storage_sizes (at, database_bytes, free_bytes, total_bytes) values ($1, $2, $3, $4) on conflict (at) do nothing`,
    [sqlTime(size.at), size.databaseBytes, size.freeBytes, size.totalBytes],
  )
}

/** Measured since an instant, oldest first. */
export async function listStorageSizes(db: Queryable, since: Micros): Promise<readonly StorageSize[]> {
  return await db.query<StorageSize>(
    `select at, database_bytes as "databaseBytes", free_bytes as "freeBytes", total_bytes as "totalBytes" from storage_sizes
     where at >= $1 order by at`,
    [sqlTime(since)],
  )
}

/** Bytes of sealed history by the day they are of, of days that began since an instant and are over. */
export async function sealedBytesADay(db: Queryable, since: Micros, until: Micros): Promise<readonly number[]> {
  const rows = await db.query<{ bytes: number }>(
    `select sum${BLOCK_BYTES}::int8 as bytes from measurement_blocks where t0 >= $1 and t1 <= $2 group by date_trunc('day', t0, 'UTC') order by 1`,
    [sqlTime(since), sqlTime(until)],
  )
  return rows.map((row) => row.bytes)
}

/** The server and how samples lie in it. */
export interface ServerFacts {
  readonly version: string
  readonly layout: Layout
  readonly timescale: Timescale | null
}

export async function serverFacts(db: Queryable): Promise<ServerFacts> {
  const [row] = await db.query<{ version: string }>(`select current_setting('server_version') as version`)
  return { version: (row?.version ?? '').replace(/ .*/, ''), layout: await measurementsLayout(db), timescale: await readTimescale(db) }
}

export async function deleteStorageSizesBefore(db: Queryable, before: Micros): Promise<void> {
  await db.query('delete from storage_sizes where at < $1', [sqlTime(before)])
}
