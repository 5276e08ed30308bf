import { toldReason } from '#domain/told-reason.ts'
import type { Alarm } from '#store/alarms.ts'
import { hurryCase, restUntold, wasTold } from '#store/cases.ts'
import type { StoredContact } from '#store/contacts.ts'
import type { Transaction } from '#store/database.ts'
import { messagesOfCase, queueMessages, type NewMessage } from '#store/messaging.ts'
import { channelOf } from './channels/catalogue.ts'
import { lookAgainAt } from './core/look-again.ts'
import { chooseChannel, takenOver } from './core/plan.ts'
import { reportNobody } from './rounds.ts'

/** The channels that may be used. */
export interface Usable {
  readonly channels: ReadonlySet<string>
  readonly failing: ReadonlySet<string>
}

/** The contact's next address that was not tried in this round; undefined when there is none. */
export async function nextChannel(
  tx: Transaction,
  message: Pick<NewMessage, 'caseId' | 'attempt' | 'kind'>,
  contact: StoredContact,
  usable: Usable,
): Promise<{ channel: string; address: string; why: string } | undefined> {
  if (message.caseId === null) return undefined
  const tried = new Set(
    (await messagesOfCase(tx, message.caseId, message.attempt, message.kind))
      .filter((one) => one.contactId === contact.id)
      .map((one) => one.channel),
  )
  return chooseChannel(contact, usable, tried)
}

/** Sends the same by another address of the contact, now. */
export async function takeNextChannel(
  tx: Transaction,
  message: Omit<NewMessage, 'state' | 'contactId'>,
  contact: StoredContact,
  choice: { channel: string; address: string; why: string },
  failed: string,
): Promise<void> {
  const { why, ...place } = choice
  const reason = takenOver(message.channel, channelOf(message.channel).title, failed, why)
  await queueMessages(tx, [{ ...message, ...place, contactId: contact.id, state: 'queued', reason }])
}

const ALIVE: ReadonlySet<string> = new Set(['queued', 'leased', 'unknown', 'handed', 'delivered', 'read'])

/** When the last hope of a round is gone its chain goes on at once; where nobody is left that is said aloud, and tried anew. */
export async function endWhenNobody(
  tx: Transaction,
  message: Pick<NewMessage, 'caseId' | 'attempt'>,
  alarm: Alarm,
  why: string,
  now: number,
): Promise<void> {
  const { caseId } = message
  if (caseId === null) return
  const all = await messagesOfCase(tx, caseId, message.attempt, 'alarm')
  if (all.some((one) => ALIVE.has(one.state))) return
  if (await hurryCase(tx, caseId, message.attempt, now)) return
  if (await wasTold(tx, caseId, now)) return
  const reason = `${toldReason('nobody_could_be_told')}: ${why}`
  const before = await restUntold(tx, caseId, { until: lookAgainAt(message.attempt, now), reason })
  if (before === false) await reportNobody(tx, alarm, why)
}
