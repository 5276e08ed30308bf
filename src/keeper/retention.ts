import type { Clock, Micros } from '#base/time.ts'
import { daysAgo } from '#calc/nightly.ts'
import type { Logger } from '#host/log.ts'
import { recordAudit } from '#store/audit.ts'
import type { Database } from '#store/database.ts'
import { dropAlarmsBefore, dropMessagesBefore } from '#store/drop-records.ts'
import { dropSamplesBefore, type DroppedSamples } from '#store/drop-samples.ts'
import { lastWholeRun } from '#store/nightly-runs.ts'
import { readSettings } from '#store/settings.ts'
import { sweepCsvFiles, type Swept } from './csv-sweep.ts'

export interface RetentionReport {
  /** What was taken for now: see {@link trustedNow}. */
  readonly asOf: Micros
  readonly samples: DroppedSamples | null
  readonly alarms: number | null
  readonly messages: number | null
  readonly csvFiles: Swept | null
}

export interface RetentionWork {
  readonly db: Database
  readonly log: Logger
  readonly clock: Clock
  readonly signal: AbortSignal
}

/**
 * Takes away what is older than the site wants to keep. Each step may be the last of a process that dies: what is gone is gone, and the next
 * call goes on with the rest. What an alarm that stands or an open case shows stays whatever its age.
 */
export async function applyRetention({ db, log, clock, signal }: RetentionWork): Promise<RetentionReport> {
  const { site, retention } = await readSettings(db)
  const now = await trustedNow(db, clock.now())
  if (now < clock.now()) log.warn('keeper.retention_held_back', { asOf: now, clock: clock.now() })
  const before = (days: number): number => daysAgo(now, days, site.timeZone)
  const { samplesDays, alarmsDays, messagesDays, csvFilesDays } = retention
  const report: RetentionReport = {
    asOf: now,
    messages: messagesDays === null ? null : await dropMessagesBefore(db, before(messagesDays), signal),
    alarms: alarmsDays === null ? null : await dropAlarmsBefore(db, before(alarmsDays), signal),
    samples: samplesDays === null ? null : await dropSamplesBefore(db, before(samplesDays), { signal }),
    csvFiles: csvFilesDays === null ? null : await sweepCsvFiles(db, csvFilesDays, signal),
  }
  log.info('keeper.retention_done', { ...report })
  await recordAudit(db, { who: 'SyncTide', via: 'keeper', action: 'retention.run', object: 'retention', after: report })
  return report
}

/** By how much more than a night the end of what is kept may move on in one. */
const MOST_ADVANCE: Micros = 2 * 86_400_000_000

/**
 * A clock that was put years ahead by mistake must not take the whole history away in one night: what counts as now moves on by two days a
 * night at most. A site that was off for a month catches up in one; what it would drop sooner does no harm.
 */
async function trustedNow(db: Database, now: Micros): Promise<Micros> {
  const last = await lastWholeRun(db, 'retention')
  if (last === undefined) return now
  const { asOf } = last.report
  // a report of before there was this caution
  return Math.min(now, (typeof asOf === 'number' ? asOf : last.dueAt) + MOST_ADVANCE)
}
