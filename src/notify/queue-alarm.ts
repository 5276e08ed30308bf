import type { Micros } from '#base/time.ts'
import { SEVERITIES } from '#domain/alarm.ts'
import { toldReason } from '#domain/told-reason.ts'
import type { Alarm } from '#store/alarms.ts'
import { alarmsAround } from '#store/cases.ts'
import type { Transaction } from '#store/database.ts'
import { queueMessages, recentMessages } from '#store/messaging.ts'
import { CHANNELS } from './channels/catalogue.ts'
import type { PlannedMessage } from './core/plan.ts'
import { CHAT_LIMIT, gather, isStorm, SMS_LIMIT, STORM_ALARMS, STORM_WINDOW, type StormLimit } from './core/storm.ts'

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

/** Whether an alarm is one of so many of the whole site that they are told in one message. */
export async function inStorm(tx: Transaction, alarm: Alarm): Promise<boolean> {
  return isStorm(await alarmsAround(tx, alarm.raisedAt, STORM_WINDOW, STORM_ALARMS + 1))
}

/** So many messages by a channel, and no more, before they gather. */
export function limitOf(channel: string): StormLimit {
  return CHANNELS.find((one) => one.channel === channel)?.short === true ? SMS_LIMIT : CHAT_LIMIT
}

/** Queues a message of an alarm: at once, with others in a storm, or at the end of somebody's quiet hours. */
export async function queueAlarm(
  tx: Transaction,
  of: { readonly caseId: number; readonly attempt: number; readonly alarm: Alarm; readonly notAfter: Micros; readonly storm: boolean },
  { why, ...place }: PlannedMessage,
  { now }: RoundContext,
  quietUntil?: Micros,
): Promise<void> {
  const limit = limitOf(place.channel)
  const kind = 'alarm'
  const recent = quietUntil === undefined ? await recentMessages(tx, { ...place, kind }, { now, window: limit.window }) : undefined
  const { bundled, at } = recent === undefined ? { bundled: true, at: quietUntil ?? now } : gather(limit, recent, now, of.storm)
  const reason = quietUntil !== undefined ? `${why}; ${toldReason('quiet_hours')}` : bundled ? `${why}; ${toldReason('together')}` : why
  await queueMessages(tx, [
    {
      ...place,
      caseId: of.caseId,
      alarmEventId: of.alarm.id,
      kind,
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
