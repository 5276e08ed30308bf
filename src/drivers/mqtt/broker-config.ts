import { z } from 'zod'
import { ConfigError } from '#base/errors.ts'
import { Secret } from '#host/secrets.ts'
import type { SharedConnection } from '../driver.ts'
import { readPem } from './core/pem.ts'
import { settingError } from '../setting-error.ts'

const pem = (what: string): z.ZodDefault<z.ZodString> =>
  z
    .string()
    .refine((text) => text.trim() === '' || readPem(text) !== undefined, {
      error: `${what} must be PEM text: from -----BEGIN … to -----END …, both included`,
    })
    .default('')

const broker = z.strictObject({
  bundled: z.boolean().default(false).meta({
    destination: true,
    title: 'Bundled broker',
    description: 'SyncTide runs this broker itself. Off: one that is there already, named by its host.',
  }),
  host: z
    .string()
    .trim()
    .regex(/^$|^[^\s/:]+$|^[0-9a-f:.]+(%\w+)?$/i, 'Only a name or an IP address, without mqtt:// and without the port')
    .default('')
    .meta({
      destination: true,
      when: { bundled: false },
      title: 'Host',
      description: 'Name or IP address of the broker.',
      examples: ['192.168.1.5', 'broker.plant.local'],
    }),
  port: z.int().min(1).max(65535).default(1883).meta({ destination: true, title: 'Port', description: '1883 is usual, 8883 with TLS.' }),
  username: z.string().default('').meta({ title: 'User name', description: 'Empty when the broker asks for none.' }),
  password: z.string().default('').meta({ writeOnly: true, title: 'Password', description: 'Kept sealed; never shown again.' }),
  tls: z
    .boolean()
    .default(false)
    .meta({ when: { bundled: false }, title: 'TLS', description: 'Encrypts the connection. Without it the password travels in clear.' }),
  openToNetwork: z
    .boolean()
    .default(false)
    .meta({
      when: { bundled: true },
      title: 'Open to the network',
      description: 'Bundled broker: other machines may connect, with this user name and password. Off: only programs on this machine.',
    }),
  ca: pem('The CA certificate').meta({
    when: { bundled: false, tls: true },
    multiline: true,
    title: 'CA certificate (PEM)',
    description: "Of the authority that signed the broker's certificate, or that certificate itself. Empty: those that the system trusts.",
  }),
  verify: z
    .boolean()
    .default(true)
    .meta({
      when: { bundled: false, tls: true },
      seldom: true,
      title: "Check the broker's certificate",
      description: 'Off, anybody on the way can pretend to be the broker and read the password. Better give the CA certificate.',
    }),
  serverName: z
    .string()
    .trim()
    .default('')
    .meta({
      when: { bundled: false, tls: true },
      seldom: true,
      title: 'Name in the certificate',
      description: 'When it differs from the host, for example because the host is an IP address (SNI).',
    }),
  clientCertificate: pem('The client certificate').meta({
    when: { bundled: false, tls: true },
    seldom: true,
    multiline: true,
    title: 'Client certificate (PEM)',
    description: 'For brokers that know their clients by certificate.',
  }),
  clientKey: pem('The client key').meta({
    when: { bundled: false, tls: true },
    seldom: true,
    multiline: true,
    writeOnly: true,
    title: 'Client key (PEM)',
    description: 'Of the client certificate, without a passphrase.',
  }),
  clientId: z.string().trim().max(65_535).default('').meta({
    seldom: true,
    title: 'Client id',
    description: 'Must be unique on the broker. Empty: one that this installation keeps for ever. The Sparkplug connection adds "-host".',
  }),
  version: z
    .enum(['3.1.1', '5'])
    .default('3.1.1')
    .meta({
      when: { bundled: false },
      seldom: true,
      choices: { '3.1.1': 'MQTT 3.1.1', 5: 'MQTT 5' },
      title: 'MQTT version',
      description: '3.1.1 is understood by every broker; 5 tells more about what went wrong.',
    }),
  keepaliveSeconds: z.int().min(2).max(3600).default(10).meta({
    seldom: true,
    title: 'Keep alive (s)',
    description: 'A broker that hangs is noticed after one and a half times this.',
  }),
  session: z
    .enum(['persistent', 'clean'])
    .default('persistent')
    .meta({
      seldom: true,
      choices: { persistent: 'Persistent', clean: 'Clean' },
      title: 'Session',
      description:
        'Persistent: the broker keeps messages of QoS 1 while SyncTide is away. Sparkplug always uses a clean one, as its standard demands.',
    }),
  sparkplugHostId: z
    .string()
    .trim()
    .regex(/^[^/+#]*$/, 'No /, + or #')
    .default('SyncTide')
    .meta({
      seldom: true,
      title: 'Sparkplug host id',
      description:
        'Under which edge nodes see whether SyncTide is there (STATE). Empty: another program is the host; SyncTide only listens.',
    }),
  sparkplugState: z
    .enum(['3.0', '2.2'])
    .default('3.0')
    .meta({
      seldom: true,
      choices: { '3.0': 'Sparkplug 3.0 (JSON)', '2.2': 'Sparkplug 2.2 (ONLINE, OFFLINE)' },
      title: 'Sparkplug STATE',
      description: 'How that is said: as JSON (3.0), or as ONLINE and OFFLINE for edge nodes of version 2.2.',
    }),
  reorderMillis: z.int().min(100).max(60_000).default(3000).meta({
    seldom: true,
    title: 'Sparkplug reorder time-out (ms)',
    description: 'How long to wait for a message that others have overtaken before the edge node is asked for a rebirth.',
  }),
})

type Parsed = z.output<typeof broker>

/** A broker as its settings describe it; secrets print as ***. */
export type BrokerConfig = Readonly<Omit<Parsed, 'password' | 'clientKey'>> & { readonly password: Secret; readonly clientKey: Secret }

export const brokerShared: SharedConnection<BrokerConfig> = {
  title: 'MQTT broker',
  field: 'broker',
  schema: z.toJSONSchema(broker, { io: 'input' }),
  parse: parseBroker,
}

const LOOPBACK = '127.0.0.1'

/** @throws ConfigError naming the field */
export function parseBroker(raw: unknown): BrokerConfig {
  const parsed = broker.safeParse(raw)
  if (!parsed.success) throw settingError(parsed.error, 'MQTT', Object.keys(broker.shape))
  const { password, ...settings } = parsed.data
  const ca = readPem(settings.ca) ?? ''
  const clientCertificate = readPem(settings.clientCertificate) ?? ''
  const clientKey = readPem(settings.clientKey) ?? ''
  if ((clientCertificate === '') !== (clientKey === '')) {
    throw new ConfigError(clientKey === '' ? 'clientKey' : 'clientCertificate', 'A client certificate and its key belong together', {
      remedy: 'Give both, or neither.',
    })
  }
  if (settings.bundled) refuseUnfit(settings, password)
  else if (settings.host === '')
    throw new ConfigError('host', 'The host is missing', { remedy: 'Give the name or IP address of the broker.' })
  const host = settings.bundled ? LOOPBACK : settings.host
  return { ...settings, host, ca, clientCertificate, clientKey: new Secret(clientKey), password: new Secret(password) }
}

/** @throws ConfigError for what the bundled broker cannot be or should not be */
function refuseUnfit(settings: Pick<Parsed, 'host' | 'tls' | 'openToNetwork' | 'username' | 'version'>, password: string): void {
  if (settings.host !== '' && settings.host !== LOOPBACK && settings.host !== 'localhost') {
    throw new ConfigError('host', 'The bundled broker runs on this machine', {
      remedy: 'Leave the host empty, or switch "Bundled broker" off.',
    })
  }
  if (settings.version === '5') {
    throw new ConfigError('version', 'The bundled broker speaks MQTT 3.1.1', {
      remedy: 'Choose 3.1.1, or a broker of your own that speaks 5.',
    })
  }
  if (settings.tls)
    throw new ConfigError('tls', 'The bundled broker has no TLS', { remedy: 'Use Mosquitto as a broker of its own where TLS is needed.' })
  if (settings.openToNetwork && (settings.username === '' || password.length < 8)) {
    throw new ConfigError(
      settings.username === '' ? 'username' : 'password',
      'A broker that is open to the network needs a user name and a password of 8 characters or more',
      {
        remedy: 'Give both, and enter them in the devices that publish.',
      },
    )
  }
}
