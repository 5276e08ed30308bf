import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { ChannelError } from '#base/errors.ts'
import { systemClock } from '#host/clock.ts'
import { words } from '../../core/words.ts'
import { formatPhone } from '../../core/phone.ts'
import type { Channel, ChannelSession, Outgoing, Receipt, WebhookAnswer, WebhookRequest } from '../channel.ts'
import { parseWith } from '../parse-with.ts'
import { phoneAddress } from '../phone-address.ts'
import { MetaClient, MetaError, RE_ENGAGEMENT } from './client.ts'
import { parseWhatsapp, unpackNotification } from './core/webhook.ts'

const settings = z.strictObject({
  phoneNumberId: z
    .string()
    .trim()
    .regex(/^\d{8,20}$/, 'The id of the number is digits only, and is not the telephone number.')
    .meta({ title: 'Phone number ID', description: 'WhatsApp, API Setup, below the number. Not the number itself.' }),
  accessToken: z
    .string()
    .trim()
    .min(20, 'The access token is missing.')
    .meta({ title: 'Access token', description: 'A permanent one, of a system user.', format: 'password' }),
  appSecret: z
    .string()
    .trim()
    .min(16, 'The app secret is missing.')
    .meta({ title: 'App secret', description: 'App settings, Basic: proves that a call is from Meta.', format: 'password' }),
  verifyToken: z
    .string()
    .trim()
    .min(8, 'At least 8 letters of your own choice.')
    .meta({ title: 'Verify token', description: 'A word of your own, entered in both places.', format: 'password' }),
  template: z
    .string()
    .trim()
    .regex(/^[a-z\d_]{0,512}$/, 'The name of a template has small letters, digits and underscores.')
    .default('')
    .meta({
      title: 'Template',
      description: 'An approved utility template with one variable in its body, used when the person has not written for a day.',
    }),
  templateLanguage: z
    .string()
    .trim()
    .regex(/^([a-z]{2}(_[A-Z]{2})?)?$/, 'Write it as pt_PT.')
    .default('')
    .meta({ title: 'Language of the template', description: 'Empty: the language of the contact.', examples: ['pt_PT'] }),
  templateButton: z.boolean().default(false).meta({ title: 'The template has a quick-reply button' }),
  baseUrl: z
    .string()
    .regex(/^https?:\/\/[^\s]+[^/]$/, 'Write it as https://name/version.')
    .default('https://graph.facebook.com/v23.0')
    .meta({ title: 'Server' }),
})

type Settings = z.infer<typeof settings>
const number = z.looseObject({ display_phone_number: z.string(), verified_name: z.string().optional() })
const accepted = z.looseObject({ messages: z.array(z.looseObject({ id: z.string() })).min(1) })

/** A minute less than the day that Meta grants. */
const WINDOW = 86_340_000_000

/** WhatsApp by Meta's Cloud API: answers come by webhook only. */
export const whatsappChannel: Channel = {
  channel: 'whatsapp',
  title: 'WhatsApp (Meta)',
  schema: z.toJSONSchema(settings, { io: 'input' }),
  secretFields: ['accessToken', 'appSecret', 'verifyToken'],
  addressExample: '+351 912 345 678',
  buttons: true,
  parseSettings: (raw) => parseWith(settings, raw),
  parseAddress: phoneAddress,
  open: (raw) => openWhatsapp(parseWith(settings, raw)),
  parse: (raw, receivedAt) => parseWhatsapp(raw, receivedAt),
  attribution: (said) => ({ by: 'whatsapp', number: formatPhone(said.chat) }),
  signed: true,
  webhook: (raw, request) => onWebhook(parseWith(settings, raw), request),
}

function openWhatsapp(config: Settings): ChannelSession {
  const client = new MetaClient(config.baseUrl, config.accessToken)
  const post = async (body: unknown, message: Outgoing, signal: AbortSignal): Promise<Receipt> => {
    const parsed = accepted.safeParse(await client.call('POST', `${config.phoneNumberId}/messages`, body, signal))
    const id = parsed.data?.messages[0]?.id
    if (id === undefined) throw new ChannelError('unreachable', 'WhatsApp answered in a form that is not known.')
    return { providerId: id, chat: message.address }
  }
  return {
    answers: true,
    async check(signal) {
      const parsed = number.safeParse(
        await client.call('GET', `${config.phoneNumberId}?fields=display_phone_number,verified_name`, undefined, signal),
      )
      if (!parsed.success) throw new ChannelError('unreachable', 'WhatsApp answered in a form that is not known.')
      return `The number is ${parsed.data.display_phone_number} (${parsed.data.verified_name ?? ''}).`
    },
    async send(message, signal) {
      const inWindow = message.heardAt !== null && systemClock.now() - message.heardAt < WINDOW
      const template = config.template !== ''
      if (template && !inWindow) return await post(templateBody(config, message), message, signal)
      try {
        return await post(freeBody(message), message, signal)
      } catch (error) {
        // the window closed meanwhile, or was opened by another program
        if (!(template && error instanceof MetaError && error.meta === RE_ENGAGEMENT)) throw error
        return await post(templateBody(config, message), message, signal)
      }
    },
    async [Symbol.asyncDispose]() {},
  }
}

const base = (message: Outgoing): Record<string, unknown> => ({
  messaging_product: 'whatsapp',
  recipient_type: 'individual',
  to: message.address.replace(/^\+/, ''),
})

function freeBody(message: Outgoing): Record<string, unknown> {
  const text = message.text.slice(0, 4096)
  const context = message.replyTo === null ? {} : { context: { message_id: message.replyTo } }
  if (message.acknowledge === null || text.length > 1024)
    return { ...base(message), ...context, type: 'text', text: { body: text, preview_url: false } }
  const id = payload(message)
  const title = words(message.language).acknowledge.slice(0, 20)
  return {
    ...base(message),
    ...context,
    type: 'interactive',
    interactive: { type: 'button', body: { text }, action: { buttons: [{ type: 'reply', reply: { id, title } }] } },
  }
}

function templateBody(config: Settings, message: Outgoing): Record<string, unknown> {
  // a variable may hold neither line breaks nor tabs nor more than four blanks in a row
  const text = message.text.replace(/\s+/g, ' ').slice(0, 1000)
  const button = { type: 'button', sub_type: 'quick_reply', index: '0', parameters: [{ type: 'payload', payload: payload(message) }] }
  return {
    ...base(message),
    type: 'template',
    template: {
      name: config.template,
      language: { policy: 'deterministic', code: config.templateLanguage === '' ? message.language : config.templateLanguage },
      components: [
        { type: 'body', parameters: [{ type: 'text', text }] },
        ...(config.templateButton && message.acknowledge !== null ? [button] : []),
      ],
    },
  }
}

function payload(message: Outgoing): string {
  const id = message.acknowledge?.eventId ?? null
  return id === null ? 'ack' : `ack:${id}`
}

function onWebhook(config: Settings, request: WebhookRequest): WebhookAnswer {
  if (request.method === 'GET') {
    const { 'hub.mode': mode, 'hub.verify_token': token = '', 'hub.challenge': challenge = '' } = request.query
    if (mode !== 'subscribe' || !same(token, config.verifyToken))
      throw stranger('The verify token is another one than that of this gateway.')
    return { updates: [], contentType: 'text/plain', body: challenge.slice(0, 200).replace(/[^\w.-]/g, '') }
  }
  const given = /^sha256=([\da-f]{64})$/.exec(request.headers['x-hub-signature-256'] ?? '')?.[1]
  if (given === undefined || !same(given, createHmac('sha256', config.appSecret).update(request.body).digest('hex'))) {
    throw stranger('The call is not signed with the app secret of this gateway.')
  }
  let raw: unknown
  try {
    raw = JSON.parse(Buffer.from(request.body).toString('utf8'))
  } catch {
    raw = undefined
  }
  const updates = unpackNotification(raw, config.phoneNumberId).map((one) => ({ ...one, id: `${config.phoneNumberId}:${one.id}` }))
  return { updates, contentType: 'text/plain', body: 'OK' }
}

function stranger(message: string): ChannelError {
  return new ChannelError('auth', message, { remedy: 'Compare app secret and verify token with the Meta app.' })
}

function same(given: string, wanted: string): boolean {
  return timingSafeEqual(createHash('sha256').update(given).digest(), createHash('sha256').update(wanted).digest())
}
