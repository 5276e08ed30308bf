import { createTransport } from 'nodemailer'
import { z } from 'zod'
import { ChannelError, ConfigError, asError } from '#base/errors.ts'
import { systemClock } from '#host/clock.ts'
import type { Channel, ChannelSession, Outgoing, SecretStore } from '../channel.ts'
import { parseWith } from '../parse-with.ts'
import { AccessTokens } from './access-token.ts'
import { askDeviceLogin, beginDeviceLogin, type DeviceLoginSettings } from './device-login.ts'
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
  login: z
    .union([
      z.literal('password').meta({ title: 'User and password' }),
      z.literal('google').meta({ title: 'OAuth2, Google' }),
      z.literal('microsoft').meta({ title: 'OAuth2, Microsoft 365' }),
      z.literal('oauth2').meta({ title: 'OAuth2, another server' }),
    ])
    .default('password')
    .meta({ title: 'Log-in', description: 'Microsoft 365 takes no passwords any more; Google takes app passwords.' }),
  tenant: z
    .string()
    .trim()
    .regex(/^[\w.-]*$/, 'A tenant is a name or an id.')
    .default('')
    .meta({ title: 'Tenant', description: 'Microsoft 365 only: directory (tenant) ID.' }),
  tokenUrl: z
    .string()
    .trim()
    .regex(/^(https?:\/\/[^\s]+)?$/, 'Write it as https://name/path.')
    .default('')
    .meta({ title: 'Token address', description: 'Another OAuth2 server only.' }),
  deviceUrl: z
    .string()
    .trim()
    .regex(/^(https?:\/\/[^\s]+)?$/, 'Write it as https://name/path.')
    .default('')
    .meta({ title: 'Device login address', description: 'Another OAuth2 server only: for signing in with a code (RFC 8628).' }),
  scope: z.string().trim().default('').meta({ title: 'Scope', description: 'Another OAuth2 server only.' }),
  clientId: z.string().trim().default('').meta({ title: 'Client ID', description: 'OAuth2 only.' }),
  clientSecret: z.string().default('').meta({ title: 'Client secret', description: 'OAuth2 only.', format: 'password' }),
  refreshToken: z.string().default('').meta({
    title: 'Refresh token',
    description: 'OAuth2 only. Signing in with a code fills it. Empty: the application itself may send as the user (SMTP.SendAsApp).',
    format: 'password',
  }),
})

type Settings = z.infer<typeof settings>

export const emailChannel: Channel = {
  channel: 'email',
  title: 'E-mail',
  schema: z.toJSONSchema(settings, { io: 'input' }),
  secretFields: ['password', 'clientSecret', 'refreshToken'],
  addressExample: 'ana@example.com',
  parseSettings: (raw) => parseMail(raw),
  parseAddress(address) {
    const text = address.trim()
    if (!ADDRESS.test(text)) {
      const what = /^[+\d\s()-]{7,}$/.test(text) ? `${text} is a telephone number or a chat id.` : `${text} is no e-mail address.`
      throw new ConfigError('address', what, { remedy: 'Write it as name@example.com.' })
    }
    return text
  },
  open: (raw, store) => openMail(parseMail(raw), store),
  deviceLogin: {
    offered: (raw) => deviceOf(parseMail(raw)) !== undefined,
    begin: async (raw) => await beginDeviceLogin(signIn(raw)),
    ask: async (raw, deviceCode) => await askDeviceLogin(signIn(raw), deviceCode),
  },
}

/** Google lets nobody sign in this way for mail: its list of scopes for devices has none. */
function deviceOf(config: Settings): DeviceLoginSettings | undefined {
  const { login, tenant, clientId, clientSecret } = config
  if (login !== 'microsoft' && login !== 'oauth2') return undefined
  const own = login === 'microsoft' ? `${MICROSOFT}/${tenant}/oauth2/v2.0/devicecode` : ''
  const deviceUrl = config.deviceUrl === '' ? own : config.deviceUrl
  if (deviceUrl === '') return undefined
  const scope = login === 'microsoft' ? MICROSOFT_SEND : config.scope
  return { deviceUrl, tokenUrl: tokenUrlOf(config), clientId, clientSecret, scope }
}

function signIn(raw: unknown): DeviceLoginSettings {
  const found = deviceOf(parseMail(raw))
  if (found !== undefined) return found
  throw new ConfigError('login', 'With this log-in nobody signs in by a code.', {
    remedy: 'Choose Microsoft 365, or another server and its device login address, and save.',
  })
}

const MICROSOFT = 'https://login.microsoftonline.com'
const MICROSOFT_SEND = 'https://outlook.office.com/SMTP.Send offline_access'

function tokenUrlOf({ login, tenant, tokenUrl }: Settings): string {
  if (tokenUrl !== '') return tokenUrl
  return login === 'google' ? 'https://oauth2.googleapis.com/token' : `${MICROSOFT}/${tenant}/oauth2/v2.0/token`
}

function parseMail(raw: unknown): Settings {
  const config = parseWith(settings, raw)
  const missing = (field: 'user' | 'clientId' | 'tokenUrl' | 'tenant', what: string): never => {
    throw new ConfigError(field, `${what} is missing.`, { remedy: 'OAuth2 needs it.' })
  }
  if (config.login === 'password') return config
  if (config.user === '') missing('user', 'The mailbox')
  if (config.clientId === '') missing('clientId', 'The client ID')
  if (config.login === 'oauth2' && config.tokenUrl === '') missing('tokenUrl', 'The token address')
  if (config.login === 'microsoft' && config.tenant === '') missing('tenant', 'The tenant')
  if (config.login === 'google' && config.refreshToken === '')
    throw new ConfigError('refreshToken', 'The refresh token is missing.', {
      remedy: 'Google sends for a person only: make one for the mailbox.',
    })
  return config
}

/** Where tokens come from, and what is asked for. */
function tokensOf(config: Settings, store: SecretStore | undefined): AccessTokens {
  const { login, clientId, clientSecret, refreshToken } = config
  const scope =
    login === 'microsoft'
      ? refreshToken === ''
        ? 'https://outlook.office365.com/.default'
        : MICROSOFT_SEND
      : login === 'oauth2'
        ? config.scope
        : ''
  return new AccessTokens({ tokenUrl: tokenUrlOf(config), clientId, clientSecret, refreshToken, scope }, systemClock, {
    keep: async (renewed) => await store?.keep({ refreshToken: renewed }),
    read: async () => {
      const now = (await store?.read())?.['refreshToken']
      return typeof now === 'string' ? now : undefined
    },
  })
}

/** A server that says nothing for this long is not waited for. */
const PATIENCE_MILLIS = 10_000
const DEADLINE_MILLIS = 15_000

function openMail(config: Settings, store?: SecretStore): ChannelSession {
  const tokens = config.login === 'password' ? undefined : tokensOf(config, store)
  const transport = createTransport({
    host: config.host,
    port: config.port,
    secure: config.security === 'tls',
    requireTLS: config.security === 'starttls',
    ignoreTLS: config.security === 'none',
    ...(config.user === ''
      ? {}
      : { auth: tokens === undefined ? { user: config.user, pass: config.password } : { type: 'OAuth2' as const, user: config.user } }),
    connectionTimeout: PATIENCE_MILLIS,
    greetingTimeout: PATIENCE_MILLIS,
    socketTimeout: PATIENCE_MILLIS,
    dnsTimeout: PATIENCE_MILLIS,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  if (tokens !== undefined) {
    transport.set('oauth2_provision_cb', (_user: string, renew: boolean, done: (error: Error | null, token?: string) => void) => {
      void provide(tokens, renew, done)
    })
  }
  const place = `${config.host}:${config.port}`
  return {
    answers: false,
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

/** The mail library asks by callback. */
async function provide(tokens: AccessTokens, renew: boolean, done: (error: Error | null, token?: string) => void): Promise<void> {
  let token: string
  try {
    token = await tokens.get(renew)
  } catch (error) {
    return done(asError(error))
  }
  done(null, token)
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
