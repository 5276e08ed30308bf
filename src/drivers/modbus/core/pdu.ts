import { BugError } from '#base/errors.ts'

/** The four functions that read (Application Protocol V1.1b3, 6.1 to 6.4): coils, discrete inputs, holding and input registers. */
export type FunctionCode = 1 | 2 | 3 | 4

/** Exception codes (Application Protocol V1.1b3, 7). */
export const ExceptionCode = {
  IllegalFunction: 0x01,
  IllegalDataAddress: 0x02,
  IllegalDataValue: 0x03,
  ServerDeviceFailure: 0x04,
  Acknowledge: 0x05,
  ServerDeviceBusy: 0x06,
  GatewayPathUnavailable: 0x0a,
  GatewayTargetFailedToRespond: 0x0b,
} as const

const EXCEPTION_TEXTS: Readonly<Record<number, string>> = {
  0x01: 'illegal function',
  0x02: 'illegal data address',
  0x03: 'illegal data value',
  0x04: 'server device failure',
  0x05: 'acknowledge, still working',
  0x06: 'server device busy',
  0x08: 'memory parity error',
  0x0a: 'gateway path unavailable',
  0x0b: 'gateway target device failed to respond',
}

/** @returns the code and the words of the standard: exception 2 (illegal data address) */
export function exceptionText(code: number): string {
  return `exception ${code} (${EXCEPTION_TEXTS[code] ?? 'not in the standard'})`
}

/** What one read asks for; `start` counts from 0. */
export interface ReadRequest {
  readonly functionCode: FunctionCode
  readonly start: number
  readonly quantity: number
}

/** One message of Modbus TCP without its header (Messaging on TCP/IP Implementation Guide V1.0b, 3.1.3). */
export interface Frame {
  readonly transactionId: number
  readonly unitId: number
  /** Function code and data; shares memory with the buffer it came from. */
  readonly pdu: Uint8Array
}

/** A frame as it arrived. */
export interface TakenFrame extends Frame {
  /** All of it, header included; shares memory as well. */
  readonly bytes: Uint8Array
}

export interface TakenFrames {
  readonly frames: readonly TakenFrame[]
  /** The beginning of a frame that has not arrived whole; prepend it to the next bytes. Below 260 bytes. */
  readonly rest: Uint8Array
  /** Why the bytes cannot be Modbus TCP; the stream cannot be read further. */
  readonly broken: string | null
}

const HEADER = 7
const MAX_PDU = 253
const NOTHING = new Uint8Array(0)

/** The most that one request may ask for: 2000 bits or 125 registers. */
export function quantityLimit(functionCode: FunctionCode): number {
  return functionCode < 3 ? 2000 : 125
}

/** Cuts whole frames from the bytes received so far, however TCP split or joined them. */
export function takeFrames(bytes: Uint8Array): TakenFrames {
  const frames: TakenFrame[] = []
  let at = 0
  while (bytes.length - at >= 6) {
    const protocol = word(bytes, at + 2)
    if (protocol !== 0) return { frames, rest: NOTHING, broken: `protocol identifier ${protocol} instead of 0` }
    const length = word(bytes, at + 4)
    if (length < 2 || length > MAX_PDU + 1) return { frames, rest: NOTHING, broken: `a frame length of ${length}, outside 2 to 254` }
    const end = at + 6 + length
    if (end > bytes.length) break
    frames.push({
      transactionId: word(bytes, at),
      unitId: bytes[at + 6] ?? 0,
      pdu: bytes.subarray(at + HEADER, end),
      bytes: bytes.subarray(at, end),
    })
    at = end
  }
  return { frames, rest: at === bytes.length ? NOTHING : bytes.slice(at), broken: null }
}

/** @returns the PDU behind a Modbus TCP header, ready for the socket. */
export function encodeFrame(frame: Frame): Uint8Array {
  if (frame.pdu.length > MAX_PDU) throw new BugError(`a PDU of ${frame.pdu.length} bytes, more than ${MAX_PDU}`)
  const bytes = new Uint8Array(HEADER + frame.pdu.length)
  putWord(bytes, 0, frame.transactionId)
  putWord(bytes, 4, frame.pdu.length + 1)
  bytes[6] = frame.unitId
  bytes.set(frame.pdu, HEADER)
  return bytes
}

/** @throws BugError for more than 125 registers or 2000 bits, or an address past 65535: the planner never asks for that. */
export function encodeReadRequest(request: ReadRequest): Uint8Array {
  const { functionCode, start, quantity } = request
  if (!Number.isInteger(start) || !Number.isInteger(quantity) || start < 0 || quantity < 1 || start + quantity > 0x10000) {
    throw new BugError(`a read of ${quantity} from ${start} does not fit into 65536 addresses`)
  }
  if (quantity > quantityLimit(functionCode)) {
    throw new BugError(`a read of ${quantity} with function code ${functionCode}, which allows ${quantityLimit(functionCode)}`)
  }
  const pdu = new Uint8Array(5)
  pdu[0] = functionCode
  putWord(pdu, 1, start)
  putWord(pdu, 3, quantity)
  return pdu
}

export type Reply =
  /** `data`: registers as pairs of bytes, most significant first; or bits, eight a byte, the lowest address in bit 0. */
  | { readonly kind: 'data'; readonly data: Uint8Array }
  | { readonly kind: 'exception'; readonly exceptionCode: number }
  | { readonly kind: 'malformed'; readonly problem: string }

/** Reads the reply to `request`. A reply that is shorter or longer than asked is malformed, never a partial answer. */
export function readReply(pdu: Uint8Array, request: ReadRequest): Reply {
  const code = pdu[0]
  if (code === undefined) return { kind: 'malformed', problem: 'an empty reply' }
  if (code === (request.functionCode | 0x80)) {
    const exceptionCode = pdu[1]
    return exceptionCode === undefined || pdu.length !== 2
      ? { kind: 'malformed', problem: `an exception reply of ${pdu.length} bytes instead of 2` }
      : { kind: 'exception', exceptionCode }
  }
  if (code !== request.functionCode) {
    return { kind: 'malformed', problem: `function code ${code} although ${request.functionCode} was asked` }
  }
  const expected = request.functionCode < 3 ? Math.ceil(request.quantity / 8) : request.quantity * 2
  const announced = pdu[1] ?? 0
  if (announced !== expected || pdu.length !== expected + 2) {
    return {
      kind: 'malformed',
      problem: `${pdu.length - 2 === announced ? announced : `${Math.max(0, pdu.length - 2)} (announced as ${announced})`} bytes of data although ${expected} were asked`,
    }
  }
  return { kind: 'data', data: pdu.subarray(2) }
}

/** The server's side: the read that a client asks for, or the exception code it must get. */
export function readRequest(pdu: Uint8Array): ReadRequest | { readonly exceptionCode: number } {
  const functionCode = pdu[0]
  if (functionCode !== 1 && functionCode !== 2 && functionCode !== 3 && functionCode !== 4) {
    return { exceptionCode: ExceptionCode.IllegalFunction }
  }
  if (pdu.length !== 5) return { exceptionCode: ExceptionCode.IllegalDataValue }
  const start = word(pdu, 1)
  const quantity = word(pdu, 3)
  if (quantity < 1 || quantity > quantityLimit(functionCode)) return { exceptionCode: ExceptionCode.IllegalDataValue }
  if (start + quantity > 0x10000) return { exceptionCode: ExceptionCode.IllegalDataAddress }
  return { functionCode, start, quantity }
}

/** @returns a reply of the server with `data` as in {@link Reply}. */
export function encodeDataReply(functionCode: FunctionCode, data: Uint8Array): Uint8Array {
  const pdu = new Uint8Array(2 + data.length)
  pdu[0] = functionCode
  pdu[1] = data.length
  pdu.set(data, 2)
  return pdu
}

export function encodeExceptionReply(functionCode: number, exceptionCode: number): Uint8Array {
  return Uint8Array.of(functionCode | 0x80, exceptionCode)
}

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
}

function putWord(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >> 8
  bytes[at + 1] = value
}
