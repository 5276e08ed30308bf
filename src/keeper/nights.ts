import { setTimeout as delay } from 'node:timers/promises'
import { asError } from '#base/errors.ts'
import type { Clock, Micros, Millis } from '#base/time.ts'
import { lastNightly, nextNightly } from '#calc/nightly.ts'
import type { Logger } from '#host/log.ts'
import type { Database } from '#store/database.ts'
import { type NightlyKind, beginRun, endRun, isDue } from '#store/nightly-runs.ts'
import { readSettings } from '#store/settings.ts'

export interface NightWork {
  readonly kind: NightlyKind
  /** @returns what was done, for people */
  readonly run: () => Promise<Readonly<Record<string, unknown>>>
}

interface Nights {
  readonly db: Database
  readonly log: Logger
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** The zone of the site may be changed, and the clock of the machine set. */
const LOOK_MILLIS: Millis = 60_000
/** What failed is tried again, not all night long. */
const AGAIN: Micros = 30 * 60_000_000
const TRIES = 3

/**
 * Does the work of the night at three o'clock by the clock of the site, one after the other, until the signal aborts. A night during which
 * the machine was off is made up for when it is on again; what was cut short is taken up again.
 */
export async function keepNights(nights: Nights, works: readonly NightWork[]): Promise<void> {
  const { db, log, clock, signal } = nights
  const failures = new Map<NightlyKind, Failure>()
  while (!signal.aborted) {
    let wait = LOOK_MILLIS
    try {
      const { site } = await readSettings(db)
      const dueAt = lastNightly(clock.now(), site.timeZone)
      for (const work of works) {
        if (!mayTry(failures.get(work.kind), dueAt, clock.now())) continue
        const failed = await doOne(nights, work, dueAt)
        if (failed) failures.set(work.kind, nextFailure(failures.get(work.kind), dueAt, clock.now()))
        else failures.delete(work.kind)
      }
      wait = Math.min(wait, (nextNightly(clock.now(), site.timeZone) - clock.now()) / 1000)
    } catch (error) {
      log.debug('keeper.night_not_read', { error: asError(error) })
    }
    await delay(wait, undefined, { signal }).catch(() => undefined)
  }
}

interface Failure {
  readonly dueAt: Micros
  readonly at: Micros
  readonly tries: number
}

function mayTry(failure: Failure | undefined, dueAt: Micros, now: Micros): boolean {
  if (failure === undefined || failure.dueAt !== dueAt) return true
  return failure.tries < TRIES && now >= failure.at + AGAIN
}

function nextFailure(before: Failure | undefined, dueAt: Micros, at: Micros): Failure {
  return { dueAt, at, tries: before?.dueAt === dueAt ? before.tries + 1 : 1 }
}

/** @returns whether it failed */
async function doOne({ db, log, clock, signal }: Nights, { kind, run }: NightWork, dueAt: Micros): Promise<boolean> {
  if (signal.aborted || !(await isDue(db, kind, dueAt))) return false
  const began = clock.mono()
  await beginRun(db, kind, dueAt, clock.now())
  log.info('keeper.night_begun', { kind, dueAt })
  try {
    const report = await run()
    await endRun(db, kind, dueAt, clock.now(), report)
    log.info('keeper.night_done', { kind, dueAt, millis: Math.round(clock.mono() - began) })
    return false
  } catch (error) {
    if (signal.aborted) return false
    log.warn('keeper.night_failed', { kind, dueAt, error: asError(error) })
    return true
  }
}
