import type { Channel } from '#notify/channels/channel.ts'
import { smsChannel } from '#notify/channels/sms/channel.ts'
import { telegramChannel } from '#notify/channels/telegram/channel.ts'
import { whatsappChannel } from '#notify/channels/whatsapp/channel.ts'
import { plainReply } from '#notify/core/inbound-message.ts'

/** What one contact did. Fields that a channel does not have are left out. */
export interface CaseInput {
  /** text, button, reaction, link; anything else (auto, forwarded, edited, redelivered, bot, media, …) is nothing that a person said to us */
  readonly kind: string
  readonly text?: string
  /** Of a button. */
  readonly data?: string
  readonly payload?: string
  /** Of a reaction; an empty one was taken back. */
  readonly emoji?: string
  /** The message it points at. */
  readonly replyTo?: string
  readonly target?: string
  /** Of a link. */
  readonly method?: string
  readonly expired?: boolean
  readonly token?: string
  /** Sender; absent: the contact. */
  readonly from?: string
  /** Where it was said; absent: the contact's own chat. */
  readonly chat?: string
  /** Seconds from now at which it was written. */
  readonly at?: number
  readonly [more: string]: unknown
}

export interface Said {
  readonly input: CaseInput
  readonly chat: string
  /** Seconds since 1970, when it was written. */
  readonly at: number
  /** How the provider names one of our messages. */
  messageId(name: string): string
}

const WRITTEN = new Set(['text', 'tapback', 'sticker', 'caption', 'reply', 'swipe'])
/** How a case says that what came was no person's word, whatever its kind. */
const NO_PERSON =
  /^(auto\w*|forward\w*|edited|edit|redeliver\w*|duplicate|bot|is_?bot|from_?bot|via_?bot|offline|is_?from_?offline|away|bounce|removed|media|unsupported)$/i

/** Mail is not read by the product; its cases go the same way all the same, their headers read here. */
const mail: Channel = {
  channel: 'email',
  title: 'Mail',
  schema: {},
  secretFields: [],
  addressExample: '',
  parseSettings: () => ({}),
  parseAddress: (address) => address,
  open() {
    throw new Error('Nothing is sent here.')
  },
  parse(raw, receivedAt) {
    const { chat, text, replyTo, automatic } = raw as { chat: string; text: string; replyTo: string | null; automatic: boolean }
    return plainReply(chat, text, { message: null, replyTo, writtenAt: receivedAt, automatic })
  },
}

/** The product's own channel for each of a case file. */
export const CASE_CHANNELS: Readonly<Record<string, { readonly channel: Channel; readonly settings: unknown }>> = {
  sms: { channel: smsChannel, settings: { user: 'x', timeZone: 'UTC' } },
  telegram: { channel: telegramChannel, settings: {} },
  whatsapp: { channel: whatsappChannel, settings: {} },
  email: { channel: mail, settings: {} },
}

/** Whether it was said by nobody: by a program, forwarded, away, or not said at all. */
export function isNobody(input: CaseInput): boolean {
  const marked = Object.entries(input).some(([name, value]) => NO_PERSON.test(name) && value !== false && value !== 'no' && value !== null)
  return marked || byProgram(input['headers']) || !(WRITTEN.has(input.kind) || input.kind === 'button' || input.kind === 'reaction')
}

/** A reply as the provider of its channel brings it; undefined where it does not bring such a thing at all. */
export function asSent(channel: string, said: Said): unknown {
  const { input, chat } = said
  const nobody = isNobody(input)
  const target = input.replyTo ?? input.target
  const replyTo = target === undefined ? undefined : said.messageId(target)
  const text = (input.kind === 'button' ? (input.data ?? input.payload) : undefined) ?? input.text ?? input.emoji ?? ''
  switch (channel) {
    case 'telegram':
      return ofTelegram(said, text, replyTo, nobody)
    case 'whatsapp':
      return ofWhatsapp(said, text, replyTo, nobody)
    case 'sms': {
      // a modem brings words only; services write under a name
      const sender = nobody ? 'INFO' : chat
      return { id: '1', modem: '1-1', date: new Date(said.at * 1000).toISOString().replace('T', ' ').slice(0, 19), sender, text }
    }
    default:
      return { chat, text, replyTo: replyTo ?? null, automatic: nobody }
  }
}

function ofTelegram({ input, chat, at }: Said, text: string, replyTo: string | undefined, nobody: boolean): unknown {
  const id = Number(chat)
  const who = { id, is_bot: input.kind === 'bot', first_name: 'Ana' }
  const place = { id, type: 'private' }
  const told = replyTo === undefined ? undefined : { message_id: Number(replyTo), date: at, chat: place }
  if (input.kind === 'edited')
    return { update_id: 1, edited_message: { message_id: 9_000_001, date: at, edit_date: at, chat: place, from: who, text } }
  if (input.kind === 'button')
    return { update_id: 1, callback_query: { id: '1', chat_instance: '1', from: who, data: text, message: told } }
  if (input.kind === 'reaction') {
    const reaction = input.emoji === '' ? [] : [{ type: 'emoji', emoji: input.emoji ?? text }]
    const one = { chat: place, message_id: Number(replyTo), user: who, date: at, old_reaction: [], new_reaction: reaction }
    return { update_id: 1, message_reaction: one }
  }
  const by =
    !nobody || input.kind === 'bot' ? {} : input.kind === 'forwarded' ? { forward_origin: { type: 'user' } } : { is_from_offline: true }
  return {
    update_id: 1,
    message: {
      message_id: 9_000_001,
      date: at,
      chat: place,
      from: who,
      text,
      ...(told === undefined ? {} : { reply_to_message: told }),
      ...by,
    },
  }
}

function ofWhatsapp({ input, chat, at }: Said, text: string, replyTo: string | undefined, nobody: boolean): unknown {
  const forwarded = nobody ? { forwarded: true } : {}
  const context = replyTo === undefined && !nobody ? {} : { context: { ...(replyTo === undefined ? {} : { id: replyTo }), ...forwarded } }
  const base = { from: chat.replace('+', ''), id: 'wamid.in', timestamp: String(at), ...context }
  if (input.kind === 'button') return { message: { ...base, type: 'button', button: { payload: text, text } } }
  if (input.kind === 'reaction')
    return { message: { ...base, type: 'reaction', reaction: { message_id: replyTo, emoji: input.emoji ?? text } } }
  return { message: { ...base, type: 'text', text: { body: text } } }
}

/** Of a mail: what RFC 3834 and custom mark as sent by a program. */
function byProgram(headers: unknown): boolean {
  return Object.entries(typeof headers === 'object' && headers !== null ? headers : {}).some(
    ([name, value]) =>
      (/^auto-submitted$/i.test(name) && value !== 'no') ||
      /^x-autoreply$|^x-autorespond$/i.test(name) ||
      (/^precedence$/i.test(name) && /auto_reply|bulk|junk/i.test(String(value))) ||
      (/^return-path$/i.test(name) && value === '<>') ||
      (/^content-type$/i.test(name) && /multipart\/report/i.test(String(value))),
  )
}
