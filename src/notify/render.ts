import type { Micros } from '#base/time.ts'
import type { Alarm } from '#store/alarms.ts'
import { saveAcknowledgeToken } from '#store/acknowledge-tokens.ts'
import type { StoredContact } from '#store/contacts.ts'
import type { Queryable } from '#store/database.ts'
import { lastHeard } from '#store/inbound.ts'
import { listTold, type LeasedMessage } from '#store/messaging.ts'
import type { Site } from '#store/settings.ts'
import { channelOf } from './channels/catalogue.ts'
import type { ChannelSession, Outgoing } from './channels/channel.ts'
import { acknowledgedText, alarmText, clearedText, type HowToAcknowledge, type MessageText } from './core/message-text.ts'
import { createToken } from './token.ts'

/** How long an acknowledge link works. */
const LINK_LASTS: Micros = 72 * 3_600_000_000

export interface Rendered {
  readonly outgoing: Outgoing
  /** For the history: without the link. */
  readonly body: string
  /** The message that told of the alarm, where this is a note to it. */
  readonly original: string | null
}

/** Writes a message as of now, in the words of its reader. A link is made anew for each try: only its hash is kept. */
export async function render(
  db: Queryable,
  message: LeasedMessage,
  alarm: Alarm,
  contact: StoredContact,
  site: Site,
  context: { now: Micros; session: Pick<ChannelSession, 'answers'> },
): Promise<Rendered> {
  const base = site.publicUrl.replace(/\/+$/, '')
  const { buttons = false, short = false } = channelOf(message.channel)
  const { answers } = context.session
  const link = message.kind === 'alarm' && !answers && base !== ''
  const told = message.kind === 'alarm' ? [] : await listTold(db, alarm.id)
  const original = told.find((one) => one.contactId === contact.id && one.channel === message.channel)?.providerId ?? null
  const text = textOf(message, alarm, contact, site, {
    now: context.now,
    how: answers ? (buttons ? 'button' : 'reply') : link ? 'link' : 'screen',
  })
  const body = short ? text.short : text.text
  const url = link ? `${base}/a/${await mintToken(db, alarm.id, contact.id, context.now)}` : null
  return {
    original,
    body,
    outgoing: {
      address: message.address,
      language: contact.language,
      subject: text.subject,
      text: body,
      lines: text.lines,
      key: `synctide-${message.id}-${message.createdAt}`,
      thread: `synctide-alarm-${alarm.id}-${alarm.raisedAt}`,
      replyTo: original,
      acknowledge: message.kind === 'alarm' ? { eventId: alarm.id, url } : null,
      silent: message.kind !== 'alarm',
      lastsSeconds: Math.max(1, Math.round((message.notAfter - context.now) / 1_000_000)),
      heardAt: (await lastHeard(db, message.channel, contact.id)) ?? null,
    },
  }
}

function textOf(
  message: LeasedMessage,
  alarm: Alarm,
  contact: StoredContact,
  site: Site,
  context: { now: Micros; how: HowToAcknowledge },
): MessageText {
  switch (message.kind) {
    case 'alarm':
      return alarmText(alarm, site, contact.language, context)
    case 'cleared':
      return clearedText(alarm, site, contact.language)
    case 'acknowledged':
      return acknowledgedText(alarm, alarm.acknowledgedBy ?? '', alarm.acknowledgedAt ?? context.now, site, contact.language)
  }
}

async function mintToken(db: Queryable, alarmEventId: number, contactId: number, now: Micros): Promise<string> {
  const { token, hash } = createToken()
  await saveAcknowledgeToken(db, hash, { alarmEventId, contactId, expiresAt: now + LINK_LASTS })
  return token
}
