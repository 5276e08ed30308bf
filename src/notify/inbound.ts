import { acknowledgeWithin, type AcknowledgeResult } from '#alarm/commands.ts'
import type { Micros } from '#base/time.ts'
import { SYSTEM_DEVICE_ID } from '#domain/alarm.ts'
import { toldReason } from '#domain/told-reason.ts'
import { usePairingToken } from '#store/acknowledge-tokens.ts'
import { bindAddress, contactsAt, findContact, markAddress, moveAddress, type StoredContact } from '#store/contacts.ts'
import type { Transaction } from '#store/database.ts'
import { countOutcomes, finishInbound, listToldAlarms, takeInbound, type StoredInbound, type ToldAlarm } from '#store/inbound.ts'
import { awaitSends } from '#store/message-leases.ts'
import { recordFate } from '#store/messaging.ts'
import { readSettings } from '#store/settings.ts'
import { nameAcknowledger, wakeNotify } from '#store/outbox.ts'
import { getAlarm } from '#store/alarms.ts'
import { declineCases, holdCase } from '#store/cases.ts'
import type { Channel } from './channels/channel.ts'
import type { Inbound } from './core/inbound-message.ts'
import { read, type Reading } from './core/reply.ts'
import { shortList } from './core/digest-text.ts'
import { titleOf } from './core/message-text.ts'
import { words } from './core/words.ts'
import type { Words } from './core/words/wording.ts'
import { endWhenNobody, nextChannel, takeNextChannel, type Usable } from './next-channel.ts'
import { hashToken } from './token.ts'

/** What is said back, after everything is committed. */
export interface Answer {
  readonly chat: string
  readonly text: string
  readonly replyTo: string | null
  readonly press: string | null
  /** Messages of this chat whose offer to acknowledge is over. */
  readonly settle: readonly string[]
  readonly language: StoredContact['language']
}

const DAY: Micros = 24 * 3_600_000_000
const HOUR: Micros = 3_600_000_000
/** Two machines that answer each other stop here: who is not understood is helped so often, */
const ANSWERS_AN_HOUR = 3
/** and who is asked, told who was first, or heard to decline, so often. */
const TALK_AN_HOUR = 12

/**
 * Reads the oldest stored message of a channel and does what it says, in one transaction: acknowledged and read are one fact, and a
 * crash before that reads it again. @param taken called with the id of what is read, before it is. @returns undefined when none waits, null when nothing is to be said
 */
export async function onReply(
  tx: Transaction,
  reader: InboundReader,
  now: Micros,
  taken?: (id: number) => void,
): Promise<Answer | null | undefined> {
  const { channel } = reader.kind
  const stored = await takeInbound(tx, channel)
  if (stored === undefined) return undefined
  taken?.(stored.id)
  const said = reader.kind.parse?.(stored.raw, stored.receivedAt, reader.settings)
  if (said === undefined) return await done(tx, stored, 'unread')
  await awaitSends(tx, channel, said.chat)
  if (said.kind === 'fate') {
    await onFate(tx, channel, said, reader.usable, now)
    return await done(tx, stored, 'fate')
  }
  if (said.kind === 'gone') {
    await markAddress(tx, channel, said.chat, toldReason('chat_left'))
    return await done(tx, stored, 'gone')
  }
  if (said.kind === 'moved') {
    await moveAddress(tx, channel, said.chat, said.token)
    return await done(tx, stored, 'moved')
  }
  if (said.kind === 'start') return await onStart(tx, stored, said, now)
  const contact = (await contactsAt(tx, channel, said.chat)).find((one) => one.enabled)
  if (contact === undefined) return await done(tx, stored, 'unauthorised', { chat: said.chat })
  await markAddress(tx, channel, said.chat, null)
  const told = await listToldAlarms(tx, channel, said.chat, now - DAY)
  const { replyLanguages } = await readSettings(tx)
  const reading = read(said.reply, told, contact.language, replyLanguages)
  return await act(tx, { kind: reader.kind, stored, said, contact, told, now }, reading)
}

/** Whose words are read. */
export interface InboundReader {
  readonly kind: Channel
  /** Of its gateway, secrets included. */
  readonly settings: unknown
  readonly usable: Usable
}

/** What a provider tells of our own message: one that did not arrive after all goes by the contact's next channel at once. */
async function onFate(tx: Transaction, channel: string, { message, fate }: Inbound, usable: Usable, now: Micros): Promise<void> {
  if (message === null || fate === undefined) return
  const told = await recordFate(tx, channel, message, { ...fate, at: now })
  if (told === undefined || fate.state !== 'failed' || told.kind !== 'alarm' || told.caseId === null || told.alarmEventId === null) return
  const contact = told.contactId === null ? undefined : await findContact(tx, told.contactId)
  const state = await holdCase(tx, told.caseId)
  const alarm = await getAlarm(tx, 'all', told.alarmEventId)
  if (contact === undefined || alarm === undefined || state === undefined || state.acknowledgedBy !== null) return
  if (state.state !== 'open' && state.state !== 'exhausted') return
  const reason = fate.reason ?? ''
  const choice = await nextChannel(tx, told, contact, usable)
  if (choice === undefined) return await endWhenNobody(tx, told, alarm, reason, now)
  await takeNextChannel(tx, told, contact, choice, reason)
  await wakeNotify(tx)
}

interface Heard {
  readonly kind: Channel
  readonly stored: StoredInbound
  readonly said: Inbound
  readonly contact: StoredContact
  readonly told: readonly ToldAlarm[]
  readonly now: Micros
}

async function act(tx: Transaction, heard: Heard, reading: Reading): Promise<Answer | null> {
  const { kind, stored, said, contact, told, now } = heard
  const say = words(contact.language)
  const named = (ids: readonly number[]): string => {
    const asked = new Set(ids)
    const once = [...new Map(told.map((one) => [one.eventId, one])).values()].filter((one) => asked.has(one.eventId))
    return shortList(
      once.map((one) => nameOf(one, say)),
      contact.language,
    )
  }
  const answer = (text: string, settle: readonly number[] = []): Answer => ({
    chat: said.chat,
    text,
    replyTo: said.message,
    press: said.press,
    settle: [...new Set(told.filter((one) => settle.includes(one.eventId)).map((one) => one.message))],
    language: contact.language,
  })
  const finish = (outcome: string, detail: Readonly<Record<string, unknown>> = {}): Promise<void> =>
    finishInbound(tx, stored.id, outcome, { contactId: contact.id, ...detail })
  // a button wants an answer each time, and no machine presses one
  const tooMuch = async (): Promise<boolean> =>
    said.press === null && (await countOutcomes(tx, contact.id, ['already', 'asked', 'declined'], now - HOUR)) >= TALK_AN_HOUR

  switch (reading.kind) {
    case 'ignore':
      await finish('ignored')
      return null
    case 'acknowledge': {
      const results = await acknowledgeWithin(tx, {
        selection: { eventIds: reading.eventIds },
        attribution: kind.attribution?.(said) ?? { by: 'token', contact: contact.name },
        comment: null,
        at: now,
        // a trouble of the system was told to this person, whose devices it does not belong to
        scope: contact.deviceIds === null ? 'all' : [...contact.deviceIds, SYSTEM_DEVICE_ID],
      })
      const won = results.filter((one) => one.result === 'acknowledged').map((one) => one.eventId)
      await nameAcknowledger(tx, won, contact.id)
      await finish(won.length > 0 ? 'acknowledged' : 'already', { eventIds: won })
      const lost = results.filter((one) => one.result === 'already')
      const lines = [
        ...(won.length > 0 ? [`✅ ${say.confirmed(named(won))}`] : []),
        ...(lost.length > 0
          ? [
              shortList(
                lost.map((one) => alreadyText(heard, one)),
                contact.language,
              ),
            ]
          : []),
      ]
      return answer(lines.length === 0 ? say.noneOpen : lines.join('\n'), reading.eventIds)
    }
    case 'already': {
      const enough = await tooMuch()
      const lines = told.filter(
        (one, index) => reading.eventIds.includes(one.eventId) && told.findIndex((two) => two.eventId === one.eventId) === index,
      )
      await finish('already', { eventIds: reading.eventIds })
      if (enough) return null
      const texts = lines.map((one) => say.already(nameOf(one, say), one.acknowledgedBy ?? ''))
      return answer(shortList(texts, contact.language), reading.eventIds)
    }
    case 'ask': {
      const enough = await tooMuch()
      await finish('asked', { eventIds: reading.eventIds })
      return enough ? null : answer(say.which(named(reading.eventIds)))
    }
    case 'decline': {
      const enough = await tooMuch()
      const further = await declineCases(tx, reading.eventIds, contact.id, now)
      await wakeNotify(tx)
      await finish('declined', { eventIds: reading.eventIds })
      if (enough) return null
      return answer(further > 0 ? say.declined(named(reading.eventIds)) : say.declinedLast(named(reading.eventIds)))
    }
    case 'none_open':
    case 'not_understood': {
      const before = await countOutcomes(tx, contact.id, ['none_open', 'not_understood'], now - HOUR)
      await finish(reading.kind)
      // what people say to each other in a group is not for us
      const toOthers = said.chat.startsWith('-') && said.reply.replyTo === null
      if ((before >= ANSWERS_AN_HOUR || toOthers) && said.press === null) return null
      return answer(reading.kind === 'none_open' ? say.noneOpen : say.notUnderstood)
    }
  }
}

function alreadyText({ told, contact }: Heard, result: AcknowledgeResult): string {
  const alarm = told.find((one) => one.eventId === result.eventId)
  const say = words(contact.language)
  return say.already(alarm === undefined ? `#${result.displayNumber}` : nameOf(alarm, say), result.acknowledgedBy ?? '')
}

function nameOf(alarm: ToldAlarm, say: Words): string {
  return `${titleOf(alarm, say)} (${alarm.deviceCode})`
}

async function done(
  tx: Transaction,
  stored: StoredInbound,
  outcome: string,
  detail: Readonly<Record<string, unknown>> = {},
): Promise<null> {
  await finishInbound(tx, stored.id, outcome, detail)
  return null
}

/** Start with the token of a link binds the chat to its contact; the token is used up. */
async function onStart(tx: Transaction, stored: StoredInbound, said: Inbound, now: Micros): Promise<Answer> {
  const { channel } = stored
  const base = { chat: said.chat, replyTo: null, press: null, settle: [] }
  const paired = said.token === '' ? undefined : await usePairingToken(tx, hashToken(said.token), channel, now)
  if (paired !== undefined) await bindAddress(tx, paired, channel, said.chat)
  const contact = paired === undefined ? (await contactsAt(tx, channel, said.chat))[0] : await findContact(tx, paired)
  if (contact !== undefined) await markAddress(tx, channel, said.chat, null)
  await finishInbound(tx, stored.id, paired === undefined ? 'start' : 'paired', { contactId: contact?.id ?? null, chat: said.chat })
  const language = contact?.language ?? said.from.language
  const say = words(language)
  const text = contact !== undefined ? say.paired(contact.name) : said.token === '' ? say.stranger : say.pairingExpired
  return { ...base, text, language }
}
