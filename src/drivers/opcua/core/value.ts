import type { Value } from '#domain/sample.ts'
import { Status } from './status.ts'

/** Built-in types by their number (Part 6, 5.1.2). */
export const BuiltInType = {
  Null: 0,
  Boolean: 1,
  SByte: 2,
  Byte: 3,
  Int16: 4,
  UInt16: 5,
  Int32: 6,
  UInt32: 7,
  Int64: 8,
  UInt64: 9,
  Float: 10,
  Double: 11,
  String: 12,
  DateTime: 13,
  Guid: 14,
  ByteString: 15,
  XmlElement: 16,
  NodeId: 17,
  ExpandedNodeId: 18,
  StatusCode: 19,
  QualifiedName: 20,
  LocalizedText: 21,
  ExtensionObject: 22,
  DataValue: 23,
  Variant: 24,
  DiagnosticInfo: 25,
} as const

export const ArrayType = { Scalar: 0, Array: 1, Matrix: 2 } as const

/** A Variant as the client library decodes it. */
export interface RawVariant {
  readonly dataType: number
  readonly arrayType: number
  readonly value: unknown
  readonly dimensions?: readonly number[] | null | undefined
}

/** A value for a tag, or the status code that says why there is none. */
export type Converted = { readonly value: Value; readonly status: 0 } | { readonly value: null; readonly status: number }

const MISMATCH: Converted = { value: null, status: Status.BadTypeMismatch }
const NO_ELEMENT: Converted = { value: null, status: Status.BadIndexRangeNoData }
const NO_DATA: Converted = { value: null, status: Status.BadNoData }
const MAX_BYTES_SHOWN = 1024

/**
 * Never guesses: integers of 64 bits stay exact, structures and whole arrays are no tag value.
 * @param element the indices of the wanted element; null for a scalar
 */
export function convertVariant(variant: RawVariant, element: readonly number[] | null): Converted {
  if (variant.arrayType === ArrayType.Scalar) {
    if (element !== null) return MISMATCH
    return convertScalar(variant.dataType, variant.value)
  }
  if (element === null) return MISMATCH
  const index = flatIndex(variant, element)
  const list = variant.value
  if (index === undefined || !isList(list) || index >= list.length) return NO_ELEMENT
  return convertScalar(variant.dataType, list[index])
}

/** Row-major, as the wire orders a matrix (Part 6, 5.2.2.16). */
function flatIndex({ arrayType, dimensions }: RawVariant, element: readonly number[]): number | undefined {
  if (element.length === 1) return element[0]
  if (arrayType !== ArrayType.Matrix || dimensions?.length !== element.length) return undefined
  let index = 0
  for (const [axis, size] of dimensions.entries()) {
    const at = element[axis] ?? 0
    if (at >= size) return undefined
    index = index * size + at
  }
  return index
}

function convertScalar(dataType: number, raw: unknown): Converted {
  if (raw === null || raw === undefined) return NO_DATA
  switch (dataType) {
    case BuiltInType.Boolean:
      return typeof raw === 'boolean' ? good(raw) : MISMATCH
    case BuiltInType.SByte:
    case BuiltInType.Byte:
    case BuiltInType.Int16:
    case BuiltInType.UInt16:
    case BuiltInType.Int32:
    case BuiltInType.UInt32:
    case BuiltInType.Float:
    case BuiltInType.Double:
      return typeof raw === 'number' ? (Number.isFinite(raw) ? good(raw) : { value: null, status: Status.BadOutOfRange }) : MISMATCH
    case BuiltInType.Int64:
    case BuiltInType.UInt64:
      return convert64(raw, dataType === BuiltInType.Int64)
    case BuiltInType.String:
    case BuiltInType.Guid:
    case BuiltInType.XmlElement:
      return typeof raw === 'string' ? good(raw) : MISMATCH
    case BuiltInType.DateTime:
      return raw instanceof Date && !Number.isNaN(raw.getTime()) ? good(raw.toISOString()) : MISMATCH
    case BuiltInType.ByteString:
      return raw instanceof Uint8Array && raw.length <= MAX_BYTES_SHOWN ? good(hex(raw)) : MISMATCH
    case BuiltInType.NodeId:
    case BuiltInType.ExpandedNodeId:
      // the library's NodeId writes itself in the notation of Part 6, 5.3.1.10
      return typeof raw === 'object' && 'identifierType' in raw ? good((raw as { toString(): string }).toString()) : MISMATCH
    case BuiltInType.StatusCode:
      return convertField(raw, 'value', 'number')
    case BuiltInType.QualifiedName:
      return convertField(raw, 'name', 'string')
    case BuiltInType.LocalizedText:
      return convertField(raw, 'text', 'string')
    case BuiltInType.Variant:
      return isVariant(raw) ? convertVariant(raw, null) : MISMATCH
    default:
      return MISMATCH
  }
}

/** The library gives two halves of 32 bits, the high one first. */
function convert64(raw: unknown, signed: boolean): Converted {
  if (!isList(raw) || raw.length !== 2) return MISMATCH
  const [high, low] = [raw[0], raw[1]]
  if (typeof high !== 'number' || typeof low !== 'number') return MISMATCH
  const bits = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)
  const whole = signed ? BigInt.asIntN(64, bits) : bits
  const number = Number(whole)
  return good(Number.isSafeInteger(number) ? number : whole)
}

function convertField(raw: unknown, field: string, type: 'number' | 'string'): Converted {
  if (typeof raw !== 'object' || raw === null || !(field in raw)) return MISMATCH
  const value: unknown = (raw as Readonly<Record<string, unknown>>)[field]
  if (value === null || value === undefined) return NO_DATA
  return typeof value === type ? good(value as Value) : MISMATCH
}

function good(value: Value): Converted {
  return { value, status: 0 }
}

function isList(raw: unknown): raw is { readonly length: number; readonly [index: number]: unknown } {
  return Array.isArray(raw) || (ArrayBuffer.isView(raw) && !(raw instanceof DataView))
}

function isVariant(raw: unknown): raw is RawVariant {
  return typeof raw === 'object' && raw !== null && 'dataType' in raw && 'arrayType' in raw
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
