import { asError } from '#base/errors.ts'
import type { Clock } from '#base/time.ts'
import { aborted } from '#host/process.ts'
import type { Logger } from '#host/log.ts'
import type { Database } from '#store/database.ts'
import { ensurePartitions } from '#store/partitions.ts'
import { clearExpired, dropOldDeliveries, mergeLateSamples } from '#store/retention.ts'
import { recordEvent } from '#store/system-events.ts'

/** Often enough that an hour's partition is there long before its hour, seldom enough to cost nothing. */
const ROUND_MILLIS = 5 * 60_000

interface Care {
  readonly db: Database
  readonly log: Logger
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** Looks after the database until the signal aborts: a round at the start and every five minutes. */
export async function runKeeper(care: Care): Promise<void> {
  const { log, signal } = care
  let round = Promise.resolve()
  const begin = (): void => {
    round = keepOnce(care).catch((error: unknown) => log.warn('keeper.round_failed', { error: asError(error) }))
  }
  begin()
  const timer = setInterval(begin, ROUND_MILLIS)
  await aborted(signal)
  clearInterval(timer)
  await round
}

/** One round of care; each part goes on although another failed. */
export async function keepOnce({ db, log, clock }: Omit<Care, 'signal'>): Promise<void> {
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
        const moved = await mergeLateSamples(db, clock.now())
        if (moved > 0) log.info('keeper.late_samples_merged', { moved })
      },
    ],
    [
      'deliveries',
      async () => {
        const { dropped, unread } = await dropOldDeliveries(db, clock.now())
        if (dropped.length > 0) log.info('keeper.deliveries_dropped', { dropped })
        if (unread !== null) await recordEvent(db, { code: 'keeper.deliveries_unread', severity: 'critical', detail: unread })
      },
    ],
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
