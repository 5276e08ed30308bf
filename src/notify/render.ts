import type { Micros } from '#base/time.ts'
import type { Alarm } from '#store/alarms.ts'
import { saveAcknowledgeToken } from '#store/acknowledge-tokens.ts'
import type { StoredContact } from '#store/contacts.ts'
import type { Queryable } from '#store/database.ts'
import { listTold, type LeasedMessage } from '#store/messaging.ts'
import type { Site } from '#store/settings.ts'
import type { Outgoing } from './channels/channel.ts'
import { acknowledgedText, alarmText, clearedText, type MessageText } from './core/message-text.ts'
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
  context: { now: Micros; answers: boolean },
): Promise<Rendered> {
  const base = site.publicUrl.replace(/\/+$/, '')
  const link = message.kind === 'alarm' && !context.answers && base !== ''
  const told = message.kind === 'alarm' ? [] : await listTold(db, alarm.id)
  const original = told.find((one) => one.contactId === contact.id && one.channel === message.channel)?.providerId ?? null
  const text = textOf(message, alarm, contact, site, { now: context.now, how: context.answers ? 'reply' : link ? 'link' : 'screen' })
  const url = link ? `${base}/a/${await mintToken(db, alarm.id, contact.id, context.now)}` : null
  return {
    original,
    body: text.text,
    outgoing: {
      address: message.address,
      language: contact.language,
      subject: text.subject,
      text: text.text,
      lines: text.lines,
      key: `synctide-${message.id}-${message.createdAt}`,
      thread: `synctide-alarm-${alarm.id}-${alarm.raisedAt}`,
      replyTo: original,
      acknowledge: message.kind === 'alarm' ? { eventId: alarm.id, url } : null,
      silent: message.kind !== 'alarm',
    },
  }
}

function textOf(
  message: LeasedMessage,
  alarm: Alarm,
  contact: StoredContact,
  site: Site,
  context: { now: Micros; how: 'reply' | 'link' | 'screen' },
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
