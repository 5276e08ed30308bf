import { z } from 'zod'
import { ConfigError } from '#base/errors.ts'
import { Zone } from '#calc/zone.ts'
import { parseAddress, type Address } from './core/address.ts'
import type { FieldSizes } from './core/asdu.ts'
import { SummerTimeBit } from './core/device-time.ts'
import { settingError } from '../setting-error.ts'

const seconds = (title: string, fallback: number, description: string): z.ZodDefault<z.ZodNumber> =>
  z.number().min(1).max(255).default(fallback).meta({ seldom: true, title, description })

const OCTETS = { 1: '1 octet', 2: '2 octets' }
const OCTETS_OF_OBJECT = { ...OCTETS, 3: '3 octets' }

const connection = z.strictObject({
  host: z
    .string({ error: 'The host is missing' })
    .trim()
    .min(1, 'The host is missing')
    .regex(/^[^\s/:]+$|^[0-9a-f:.]+(%\w+)?$/i, 'Only a name or an IP address, without http:// and without the port')
    .meta({
      title: 'Host',
      description: 'Name or IP address of the RTU or substation gateway.',
      examples: ['192.168.1.30', 'rtu-01.local'],
    }),
  port: z.int().min(1).max(65535).default(2404).meta({ title: 'Port', description: 'TCP port, 2404 on nearly all stations.' }),
  commonAddress: z.int().min(1).max(65535).default(1).meta({
    title: 'Common address',
    description: 'Number of the station (ASDU address), for tags whose address does not name another one. Set in the station.',
  }),
  timeZone: z
    .string()
    .trim()
    .default('UTC')
    .meta({
      title: 'Time zone of the station',
      description: 'UTC, or the zone whose local time the clock of the station shows. Etc/GMT-1 is local standard time all year (UTC+1).',
      examples: ['UTC', 'Europe/Lisbon', 'America/Sao_Paulo'],
    }),
  summerTimeBit: z
    .enum([SummerTimeBit.Honour, SummerTimeBit.Ignore])
    .default(SummerTimeBit.Honour)
    .meta({
      seldom: true,
      choices: { honour: 'Honour it', ignore: 'Ignore it' },
      title: 'Summer-time bit (SU)',
      description:
        'Whether it tells the two hours apart when clocks are put back. Ignore it if the station sets it wrongly; then the order of the events decides.',
    }),
  interrogationMinutes: z.number().min(0).max(1440).default(15).meta({
    title: 'General interrogation every (min)',
    description: 'How often all values are asked for besides the start of the link. 0 asks only then.',
  }),
  counterInterrogation: z.boolean().default(true).meta({
    seldom: true,
    title: 'Counter interrogation',
    description: 'Asks for the counters (integrated totals) after the general interrogation.',
  }),
  counterMinutes: z.number().min(0).max(1440).default(15).meta({
    seldom: true,
    title: 'Counter interrogation every (min)',
    description: 'How often the counters are asked for. 0 asks only when the link starts.',
  }),
  clockSyncMinutes: z.number().min(0).max(1440).default(0).meta({
    seldom: true,
    title: 'Set the clock of the station every (min)',
    description: 'Sends our time, in the time zone above. 0 never does. Leave it off where the station has a time server or a GPS clock.',
  }),
  originatorAddress: z.int().min(0).max(255).default(0).meta({
    seldom: true,
    title: 'Originator address',
    description: 'How we call ourselves in what we ask. 0 unless the station wants a certain one.',
  }),
  causeSize: z.literal([1, 2]).default(2).meta({
    seldom: true,
    choices: OCTETS,
    title: 'Octets of the cause of transmission',
    description: 'Must be as in the station: 2 by the standard.',
  }),
  commonAddressSize: z.literal([1, 2]).default(2).meta({
    seldom: true,
    choices: OCTETS,
    title: 'Octets of the common address',
    description: 'Must be as in the station: 2 by the standard.',
  }),
  objectAddressSize: z.literal([1, 2, 3]).default(3).meta({
    seldom: true,
    choices: OCTETS_OF_OBJECT,
    title: 'Octets of the object address',
    description: 'Must be as in the station: 3 by the standard.',
  }),
  k: z.int().min(1).max(32767).default(12).meta({
    seldom: true,
    title: 'k',
    description: 'Telegrams of ours that may wait for the acknowledgement of the station.',
  }),
  w: z.int().min(1).max(32767).default(8).meta({
    seldom: true,
    title: 'w',
    description: 'Telegrams after which we acknowledge. Not more than two thirds of the k that is set in the station.',
  }),
  t0: seconds('t0 (s)', 30, 'How long to wait for the station to accept the connection.'),
  t1: seconds('t1 (s)', 15, 'How long to wait for the confirmation of what we sent. Then the connection is opened anew.'),
  t2: seconds('t2 (s)', 10, 'We acknowledge at the latest after this. Less than t1.'),
  t3: seconds(
    't3 (s)',
    20,
    'A test frame is sent when the line was quiet for so long. Sent sooner where the communication time-out of the device is short.',
  ),
})

const tagSettings = z.strictObject({})

export type Iec104Config = Readonly<z.output<typeof connection>> & { readonly zone: Zone; readonly sizes: FieldSizes }

export const connectionSchema: Readonly<Record<string, unknown>> = z.toJSONSchema(connection, { io: 'input' })
export const tagSchema: Readonly<Record<string, unknown>> = z.toJSONSchema(tagSettings, { io: 'input' })

/** @throws ConfigError naming the setting */
export function parseConfig(raw: unknown): Iec104Config {
  const parsed = connection.safeParse(raw)
  if (!parsed.success) throw settingError(parsed.error, 'IEC 60870-5-104', Object.keys(connection.shape))
  const config = parsed.data
  if (config.t2 >= config.t1) {
    throw new ConfigError('t2', `t2 is ${config.t2} s, but must be less than t1 (${config.t1} s)`, {
      remedy: 'The standard says 10 s and 15 s.',
    })
  }
  const sizes: FieldSizes = { cause: config.causeSize, commonAddress: config.commonAddressSize, objectAddress: config.objectAddressSize }
  checkRange('commonAddress', config.commonAddress, sizes)
  return { ...config, zone: new Zone(config.timeZone), sizes }
}

/** @throws ConfigError naming `address` or the setting */
export function parsePoint(tag: { readonly address: string; readonly settings: unknown }, config: Iec104Config): Address {
  const parsed = tagSettings.safeParse(tag.settings ?? {})
  if (!parsed.success) throw settingError(parsed.error, 'IEC 60870-5-104', 'The address tells everything: leave the settings empty.')
  const address = parseAddress(tag.address, config.commonAddress)
  checkRange('address', address.commonAddress, config.sizes)
  const octets = config.sizes.objectAddress
  if (address.objectAddress >= 2 ** (8 * octets)) {
    throw new ConfigError('address', `The object address ${address.objectAddress} does not fit into ${octets} octets`, {
      remedy: `The largest is ${2 ** (8 * octets) - 1}. Or raise "Octets of the object address" of the device.`,
    })
  }
  return address
}

function checkRange(field: string, commonAddress: number, sizes: FieldSizes): void {
  if (commonAddress >= 1 && commonAddress < 2 ** (8 * sizes.commonAddress)) return
  throw new ConfigError(field, `The common address ${commonAddress} does not fit into ${sizes.commonAddress} octets`, {
    remedy: sizes.commonAddress === 1 ? 'With one octet it goes from 1 to 255.' : 'It goes from 1 to 65535.',
  })
}
