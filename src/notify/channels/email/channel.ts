import { createTransport } from 'nodemailer'
import { z } from 'zod'
import { ChannelError, ConfigError } from '#base/errors.ts'
import type { Channel, ChannelSession, Outgoing } from '../channel.ts'
import { parseWith } from '../parse-with.ts'
import { asChannelError, refusedRecipient } from './faults.ts'
import { mailHtml, mailText } from './body.ts'

const ADDRESS = /^[^\s@<>,;"]+@[^\s@<>,;"]+$/

const settings = z.strictObject({
  host: z
    .string()
    .trim()
    .min(1, 'The server is missing.')
    .meta({ title: 'Server', description: 'Name or address of the mail server.', examples: ['smtp.example.com'] }),
  port: z.int().min(1).max(65_535).default(587).meta({ title: 'Port', description: '587 with STARTTLS, 465 with TLS, 25 inside a plant.' }),
  security: z
    .union([
      z.literal('starttls').meta({ title: 'STARTTLS' }),
      z.literal('tls').meta({ title: 'TLS' }),
      z.literal('none').meta({ title: 'None, inside a plant' }),
    ])
    .default('starttls')
    .meta({ title: 'Security', description: 'STARTTLS and TLS refuse a server whose certificate does not fit.' }),
  user: z.string().default('').meta({ title: 'User', description: 'Empty when the server asks for none.' }),
  password: z.string().default('').meta({ title: 'Password', format: 'password' }),
  from: z
    .string()
    .trim()
    .regex(ADDRESS, 'This is no e-mail address.')
    .meta({ title: 'From', description: 'The sender that people see.', examples: ['alarms@example.com'] }),
})

type Settings = z.infer<typeof settings>

export const emailChannel: Channel = {
  channel: 'email',
  title: 'E-mail',
  schema: z.toJSONSchema(settings, { io: 'input' }),
  secretFields: ['password'],
  parseSettings: (raw) => parseWith(settings, raw),
  parseAddress(address) {
    const text = address.trim()
    if (!ADDRESS.test(text)) throw new ConfigError('address', `${text} is no e-mail address.`, { remedy: 'Write it as name@example.com.' })
    return text
  },
  open: (raw) => openMail(parseWith(settings, raw)),
}

/** A server that says nothing for this long is not waited for. */
const PATIENCE_MILLIS = 10_000
const DEADLINE_MILLIS = 15_000

function openMail(config: Settings): ChannelSession {
  const transport = createTransport({
    host: config.host,
    port: config.port,
    secure: config.security === 'tls',
    requireTLS: config.security === 'starttls',
    ignoreTLS: config.security === 'none',
    ...(config.user === '' ? {} : { auth: { user: config.user, pass: config.password } }),
    connectionTimeout: PATIENCE_MILLIS,
    greetingTimeout: PATIENCE_MILLIS,
    socketTimeout: PATIENCE_MILLIS,
    dnsTimeout: PATIENCE_MILLIS,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const place = `${config.host}:${config.port}`
  return {
    async check(signal) {
      try {
        await withDeadline(transport.verify(), signal)
      } catch (error) {
        throw asChannelError(error, place)
      }
      return `${place} accepts mail${config.user === '' ? '' : ` from ${config.user}`}.`
    },
    async send(message, signal) {
      const domain = config.from.split('@')[1] ?? 'localhost'
      const messageId = `<${message.key}@${domain}>`
      const thread = message.thread === null ? undefined : `<${message.thread}@${domain}>`
      try {
        const mail = {
          from: config.from,
          to: message.address,
          subject: message.subject,
          text: mailText(message),
          html: mailHtml(message),
          messageId,
          ...(thread === undefined ? {} : { references: thread, inReplyTo: thread }),
          headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All', ...importance(message) },
          // closes the connection: a mail that was given up does not leave afterwards
          signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MILLIS)]),
        }
        const receipt = await transport.sendMail(mail)
        if (receipt.accepted.length === 0) throw refusedRecipient(message.address, '')
      } catch (error) {
        throw asChannelError(error, place, message.address)
      }
      return { providerId: messageId, chat: message.address }
    },
    async [Symbol.asyncDispose]() {
      transport.close()
    },
  }
}

function importance(message: Outgoing): Record<string, string> {
  return message.silent ? {} : { Importance: 'high' }
}

/** `verify` ends by its own time-outs only; this bounds all of them together. */
async function withDeadline<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MILLIS)])
  const { promise, reject } = Promise.withResolvers<never>()
  const stop = (): void => reject(new ChannelError('unreachable', 'The mail server did not finish in time.'))
  limit.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    limit.removeEventListener('abort', stop)
  }
}
