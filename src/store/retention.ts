import { microsOf, type Micros } from '#base/time.ts'
import { deleteExpiredTokens } from './acknowledge-tokens.ts'
import type { Queryable } from './database.ts'
import { deleteGapsBefore } from './gaps.ts'
import { type Partition, PAST_LIMIT, dropPartition, listPartitions } from './partitions.ts'
import { deleteRunsBefore } from './nightly-runs.ts'
import { deleteRequestsBefore } from './requests.ts'
import { deleteStorageSizesBefore } from './storage-sizes.ts'
import { deleteEventsBefore } from './system-events.ts'
import { sqlTime } from './time.ts'

const HOUR = microsOf({ seconds: 3600 })

/** Deliveries younger than this stay whoever has read them. */
const DELIVERIES_KEPT: Micros = 1 * HOUR

/** A link that ended can still say so to whoever opens it. */
const LINKS_KEPT: Micros = 7 * 24 * HOUR

export interface DroppedDeliveries {
  /** Names of the partitions that went. */
  readonly dropped: readonly string[]
  /** What was dropped although a reader had not read it, because the journal is larger than its cap; for the system event. */
  readonly unread: { readonly from: Micros; readonly to: Micros } | null
}

/**
 * Drops partitions of the journal that every reader has read and that are older than an hour. Past the size cap the oldest go all
 * the same: a reader that is away for days must not fill the disk.
 */
export async function dropOldDeliveries(db: Queryable, now: Micros, capBytes = 5 * 1024 ** 3): Promise<DroppedDeliveries> {
  const partitions = await listPartitions(db, 'deliveries')
  const keepFrom = Math.min(now - DELIVERIES_KEPT, await oldestUnread(db))
  const dropped: string[] = []
  const unread: Partition[] = []
  let size = await journalBytes(db)
  for (const partition of partitions) {
    const read = partition.to <= keepFrom
    if (partition.to > now || (!read && size <= capBytes)) break
    const bytes = await bytesOf(db, partition.name)
    if (!(await dropPartition(db, partition.name))) break
    size -= bytes
    dropped.push(partition.name)
    if (!read) unread.push(partition)
  }
  const [first] = unread
  return { dropped, unread: first === undefined ? null : { from: first.from, to: unread.at(-1)?.to ?? first.to } }
}

/**
 * When the oldest delivery that somebody still needs was received; infinity when all is read. A source without any watermark has been
 * read by nobody: its reader has not come up yet.
 */
async function oldestUnread(db: Queryable): Promise<Micros> {
  const [row] = await db.query<{ oldest: Micros | null }>(
    `select min(d.received_at) as oldest
     from (select s.source, coalesce(min(w.seq), 0) as seq from sources s left join watermarks w using (source) group by s.source
           union all select s.source, s.latest_seq from sources s
           union all select m.source, m.seq from alarm_memory m) as read
     join lateral (select received_at from deliveries d where d.source = read.source and d.seq > read.seq order by d.seq limit 1) d on true`,
  )
  return row?.oldest ?? Number.POSITIVE_INFINITY
}

async function journalBytes(db: Queryable): Promise<number> {
  const [row] = await db.query<{ bytes: number }>(
    `select coalesce(sum(pg_total_relation_size(inhrelid)), 0)::int8 as bytes from pg_inherits where inhparent = 'deliveries'::regclass`,
  )
  return row?.bytes ?? 0
}

async function bytesOf(db: Queryable, name: string): Promise<number> {
  const [row] = await db.query<{ bytes: number }>('select pg_total_relation_size($1::regclass) as bytes', [name])
  return row?.bytes ?? 0
}

/** Clears what has served its time: answered requests, ended sessions, used links, events and audit beyond 400 days. */
export async function clearExpired(db: Queryable, now: Micros): Promise<void> {
  const before = async (statement: string, at: Micros): Promise<void> => void (await db.query(statement, [sqlTime(at)]))
  await deleteRequestsBefore(db, now - HOUR)
  await before('delete from sessions where expires_at < $1', now)
  await deleteExpiredTokens(db, now - LINKS_KEPT)
  await before('delete from setup_tokens where expires_at < $1', now)
  await deleteEventsBefore(db, now - PAST_LIMIT)
  await deleteRunsBefore(db, now - PAST_LIMIT)
  await deleteStorageSizesBefore(db, now - PAST_LIMIT)
  await deleteGapsBefore(db, now - PAST_LIMIT)
  await before('delete from audit where at < $1', now - PAST_LIMIT)
}
