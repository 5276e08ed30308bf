import { z } from 'zod'
import { ConfigError } from '#base/errors.ts'
import { parseNodeAddress, type NodeAddress } from './core/node-id.ts'
import { settingError } from '../setting-error.ts'

export const SECURITY_POLICIES = ['Basic256Sha256', 'Aes128_Sha256_RsaOaep', 'Aes256_Sha256_RsaPss', 'None'] as const
export const SECURITY_MODES = ['SignAndEncrypt', 'Sign'] as const

const connection = z.strictObject({
  endpointUrl: z
    .string({ error: 'The endpoint URL is missing' })
    .trim()
    .regex(/^opc\.tcp:\/\/(\[[0-9a-f:.]+\]|[^\s/:[\]]+)(:\d{1,5})?(\/\S*)?$/i, 'Write it like opc.tcp://192.168.1.20:4840')
    .meta({
      destination: true,
      title: 'Endpoint URL',
      description: 'Address of the OPC UA server, beginning with opc.tcp://; the port is 4840 on most devices.',
      examples: ['opc.tcp://192.168.1.20:4840', 'opc.tcp://scada-01:49320'],
    }),
  securityPolicy: z
    .enum(SECURITY_POLICIES)
    .default('Basic256Sha256')
    .meta({
      choices: { None: 'None (plain text)' },
      title: 'Security policy',
      description: 'How messages are protected. None sends everything in plain text: choose it only where the device offers nothing else.',
    }),
  securityMode: z
    .enum(SECURITY_MODES)
    .default('SignAndEncrypt')
    .meta({
      when: { securityPolicy: SECURITY_POLICIES.filter((policy) => policy !== 'None') },
      choices: { SignAndEncrypt: 'Sign and encrypt', Sign: 'Sign only' },
      title: 'Security mode',
      description: 'Sign protects against changes, SignAndEncrypt also against reading along. Without meaning for the policy None.',
    }),
  identity: z
    .enum(['anonymous', 'userName', 'certificate'])
    .default('anonymous')
    .meta({
      choices: { anonymous: 'Nobody in particular', userName: 'A user with a password', certificate: 'A user with a certificate' },
      title: 'Log in as',
      description: 'Who the server sees: nobody in particular, a user with a password, or a user with a certificate.',
    }),
  userName: z
    .string()
    .trim()
    .default('')
    .meta({ when: { identity: 'userName' }, title: 'User name', description: 'Of the user on the OPC UA server.' }),
  password: z
    .string()
    .default('')
    .meta({ when: { identity: 'userName' }, title: 'Password', description: 'Of the user on the OPC UA server.', writeOnly: true }),
  userCertificate: z
    .string()
    .trim()
    .default('')
    .meta({
      when: { identity: 'certificate' },
      title: 'User certificate (PEM)',
      description: 'Of the user, for log-in by certificate; begins with -----BEGIN CERTIFICATE-----.',
    }),
  userPrivateKey: z
    .string()
    .trim()
    .default('')
    .meta({
      when: { identity: 'certificate' },
      title: 'Private key of the user (PEM)',
      description: 'Belongs to the user certificate; begins with -----BEGIN PRIVATE KEY-----.',
      writeOnly: true,
    }),
  mode: z
    .enum(['subscription', 'poll'])
    .default('subscription')
    .meta({
      choices: { subscription: 'By subscription', poll: 'By polling' },
      title: 'How values are fetched',
      description: 'By subscription the server sends changes by itself; poll reads every tag at the poll interval of the device.',
    }),
  publishingInterval: z
    .int()
    .min(50)
    .max(3000)
    .default(500)
    .meta({
      when: { mode: 'subscription' },
      title: 'Publishing interval (ms)',
      description: 'How often the server sends what has changed. The server may choose a longer one.',
    }),
  samplingInterval: z
    .int()
    .min(0)
    .max(3_600_000)
    .default(500)
    .meta({
      when: { mode: 'subscription' },
      title: 'Sampling interval (ms)',
      description: 'How often the server looks at a value. 0 means as fast as the server can.',
    }),
  queueSize: z
    .int()
    .min(1)
    .max(10_000)
    .default(100)
    .meta({
      when: { mode: 'subscription' },
      seldom: true,
      title: 'Queue per tag',
      description: 'Changes that the server keeps while the network is away. 100 at 500 ms bridge 50 s without loss.',
    }),
  bridgeSeconds: z
    .int()
    .min(10)
    .max(3600)
    .default(600)
    .meta({
      when: { mode: 'subscription' },
      seldom: true,
      title: 'Outage to bridge (s)',
      description: 'How long the server keeps the subscription while nobody is connected.',
    }),
  sessionTimeoutSeconds: z.int().min(10).max(300).default(120).meta({
    seldom: true,
    title: 'Session time-out (s)',
    description:
      'How long the server keeps our session without us. Many servers forget the subscription with it: an outage or restart that is shorter loses nothing.',
  }),
  nodesPerRequest: z.int().min(1).max(10_000).default(1000).meta({
    seldom: true,
    title: 'Nodes per request',
    description: 'Upper limit, whatever the server says of itself. Lower it for devices that refuse long requests.',
  }),
  connectTimeoutMillis: z.int().min(500).max(60_000).default(5000).meta({
    seldom: true,
    title: 'Connect time-out (ms)',
    description: 'How long to wait for the device to accept the connection.',
  }),
})

const tagSettings = z.strictObject({
  samplingInterval: z
    .int()
    .min(0)
    .max(3_600_000)
    .optional()
    .meta({ title: 'Sampling interval (ms)', description: 'Only where it differs from the device.' }),
  queueSize: z.int().min(1).max(10_000).optional().meta({ title: 'Queue per tag', description: 'Only where it differs from the device.' }),
})

export type OpcUaConfig = Readonly<z.output<typeof connection>>

/** A tag as the server knows it. */
export interface OpcUaPoint {
  readonly node: NodeAddress
  readonly samplingInterval: number
  readonly queueSize: number
}

export const connectionSchema: Readonly<Record<string, unknown>> = z.toJSONSchema(connection, { io: 'input' })
export const tagSchema: Readonly<Record<string, unknown>> = z.toJSONSchema(tagSettings, { io: 'input' })

/** @throws ConfigError naming the setting */
export function parseConfig(raw: unknown): OpcUaConfig {
  const parsed = connection.safeParse(raw)
  if (!parsed.success) throw settingError(parsed.error, 'OPC UA', Object.keys(connection.shape))
  const config = parsed.data
  const { port } = endpointOf(config.endpointUrl)
  if (port < 1 || port > 65_535) {
    throw new ConfigError('endpointUrl', `endpointUrl: there is no port ${port}`, {
      remedy: 'Ports go from 1 to 65535; most devices use 4840.',
    })
  }
  if (config.identity === 'userName' && config.userName === '') {
    throw new ConfigError('userName', 'userName: the user name is missing', { remedy: 'Give it, or log in as anonymous.' })
  }
  if (config.identity === 'certificate') checkUserCertificate(config)
  return config
}

/**
 * Reads a tag's address and settings together with what they inherit from the device.
 * @throws ConfigError naming `address` or the setting
 */
export function parsePoint(tag: { readonly address: string; readonly settings: unknown }, config: OpcUaConfig): OpcUaPoint {
  const parsed = tagSettings.safeParse(tag.settings ?? {})
  if (!parsed.success) throw settingError(parsed.error, 'OPC UA', Object.keys(tagSettings.shape))
  const { samplingInterval, queueSize } = parsed.data
  return {
    node: parseNodeAddress(tag.address),
    samplingInterval: samplingInterval ?? config.samplingInterval,
    queueSize: queueSize ?? config.queueSize,
  }
}

/** Whether a subscription may outlive its session: servers refuse to hand it to an anonymous client in plain text (Part 4, 5.14.7). */
export function canBeTransferred({ securityPolicy, identity }: OpcUaConfig): boolean {
  return securityPolicy !== 'None' || identity !== 'anonymous'
}

/** Host and port of an endpoint URL; the host of an IPv6 address without its brackets. */
export function endpointOf(endpointUrl: string): { readonly host: string; readonly port: number } {
  const match = /^opc\.tcp:\/\/(?:\[([^\]]+)\]|([^/:]+))(?::(\d+))?/i.exec(endpointUrl)
  return { host: match?.[1] ?? match?.[2] ?? '', port: match?.[3] === undefined ? 4840 : Number(match[3]) }
}

function checkUserCertificate({ userCertificate, userPrivateKey }: OpcUaConfig): void {
  if (!userCertificate.startsWith('-----BEGIN CERTIFICATE-----')) {
    throw new ConfigError('userCertificate', 'userCertificate: the certificate of the user is missing or not in PEM form', {
      remedy: 'Paste the whole text, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.',
    })
  }
  if (!/^-----BEGIN (RSA |EC )?PRIVATE KEY-----/.test(userPrivateKey)) {
    throw new ConfigError('userPrivateKey', 'userPrivateKey: the private key of the user is missing, encrypted or not in PEM form', {
      remedy: 'Paste the whole text, from -----BEGIN PRIVATE KEY----- on; a key with a passphrase must be decrypted first.',
    })
  }
}
