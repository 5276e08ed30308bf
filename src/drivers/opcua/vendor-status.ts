import { DataValue, decodeDiagnosticInfo, MonitoredItemNotification, ReadResponse, StatusCode, StatusCodes } from 'node-opcua-client'
import { statusText } from './core/status.ts'

type Stream = Parameters<DataValue['decode']>[0]

/** Bits of the mask that a DataValue begins with, and the size of what follows its status (Part 6, 5.2.2.17). */
const HAS_STATUS = 0x02
const BEHIND = [
  [0x04, 8],
  [0x10, 2],
  [0x08, 8],
  [0x20, 2],
] as const
const NULL_ARRAY = 0xffff_ffff

/** One that the library's table lacks: a vendor's own, or of a later edition. */
class VendorStatus extends StatusCode {
  override readonly value: number

  constructor(code: number) {
    super()
    this.value = code
  }

  override get name(): string {
    return statusText(this.value)
  }

  override get description(): string {
    return ''
  }
}

/**
 * Keeps the status of every value as it came: for a code that it does not know the library says Bad, although the two top bits tell
 * whether the value is good (Part 4, 7.39.1).
 */
export function keepVendorStatus(): void {
  MonitoredItemNotification.prototype.decode = function (stream) {
    this.clientHandle = stream.readUInt32()
    this.value = decodeValue(stream)
  }
  ReadResponse.prototype.decode = function (stream) {
    this.responseHeader.decode(stream)
    this.results = decodeAll(stream, decodeValue)
    this.diagnosticInfos = decodeAll(stream, (from) => decodeDiagnosticInfo(from))
  }
}

function decodeValue(stream: Stream): DataValue {
  const mask = stream.buffer[stream.length] ?? 0
  const value = new DataValue()
  value.decode(stream)
  // unknown codes come as this one, with their information bits
  if ((mask & HAS_STATUS) === 0 || (value.statusCode.value & 0xffff_0000) >>> 0 !== StatusCodes.Bad.value) return value
  const behind = BEHIND.reduce((sum, [bit, size]) => sum + ((mask & bit) === 0 ? 0 : size), 0)
  value.statusCode = new VendorStatus(stream.buffer.readUInt32LE(stream.length - behind - 4))
  return value
}

function decodeAll<Item>(stream: Stream, decode: (stream: Stream) => Item): Item[] | null {
  const length = stream.readUInt32()
  if (length === NULL_ARRAY) return null
  stream.checkArrayLength(length)
  return Array.from({ length }, () => decode(stream))
}
