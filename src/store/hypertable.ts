import { microsOf, type Micros } from '#base/time.ts'
import { briefly } from './briefly.ts'
import type { Queryable } from './database.ts'
import { sqlTime } from './time.ts'

const HOUR: Micros = microsOf({ seconds: 3600 })
/** Hours ahead of the clock that take rows. */
const AHEAD = 31

/** Rows younger than this stay as they came; after it TimescaleDB compresses them, or they go where it cannot. */
const ROWS_KEPT: Micros = 7 * 24 * HOUR

/** Makes `measurements` a hypertable; it must be empty. */
export const MAKE_HYPERTABLE = `
  select create_hypertable('measurements', 'time_stamp', chunk_time_interval => interval '1 day', create_default_indexes => false);
  alter table measurements set (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05)`

export type Layout = 'partitions' | 'hypertable'

/** Apache has hypertables and `drop_chunks`, but neither compression nor policies. */
export type TimescaleEdition = 'apache' | 'community'

export interface Timescale {
  readonly version: string
  readonly edition: TimescaleEdition
}

/** An hour of a hypertable that is not sealed. */
export interface OpenHour {
  readonly name: string
  readonly from: Micros
  readonly to: Micros
  readonly frozen: boolean
}

/** @returns null when the database does not have the extension */
export async function readTimescale(db: Queryable): Promise<Timescale | null> {
  const [row] = await db.query<{ version: string; license: string | null }>(
    `select extversion as version, current_setting('timescaledb.license', true) as license from pg_extension where extname = 'timescaledb'`,
  )
  return row === undefined ? null : { version: row.version, edition: row.license === 'timescale' ? 'community' : 'apache' }
}

/** @returns whether samples lie in native partitions, or in a hypertable that makes its chunks by itself */
export async function measurementsLayout(db: Queryable): Promise<Layout> {
  const [row] = await db.query<{ relkind: string }>(`select relkind::text from pg_class where oid = 'measurements'::regclass`)
  return row?.relkind === 'p' ? 'partitions' : 'hypertable'
}

/** Before this the rows of a hypertable lie in blocks as well; minus infinity where samples are partitioned, whose sealed rows are gone. */
export async function sealedUntil(db: Queryable): Promise<Micros> {
  const [row] = await db.query<{ sealed: Micros }>('select sealed_until as sealed from open_window')
  return row?.sealed ?? Number.NEGATIVE_INFINITY
}

/** The hours of a hypertable that are not sealed, to some that are still to come, oldest first. */
export async function listOpenHours(db: Queryable): Promise<OpenHour[]> {
  if (!(await hasOpenWindow(db))) return []
  const [span] = await db.query<{ frozen: Micros; sealed: Micros; now: Micros }>(
    'select frozen_until as frozen, sealed_until as sealed, now() as now from open_window',
  )
  if (span === undefined) return []
  const hours: OpenHour[] = []
  for (let from = span.sealed; from < span.now + AHEAD * HOUR; from += HOUR) {
    hours.push({ name: `hour of ${sqlTime(from)}`, from, to: from + HOUR, frozen: from < span.frozen })
  }
  return hours
}

/** From now on the hour and those before take no rows. @returns false when it was in use: try again later */
export async function freezeHour(db: Queryable, hour: OpenHour): Promise<boolean> {
  const until = sqlTime(hour.to)
  // who writes holds the table against this lock until it has committed, and looks for itself after it wrote
  return await briefly(
    db,
    `lock table only measurements in share mode; update open_window set frozen_until = '${until}' where frozen_until < '${until}'`,
  )
}

/** The rows of an hour are all in blocks. @returns false when those of an earlier one are not */
export async function closeHour(db: Queryable, hour: OpenHour): Promise<boolean> {
  const closed = await db.query('update open_window set sealed_until = $2 where sealed_until = $1 and frozen_until >= $2 returning 1', [
    sqlTime(hour.from),
    sqlTime(hour.to),
  ])
  return closed.length > 0
}

/** Opens the hours from an instant on again: what is in rows and in blocks counts once. */
export async function openHoursFrom(db: Queryable, at: Micros): Promise<void> {
  if (!(await hasOpenWindow(db))) return
  await db.query('update open_window set sealed_until = least(sealed_until, $1), frozen_until = least(frozen_until, $1)', [
    sqlTime(Math.floor(at / HOUR) * HOUR),
  ])
}

/** A schema of before there was one, while a backup of then is restored. */
async function hasOpenWindow(db: Queryable): Promise<boolean> {
  const [row] = await db.query<{ there: boolean }>(`select to_regclass('open_window') is not null as there`)
  return row?.there === true
}

/** Whether rows of a span are compressed, and have lost the order in which they came: so when nobody sealed for as long as they are kept. */
export async function areCompressed(db: Queryable, from: Micros, to: Micros): Promise<boolean> {
  const found = await db.query(
    `select from timescaledb_information.chunks where hypertable_name = 'measurements' and is_compressed and range_start < $2 and range_end > $1`,
    [sqlTime(from), sqlTime(to)],
  )
  return found.length > 0
}

/** Lets TimescaleDB compress what is a week old. Once only: who changes or removes the policy afterwards has the last word. */
export async function compressOldRows(db: Queryable): Promise<void> {
  if ((await readTimescale(db))?.edition !== 'community') return
  const [row] = await db.query<{ compressed: boolean }>(
    `select compression_enabled as compressed from timescaledb_information.hypertables where hypertable_name = 'measurements'`,
  )
  if (row?.compressed !== false) return
  await db.query(`do $$ begin
    alter table measurements set (timescaledb.compress, timescaledb.compress_segmentby = 'tag_id', timescaledb.compress_orderby = 'time_stamp');
    perform add_compression_policy('measurements', interval '${ROWS_KEPT / HOUR} hours');
  end $$`)
}

/**
 * Drops chunks of sealed rows; their samples lie in blocks.
 * @returns bytes of the disk that are free again
 */
export async function dropSealedRows(db: Queryable, before: Micros): Promise<number> {
  const had = await hypertableBytes(db)
  await briefly(
    db,
    `perform drop_chunks('measurements', older_than => least('${sqlTime(before)}'::timestamptz, (select sealed_until from open_window)))`,
  )
  return had - (await hypertableBytes(db))
}

/** Where nothing compresses them, sealed rows go after a week. */
export async function dropUncompressedRows(db: Queryable, now: Micros): Promise<number> {
  return (await readTimescale(db))?.edition === 'apache' ? await dropSealedRows(db, now - ROWS_KEPT) : 0
}

/** Chunks whose hours are all sealed, with what of them is compressed. */
export interface SealedChunk {
  readonly end: Micros
  readonly bytes: number
}

/** @returns none where samples are partitioned */
export async function listSealedChunks(db: Queryable): Promise<readonly SealedChunk[]> {
  if ((await measurementsLayout(db)) === 'partitions') return []
  return await db.query<SealedChunk>(
    `select range_end as end, total_bytes::int8 as bytes
     from timescaledb_information.chunks join chunks_detailed_size('measurements') using (chunk_schema, chunk_name)
     where hypertable_name = 'measurements' and range_end <= (select sealed_until from open_window)`,
  )
}

/** Chunks, indexes and what is compressed. */
export async function hypertableBytes(db: Queryable): Promise<number> {
  return (await db.query<{ bytes: number }>(`select hypertable_size('measurements')::int8 as bytes`))[0]?.bytes ?? 0
}
