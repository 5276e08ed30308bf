import { asError } from '#base/errors.ts'
import { type Micros, microsOf } from '#base/time.ts'
import { aborted } from '#host/process.ts'
import type { Logger } from '#host/log.ts'
import type { Database } from '#store/database.ts'
import { isDumping } from '#store/backups.ts'
import { daysInPieces } from '#store/blocks.ts'
import { LATE_AT_ONCE, mergeLateSamples } from '#store/late-samples.ts'
import { dropUncompressedRows, measurementsLayout } from '#store/hypertable.ts'
import { ensurePartitions } from '#store/partitions.ts'
import { clearExpired, dropOldDeliveries } from '#store/retention.ts'
import { readSettings } from '#store/settings.ts'
import { sealClosedWindows } from '#store/seal.ts'
import { recordEvent } from '#store/system-events.ts'
import { joinDays } from '#store/write-blocks.ts'
import { answerBackups } from './answer-backups.ts'
import { type BackupWork, takeBackup } from './backup.ts'
import { keepNights } from './nights.ts'
import { applyRetention } from './retention.ts'
import { watchBackups } from './tell-backup.ts'
import { watchDisk } from './watch-disk.ts'

/** Often enough that an hour's partition is there long before its hour, seldom enough to cost nothing. */
const ROUND_MILLIS = 5 * 60_000

/** Days of a tag that are put together in a round: a few minutes of work at most. */
const DAYS_A_ROUND = 20_000
/** Of them, in one transaction: a few million samples in memory. */
const DAYS_AT_ONCE = 20

interface Care extends BackupWork {
  readonly log: Logger
  readonly signal: AbortSignal
}

/** Looks after the database until the signal aborts: a round at the start and every five minutes. */
export async function runKeeper(care: Care): Promise<void> {
  const { log, signal } = care
  let round: Promise<void> | undefined
  const begin = (): void => {
    // a round of catching up may take longer than the time between rounds
    round ??= keepOnce(care)
      .catch((error: unknown) => log.warn('keeper.round_failed', { error: asError(error) }))
      .finally(() => (round = undefined))
  }
  begin()
  const timer = setInterval(begin, ROUND_MILLIS)
  // first the backup: what retention deletes is in it
  const nights = keepNights(care, [
    { kind: 'backup', run: async () => await nightlyBackup(care) },
    { kind: 'retention', run: async () => ({ ...(await applyRetention(care)) }) },
  ])
  const asked = answerBackups(care)
  await aborted(signal)
  clearInterval(timer)
  await Promise.all([round, nights])
  await asked[Symbol.asyncDispose]()
}

async function nightlyBackup(care: Care): Promise<Readonly<Record<string, unknown>>> {
  const { backup } = await readSettings(care.db)
  return backup.enabled ? { ...(await takeBackup(care, 'nightly')) } : { off: true }
}

/** Hours of a day that is over become one block; late ones come in for an hour more. */
async function joinPastDays(db: Database, now: Micros): Promise<number> {
  const days = await daysInPieces(db, now - microsOf({ seconds: 3600 }), DAYS_A_ROUND)
  for (let at = 0; at < days.length; at += DAYS_AT_ONCE)
    await db.transaction(async (tx) => await joinDays(tx, days.slice(at, at + DAYS_AT_ONCE)))
  return days.length
}

/** One round of care; each part goes on although another failed. */
export async function keepOnce({ db, log, clock, dataFolder }: Pick<Care, 'db' | 'log' | 'clock' | 'dataFolder'>): Promise<void> {
  const parts: readonly [string, () => Promise<void>][] = [
    [
      'partitions',
      async () => {
        const made = await ensurePartitions(db)
        if (made.length > 0) log.info('keeper.partitions_made', { made })
      },
    ],
    [
      'late samples',
      async () => {
        let moved = 0
        // a spool of days comes in at once: it is not left for rounds to come
        for (let now = LATE_AT_ONCE; now === LATE_AT_ONCE; moved += now) now = await mergeLateSamples(db, clock.now())
        if (moved > 0) log.info('keeper.late_samples_merged', { moved })
      },
    ],
    [
      'sealing',
      async () => {
        if (await isDumping(db)) return
        const sealed = await sealClosedWindows(db, clock.now())
        if (sealed.windows > 0) log.info('keeper.windows_sealed', { ...sealed })
        const joined = await joinPastDays(db, clock.now())
        if (joined > 0) log.info('keeper.days_joined', { joined })
        if ((await measurementsLayout(db)) === 'hypertable') await dropUncompressedRows(db, clock.now())
      },
    ],
    [
      'deliveries',
      async () => {
        if (await isDumping(db)) return
        const { dropped, unread } = await dropOldDeliveries(db, clock.now())
        if (dropped.length > 0) log.info('keeper.deliveries_dropped', { dropped })
        if (unread !== null) await recordEvent(db, { code: 'keeper.deliveries_unread', severity: 'critical', detail: unread })
      },
    ],
    ['disk', async () => void (await watchDisk(db, dataFolder, clock.now()))],
    ['backups', async () => await watchBackups(db, clock.now())],
    ['expired rows', async () => await clearExpired(db, clock.now())],
  ]
  const failures: unknown[] = []
  for (const [name, work] of parts) {
    try {
      await work()
    } catch (error) {
      log.warn('keeper.part_failed', { part: name, error: asError(error) })
      failures.push(error)
    }
  }
  if (failures.length === parts.length) throw asError(failures[0])
}
