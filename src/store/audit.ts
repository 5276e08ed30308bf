import type { Micros } from '#base/time.ts'
import type { Queryable } from './database.ts'

export interface AuditEntry {
  readonly id: number
  readonly at: Micros
  readonly who: string
  /** platform, token, cli or keeper. */
  readonly via: string
  /** Network address, empty for the command line. */
  readonly address: string
  /** `POST /api/devices`, `login`, `plant.apply` … */
  readonly action: string
  readonly object: string
  readonly before: unknown
  readonly after: unknown
}

/** Writes down who did what. Secrets must have been taken out before. */
export async function recordAudit(
  db: Queryable,
  entry: { who: string; via: string; address?: string; action: string; object: string; before?: unknown; after?: unknown },
): Promise<void> {
  await db.query('insert into audit (who, via, address, action, object, before, after) values ($1, $2, $3, $4, $5, $6, $7)', [
    entry.who,
    entry.via,
    entry.address ?? '',
    entry.action,
    entry.object,
    jsonOrNull(entry.before),
    jsonOrNull(entry.after),
  ])
}

/** Newest first. @param before id to go on from, exclusive */
export async function listAudit(db: Queryable, limit: number, before: number | null = null): Promise<readonly AuditEntry[]> {
  return await db.query<AuditEntry>(
    `select id, at, who, via, address, action, object, before, after from audit
     where $1::bigint is null or id < $1 order by id desc limit $2`,
    [before, limit],
  )
}

function jsonOrNull(value: unknown): string | null {
  return value === undefined || value === null ? null : JSON.stringify(value)
}
