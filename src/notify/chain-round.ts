import type { Micros } from '#base/time.ts'
import type { ChainSnapshot } from '#domain/escalation.ts'
import { toldReason } from '#domain/told-reason.ts'
import type { Alarm } from '#store/alarms.ts'
import { decideCase, moveCase, wasTold, type NotifyCase } from '#store/cases.ts'
import { listContacts, type StoredContact } from '#store/contacts.ts'
import type { Transaction } from '#store/database.ts'
import { listGroups } from '#store/escalation.ts'
import { queueMessages } from '#store/messaging.ts'
import { recordEvent } from '#store/system-events.ts'
import { escalate, whyEnded, type Told } from './core/escalate.ts'
import { lookAgainAt } from './core/look-again.ts'
import { membersOf } from './core/members.ts'
import { chooseChannel, namesOf } from './core/plan.ts'
import { quietOf } from './core/simulate.ts'
import { concerned } from './core/system-trouble.ts'
import { inStorm, queueAlarm, type RoundContext } from './queue-alarm.ts'

const MINUTE: Micros = 60_000_000
const HOUR: Micros = 60 * MINUTE
/** A message of the last round is worth sending as long as nobody follows. */
const LAST_LASTS: Micros = 24 * HOUR

/** One move of the chain of a case. */
export async function chainRound(
  tx: Transaction,
  current: NotifyCase & { readonly chain: ChainSnapshot },
  alarm: Alarm,
  context: RoundContext,
  cooldown: { readonly cooldownMinutes: number; readonly lastToldAt: Micros | undefined },
): Promise<void> {
  const { now, timeZone } = context
  const { chain } = current
  const attempt = current.attempt + 1
  const coolUntil = cooldown.lastToldAt === undefined ? now : cooldown.lastToldAt + cooldown.cooldownMinutes * MINUTE
  if (coolUntil > now) {
    return await decideCase(tx, current.id, { attempt, nextActionAt: coolUntil, reason: toldReason('cooldown') })
  }
  const listed = await listContacts(tx)
  const contacts = alarm.kind === 'system' ? concerned(listed) : listed
  const groups = await listGroups(tx)
  const told: Told = {
    membersOf: (groupId) => membersOf(groups, contacts, groupId, now, timeZone),
    quietUntil: (contact) => quietOf({ contacts, timeZone }, contact, alarm.severity, now),
  }
  // a chain that had ended begins anew
  const again = current.state === 'exhausted'
  const progress = again ? { step: 0, tries: 0, declined: [], passed: [] } : current
  const move = escalate({ ...context, severity: alarm.severity, deviceId: alarm.deviceId, category: alarm.category, chain, progress }, told)
  const policy = { skipped: move.skipped, nobody: current.untold }
  if (move.kind === 'exhausted') {
    // what nobody was told is tried anew soon, however seldom its chain begins again
    const nobody = !(await wasTold(tx, current.id, now))
    const why = nobody ? whyEnded(move.skipped, false) : move.why
    if (!(nobody && current.untold)) await reportExhausted(tx, { id: current.id, attempt }, alarm, contacts, why, context)
    const concerned = groups.filter((group) => chain.steps.some((one) => one.groupId === group.id))
    const anew = chain.repeatMinutes === 0 ? null : now + chain.repeatMinutes * MINUTE
    return await moveCase(tx, current.id, {
      ...move.progress,
      attempt,
      nextActionAt: nobody ? lookAgainAt(current.attempt, now, concerned, timeZone) : anew,
      reason: why,
      policy: { ...policy, nobody },
      state: 'exhausted',
    })
  }
  const last = move.progress.step === chain.steps.length - 1 && move.progress.tries >= (chain.steps.at(-1)?.attempts ?? 1)
  // whoever is told again, or the next one, gets a message of their own: the old one must not follow it
  const storm = await inStorm(tx, alarm)
  const of = { caseId: current.id, attempt, alarm, storm, notAfter: last ? now + LAST_LASTS : Math.max(move.nextAt, now + MINUTE) }
  for (const one of move.messages) await queueAlarm(tx, of, one, context)
  for (const { at, ...one } of move.later) await queueAlarm(tx, of, one, context, at)
  const reason = toldReason('group_told_to', { group: move.groupName, times: move.progress.tries, people: namesOf(move) })
  await moveCase(tx, current.id, { ...move.progress, attempt, nextActionAt: move.nextAt, reason, policy, state: 'open' })
}

/** Nobody answered: said on every screen, in the log of the site, and to whoever looks after the system. */
async function reportExhausted(
  tx: Transaction,
  { id: caseId, attempt }: { readonly id: number; readonly attempt: number },
  alarm: Alarm,
  contacts: readonly StoredContact[],
  why: string,
  { now, channels, failing }: RoundContext,
): Promise<void> {
  await recordEvent(tx, {
    code: 'notify.exhausted',
    severity: 'critical',
    deviceId: alarm.deviceId,
    detail: { alarmEventId: alarm.id, displayNumber: alarm.displayNumber, name: alarm.name, why },
  })
  for (const contact of contacts.filter((one) => one.enabled && one.systemMessages)) {
    const choice = chooseChannel(contact, { channels, failing }, new Set())
    if (choice === undefined) continue
    await queueMessages(tx, [
      {
        caseId,
        alarmEventId: alarm.id,
        kind: 'exhausted',
        contactId: contact.id,
        contactName: contact.name,
        channel: choice.channel,
        address: choice.address,
        attempt,
        state: 'queued',
        reason: choice.why,
        notAfter: now + LAST_LASTS,
        urgency: 0,
      },
    ])
  }
}
