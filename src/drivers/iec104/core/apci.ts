/** Functions of a U frame, as its first control octet (IEC 60870-5-104, 5.1 and 5.3). */
export const UFunction = {
  StartDtAct: 0x07,
  StartDtCon: 0x0b,
  StopDtAct: 0x13,
  StopDtCon: 0x23,
  TestFrAct: 0x43,
  TestFrCon: 0x83,
} as const
export type UFunction = (typeof UFunction)[keyof typeof UFunction]

const U_FUNCTIONS: ReadonlySet<number> = new Set(Object.values(UFunction))

/** One APDU. Sequence numbers are as on the wire, 0 to 32767; `bytes` is the whole of it. */
export type Frame =
  | {
      readonly kind: 'I'
      readonly sendNumber: number
      readonly receiveNumber: number
      readonly asdu: Uint8Array
      readonly bytes: Uint8Array
    }
  | { readonly kind: 'S'; readonly receiveNumber: number; readonly bytes: Uint8Array }
  | { readonly kind: 'U'; readonly uFunction: UFunction; readonly bytes: Uint8Array }

export interface TakenFrames {
  readonly frames: readonly Frame[]
  /** The beginning of a frame whose end has not arrived; a copy, so that it may be kept. */
  readonly rest: Uint8Array
  /** What is no APDU: nothing after it can be trusted, the connection has to go. */
  readonly broken: string | null
}

export const START = 0x68
/** Control octets and ASDU together (5, figure 5). */
const MIN_LENGTH = 4
const MAX_LENGTH = 253
export const SEQUENCE_MASK = 0x7fff
const NOTHING = new Uint8Array(0)

/** Cuts a stream into APDUs. Frames point into `bytes`: read them before the buffer is used again. */
export function takeFrames(bytes: Uint8Array): TakenFrames {
  const frames: Frame[] = []
  let at = 0
  while (at < bytes.length) {
    if (bytes[at] !== START) return { frames, rest: NOTHING, broken: `the octet ${hex(bytes[at])} where a frame begins with 68` }
    const length = bytes[at + 1]
    if (length === undefined) break
    if (length < MIN_LENGTH || length > MAX_LENGTH) {
      return { frames, rest: NOTHING, broken: `a frame length of ${length}, outside ${MIN_LENGTH} to ${MAX_LENGTH}` }
    }
    const end = at + 2 + length
    if (end > bytes.length) break
    const frame = readFrame(bytes.subarray(at, end))
    if (typeof frame === 'string') return { frames, rest: NOTHING, broken: frame }
    frames.push(frame)
    at = end
  }
  return { frames, rest: at === bytes.length ? NOTHING : bytes.slice(at), broken: null }
}

function readFrame(bytes: Uint8Array): Frame | string {
  const first = bytes[2] ?? 0
  if ((first & 1) === 0) {
    return { kind: 'I', sendNumber: sequenceAt(bytes, 2), receiveNumber: sequenceAt(bytes, 4), asdu: bytes.subarray(6), bytes }
  }
  if (bytes.length !== 6) return `a frame without data that is ${bytes.length} octets long instead of 6`
  if ((first & 3) === 1) return { kind: 'S', receiveNumber: sequenceAt(bytes, 4), bytes }
  return isUFunction(first) ? { kind: 'U', uFunction: first, bytes } : `the unknown control function ${hex(first)}`
}

function isUFunction(octet: number): octet is UFunction {
  return U_FUNCTIONS.has(octet)
}

/** @param asdu at most 249 octets; both numbers are cut to 15 bits */
export function encodeI(sendNumber: number, receiveNumber: number, asdu: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(6 + asdu.length)
  bytes[0] = START
  bytes[1] = 4 + asdu.length
  putSequence(bytes, 2, sendNumber)
  putSequence(bytes, 4, receiveNumber)
  bytes.set(asdu, 6)
  return bytes
}

export function encodeS(receiveNumber: number): Uint8Array {
  const bytes = Uint8Array.of(START, 4, 1, 0, 0, 0)
  putSequence(bytes, 4, receiveNumber)
  return bytes
}

export function encodeU(uFunction: UFunction): Uint8Array {
  return Uint8Array.of(START, 4, uFunction, 0, 0, 0)
}

function sequenceAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) >> 1) | ((bytes[at + 1] ?? 0) << 7)
}

function putSequence(bytes: Uint8Array, at: number, number: number): void {
  bytes[at] = (number & 0x7f) << 1
  bytes[at + 1] = (number >> 7) & 0xff
}

function hex(octet: number | undefined): string {
  return (octet ?? 0).toString(16).padStart(2, '0')
}
