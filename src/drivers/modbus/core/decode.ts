import { BugError } from '#base/errors.ts'
import type { Value } from '#domain/sample.ts'

/** bcd16 and bcd32 hold four and eight decimal digits, one to the nibble. */
export const DATA_TYPES = [
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'float',
  'double',
  'bcd16',
  'bcd32',
  'bool',
  'string',
] as const
export type DataType = (typeof DATA_TYPES)[number]

/**
 * Where the bytes of a 32-bit value ABCD stand in two registers: CDAB swaps the registers, BADC the bytes in each, DCBA both.
 * A 64-bit value follows the same pattern over four registers.
 */
export const BYTE_ORDERS = ['ABCD', 'CDAB', 'BADC', 'DCBA'] as const
export type ByteOrder = (typeof BYTE_ORDERS)[number]

export const ENCODINGS = ['utf-8', 'latin1', 'utf-16be', 'utf-16le'] as const
export type Encoding = (typeof ENCODINGS)[number]

/** How a value lies in its registers. */
export interface Layout {
  readonly dataType: DataType
  /** For 32 and 64 bits. */
  readonly byteOrder: ByteOrder
  /** Swaps the two bytes of each register; for 16 bits, bits and strings. */
  readonly byteSwap: boolean
  /** Bytes of a string; ignored otherwise. */
  readonly length: number
  readonly encoding: Encoding
  /** Bit of the register, 0 the least significant; null for the whole. */
  readonly bit: number | null
}

const BYTES: Readonly<Record<Exclude<DataType, 'string'>, number>> = {
  bool: 2,
  int16: 2,
  uint16: 2,
  bcd16: 2,
  bcd32: 4,
  int32: 4,
  uint32: 4,
  float: 4,
  int64: 8,
  uint64: 8,
  double: 8,
}

/** @returns how many registers the value occupies, 1 or more. */
export function registersOf(layout: Pick<Layout, 'dataType' | 'length'>): number {
  return layout.dataType === 'string' ? Math.max(1, Math.ceil(layout.length / 2)) : BYTES[layout.dataType] / 2
}

const scratch = new DataView(new ArrayBuffer(8))
const decoders = new Map<Encoding, TextDecoder>()

/**
 * Reads one value from registers as they came over the wire.
 * @param at index of the value's first byte in `bytes`
 * @returns a bigint only where a number would lose digits; NaN for BCD with a digit above 9; null where the bytes are not there
 */
export function decodeRegisters(bytes: Uint8Array, at: number, layout: Layout): Value {
  if (at < 0 || at + registersOf(layout) * 2 > bytes.length) return null
  if (layout.dataType === 'string') return decodeText(bytes.subarray(at, at + registersOf(layout) * 2), layout)
  const size = BYTES[layout.dataType]
  for (let i = 0; i < size; i++) scratch.setUint8(i, bytes[at + place(i, size, layout)] ?? 0)
  switch (layout.dataType) {
    case 'bool':
      return layout.bit === null ? scratch.getUint16(0) !== 0 : ((scratch.getUint16(0) >> layout.bit) & 1) === 1
    case 'int16':
      return scratch.getInt16(0)
    case 'uint16':
      return scratch.getUint16(0)
    case 'int32':
      return scratch.getInt32(0)
    case 'uint32':
      return scratch.getUint32(0)
    case 'bcd16':
      return fromBcd(scratch.getUint16(0))
    case 'bcd32':
      return fromBcd(scratch.getUint32(0))
    case 'float':
      return scratch.getFloat32(0)
    case 'double':
      return scratch.getFloat64(0)
    case 'int64':
      return narrow(scratch.getBigInt64(0))
    case 'uint64':
      return narrow(scratch.getBigUint64(0))
  }
}

/** @returns bit `index` of a reply to function code 1 or 2; null where the bytes are not there. */
export function decodeBit(bytes: Uint8Array, index: number): boolean | null {
  const byte = bytes[index >> 3]
  return byte === undefined ? null : ((byte >> (index & 7)) & 1) === 1
}

/**
 * The reverse of {@link decodeRegisters}, for servers and tests. A bit becomes a register with that bit alone.
 * @throws BugError for a value that is not of the layout's type
 */
export function encodeRegisters(value: Value, layout: Layout): Uint8Array {
  if (layout.dataType === 'string') return encodeText(String(value), layout)
  const size = BYTES[layout.dataType]
  putValue(value, layout)
  const bytes = new Uint8Array(size)
  for (let i = 0; i < size; i++) bytes[place(i, size, layout)] = scratch.getUint8(i)
  return bytes
}

function putValue(value: Value, layout: Layout): void {
  if (layout.dataType === 'bool') return scratch.setUint16(0, value === true ? 1 << (layout.bit ?? 0) : 0)
  if (typeof value !== 'number' && typeof value !== 'bigint') throw new BugError(`${String(value)} is no ${layout.dataType}`)
  switch (layout.dataType) {
    case 'int16':
    case 'uint16':
      return scratch.setUint16(0, Number(value))
    case 'int32':
    case 'uint32':
      return scratch.setUint32(0, Number(value))
    case 'bcd16':
      return scratch.setUint16(0, toBcd(Number(value)))
    case 'bcd32':
      return scratch.setUint32(0, toBcd(Number(value)))
    case 'float':
      return scratch.setFloat32(0, Number(value))
    case 'double':
      return scratch.setFloat64(0, Number(value))
    case 'int64':
    case 'uint64':
      return scratch.setBigUint64(0, BigInt.asUintN(64, BigInt(value)))
    case 'string':
      throw new BugError('strings are encoded elsewhere')
  }
}

/** Where byte `i` of the value, most significant first, stands on the wire; the same way there and back. */
function place(i: number, size: number, layout: Layout): number {
  if (size === 2) return layout.byteSwap ? i ^ 1 : i
  const swapRegisters = layout.byteOrder === 'CDAB' || layout.byteOrder === 'DCBA'
  const swapBytes = layout.byteOrder === 'BADC' || layout.byteOrder === 'DCBA'
  const inOrder = swapRegisters ? size - 2 - (i & ~1) + (i & 1) : i
  return swapBytes ? inOrder ^ 1 : inOrder
}

function fromBcd(nibbles: number): number {
  const digits = nibbles.toString(16)
  return /[a-f]/.test(digits) ? Number.NaN : Number(digits)
}

function toBcd(value: number): number {
  return Number.parseInt(String(value), 16)
}

function narrow(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

function decodeText(bytes: Uint8Array, layout: Layout): string {
  const inOrder = layout.byteSwap ? swapPairs(bytes) : bytes
  let decoder = decoders.get(layout.encoding)
  if (decoder === undefined) decoders.set(layout.encoding, (decoder = new TextDecoder(layout.encoding, { ignoreBOM: false })))
  const text = decoder.decode(inOrder.subarray(0, layout.length))
  const end = text.indexOf('\0')
  return (end === -1 ? text : text.slice(0, end)).trim()
}

function encodeText(text: string, layout: Layout): Uint8Array {
  const bytes = new Uint8Array(registersOf(layout) * 2)
  const encoded = textBytes(text, layout.encoding)
  bytes.set(encoded.subarray(0, layout.length))
  return layout.byteSwap ? swapPairs(bytes) : bytes
}

function textBytes(text: string, encoding: Encoding): Uint8Array {
  switch (encoding) {
    case 'utf-8':
      return new TextEncoder().encode(text)
    case 'latin1':
      return Uint8Array.from(text, (character) => character.charCodeAt(0))
    case 'utf-16be':
    case 'utf-16le': {
      const bytes = new DataView(new ArrayBuffer(text.length * 2))
      for (let i = 0; i < text.length; i++) bytes.setUint16(i * 2, text.charCodeAt(i), encoding === 'utf-16le')
      return new Uint8Array(bytes.buffer)
    }
  }
}

function swapPairs(bytes: Uint8Array): Uint8Array {
  const swapped = new Uint8Array(bytes.length)
  for (let i = 0; i < bytes.length; i++) swapped[i] = bytes[i ^ 1] ?? 0
  return swapped
}
