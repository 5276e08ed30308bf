import { z } from 'zod'
import { ChannelError, ConfigError } from '#base/errors.ts'
import type { Millis } from '#base/time.ts'
import { words } from '../../core/words.ts'
import type { Channel, ChannelSession, Inbox, Outgoing, Receipt, Update } from '../channel.ts'
import { parseWith } from '../parse-with.ts'
import { wrongChat } from './core/chat-id.ts'
import { ALLOWED_UPDATES, parseUpdate } from './core/updates.ts'
import { ChatMoved, TelegramClient } from './client.ts'

const settings = z.strictObject({
  token: z
    .string()
    .trim()
    .regex(/^\d+:[\w-]{20,}$/, 'A bot token reads like 123456789:AbC…')
    .meta({ title: 'Bot token', description: 'From @BotFather, after /newbot.', format: 'password' }),
  baseUrl: z
    .string()
    .regex(/^https?:\/\/[^\s/]+/, 'Write it as https://name.')
    .default('https://api.telegram.org')
    .meta({ title: 'Server', description: 'Another address only behind a proxy or with a Bot API server of your own.' }),
})

const bot = z.object({ id: z.number(), username: z.string() })
const sent = z.object({ message_id: z.number(), date: z.number(), chat: z.object({ id: z.number() }) })
const fetched = z.array(z.looseObject({ update_id: z.number() }))

/** The provider holds the connection this long while nothing arrives. */
const POLL_SECONDS = 25

/** What a bot does not fetch is forgotten after a day. */
const KEEPS_MILLIS: Millis = 24 * 3_600_000

export const telegramChannel: Channel = {
  channel: 'telegram',
  title: 'Telegram',
  schema: z.toJSONSchema(settings, { io: 'input' }),
  secretFields: ['token'],
  addressExample: '123456789',
  buttons: true,
  parseSettings: (raw) => parseWith(settings, raw),
  parseAddress(address) {
    const text = address.trim()
    const wrong = wrongChat(text)
    if (wrong !== undefined) {
      throw new ConfigError('address', wrong, {
        remedy: 'Send the contact a pairing link; a phone number or user name does not reach anybody.',
      })
    }
    return text
  },
  parse: (raw, receivedAt) => parseUpdate(raw, Math.floor(receivedAt / 1_000_000)),
  attribution: (said) => ({ by: 'telegram', firstName: said.from.firstName, lastName: said.from.lastName }),
  open(raw): ChannelSession {
    const { baseUrl, token } = parseWith(settings, raw)
    const client = new TelegramClient(baseUrl, token)
    const me = async (signal: AbortSignal): Promise<z.infer<typeof bot>> => understood(bot, await client.call('getMe', {}, signal))
    return {
      answers: true,
      async check(signal) {
        return `The bot is @${(await me(signal)).username}.`
      },
      send: (message, signal) => send(client, message, signal),
      async settle(chat, providerId, signal) {
        await client.call(
          'editMessageReplyMarkup',
          { chat_id: Number(chat), message_id: Number(providerId), reply_markup: { inline_keyboard: [] } },
          signal,
        )
      },
      async pairingLink(token, signal) {
        return `https://t.me/${(await me(signal)).username}?start=${token}`
      },
      async answerPress(press, text, signal) {
        await client.call('answerCallbackQuery', { callback_query_id: press, text: text.slice(0, 200) }, signal)
      },
      inbox: inboxOf(client, async (signal) => String((await me(signal)).id)),
      async [Symbol.asyncDispose]() {},
    }
  },
}

async function send(client: TelegramClient, message: Outgoing, signal: AbortSignal): Promise<Receipt> {
  const parameters = (chat: string): Record<string, unknown> => ({
    chat_id: Number(chat),
    text: message.text,
    link_preview_options: { is_disabled: true },
    ...(message.silent ? { disable_notification: true } : {}),
    ...(message.replyTo === null ? {} : { reply_parameters: { message_id: Number(message.replyTo), allow_sending_without_reply: true } }),
    ...(message.acknowledge === null
      ? {}
      : {
          reply_markup: {
            inline_keyboard: [
              [
                {
                  text: words(message.language).acknowledge,
                  callback_data: message.acknowledge.eventId === null ? 'ack' : `ack:${message.acknowledge.eventId}`,
                },
              ],
            ],
          },
        }),
  })
  let chat = message.address
  let result: unknown
  try {
    result = await client.call('sendMessage', parameters(chat), signal)
  } catch (error) {
    if (!(error instanceof ChatMoved)) throw error
    chat = error.to
    result = await client.call('sendMessage', parameters(chat), signal)
  }
  const { message_id: id, date } = understood(sent, result)
  return { providerId: String(id), chat, at: date * 1_000_000 }
}

function inboxOf(client: TelegramClient, identity: Inbox['identity']): Inbox {
  return {
    identity,
    keepsMillis: KEEPS_MILLIS,
    async updates(offset, signal) {
      const result = await client.call(
        'getUpdates',
        { ...(offset === undefined ? {} : { offset }), timeout: POLL_SECONDS, limit: 100, allowed_updates: ALLOWED_UPDATES },
        signal,
        (POLL_SECONDS + 10) * 1000,
      )
      return understood(fetched, result).map((raw): Update => ({ id: String(raw.update_id), next: raw.update_id + 1, raw }))
    },
  }
}

function understood<T>(schema: z.ZodType<T>, result: unknown): T {
  const parsed = schema.safeParse(result)
  if (!parsed.success) throw new ChannelError('unreachable', 'Telegram answered in a form that is not known.', { cause: parsed.error })
  return parsed.data
}
