import { z } from 'zod'
import { MESSAGE_LANGUAGES, type MessageLanguage } from '#domain/contact.ts'
import type { Inbound } from '../../../core/inbound-message.ts'

/** The kinds of update that are asked for; reactions and membership are never sent unless named. */
export const ALLOWED_UPDATES = ['message', 'callback_query', 'message_reaction', 'my_chat_member'] as const

const user = z.object({
  id: z.number(),
  is_bot: z.boolean(),
  first_name: z.string(),
  last_name: z.string().optional(),
  language_code: z.string().optional(),
})
const chat = z.object({ id: z.number() })
const message = z.object({
  message_id: z.number(),
  date: z.number(),
  chat,
  from: user.optional(),
  text: z.string().optional(),
  caption: z.string().optional(),
  reply_to_message: z.object({ message_id: z.number() }).optional(),
  forward_origin: z.unknown().optional(),
  is_from_offline: z.boolean().optional(),
  via_bot: z.unknown().optional(),
  migrate_to_chat_id: z.number().optional(),
  sticker: z.object({ emoji: z.string().optional() }).optional(),
})
const update = z.object({
  update_id: z.number(),
  message: message.optional(),
  callback_query: z
    .object({
      id: z.string(),
      from: user,
      data: z.string().optional(),
      message: z.object({ message_id: z.number(), chat }).optional(),
    })
    .optional(),
  message_reaction: z
    .object({
      chat,
      message_id: z.number(),
      date: z.number(),
      user: user.optional(),
      new_reaction: z.array(z.object({ type: z.string(), emoji: z.string().optional() })),
      old_reaction: z.array(z.object({ type: z.string(), emoji: z.string().optional() })),
    })
    .optional(),
  my_chat_member: z.object({ chat, from: user, date: z.number(), new_chat_member: z.object({ status: z.string() }) }).optional(),
})

/** @param receivedAtSeconds when the update was fetched; a button press carries no time of its own */
export function parseUpdate(raw: unknown, receivedAtSeconds: number): Inbound | undefined {
  const parsed = update.safeParse(raw)
  if (!parsed.success) return undefined
  const { message, callback_query: press, message_reaction: reaction, my_chat_member: member } = parsed.data
  if (message !== undefined) return ofMessage(message)
  if (press !== undefined) return ofPress(press, receivedAtSeconds)
  if (reaction !== undefined) return ofReaction(reaction)
  if (member !== undefined) return ofMember(member)
  return undefined
}

type User = z.infer<typeof user>

const NOBODY = { id: 0, is_bot: false, first_name: '' }

function base(chatId: number, from: User, at: number): Inbound {
  return {
    kind: 'reply',
    chat: String(chatId),
    token: '',
    from: { firstName: from.first_name, lastName: from.last_name ?? '', language: languageOf(from.language_code) },
    message: null,
    press: null,
    reply: { kind: 'text', text: '', replyTo: null, writtenAt: at * 1_000_000, automatic: from.is_bot },
  }
}

function ofMessage(said: z.infer<typeof message>): Inbound | undefined {
  const found = base(said.chat.id, said.from ?? NOBODY, said.date)
  if (said.migrate_to_chat_id !== undefined) return { ...found, kind: 'moved', token: String(said.migrate_to_chat_id) }
  const text = said.text ?? said.caption ?? said.sticker?.emoji
  if (text === undefined || said.from === undefined) return undefined
  const start = /^\/start(?:@\w+)?(?:\s+(\S+))?\s*$/.exec(text)
  if (start !== null) return { ...found, kind: 'start', token: start[1] ?? '', message: String(said.message_id) }
  return {
    ...found,
    message: String(said.message_id),
    reply: {
      ...found.reply,
      // in a group people address the bot by its name
      text: text.replace(/^\/(?=\p{L})/u, '').replace(/@\w+bot\b/i, ''),
      replyTo: said.reply_to_message === undefined ? null : String(said.reply_to_message.message_id),
      automatic: said.from.is_bot || said.is_from_offline === true || said.forward_origin !== undefined || said.via_bot !== undefined,
    },
  }
}

function ofPress(press: NonNullable<z.infer<typeof update>['callback_query']>, at: number): Inbound | undefined {
  if (press.message === undefined || press.data === undefined) return undefined
  const found = base(press.message.chat.id, press.from, at)
  const replyTo = String(press.message.message_id)
  return { ...found, press: press.id, message: replyTo, reply: { ...found.reply, kind: 'button', text: press.data, replyTo } }
}

function ofReaction(reaction: NonNullable<z.infer<typeof update>['message_reaction']>): Inbound | undefined {
  const before = new Set(reaction.old_reaction.map((one) => one.emoji))
  const added = reaction.new_reaction.find((one) => one.type === 'emoji' && !before.has(one.emoji))?.emoji
  if (added === undefined || reaction.user === undefined) return undefined
  const found = base(reaction.chat.id, reaction.user, reaction.date)
  return { ...found, reply: { ...found.reply, kind: 'reaction', text: added, replyTo: String(reaction.message_id) } }
}

function ofMember(member: NonNullable<z.infer<typeof update>['my_chat_member']>): Inbound | undefined {
  const { status } = member.new_chat_member
  const left = status === 'kicked' || status === 'left'
  const found = base(member.chat.id, member.from, member.date)
  return left ? { ...found, kind: 'gone' } : undefined
}

function languageOf(code: string | undefined): MessageLanguage {
  return MESSAGE_LANGUAGES.find((one) => one === code?.slice(0, 2)) ?? 'en'
}
