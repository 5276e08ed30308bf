import type { Micros } from '#base/time.ts'
import { briefly } from './briefly.ts'
import type { Queryable } from './database.ts'
import { areCompressed, closeHour, freezeHour, listOpenHours, measurementsLayout, openHoursFrom } from './hypertable.ts'
import { microsFromSql, sqlTime } from './time.ts'

const HOUR = 3_600_000_000
const DAY = 24 * HOUR

/** A table split by time. Widths and reasons: docs/adr/0001-partitions-by-time.md */
interface Split {
  readonly table: 'measurements' | 'deliveries'
  readonly width: Micros
  /** Windows kept ready before and after the current one. */
  readonly behind: number
  readonly ahead: number
  /** Of its partitions, for autovacuum. */
  readonly storage: string
}

/** Rows are only added, and go with their partition within hours: what freezing or counting them costs is lost. */
const SHORT_LIVED = `autovacuum_vacuum_insert_threshold = -1, autovacuum_analyze_threshold = 50000, autovacuum_analyze_scale_factor = 0.5`

const SPLITS: readonly Split[] = [
  // none behind: an hour that was sealed must not come back
  { table: 'measurements', width: HOUR, behind: 0, ahead: 30, storage: SHORT_LIVED },
  { table: 'deliveries', width: HOUR, behind: 0, ahead: 5, storage: SHORT_LIVED },
]

/** Samples stamped further ahead of their delivery than this wait in `late_samples`. */
export const FUTURE_LIMIT: Micros = HOUR
/** Older samples never get a chunk of a hypertable: a clock that starts in 1970 must not make 20,000 of them. */
export const PAST_LIMIT: Micros = 400 * DAY

/** A window of time that takes rows: a table of its own, or an hour of a hypertable, where it is no more than a name. */
export interface Partition {
  readonly name: string
  readonly from: Micros
  /** Exclusive. */
  readonly to: Micros
  /** Takes no rows any more: it is being sealed. */
  readonly frozen: boolean
  readonly inHypertable: boolean
}

/** What stands in a `from`, with a `where` to add to, to read the rows of a window. */
export function rowsOf({ name, from, to, inHypertable }: Partition): string {
  return inHypertable ? `measurements where time_stamp >= '${sqlTime(from)}' and time_stamp < '${sqlTime(to)}'` : `${name} where true`
}

/** What follows the time in an `order by`: of rows with one time the first that arrived comes first, where that is still known. */
export async function orderOfArrival(db: Queryable, { from, to, inHypertable }: Partition): Promise<string> {
  return inHypertable && (await areCompressed(db, from, to)) ? '' : ', ctid'
}

/** @returns the windows of a table that still take rows or are not sealed yet, oldest first */
export async function listPartitions(db: Queryable, table: Split['table']): Promise<Partition[]> {
  if (table === 'measurements' && (await measurementsLayout(db)) === 'hypertable') {
    return (await listOpenHours(db)).map((hour) => ({ ...hour, inHypertable: true }))
  }
  const rows = await db.query<{ name: string; bound: string | null; frozen: boolean }>(
    `select c.relname as name, pg_get_expr(c.relpartbound, c.oid) as bound,
       exists (select from pg_constraint k where k.conrelid = c.oid and k.conname = c.relname || '_frozen') as frozen
     from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = $1::regclass and c.relispartition`,
    [table],
  )
  const partitions: Partition[] = []
  for (const row of rows) {
    // one that goes at this moment is listed, without its bound
    const [from, to] = [...(row.bound ?? '').matchAll(/'([^']+)'/g)].map((match) => microsFromSql(match[1] ?? ''))
    if (from !== undefined && to !== undefined) partitions.push({ name: row.name, from, to, frozen: row.frozen, inHypertable: false })
  }
  return partitions.sort((a, b) => a.from - b.from)
}

/**
 * Makes the partitions that the next hours need. Cheap when they exist; safe to call from several processes at once. A writer calls it
 * too when it finds none, so that a dead keeper never stops a driver.
 * @returns names of what was made
 */
export async function ensurePartitions(db: Queryable): Promise<string[]> {
  const [clock] = await db.query<{ now: Micros }>('select now() as now')
  if (clock === undefined) return []
  const made: string[] = []
  for (const split of SPLITS) {
    if (split.table === 'measurements' && (await measurementsLayout(db)) === 'hypertable') continue
    const current = Math.floor(clock.now / split.width) * split.width
    const windows = Array.from({ length: split.behind + 1 + split.ahead }, (_, index) => current + (index - split.behind) * split.width)
    made.push(...(await makeWindows(db, split, windows)))
  }
  return made
}

/**
 * Makes the partitions in which these instants lie: for late samples, and for deliveries that waited in a spool for hours.
 * @returns names of what was made
 */
export async function ensurePartitionsAt(db: Queryable, table: Split['table'], instants: readonly Micros[]): Promise<string[]> {
  const split = SPLITS.find((one) => one.table === table)
  if (split === undefined || instants.length === 0) return []
  if (table === 'measurements' && (await measurementsLayout(db)) === 'hypertable') {
    await openHoursFrom(
      db,
      instants.reduce((earliest, at) => Math.min(earliest, at)),
    )
    return []
  }
  const windows = [...new Set(instants.map((at) => Math.floor(at / split.width) * split.width))].sort((a, b) => a - b)
  return makeWindows(db, split, windows)
}

async function makeWindows(db: Queryable, split: Split, windows: readonly Micros[]): Promise<string[]> {
  const made: string[] = []
  const existing = await listPartitions(db, split.table)
  for (const start of windows) {
    for (const gap of uncovered(start, start + split.width, existing)) {
      const name = `${split.table}_${sqlTime(gap.from).slice(0, 16).replaceAll(/[-:]/g, '').toLowerCase()}`
      // attaching an empty table locks out nobody, where "partition of" would wait for every reader and hold up every writer;
      // the advisory lock makes two callers take turns, the second finding the work done
      await db.query(`do $$
        begin
          perform pg_advisory_xact_lock(hashtext('synctide partitions'));
          if to_regclass('${name}') is null then
            create table ${name} (like ${split.table} including defaults including storage) with (${split.storage});
            alter table ${split.table} attach partition ${name} for values from ('${sqlTime(gap.from)}') to ('${sqlTime(gap.to)}');
          end if;
        end $$`)
      made.push(name)
    }
  }
  return made
}

function uncovered(from: Micros, to: Micros, existing: readonly Partition[]): { from: Micros; to: Micros }[] {
  const gaps: { from: Micros; to: Micros }[] = []
  let at = from
  for (const one of existing) {
    if (one.to <= at || one.from >= to) continue
    if (one.from > at) gaps.push({ from: at, to: one.from })
    at = one.to
  }
  if (at < to) gaps.push({ from: at, to })
  return gaps
}

/**
 * From now on the window takes no rows: a writer that tries is told that there is no partition, and looks again. A check that
 * was never validated costs nothing and is no reason for the planner to leave the table out.
 * @returns false when it was in use: try again later
 */
export async function freezePartition(db: Queryable, partition: Partition): Promise<boolean> {
  const { name, frozen } = partition
  if (frozen) return true
  if (partition.inHypertable) return await freezeHour(db, partition)
  return await briefly(db, `alter table ${name} add constraint ${name}_frozen check (false) not valid`)
}

/** The rows of a window are sealed: readers need them no more. @returns false when it was in use: try again later */
export async function closePartition(db: Queryable, partition: Partition): Promise<boolean> {
  return partition.inHypertable ? await closeHour(db, partition) : await dropPartition(db, partition.name)
}

/** Drops one partition without ever holding up writers for long. @returns false when it was in use: try again later */
export async function dropPartition(db: Queryable, name: string): Promise<boolean> {
  return await briefly(db, `drop table ${name}`)
}
