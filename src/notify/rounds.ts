import type { Micros } from '#base/time.ts'
import { SEVERITIES } from '#domain/alarm.ts'
import { toldReason } from '#domain/told-reason.ts'
import { endCases } from '#store/alarm-announce.ts'
import { getAlarm, type Alarm } from '#store/alarms.ts'
import { decideCase, endCase, findCase, lastTold, lockAlarm, lostSince, openCase, takeDueCase, type NotifyCase } from '#store/cases.ts'
import { listContacts } from '#store/contacts.ts'
import type { Transaction } from '#store/database.ts'
import { listTold, queueMessages, recentMessages, type MessageKind } from '#store/messaging.ts'
import type { Intent } from '#store/outbox.ts'
import { reportSystem } from '#store/system-alarms.ts'
import { recordEvent } from '#store/system-events.ts'
import { sqlTime } from '#store/time.ts'
import { chainOf, readPolicy } from './chain-of.ts'
import { chainRound } from './chain-round.ts'
import { namesOf, plan } from './core/plan.ts'
import { quietOf } from './core/simulate.ts'
import { gather } from './core/storm.ts'
import { readReport, systemContacts } from './core/system-trouble.ts'
import { inStorm, limitOf, queueAlarm, type RoundContext } from './queue-alarm.ts'

const MINUTE: Micros = 60_000_000
const HOUR: Micros = 60 * MINUTE
/** An alarm that could not be told within this is not told any more. */
const ALARM_LASTS: Micros = 24 * HOUR
/** Nobody needs to know later than this who acknowledged, or that all is well again. */
const NOTE_LASTS: Micros = HOUR
/** While a device is not heard of, what its tags say is looked at again this often. */
const INHIBITED_PAUSE: Micros = MINUTE

/** Does what an intent of the alarm engine asks for, inside its transaction: nothing is sent here. */
export async function onIntent(tx: Transaction, intent: Intent, context: RoundContext): Promise<void> {
  const { alarmEventId } = intent
  if (intent.kind === 'system') return await onSystem(tx, intent, context)
  if (alarmEventId === null) return
  if (intent.kind === 'raised') return await onRaised(tx, alarmEventId, context)
  if (intent.kind === 'cleared') return await onCleared(tx, alarmEventId, context.now)
  const alarm = await getAlarm(tx, 'all', alarmEventId)
  if (alarm === undefined) return
  if (intent.kind === 'returned') await queueNotes(tx, alarm, 'cleared', undefined, context.now)
  if (intent.kind === 'acknowledged') {
    const { contactId } = intent.body
    await queueNotes(tx, alarm, 'acknowledged', typeof contactId === 'number' ? contactId : undefined, context.now)
  }
}

/** Takes up a case that waited until now. @returns false when there is none */
export async function onDueCase(tx: Transaction, context: RoundContext): Promise<boolean> {
  const due = await takeDueCase(tx, context.now)
  if (due === undefined) return false
  await lockAlarm(tx, due.alarmEventId)
  const alarm = await getAlarm(tx, 'all', due.alarmEventId)
  if (alarm === undefined) await endCase(tx, due.id, 'cancelled', toldReason('alarm_gone'), context.now)
  else await round(tx, due, alarm, context)
  return true
}

async function onRaised(tx: Transaction, alarmEventId: number, context: RoundContext): Promise<void> {
  if (!(await lockAlarm(tx, alarmEventId))) return
  const alarm = await getAlarm(tx, 'all', alarmEventId)
  if (alarm === undefined) return
  const opened = await openCase(tx, alarmEventId, chainOf(await readPolicy(tx), alarm))
  if (opened !== undefined) await round(tx, opened, alarm, context)
}

/** A trouble of the system itself becomes an alarm beside those of rules, and is told as they are. */
async function onSystem(tx: Transaction, intent: Intent, context: RoundContext): Promise<void> {
  const report = readReport(intent.body)
  if (report === undefined) return
  const { raised, cleared } = await reportSystem(tx, report, intent.createdAt)
  if (raised !== null) await onRaised(tx, raised, context)
  if (cleared !== null) await onCleared(tx, cleared, context.now)
}

async function onCleared(tx: Transaction, alarmEventId: number, now: Micros): Promise<void> {
  const alarm = await getAlarm(tx, 'all', alarmEventId)
  if (alarm === undefined) return
  await endCleared(tx, alarm, now)
  await queueNotes(tx, alarm, 'cleared', undefined, now)
}

async function round(tx: Transaction, current: NotifyCase, alarm: Alarm, context: RoundContext): Promise<void> {
  const { now } = context
  const begun = hasBegun(current)
  const lasts = current.chain === null ? ALARM_LASTS : current.chain.maxAgeMinutes * MINUTE
  if (alarm.acknowledgedBy !== null)
    return await endCase(tx, current.id, 'acknowledged', toldReason('acknowledged', { by: alarm.acknowledgedBy }), now)
  // what only happened, as troubles of the system do, is told all the same
  const returned = alarm.clearedAt !== null && (alarm.kind !== 'system' || alarm.clearedAt > alarm.raisedAt)
  if (returned && !begun && current.attempt > 0) return await endCase(tx, current.id, 'cleared', toldReason('returned_untold'), now)
  if (now > alarm.raisedAt + lasts && now > alarm.annunciatedAt + lasts) {
    const why = toldReason(begun && !current.untold ? 'unanswered_too_old' : 'not_in_time')
    return await endCase(tx, current.id, 'expired', why, now)
  }
  const attempt = current.attempt + 1
  const lost = begun || alarm.kind === 'communication_loss' ? undefined : await lostSince(tx, alarm.deviceId)
  if (lost !== undefined && alarm.raisedAt >= lost) {
    const reason = toldReason('device_silent')
    return await decideCase(tx, current.id, { attempt, nextActionAt: now + INHIBITED_PAUSE, reason })
  }
  const severities = SEVERITIES.slice(SEVERITIES.indexOf(alarm.severity))
  const cooldown =
    alarm.ruleId === null || begun ? { cooldownMinutes: 0, lastToldAt: undefined } : await lastTold(tx, alarm.ruleId, alarm.id, severities)
  if (current.chain !== null) return await chainRound(tx, { ...current, chain: current.chain }, alarm, context, cooldown)
  const contacts = alarm.kind === 'system' ? systemContacts(await listContacts(tx)) : await listContacts(tx)
  const decision = plan({
    severity: alarm.severity,
    deviceId: alarm.deviceId,
    category: alarm.category,
    contacts,
    channels: context.channels,
    failing: context.failing,
    now,
    ...cooldown,
    attempt: current.attempt,
    quietUntil: (contact) => quietOf({ contacts, timeZone: context.timeZone }, contact, alarm.severity, now),
  })
  const { skipped } = decision
  if (decision.kind === 'wait') {
    const { nobody, until, why } = decision
    if (nobody && !current.untold) await reportNobody(tx, alarm, why)
    return await decideCase(tx, current.id, { attempt, nextActionAt: until, reason: why, policy: { skipped, nobody } })
  }
  const of = { caseId: current.id, attempt, alarm, notAfter: now + ALARM_LASTS, storm: await inStorm(tx, alarm) }
  for (const one of decision.messages) await queueAlarm(tx, of, one, context)
  for (const { at, ...one } of decision.later) await queueAlarm(tx, of, one, context, at)
  const reason = toldReason('told_to', { people: namesOf(decision) })
  await decideCase(tx, current.id, { attempt, nextActionAt: null, reason, policy: { skipped, nobody: current.untold } })
}

/** Somebody was told. */
function hasBegun({ step, tries, begun }: NotifyCase): boolean {
  return step > 0 || tries > 0 || begun
}

/** For the console and the log of the site: an alarm that reached nobody. */
export async function reportNobody(tx: Transaction, alarm: Alarm, why: string): Promise<void> {
  await recordEvent(tx, {
    code: 'notify.nobody_told',
    severity: alarm.severity === 'critical' ? 'critical' : 'warning',
    deviceId: alarm.deviceId,
    detail: { alarmEventId: alarm.id, displayNumber: alarm.displayNumber, name: alarm.name, why },
  })
}

/** A case that still waited for its first message is over when the alarm is; a running chain, if it is told to stop then. */
async function endCleared(tx: Transaction, alarm: Alarm, now: Micros): Promise<void> {
  const found = await findCase(tx, alarm.id)
  if (found === undefined || (found.state !== 'open' && found.state !== 'exhausted') || found.nextActionAt === null) return
  if (!hasBegun(found)) return await endCase(tx, found.id, 'cleared', toldReason('returned_untold'), now)
  if (found.chain?.onClear === 'stop') await endCases(tx, [alarm.id], 'cleared', toldReason('returned'), sqlTime(now))
}

/** Tells everybody who was told of the alarm, by the same channel. */
async function queueNotes(
  tx: Transaction,
  alarm: Alarm,
  kind: Extract<MessageKind, 'cleared' | 'acknowledged'>,
  except: number | undefined,
  now: Micros,
): Promise<void> {
  for (const one of await listTold(tx, alarm.id)) {
    if (one.contactId === except) continue
    const { caseId, contactId, contactName, channel, address } = one
    const limit = limitOf(channel)
    // they always may go together: in a storm hundreds return to normal, and are acknowledged, at once
    const { at } = gather(limit, await recentMessages(tx, { kind, contactId, channel }, { now, window: limit.window }), now)
    await queueMessages(tx, [
      {
        caseId,
        alarmEventId: alarm.id,
        kind,
        contactId,
        contactName,
        channel,
        address,
        // that the value of a latched alarm is back is told before its reset is
        attempt: kind === 'cleared' && alarm.clearedAt !== null && alarm.returnedAt !== null ? 2 : 1,
        state: 'queued',
        reason: null,
        notAfter: now + NOTE_LASTS,
        nextAt: at,
        bundled: true,
      },
    ])
  }
}
