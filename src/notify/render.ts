import { BugError } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'
import { floodNow } from '#store/alarm-guards.ts'
import { getAlarm, type Alarm } from '#store/alarms.ts'
import { saveAcknowledgeToken } from '#store/acknowledge-tokens.ts'
import { repeatsOf } from '#store/cases.ts'
import type { StoredContact } from '#store/contacts.ts'
import type { Queryable } from '#store/database.ts'
import { lastHeard } from '#store/inbound.ts'
import { listTold, type LeasedMessage, type MessageKind } from '#store/messaging.ts'
import type { Site } from '#store/settings.ts'
import { channelOf } from './channels/catalogue.ts'
import type { ChannelSession, Outgoing } from './channels/channel.ts'
import { digestText, notesText } from './core/digest-text.ts'
import {
  acknowledgedText,
  alarmText,
  clearedText,
  exhaustedText,
  systemText,
  templateFields,
  type HowToAcknowledge,
  type MessageText,
  type Repeats,
} from './core/message-text.ts'
import { isStorm } from './core/storm.ts'
import { fillTemplate, templateFor, type MessageTemplate, type TemplateKind } from './core/template.ts'
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

/**
 * Writes a message as of now, in the words of its reader; several of one reader become a list. A link is made anew for each try: only
 * its hash is kept.
 */
export async function render(
  db: Queryable,
  items: readonly { readonly message: LeasedMessage; readonly alarm: Alarm | undefined }[],
  contact: StoredContact,
  site: Site,
  context: { now: Micros; session: Pick<ChannelSession, 'answers'>; templates: readonly MessageTemplate[] },
): Promise<Rendered> {
  const [first] = items
  if (first === undefined) throw new BugError('Nothing to write.')
  const { message, alarm } = first
  const base = site.publicUrl.replace(/\/+$/, '')
  const { buttons = false, short = false } = channelOf(message.channel)
  const { answers } = context.session
  const several = items.length > 1
  const link = message.kind === 'alarm' && !answers && base !== '' && !several
  const told = message.kind === 'alarm' || alarm === undefined ? [] : await listTold(db, alarm.id)
  const original = told.find((one) => one.contactId === contact.id && one.channel === message.channel)?.providerId ?? null
  const how = answers ? (buttons && !several ? 'button' : 'reply') : link ? 'link' : 'screen'
  const alarms = items.flatMap((one) => one.alarm ?? [])
  const style = short ? 'short' : 'full'
  const { language } = contact
  const template = (kind: TemplateKind): string | undefined => templateFor(context.templates, { kind, style, language })
  const say = { now: context.now, how, template, repeats: several || alarm === undefined ? undefined : await repeatsOf(db, alarm) } as const
  const text = several ? await togetherText(db, message.kind, alarms, contact, site, say) : textOf(message, alarm, contact, site, say)
  const own = several || alarm === undefined || message.kind === 'system' ? undefined : template(message.kind)
  const filled = own === undefined || alarm === undefined ? undefined : fillTemplate(own, templateFields(alarm, site, language, say))
  const body = filled ?? (short ? text.short : text.text)
  const url = link && alarm !== undefined ? `${base}/a/${await mintToken(db, alarm.id, contact.id, context.now)}` : null
  const acknowledge = message.kind !== 'alarm' || alarm === undefined ? null : { eventId: several ? null : alarm.id, url }
  return {
    original,
    body,
    outgoing: {
      address: message.address,
      language,
      subject: text.subject,
      text: body,
      lines: filled === undefined ? text.lines : filled.split('\n').filter((line) => line !== ''),
      key: `synctide-${message.id}-${message.createdAt}`,
      thread: alarm === undefined || several ? null : `synctide-alarm-${alarm.id}-${alarm.raisedAt}`,
      replyTo: original,
      acknowledge,
      silent: message.kind === 'cleared' || message.kind === 'acknowledged',
      lastsSeconds: Math.max(1, Math.round((message.notAfter - context.now) / 1_000_000)),
      heardAt: (await lastHeard(db, message.channel, contact.id)) ?? null,
    },
  }
}

async function togetherText(
  db: Queryable,
  kind: MessageKind,
  alarms: readonly Alarm[],
  { language }: StoredContact,
  site: Site,
  context: { now: Micros; how: HowToAcknowledge; template: (kind: TemplateKind) => string | undefined },
): Promise<MessageText> {
  if (kind === 'acknowledged' || kind === 'cleared') return notesText(kind, alarms, site, language, context.template)
  const first = isStorm(alarms.length) ? (await floodNow(db, 'all'))?.firstOut?.eventId : undefined
  return digestText(alarms, site, language, { ...context, first: first === undefined ? undefined : await getAlarm(db, 'all', first) })
}

function textOf(
  message: LeasedMessage,
  alarm: Alarm | undefined,
  { language }: StoredContact,
  site: Site,
  context: { now: Micros; how: HowToAcknowledge; repeats: Repeats | undefined },
): MessageText {
  if (alarm === undefined) return systemText(message.body, site)
  switch (message.kind) {
    case 'alarm':
      return alarmText(alarm, site, language, context)
    case 'cleared':
      return clearedText(alarm, site, language)
    case 'acknowledged':
      return acknowledgedText(alarm, alarm.acknowledgedBy ?? '', alarm.acknowledgedAt ?? context.now, site, language)
    case 'exhausted':
      return exhaustedText(alarm, site, language, context.now)
    case 'system':
      return systemText(message.body, site)
  }
}

async function mintToken(db: Queryable, alarmEventId: number, contactId: number, now: Micros): Promise<string> {
  const { token, hash } = createToken()
  await saveAcknowledgeToken(db, hash, { alarmEventId, contactId, expiresAt: now + LINK_LASTS })
  return token
}
