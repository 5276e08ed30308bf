import type { Micros } from '#base/time.ts'
import { SEVERITIES } from '#domain/alarm.ts'
import { getAlarm, type Alarm } from '#store/alarms.ts'
import { decideCase, endCase, findCase, lastTold, lockAlarm, openCase, takeDueCase, type NotifyCase } from '#store/cases.ts'
import { listContacts } from '#store/contacts.ts'
import type { Transaction } from '#store/database.ts'
import { listTold, queueMessages, type MessageKind } from '#store/messaging.ts'
import type { Intent } from '#store/outbox.ts'
import { recordEvent } from '#store/system-events.ts'
import { plan } from './core/plan.ts'

/** What a round may use. */
export interface RoundContext {
  readonly now: Micros
  readonly channels: ReadonlySet<string>
  readonly failing: ReadonlySet<string>
}

const HOUR: Micros = 3_600_000_000
/** An alarm that could not be told within this is not told any more. */
const ALARM_LASTS: Micros = 24 * HOUR
/** Nobody needs to know later than this who acknowledged, or that all is well again. */
const NOTE_LASTS: Micros = HOUR

/** Does what an intent of the alarm engine asks for, inside its transaction: nothing is sent here. */
export async function onIntent(tx: Transaction, intent: Intent, context: RoundContext): Promise<void> {
  const { alarmEventId } = intent
  if (alarmEventId === null) return
  if (intent.kind === 'raised') return await onRaised(tx, alarmEventId, context)
  const alarm = await getAlarm(tx, 'all', alarmEventId)
  if (alarm === undefined) return
  if (intent.kind === 'cleared') {
    await endUntold(tx, alarm, context.now)
    await queueNotes(tx, alarm, 'cleared', undefined, context.now)
  } else if (intent.kind === 'acknowledged') {
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
  if (alarm === undefined) await endCase(tx, due.id, 'cancelled', 'The alarm is gone.', context.now)
  else await round(tx, due, alarm, context)
  return true
}

async function onRaised(tx: Transaction, alarmEventId: number, context: RoundContext): Promise<void> {
  if (!(await lockAlarm(tx, alarmEventId))) return
  const alarm = await getAlarm(tx, 'all', alarmEventId)
  const opened = await openCase(tx, alarmEventId)
  if (alarm !== undefined && opened !== undefined) await round(tx, opened, alarm, context)
}

async function round(tx: Transaction, current: NotifyCase, alarm: Alarm, context: RoundContext): Promise<void> {
  const { now } = context
  if (alarm.acknowledgedBy !== null) return await endCase(tx, current.id, 'acknowledged', `Acknowledged by ${alarm.acknowledgedBy}`, now)
  if (current.attempt > 0 && alarm.clearedAt !== null)
    return await endCase(tx, current.id, 'cleared', 'Returned to normal before anybody was told.', now)
  if (now > alarm.raisedAt + ALARM_LASTS && now > alarm.committedAt + ALARM_LASTS) {
    return await endCase(tx, current.id, 'expired', 'Nobody could be told within a day.', now)
  }
  const severities = SEVERITIES.slice(SEVERITIES.indexOf(alarm.severity))
  const decision = plan({
    severity: alarm.severity,
    deviceId: alarm.deviceId,
    contacts: await listContacts(tx),
    channels: context.channels,
    failing: context.failing,
    now,
    ...(alarm.ruleId === null ? { cooldownMinutes: 0, lastToldAt: undefined } : await lastTold(tx, alarm.ruleId, alarm.id, severities)),
    attempt: current.attempt,
  })
  const attempt = current.attempt + 1
  const policy = { skipped: decision.skipped }
  if (decision.kind === 'wait') {
    if (decision.nobody && current.attempt === 0) await reportNobody(tx, alarm, decision.why)
    return await decideCase(tx, current.id, { attempt, nextActionAt: decision.until, reason: decision.why, policy })
  }
  await queueMessages(
    tx,
    decision.messages.map(({ why, ...one }) => ({
      ...one,
      caseId: current.id,
      alarmEventId: alarm.id,
      kind: 'alarm',
      attempt,
      state: 'queued',
      reason: why,
      notAfter: now + ALARM_LASTS,
    })),
  )
  const reason = `Told to ${decision.messages.map((one) => `${one.contactName} (${one.channel})`).join(', ')}`
  await decideCase(tx, current.id, { attempt, nextActionAt: null, reason, policy })
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

/** A case that still waited for its first message is over when the alarm is. */
async function endUntold(tx: Transaction, alarm: Alarm, now: Micros): Promise<void> {
  const found = await findCase(tx, alarm.id)
  if (found?.state !== 'open' || found.nextActionAt === null) return
  await endCase(tx, found.id, 'cleared', 'Returned to normal before anybody was told.', now)
}

/** Tells everybody who was told of the alarm, by the same channel. */
async function queueNotes(
  tx: Transaction,
  alarm: Alarm,
  kind: Exclude<MessageKind, 'alarm'>,
  except: number | undefined,
  now: Micros,
): Promise<void> {
  const told = (await listTold(tx, alarm.id)).filter((one) => one.contactId !== except)
  await queueMessages(
    tx,
    told.map((one) => ({
      caseId: one.caseId,
      alarmEventId: alarm.id,
      kind,
      contactId: one.contactId,
      contactName: one.contactName,
      channel: one.channel,
      address: one.address,
      attempt: 1,
      state: 'queued',
      reason: null,
      notAfter: now + NOTE_LASTS,
    })),
  )
}
