import type { Micros } from '#base/time.ts'
import type { Database, Queryable } from './database.ts'
import { sqlTime } from './time.ts'

/** The last sign of life of one process. */
export interface ProcessBeat {
  readonly name: string
  readonly pid: number
  readonly startedAt: Micros
  readonly beatAt: Micros
  /** Age by the clock of the database, so that two machines' clocks do not matter. */
  readonly ageSeconds: number
  readonly detail: Readonly<Record<string, unknown>>
}

const BEAT_MILLIS = 2000

/** One sign of life. */
export async function beat(db: Queryable, name: string, startedAt: Micros, detail: Readonly<Record<string, unknown>> = {}): Promise<void> {
  await db.query(
    `insert into processes (name, pid, started_at, beat_at, detail) values ($1, $2, $3, now(), $4)
     on conflict (name) do update set pid = excluded.pid, started_at = excluded.started_at, beat_at = excluded.beat_at, detail = excluded.detail`,
    [name, process.pid, sqlTime(startedAt), JSON.stringify(detail)],
  )
}

/**
 * Beats every 2 s until disposed. A beat that fails is not repeated: its absence is the message.
 * @param detail figures of the moment, asked at each beat
 */
export function startBeating(
  db: Database,
  name: string,
  startedAt: Micros,
  detail: () => Readonly<Record<string, unknown>> = () => ({}),
): AsyncDisposable {
  let last = Promise.resolve()
  let busy = false
  const now = (): void => {
    if (busy) return
    busy = true
    last = beat(db, name, startedAt, detail())
      .catch(() => undefined)
      .finally(() => (busy = false))
  }
  now()
  const timer = setInterval(now, BEAT_MILLIS)
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await last
    },
  }
}

export async function listProcesses(db: Queryable): Promise<readonly ProcessBeat[]> {
  return await db.query<ProcessBeat>(
    `select name, pid, started_at as "startedAt", beat_at as "beatAt", extract(epoch from now() - beat_at)::float8 as "ageSeconds", detail
     from processes order by name`,
  )
}

/**
 * Processes that have been silent for longer than that beside the one heard last: while the database was away nobody could be heard, which
 * says nothing of anybody.
 */
export async function listSilent(db: Queryable, seconds: number): Promise<readonly string[]> {
  const rows = await db.query<{ name: string }>(
    `select name from processes where beat_at < (select max(beat_at) from processes) - $1 * interval '1 second' order by name`,
    [seconds],
  )
  return rows.map((row) => row.name)
}
