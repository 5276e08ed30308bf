import type { Millis } from '#base/time.ts'

/** What keeps alarms from being judged. */
export type Trouble = 'database' | 'engine'

/** What is seen from outside of everything that could be wrong. */
export interface Look {
  /** Monotonic. */
  readonly at: Millis
  readonly databaseUp: boolean
  /** Since the alarm engine last committed; null when it never did, or nobody knows. */
  readonly engineAgeSeconds: number | null
}

export interface SystemWatch {
  readonly trouble: Trouble | null
  /** Since when nothing is judged; of no meaning without a trouble. */
  readonly since: Millis
  /** The first look of all. */
  readonly first: Millis
  /** Whether the trouble was put on record, for notify to tell; null: not known, it may have been before this watch began. */
  readonly raised: boolean | null
  /** Since when the database is away; null while it is not. */
  readonly awaySince: Millis | null
  /** When people were told of it without the database, and what. */
  readonly toldAt: Millis | null
  readonly toldOf: Trouble | null
}

export interface WatchStep {
  readonly watch: SystemWatch
  /** What is to be put on record now, and told by notify. */
  readonly record: 'silent' | 'back' | null
  /** What is to be told directly now. */
  readonly tell: Trouble | 'over' | null
}

/** The engine commits every second; two of three looks see it older than this only when something is wrong. */
const ENGINE_LATE_SECONDS = 10
const RECORD_AFTER: Millis = 30_000
const TELL_AFTER: Millis = 60_000
const TELL_AGAIN: Millis = 3_600_000

/** @param told whether people were told of a trouble that was there before this watch began */
export function beginWatch(at: Millis, told: boolean): SystemWatch {
  return { trouble: null, since: at, first: at, raised: null, awaySince: null, toldAt: told ? at : null, toldOf: null }
}

/**
 * Judges one look. A dead engine is put on record after 30 s, for notify to tell; when nothing is judged for a minute people are told
 * directly, and again every hour, and once when it is over. A database that goes while the engine is known to be dead is told of its own:
 * from then on nobody else tells anything.
 */
export function nextWatch(before: SystemWatch, look: Look): WatchStep {
  const trouble = troubleOf(before, look)
  if (trouble === null) {
    const watch: SystemWatch = { ...before, trouble, raised: false, awaySince: null, toldAt: null, toldOf: null }
    return { watch, record: before.raised === false ? null : 'back', tell: before.toldAt === null ? null : 'over' }
  }
  const begun = trouble === 'engine' ? look.at - 1000 * (look.engineAgeSeconds ?? (look.at - before.first) / 1000) : look.at
  const since = before.trouble === null ? begun : before.since
  const lasts = look.at - since
  // one late look alone may be a machine that slept
  const record = trouble === 'engine' && before.trouble === 'engine' && before.raised !== true && lasts >= RECORD_AFTER
  const awaySince = trouble === 'database' ? (before.awaySince ?? look.at) : null
  const worse = awaySince !== null && before.toldOf === 'engine'
  const untold = before.toldAt === null ? lasts : worse ? look.at - awaySince : null
  const due = untold === null ? look.at - (before.toldAt ?? 0) >= TELL_AGAIN : untold >= TELL_AFTER && before.trouble !== null
  const told = due ? { toldAt: look.at, toldOf: trouble } : {}
  const watch: SystemWatch = { ...before, trouble, since, raised: record ? true : before.raised, awaySince, ...told }
  return { watch, record: record ? 'silent' : null, tell: due ? trouble : null }
}

/** It could not be told: the next look tries again. */
export function notTold(watch: SystemWatch): SystemWatch {
  return { ...watch, toldAt: null, toldOf: null }
}

function troubleOf({ first }: SystemWatch, { at, databaseUp, engineAgeSeconds }: Look): Trouble | null {
  if (!databaseUp) return 'database'
  return (engineAgeSeconds ?? (at - first) / 1000) > ENGINE_LATE_SECONDS ? 'engine' : null
}
