import { StoreError } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'
import type { Queryable } from './database.ts'

/** What the database has of a source. */
export interface SourcePosition {
  readonly source: string
  /** The last delivery committed. */
  readonly seq: number
  /** The last spool record committed. */
  readonly spoolRecord: number
  /** The delivery up to which `latest` is complete. */
  readonly latestSeq: number
  readonly receivedAt: Micros | null
}

const COLUMNS = `source, seq, spool_record as "spoolRecord", latest_seq as "latestSeq", received_at as "receivedAt"`

export async function listSources(db: Queryable): Promise<readonly SourcePosition[]> {
  return await db.query<SourcePosition>(`select ${COLUMNS} from sources order by source`)
}

/** Becomes the one writer of a source: from now on every earlier writer is refused. */
export async function openSource(db: Queryable, source: string): Promise<SourcePosition & { epoch: number }> {
  const rows = await db.query<SourcePosition & { epoch: number }>(
    `insert into sources (source, epoch) values ($1, 1) on conflict (source) do update set epoch = sources.epoch + 1 returning ${COLUMNS}, epoch`,
    [source],
  )
  if (rows[0] === undefined) throw new StoreError('unavailable', `The source ${source} could not be opened`)
  return rows[0]
}

/** @throws StoreError('conflict') when somebody else writes for the source by now */
export async function positionOf(db: Queryable, source: string, epoch: number): Promise<SourcePosition> {
  const rows = await db.query<SourcePosition>(`select ${COLUMNS} from sources where source = $1 and epoch = $2`, [source, epoch])
  if (rows[0] === undefined) {
    throw new StoreError('conflict', `Another process writes for ${source} by now`, {
      remedy: 'Two writers for one source: stop the one that is not under the supervisor.',
    })
  }
  return rows[0]
}

/** Seconds since the newest delivery of any source, by the database's clock; null before the first. */
export async function newestDeliveryAgeSeconds(db: Queryable): Promise<number | null> {
  const [row] = await db.query<{ age: number | null }>(
    'select extract(epoch from clock_timestamp() - max(received_at))::float8 as age from sources',
  )
  return row?.age ?? null
}
