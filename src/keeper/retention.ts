import type { Clock } from '#base/time.ts'
import { daysAgo } from '#calc/nightly.ts'
import type { Logger } from '#host/log.ts'
import { recordAudit } from '#store/audit.ts'
import type { Database } from '#store/database.ts'
import { dropAlarmsBefore, dropMessagesBefore } from '#store/drop-records.ts'
import { dropSamplesBefore, type DroppedSamples } from '#store/drop-samples.ts'
import { readSettings } from '#store/settings.ts'
import { sweepCsvFiles, type Swept } from './csv-sweep.ts'

export interface RetentionReport {
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
  const now = clock.now()
  const before = (days: number): number => daysAgo(now, days, site.timeZone)
  const { samplesDays, alarmsDays, messagesDays, csvFilesDays } = retention
  const report: RetentionReport = {
    messages: messagesDays === null ? null : await dropMessagesBefore(db, before(messagesDays), signal),
    alarms: alarmsDays === null ? null : await dropAlarmsBefore(db, before(alarmsDays), signal),
    samples: samplesDays === null ? null : await dropSamplesBefore(db, before(samplesDays), { signal }),
    csvFiles: csvFilesDays === null ? null : await sweepCsvFiles(db, csvFilesDays, signal),
  }
  log.info('keeper.retention_done', { ...report })
  await recordAudit(db, { who: 'SyncTide', via: 'keeper', action: 'retention.run', object: 'retention', after: report })
  return report
}
