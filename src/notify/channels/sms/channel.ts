import { createHash, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { ChannelError } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'
import { Zone } from '#calc/zone.ts'
import { systemClock } from '#host/clock.ts'
import { toGsm7, smsParts } from '../../core/gsm7.ts'
import { type Inbound, plainReply } from '../../core/inbound-message.ts'
import { formatPhone, parsePhone } from '../../core/phone.ts'
import type { Channel, ChannelSession, Update, WebhookAnswer, WebhookRequest } from '../channel.ts'
import { parseWith } from '../parse-with.ts'
import { phoneAddress } from '../phone-address.ts'
import { localMillis, type StoredSms } from './core/sms-list.ts'
import { type Router, RouterApi, type RouterLogin } from './router-api.ts'
import { RouterPostGet } from './router-post-get.ts'

const settings = z.strictObject({
  baseUrl: z
    .string()
    .trim()
    .regex(/^https?:\/\/[^\s/]+$/, 'Write it as https://192.168.1.1.')
    .default('https://192.168.1.1')
    .meta({ title: 'Router', description: 'Its address in the plant network.' }),
  fingerprint: z
    .string()
    .trim()
    .regex(/^(([\dA-Fa-f]{2}:?){32})?$/, 'A SHA-256 fingerprint has 32 pairs of hexadecimal digits.')
    .default('')
    .meta({
      title: 'Certificate',
      description: 'SHA-256 fingerprint of the certificate that the router made for itself; Test send tells the one it shows.',
    }),
  user: z.string().trim().min(1, 'The user is missing.').meta({ title: 'User', description: 'A router user who may send SMS.' }),
  password: z.string().default('').meta({ title: 'Password', format: 'password' }),
  modem: z
    .string()
    .trim()
    .default('')
    .meta({ title: 'Modem', description: 'Empty: the first one of the router.', examples: ['1-1'] }),
  letters: z
    .union([z.literal('plain').meta({ title: 'Without accents' }), z.literal('all').meta({ title: 'As written' })])
    .default('plain')
    .meta({ title: 'Letters', description: 'One accented letter makes two or three SMS of one.' }),
  timeZone: z
    .string()
    .trim()
    .refine(isZone, 'This is no IANA time zone, such as Europe/Lisbon.')
    .default('')
    .meta({ title: 'Time zone of the router', description: 'Empty: the one of this machine.' }),
  pollSeconds: z.int().min(2).max(300).default(7).meta({ title: 'Look for answers every (s)' }),
  pushToken: z.string().default('').meta({
    title: 'Word of SMS Forwarding to HTTP',
    description: 'Extra parameter "token" in the router; with it answers are read at once. Empty: only looked for.',
    format: 'password',
  }),
})

type Settings = z.infer<typeof settings>
const stored = z.object({ date: z.string(), sender: z.string(), text: z.string() })

/** SMS by a Teltonika RUT241 or a relative: works without the internet. */
export const smsChannel: Channel = {
  channel: 'sms',
  title: 'SMS (Teltonika router)',
  schema: z.toJSONSchema(settings, { io: 'input' }),
  secretFields: ['password', 'pushToken'],
  short: true,
  parallel: 1,
  addressExample: '+351 912 345 678',
  parseSettings: (raw) => parseWith(settings, raw),
  parseAddress: phoneAddress,
  open: (raw) => openRouter(parseWith(settings, raw)),
  parse: (raw, receivedAt, given) => parseSms(raw, receivedAt, parseWith(settings, given)),
  attribution: (said) => ({ by: 'sms', number: formatPhone(said.chat) }),
  webhook: (raw, request) => onPush(parseWith(settings, raw), request),
}

function openRouter(config: Settings): ChannelSession {
  const login: RouterLogin = config
  let router: Promise<Router> | undefined
  const opened = async (signal: AbortSignal): Promise<Router> => {
    router ??= findRouter(login, signal)
    return await router.catch((error: unknown) => {
      // asked again the next time: it may have been updated, or only just switched on
      router = undefined
      throw error
    })
  }
  return {
    answers: true,
    async check(signal) {
      router = undefined
      const found = await opened(signal)
      const modem = found instanceof RouterApi ? `, modem ${await found.modem(signal)}` : ''
      return `The router answers (${found.generation}${modem}).`
    },
    async send(message, signal) {
      const text = config.letters === 'plain' ? toGsm7(message.text) : message.text
      const parts = await (await opened(signal)).send(message.address, text, signal)
      // the router names no message
      return { providerId: message.key, chat: message.address, parts: parts ?? smsParts(text) }
    },
    inbox: {
      pauseMillis: config.pollSeconds * 1000,
      identity: async () => config.baseUrl,
      async updates(_offset, signal) {
        return (await (await opened(signal)).list(signal)).map(updateOf)
      },
      // the store of the router is small: what is safe here goes there
      async confirm(updates, signal) {
        if (updates.length > 0)
          await (
            await opened(signal)
          ).remove(
            updates.map((one) => one.raw as StoredSms),
            signal,
          )
      },
    },
    async [Symbol.asyncDispose]() {},
  }
}

/** Newer firmware first: it says 404 to a path it does not have, while the older one would ask for another password. */
async function findRouter(login: RouterLogin, signal: AbortSignal): Promise<Router> {
  const api = new RouterApi(login, systemClock)
  if (await api.open(signal)) return api
  const older = new RouterPostGet(login)
  await older.open(signal)
  return older
}

/** Places in the store come back: only all of it together tells one SMS from another. */
function updateOf(raw: StoredSms): Update {
  const id = createHash('sha256')
    .update(JSON.stringify([raw.modem, raw.id, raw.date, raw.sender, raw.text]))
    .digest('hex')
    .slice(0, 32)
  return { id, next: 0, raw }
}

function parseSms(raw: unknown, receivedAt: Micros, config: Settings): Inbound | undefined {
  const parsed = stored.safeParse(raw)
  if (!parsed.success) return undefined
  const { date, sender, text } = parsed.data
  const phone = parsePhone(sender)
  // services write under a name
  return plainReply(phone ?? sender, text, {
    message: null,
    automatic: phone === undefined,
    writtenAt: writtenAt(date, receivedAt, config),
  })
}

/** The router tells local time; a clock that is ahead of ours is not believed. */
function writtenAt(date: string, receivedAt: Micros, config: Settings): Micros {
  const local = localMillis(date)
  if (local === undefined) return receivedAt
  const zone = new Zone(config.timeZone === '' ? Intl.DateTimeFormat().resolvedOptions().timeZone : config.timeZone)
  return Math.min(zone.resolve(local * 1000).later, receivedAt)
}

/**
 * SMS Forwarding to HTTP of the router: nothing signs it and nothing repeats it, so that it is only the hint to go and read. The names of
 * its fields are chosen by whoever sets it up: we ask for `token`.
 */
function onPush(config: Settings, request: WebhookRequest): WebhookAnswer {
  const fields = { ...request.query, ...Object.fromEntries(new URLSearchParams(Buffer.from(request.body).toString('utf8'))) }
  if (config.pushToken === '' || !same(fields['token'] ?? '', config.pushToken)) {
    throw new ChannelError('auth', 'The call does not carry the word of this gateway.', {
      remedy: 'Enter it in the router as extra parameter "token".',
    })
  }
  const router = new URL(config.baseUrl).hostname
  // its own address is known where it stands in the plant network; through a proxy of this machine the caller is not seen
  if (/^\d+\.\d+\.\d+\.\d+$/.test(router) && ![router, '127.0.0.1', '::1'].includes(request.address.replace(/^::ffff:/, ''))) {
    throw new ChannelError('auth', `The call comes from ${request.address}, and the router is ${router}.`)
  }
  return { updates: [], contentType: 'text/plain', body: 'OK' }
}

function same(given: string, wanted: string): boolean {
  const [a, b] = [given, wanted].map((text) => createHash('sha256').update(text).digest())
  return a !== undefined && b !== undefined && timingSafeEqual(a, b)
}

function isZone(name: string): boolean {
  if (name === '') return true
  try {
    return new Zone(name).name !== ''
  } catch {
    return false
  }
}
