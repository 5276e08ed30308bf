import type { Micros } from '#base/time.ts'
import type { Queryable } from './database.ts'
import { sqlTime } from './time.ts'

export type NightlyKind = 'retention' | 'backup'

/** What was done in a night, or is being done. */
export interface NightlyRun {
  readonly dueAt: Micros
  readonly startedAt: Micros
  /** null while it goes on, or when it was cut short and will be taken up again. */
  readonly endedAt: Micros | null
  readonly report: Readonly<Record<string, unknown>>
}

const COLUMNS = `due_at as "dueAt", started_at as "startedAt", ended_at as "endedAt", report`

/** A clock that was ahead for a while left runs of nights that are still to come: they say nothing of these nights. */
const NOT_AHEAD = `due_at < now() + interval '1 day'`

/** The newest run of a kind. */
export async function lastRun(db: Queryable, kind: NightlyKind): Promise<NightlyRun | undefined> {
  const rows = await db.query<NightlyRun>(
    `select ${COLUMNS} from nightly_runs where kind = $1 and ${NOT_AHEAD} order by due_at desc limit 1`,
    [kind],
  )
  return rows[0]
}

/** The newest one that came to its end. */
export async function lastWholeRun(db: Queryable, kind: NightlyKind): Promise<NightlyRun | undefined> {
  const rows = await db.query<NightlyRun>(
    `select ${COLUMNS} from nightly_runs where kind = $1 and ended_at is not null and ${NOT_AHEAD} order by due_at desc limit 1`,
    [kind],
  )
  return rows[0]
}

/**
 * Whether the work of a night is still to be done: none of it was, or it was cut short. A database that is younger than the night has
 * nothing to do.
 */
export async function isDue(db: Queryable, kind: NightlyKind, dueAt: Micros): Promise<boolean> {
  const [row] = await db.query<{ due: boolean }>(
    `select coalesce((select min(applied_at) from schema_migrations), now()) < $2
       and not exists (select from nightly_runs where kind = $1 and due_at >= $2 and due_at < $2::timestamptz + interval '1 day' and ended_at is not null) as due`,
    [kind, sqlTime(dueAt)],
  )
  return row?.due === true
}

/** Begins the run of a night, or takes it up again. */
export async function beginRun(db: Queryable, kind: NightlyKind, dueAt: Micros, now: Micros): Promise<void> {
  await db.query(
    `insert into nightly_runs (kind, due_at, started_at) values ($1, $2, $3) on conflict (kind, due_at) do update set ended_at = null`,
    [kind, sqlTime(dueAt), sqlTime(now)],
  )
}

export async function endRun(
  db: Queryable,
  kind: NightlyKind,
  dueAt: Micros,
  now: Micros,
  report: Readonly<Record<string, unknown>>,
): Promise<void> {
  await db.query('update nightly_runs set ended_at = $3, report = $4 where kind = $1 and due_at = $2', [
    kind,
    sqlTime(dueAt),
    sqlTime(now),
    JSON.stringify(report),
  ])
}

export async function deleteRunsBefore(db: Queryable, before: Micros): Promise<void> {
  await db.query('delete from nightly_runs where due_at < $1', [sqlTime(before)])
}
