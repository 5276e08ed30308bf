import { z } from 'zod'
import { ConfigError } from '#base/errors.ts'
import { formatAddress, parseAddress, type Address } from './core/address.ts'
import { BYTE_ORDERS, DATA_TYPES, ENCODINGS, registersOf, type Layout } from './core/decode.ts'
import type { Span } from './core/plan-blocks.ts'
import { settingError } from '../setting-error.ts'

const BYTE_ORDER_TITLES = {
  ABCD: 'ABCD: as the standard says',
  CDAB: 'CDAB: registers swapped',
  BADC: 'BADC: bytes swapped',
  DCBA: 'DCBA: both swapped',
}

const connection = z.strictObject({
  host: z
    .string({ error: 'The host is missing' })
    .trim()
    .min(1, 'The host is missing')
    .regex(/^[^\s/:]+$|^[0-9a-f:.]+(%\w+)?$/i, 'Only a name or an IP address, without http:// and without the port')
    .meta({ title: 'Host', description: 'Name or IP address of the device or gateway.', examples: ['192.168.1.20', 'plc-01.local'] }),
  port: z.int().min(1).max(65535).default(502).meta({ title: 'Port', description: 'TCP port, 502 on nearly all devices.' }),
  unitId: z.int().min(0).max(255).default(1).meta({
    title: 'Unit id',
    description: 'Number of the device behind a gateway. A device with its own network socket often wants 1 or 255.',
  }),
  byteOrder: z.enum(BYTE_ORDERS).default('ABCD').meta({
    choices: BYTE_ORDER_TITLES,
    title: 'Byte order (32 and 64 bit)',
    description:
      'ABCD is what the standard says; CDAB swaps the registers and is the most common deviation; BADC swaps the bytes; DCBA both.',
  }),
  byteSwap: z.boolean().default(false).meta({
    seldom: true,
    title: 'Swap bytes (16 bit and strings)',
    description: 'The device sends the low byte of each register first.',
  }),
  addressOffset: z
    .union([z.literal(0), z.literal(1)])
    .default(0)
    .meta({
      seldom: true,
      choices: { 0: 'The first register is 0', 1: 'The first register is 1' },
      title: 'Address offset',
      description: 'Whether the manual of the device calls the first register 0 or 1. Concerns HR, IR, C, DI and plain numbers, not 40001.',
    }),
  maxBlock: z.int().min(1).max(125).default(125).meta({
    seldom: true,
    title: 'Registers per request',
    description: 'Lower it for gateways that refuse long requests, for example to 64, 32 or 15.',
  }),
  maxGap: z.int().min(0).max(124).default(16).meta({
    seldom: true,
    title: 'Gap to read along',
    description: 'Registers between two tags that are read along to save a request. 0 reads only what is asked.',
  }),
  pipeline: z.int().min(1).max(8).default(1).meta({
    seldom: true,
    title: 'Requests in flight',
    description: 'More than 1 only for devices known to answer several requests at once. S7-1200 and serial gateways need 1.',
  }),
  heartbeatSeconds: z.number().min(0).max(3600).default(0).meta({
    seldom: true,
    title: 'Heartbeat (s)',
    description: 'Reads one register when nothing was sent for so long, for devices that drop idle connections. 0 switches it off.',
  }),
  heartbeatAddress: z
    .string()
    .trim()
    .min(1)
    // as manuals count: it is the first register whatever the address offset
    .default('40001')
    .meta({
      seldom: true,
      title: 'Heartbeat address',
      description: 'Any register that the device answers.',
      examples: ['40001', '30001', 'HR100'],
    }),
  ignoreTransactionId: z.boolean().default(false).meta({
    seldom: true,
    title: 'Ignore transaction id',
    description: 'For gateways that answer with a wrong transaction id. Late answers can then be mistaken: leave it off where possible.',
  }),
  connectTimeoutMillis: z.int().min(100).max(60_000).default(5000).meta({
    seldom: true,
    title: 'Connect time-out (ms)',
    description: 'How long to wait for the device to accept the connection.',
  }),
})

const tagSettings = z.strictObject({
  dataType: z
    .enum(DATA_TYPES)
    .optional()
    .meta({
      choices: {
        int16: '16 bits with sign (int16)',
        uint16: '16 bits (uint16)',
        int32: '32 bits with sign (int32)',
        uint32: '32 bits (uint32)',
        int64: '64 bits with sign (int64)',
        uint64: '64 bits (uint64)',
        float: 'Floating point, 32 bits (float)',
        double: 'Floating point, 64 bits (double)',
        bcd16: 'BCD, 4 digits (bcd16)',
        bcd32: 'BCD, 8 digits (bcd32)',
        bool: 'On or off (bool)',
        string: 'Text (string)',
      },
      title: 'Data type',
      description: 'How the registers are read. Default: bool for coils, discrete inputs and bits, otherwise uint16.',
      examples: ['float', 'int16', 'uint32'],
    }),
  byteOrder: z
    .enum(BYTE_ORDERS)
    .optional()
    .meta({ choices: BYTE_ORDER_TITLES, title: 'Byte order (32 and 64 bit)', description: 'Only where it differs from the device.' }),
  byteSwap: z
    .boolean()
    .optional()
    .meta({ seldom: true, title: 'Swap bytes (16 bit and strings)', description: 'Only where it differs from the device.' }),
  length: z
    .int()
    .min(1)
    .max(250)
    .optional()
    .meta({ seldom: true, title: 'Length (bytes)', description: 'Of a string; two bytes to the register.' }),
  encoding: z
    .enum(ENCODINGS)
    .default('utf-8')
    .meta({
      seldom: true,
      choices: {
        'utf-8': 'UTF-8',
        latin1: 'Latin 1 (Western Europe)',
        'utf-16be': 'UTF-16, high byte first',
        'utf-16le': 'UTF-16, low byte first',
      },
      title: 'Encoding',
      description: 'Of a string.',
    }),
  bitOrder: z
    .enum(['lsb', 'msb'])
    .default('lsb')
    .meta({
      seldom: true,
      choices: { lsb: 'Bit 0 is the least significant', msb: 'Bit 0 is the most significant' },
      title: 'Bit order',
      description: 'Whether bit 0 of an address like 40001.0 is the least (lsb) or the most significant (msb).',
    }),
  functionCode: z
    .union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)])
    .optional()
    .meta({
      seldom: true,
      choices: { 1: '1: coils', 2: '2: discrete inputs', 3: '3: holding registers', 4: '4: input registers' },
      title: 'Function code',
      description: 'Overrides the one that follows from the address: 1 coils, 2 discrete inputs, 3 holding registers, 4 input registers.',
    }),
})

export type ModbusConfig = Readonly<z.output<typeof connection>> & { readonly heartbeat: Address }

/** A tag as the wire knows it. */
export interface ModbusPoint extends Span {
  readonly address: Address
  readonly layout: Layout
}

export const connectionSchema: Readonly<Record<string, unknown>> = z.toJSONSchema(connection, { io: 'input' })
export const tagSchema: Readonly<Record<string, unknown>> = z.toJSONSchema(tagSettings, { io: 'input' })

/** @throws ConfigError naming the setting */
export function parseConfig(raw: unknown): ModbusConfig {
  const parsed = connection.safeParse(raw)
  if (!parsed.success) throw settingError(parsed.error, 'Modbus', Object.keys(connection.shape))
  const config = parsed.data
  try {
    return { ...config, heartbeat: parseHeartbeat(config.heartbeatAddress, config.addressOffset) }
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause
    throw new ConfigError('heartbeatAddress', cause.message, { cause, ...(cause.remedy === undefined ? {} : { remedy: cause.remedy }) })
  }
}

/** HR0 is the first register also where the manual begins with HR1: it was the default once, and nothing lies before the first. */
function parseHeartbeat(text: string, addressOffset: 0 | 1): Address {
  const fromZero = parseAddress(text, { addressOffset: 0 })
  return fromZero.start === 0 ? fromZero : parseAddress(text, { addressOffset })
}

/**
 * Reads a tag's address and settings together with what they inherit from the device.
 * @throws ConfigError naming `address` or the setting
 */
export function parsePoint(tag: { readonly address: string; readonly settings: unknown }, config: ModbusConfig): ModbusPoint {
  const parsed = tagSettings.safeParse(tag.settings ?? {})
  if (!parsed.success) throw settingError(parsed.error, 'Modbus', Object.keys(tagSettings.shape))
  const settings = parsed.data
  const address = parseAddress(tag.address, { addressOffset: config.addressOffset, functionCode: settings.functionCode })
  const isBit = address.functionCode < 3 || address.bit !== null
  const dataType = settings.dataType ?? (isBit ? 'bool' : 'uint16')
  if (isBit && dataType !== 'bool') {
    throw new ConfigError('dataType', `${tag.address.trim()} is a single bit and cannot be read as ${dataType}`, {
      remedy: address.bit === null ? 'Choose bool, or a register (HR or IR).' : 'Choose bool, or leave out the bit after the point.',
    })
  }
  if (dataType === 'string' && settings.length === undefined) {
    throw new ConfigError('length', 'A string needs its length', { remedy: 'Give the number of bytes: twice the number of registers.' })
  }
  const bit = address.bit !== null && settings.bitOrder === 'msb' ? 15 - address.bit : address.bit
  const layout: Layout = {
    dataType,
    byteOrder: settings.byteOrder ?? config.byteOrder,
    byteSwap: settings.byteSwap ?? config.byteSwap,
    length: settings.length ?? 0,
    encoding: settings.encoding,
    bit,
  }
  const count = address.functionCode < 3 ? 1 : registersOf(layout)
  checkExtent(address, count, dataType, config)
  return { functionCode: address.functionCode, start: address.start, count, address, layout }
}

function checkExtent(address: Address, count: number, dataType: string, config: ModbusConfig): void {
  const name = formatAddress(address, config.addressOffset)
  if (address.start + count > 0x10000) {
    throw new ConfigError('address', `A ${dataType} at ${name} needs ${count} registers and would end beyond the last one`, {
      remedy: 'Choose a lower address or a shorter data type.',
    })
  }
  if (address.functionCode >= 3 && count > config.maxBlock) {
    throw new ConfigError(
      dataType === 'string' ? 'length' : 'dataType',
      `A ${dataType} at ${name} needs ${count} registers in one request, but this device allows ${config.maxBlock}`,
      { remedy: 'Raise "Registers per request" of the device, or choose a shorter data type: one value is never read in two halves.' },
    )
  }
}
