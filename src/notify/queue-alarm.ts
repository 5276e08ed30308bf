import type { Micros } from '#base/time.ts'
import { SEVERITIES } from '#domain/alarm.ts'
import type { Alarm } from '#store/alarms.ts'
import type { Transaction } from '#store/database.ts'
import { queueMessages, recentMessages } from '#store/messaging.ts'
import { CHANNELS } from './channels/catalogue.ts'
import type { PlannedMessage } from './core/plan.ts'
import { CHAT_LIMIT, gather, SMS_LIMIT } from './core/storm.ts'

/** What waited for the end of quiet hours is told this long after it. */
const QUIET_LASTS: Micros = 12 * 3_600_000_000

/** What a round may use. */
export interface RoundContext {
  readonly now: Micros
  readonly channels: ReadonlySet<string>
  readonly failing: ReadonlySet<string>
  /** Of the site. */
  readonly timeZone: string
}

/** Queues a message of an alarm: at once, with others in a storm, or at the end of somebody's quiet hours. */
export async function queueAlarm(
  tx: Transaction,
  of: { readonly caseId: number; readonly attempt: number; readonly alarm: Alarm; readonly notAfter: Micros },
  { why, ...place }: PlannedMessage,
  { now }: RoundContext,
  quietUntil?: Micros,
): Promise<void> {
  const limit = CHANNELS.find((one) => one.channel === place.channel)?.short === true ? SMS_LIMIT : CHAT_LIMIT
  const recent =
    quietUntil === undefined ? await recentMessages(tx, place.contactId, place.channel, { now, window: limit.window }) : undefined
  const { bundled, at } = recent === undefined ? { bundled: true, at: quietUntil ?? now } : gather(limit, recent, now)
  const reason =
    quietUntil !== undefined ? `${why}; waits for the end of quiet hours.` : bundled ? `${why}; many at once: told in one message.` : why
  await queueMessages(tx, [
    {
      ...place,
      caseId: of.caseId,
      alarmEventId: of.alarm.id,
      kind: 'alarm',
      attempt: of.attempt,
      state: 'queued',
      reason,
      notAfter: quietUntil === undefined ? Math.max(of.notAfter, at + limit.window) : at + QUIET_LASTS,
      urgency: SEVERITIES.length - 1 - SEVERITIES.indexOf(of.alarm.severity),
      nextAt: at,
      bundled,
    },
  ])
}
