import { z } from 'zod'
import { ChannelError, ConfigError } from '#base/errors.ts'
import { systemClock } from '#host/clock.ts'
import { smsParts, toGsm7 } from '../../core/gsm7.ts'
import { formatPhone, parsePhone } from '../../core/phone.ts'
import type { Channel, ChannelSession, Outgoing, Receipt, Update, WebhookAnswer, WebhookRequest } from '../channel.ts'
import { parseWith } from '../parse-with.ts'
import { phoneAddress } from '../phone-address.ts'
import { TwilioClient, type TwilioMessage } from './client.ts'
import { parseTwilio } from './core/messages.ts'
import { isSignedByTwilio } from './signature.ts'

const account = {
  accountSid: z
    .string()
    .trim()
    .regex(/^AC[\da-f]{32}$/i, 'An account SID reads like AC and 32 hexadecimal digits.')
    .meta({ title: 'Account SID', description: 'From the first page of the Twilio console.' }),
  authToken: z
    .string()
    .min(1, 'The auth token is missing.')
    .meta({ title: 'Auth token', description: 'Beside the account SID.', format: 'password' }),
}
const way = {
  receive: z
    .union([
      z.literal('poll').meta({ title: 'Ask Twilio, nothing needs to be open' }),
      z.literal('webhook').meta({ title: 'Twilio calls us, needs an address from the internet' }),
    ])
    .default('poll')
    .meta({ title: 'Answers' }),
  publicUrl: z
    .string()
    .trim()
    .regex(/^(https?:\/\/[^\s/]+)?$/, 'Write it as https://name.')
    .default('')
    .meta({
      title: 'Address from the internet',
      description: 'How Twilio reaches this installation; its signature is over this address. Empty: the public address of the site.',
    }),
  pollSeconds: z.int().min(3).max(300).default(8).meta({ title: 'Ask every (s)' }),
  baseUrl: z
    .string()
    .regex(/^https?:\/\/[^\s/]+$/, 'Write it as https://name.')
    .default('https://api.twilio.com')
    .meta({ title: 'Server' }),
}
const sms = z.strictObject({
  ...account,
  from: z
    .string()
    .trim()
    .default('')
    .meta({ title: 'From', description: 'A number of this account.', examples: ['+351 21 000 0000'] }),
  messagingServiceSid: z
    .string()
    .trim()
    .regex(/^(MG[\da-f]{32})?$/i, 'A messaging service reads like MG and 32 hexadecimal digits.')
    .default('')
    .meta({ title: 'Messaging service', description: 'Instead of a number.' }),
  letters: z
    .union([z.literal('plain').meta({ title: 'Without accents' }), z.literal('all').meta({ title: 'As written' })])
    .default('plain')
    .meta({ title: 'Letters', description: 'One accented letter makes two or three SMS of one, and each is paid.' }),
  ...way,
})
const whatsapp = z.strictObject({
  ...account,
  from: z
    .string()
    .trim()
    .meta({ title: 'From', description: 'The WhatsApp number of this account, or of the sandbox.', examples: ['+1 415 523 8886'] }),
  contentSid: z
    .string()
    .trim()
    .regex(/^(HX[\da-f]{32})?$/i, 'A template reads like HX and 32 hexadecimal digits.')
    .default('')
    .meta({
      title: 'Template',
      description:
        'An approved template with one variable, used when the person has not written for a day. Without one such messages fail.',
    }),
  ...way,
})

interface Settings {
  readonly accountSid: string
  readonly authToken: string
  readonly from: string
  readonly messagingServiceSid?: string
  readonly contentSid?: string
  readonly letters?: 'plain' | 'all'
  readonly receive: 'poll' | 'webhook'
  readonly publicUrl: string
  readonly pollSeconds: number
  readonly baseUrl: string
}

const DAY_MILLIS = 86_400_000
/** States of our own messages may change this long after they were sent. */
const OVERLAP_MILLIS = 20 * 60_000

/** SMS by Twilio. */
export const twilioSmsChannel = twilioChannel('twilio-sms', 'SMS (Twilio)', sms, '')
/** WhatsApp by Twilio. */
export const twilioWhatsappChannel = twilioChannel('twilio-whatsapp', 'WhatsApp (Twilio)', whatsapp, 'whatsapp:')

function twilioChannel(channel: string, title: string, schema: typeof sms | typeof whatsapp, prefix: '' | 'whatsapp:'): Channel {
  const parse = (raw: unknown): Settings => {
    const config: Settings = parseWith<Settings>(schema as z.ZodType<Settings>, raw)
    if (config.from === '' && (config.messagingServiceSid ?? '') === '') {
      throw new ConfigError('from', 'The sender is missing.', { remedy: 'Enter a number of the account, or a messaging service.' })
    }
    const from = config.from === '' ? '' : parsePhone(config.from)
    // short numbers and names can send, but nobody can answer them
    if (from === undefined) throw new ConfigError('from', `${config.from} is no telephone number with its country.`)
    return { ...config, from }
  }
  return {
    channel,
    title,
    schema: z.toJSONSchema(schema, { io: 'input' }),
    secretFields: ['authToken'],
    short: prefix === '',
    addressExample: '+351 912 345 678',
    parseSettings: (raw) => ({ ...parse(raw) }),
    parseAddress: phoneAddress,
    open(raw, _store, publicUrl = '') {
      const config = parse(raw)
      return openTwilio({ ...config, publicUrl: baseOf(config, publicUrl) }, prefix, channel)
    },
    parse: (raw, receivedAt) => parseTwilio(raw, receivedAt),
    attribution: (said) => ({ by: prefix === '' ? 'sms' : 'whatsapp', number: formatPhone(said.chat) }),
    signed: true,
    webhook: (raw, request) => onWebhook(parse(raw), channel, request),
  }
}

function openTwilio(config: Settings, prefix: string, channel: string): ChannelSession {
  const client = new TwilioClient(config)
  const ours = (one: TwilioMessage): boolean => [one.from, one.to].includes(`${prefix}${config.from}`) || config.from === ''
  const list = async (since: number, signal: AbortSignal): Promise<readonly TwilioMessage[]> =>
    (await client.list({ 'DateSent>': new Date(since).toISOString().slice(0, 10) }, signal)).filter(ours)
  return {
    answers: true,
    async check(signal) {
      return `The account is ${await client.account(signal)}.`
    },
    async send(message, signal) {
      return receiptOf(await client.send(fieldsOf(config, prefix, message, channel), signal), message)
    },
    async find(message, signal) {
      const { Body: body, To: to } = fieldsOf(config, prefix, message, channel)
      if (body === undefined || to === undefined) return undefined
      const found = (await client.list({ To: to, 'DateSent>': new Date(Date.now() - DAY_MILLIS).toISOString().slice(0, 10) }, signal)).find(
        (one) => one.body === body && one.direction.startsWith('outbound'),
      )
      return found === undefined ? undefined : receiptOf(found, message)
    },
    ...(config.receive === 'webhook'
      ? {}
      : {
          inbox: {
            pauseMillis: config.pollSeconds * 1000,
            identity: async () => `${config.accountSid} ${config.from}`,
            async updates(offset, signal) {
              // what was said before this gateway was set up is not for us
              const since = (offset ?? systemClock.now() / 1000) - OVERLAP_MILLIS
              const found = (await list(since, signal)).filter((one) => timeOf(one) >= since)
              const next = Math.max(offset ?? systemClock.now() / 1000, ...found.map(timeOf))
              return found.toReversed().map((raw): Update => ({ id: `${raw.sid}:${raw.status}`, next, raw }))
            },
          },
        }),
    async [Symbol.asyncDispose]() {},
  }
}

/** One SMS or WhatsApp message as Twilio takes it; outside of the day after the person's last word WhatsApp takes templates only. */
function fieldsOf(config: Settings, prefix: string, message: Outgoing, channel: string): Record<string, string> {
  const text = (config.letters === 'plain' ? toGsm7(message.text) : message.text).slice(0, 1600)
  const inWindow = message.heardAt !== null && systemClock.now() - message.heardAt < (DAY_MILLIS - 60_000) * 1000
  const template = prefix !== '' && !inWindow && (config.contentSid ?? '') !== ''
  const service = config.messagingServiceSid ?? ''
  return {
    To: `${prefix}${message.address}`,
    ...(service === '' ? { From: `${prefix}${config.from}` } : { MessagingServiceSid: service }),
    ...(template
      ? { ContentSid: config.contentSid ?? '', ContentVariables: JSON.stringify({ '1': text.replace(/\s+/g, ' ').slice(0, 1000) }) }
      : { Body: text }),
    ...(config.receive === 'webhook' && config.publicUrl !== '' ? { StatusCallback: `${config.publicUrl}/webhook/${channel}` } : {}),
    // one that arrives when its alarm is long over wakes somebody for nothing
    ...(message.lastsSeconds === null || prefix !== ''
      ? {}
      : { ValidityPeriod: String(Math.min(36_000, Math.max(5, message.lastsSeconds))) }),
  }
}

function receiptOf(sent: TwilioMessage, message: Outgoing): Receipt {
  const at = Date.parse(sent.date_created ?? '')
  const parts = Number(sent.num_segments ?? '')
  return {
    providerId: sent.sid,
    chat: message.address,
    ...(Number.isNaN(at) ? {} : { at: at * 1000 }),
    parts: parts > 0 ? parts : smsParts(message.text),
  }
}

function timeOf(one: TwilioMessage): number {
  const at = Date.parse(one.date_sent ?? one.date_created ?? '')
  return Number.isNaN(at) ? 0 : at
}

/** How Twilio reaches us. */
function baseOf({ publicUrl }: Settings, ofSite: string): string {
  return publicUrl === '' ? ofSite.replace(/\/+$/, '') : publicUrl
}

function onWebhook(config: Settings, channel: string, request: WebhookRequest): WebhookAnswer {
  // behind a proxy the request knows neither the name nor the scheme that Twilio signed
  const base = baseOf(config, request.publicUrl)
  const url = `${base}/webhook/${channel}${request.search}`
  const isForm = (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')
  if (base === '' || !isSignedByTwilio(config.authToken, request.headers['x-twilio-signature'] ?? '', url, request.body, isForm)) {
    throw new ChannelError('auth', 'The call is not signed by Twilio for this address.', {
      remedy: 'The address from the internet in the gateway must be, letter for letter, the one entered in the Twilio console.',
    })
  }
  const fields = Object.fromEntries(new URLSearchParams(Buffer.from(request.body).toString('utf8')))
  const { MessageSid: sid, MessageStatus: status = 'received', AccountSid: owner } = fields
  const updates =
    sid === undefined || owner !== config.accountSid ? [] : [{ id: `${config.accountSid} ${config.from}:${sid}:${status}`, raw: fields }]
  return { updates, contentType: 'text/xml', body: '<?xml version="1.0" encoding="UTF-8"?><Response/>' }
}
