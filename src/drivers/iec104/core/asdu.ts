import { SystemType, monitorType, type MonitorType } from './type-table.ts'
import type { Element } from './elements.ts'
import { encodeCp56, type Cp56 } from './cp56time2a.ts'

/** Octets of the fields whose size a station may choose (IEC 60870-5-101, 7.1; -104 says 2, 2, 3). */
export interface FieldSizes {
  readonly cause: 1 | 2
  readonly commonAddress: 1 | 2
  readonly objectAddress: 1 | 2 | 3
}

export const STANDARD_SIZES: FieldSizes = { cause: 2, commonAddress: 2, objectAddress: 3 }

/** Causes of transmission that are treated apart (IEC 60870-5-101, 7.2.3). */
export const Cause = {
  Spontaneous: 3,
  Activation: 6,
  ActivationCon: 7,
  ActivationTermination: 10,
  ReturnRemote: 11,
  ReturnLocal: 12,
  InterrogatedFirst: 20,
  InterrogatedLast: 41,
  UnknownType: 44,
  UnknownCause: 45,
  UnknownCommonAddress: 46,
  UnknownObjectAddress: 47,
} as const

const causeNames: Readonly<Record<number, string>> = {
  1: 'periodic',
  2: 'background scan',
  3: 'spontaneous',
  4: 'initialized',
  5: 'request',
  6: 'activation',
  7: 'activation confirmed',
  8: 'deactivation',
  9: 'deactivation confirmed',
  10: 'activation ended',
  11: 'return of a remote command',
  12: 'return of a local command',
  13: 'file transfer',
  20: 'general interrogation',
  37: 'counter interrogation',
  44: 'unknown type',
  45: 'unknown cause',
  46: 'unknown common address',
  47: 'unknown object address',
}

export function causeName(cause: number): string {
  if (cause > 20 && cause <= 36) return `interrogation of group ${cause - 20}`
  if (cause > 37 && cause <= 41) return `counter interrogation of group ${cause - 37}`
  return causeNames[cause] ?? `cause ${cause}`
}

/** The data unit identifier. */
export interface AsduHeader {
  readonly typeId: number
  /** SQ: one object address, then consecutive elements. */
  readonly sequence: boolean
  readonly count: number
  readonly cause: number
  /** P/N */
  readonly negative: boolean
  /** T: not from the process. */
  readonly test: boolean
  readonly originator: number
  readonly commonAddress: number
  /** Where the information objects begin. */
  readonly at: number
}

/** @returns undefined when the octets do not suffice */
export function readHeader(asdu: Uint8Array, sizes: FieldSizes): AsduHeader | undefined {
  const at = 2 + sizes.cause + sizes.commonAddress
  if (asdu.length < at) return undefined
  const [typeId = 0, qualifier = 0, cause = 0] = asdu
  return {
    typeId,
    sequence: (qualifier & 0x80) !== 0,
    count: qualifier & 0x7f,
    cause: cause & 0x3f,
    negative: (cause & 0x40) !== 0,
    test: (cause & 0x80) !== 0,
    originator: sizes.cause === 2 ? (asdu[3] ?? 0) : 0,
    commonAddress: numberAt(asdu, 2 + sizes.cause, sizes.commonAddress),
    at,
  }
}

export interface InformationObject extends Element {
  readonly objectAddress: number
  /** Of the element's first octet; the time tag follows the element. */
  readonly at: number
}

/** @returns the objects of a monitor type; undefined when their number does not fit the octets that are there */
export function readObjects(
  asdu: Uint8Array,
  header: AsduHeader,
  type: MonitorType,
  sizes: FieldSizes,
): readonly InformationObject[] | undefined {
  const { count, sequence } = header
  const address = sizes.objectAddress
  const octets = type.shape.octets + type.timeOctets
  if (asdu.length - header.at !== (sequence ? address + count * octets : count * (address + octets))) return undefined
  const objects: InformationObject[] = []
  let at = header.at
  let objectAddress = 0
  for (let nth = 0; nth < count; nth++) {
    if (nth === 0 || !sequence) {
      objectAddress = numberAt(asdu, at, address)
      at += address
    } else objectAddress++
    const { value, detail, quality, status } = type.shape.read(asdu, at)
    objects.push({ objectAddress, at, value, detail, quality, status })
    at += octets
  }
  return objects
}

/**
 * Finds out how a station writes its addresses from a telegram that does not fit the sizes that are set.
 * @returns all sizes under which it is sound, the standard's first
 */
export function fittingSizes(asdu: Uint8Array): readonly FieldSizes[] {
  const type = monitorType(asdu[0] ?? 0)
  if (type === undefined) return []
  const found: FieldSizes[] = []
  for (const objectAddress of [3, 2, 1] as const) {
    for (const commonAddress of [2, 1] as const) {
      for (const cause of [2, 1] as const) {
        const sizes = { cause, commonAddress, objectAddress }
        const header = readHeader(asdu, sizes)
        if (header !== undefined && header.count > 0 && readObjects(asdu, header, type, sizes) !== undefined) found.push(sizes)
      }
    }
  }
  return found
}

/** QOI: station interrogation (IEC 60870-5-101, 7.2.6.22). */
const STATION_INTERROGATION = 20
/** QCC: general request, read without freeze (7.2.6.23). */
const ALL_COUNTERS = 5

export interface CommandOptions {
  readonly sizes: FieldSizes
  readonly commonAddress: number
  readonly originator: number
}

/** @returns C_IC_NA_1 act for the whole station */
export function encodeInterrogation(options: CommandOptions): Uint8Array {
  return encodeCommand(SystemType.Interrogation, Uint8Array.of(STATION_INTERROGATION), options)
}

/** @returns C_CI_NA_1 act for all counters */
export function encodeCounterInterrogation(options: CommandOptions): Uint8Array {
  return encodeCommand(SystemType.CounterInterrogation, Uint8Array.of(ALL_COUNTERS), options)
}

/** @returns C_CS_NA_1 act */
export function encodeClockSynchronization(time: Cp56, options: CommandOptions): Uint8Array {
  return encodeCommand(SystemType.ClockSynchronization, encodeCp56(time), options)
}

function encodeCommand(typeId: number, content: Uint8Array, { sizes, commonAddress, originator }: CommandOptions): Uint8Array {
  const { cause, objectAddress } = sizes
  const asdu = new Uint8Array(2 + cause + sizes.commonAddress + objectAddress + content.length)
  asdu[0] = typeId
  asdu[1] = 1
  asdu[2] = Cause.Activation
  if (cause === 2) asdu[3] = originator
  for (let octet = 0; octet < sizes.commonAddress; octet++) asdu[2 + cause + octet] = (commonAddress >> (8 * octet)) & 0xff
  asdu.set(content, asdu.length - content.length)
  return asdu
}

function numberAt(bytes: Uint8Array, at: number, octets: number): number {
  let number = 0
  for (let octet = octets - 1; octet >= 0; octet--) number = (number << 8) | (bytes[at + octet] ?? 0)
  return number
}
