import type { Value } from '#domain/sample.ts'
import { QualityReason, QualitySeverity, packQuality } from '#domain/sample.ts'

/** One information object's content, without its address and time tag. */
export interface Element {
  readonly value: Value
  /** What the element says beside its value: raw state, transient bit, BCR's status octet, elapsed milliseconds. 0 where nothing. */
  readonly detail: number
  /** Packed severity and reason, without flags. */
  readonly quality: number
  /** The quality octet's bits where more than one is set, so that the reason alone would not tell them; else null. */
  readonly status: number | null
}

export interface ElementShape {
  readonly octets: number
  /** @param at of the element's first octet; all of them are there */
  read(bytes: Uint8Array, at: number): Element
}

/** Bits of a quality descriptor (IEC 60870-5-101, 7.2.6.3). */
export const QualityBit = {
  Overflow: 0x01,
  ElapsedInvalid: 0x08,
  Blocked: 0x10,
  Substituted: 0x20,
  NotTopical: 0x40,
  Invalid: 0x80,
} as const

const QUALITIES: readonly number[] = Array.from({ length: 256 }, (_, bits) => readQuality(bits))
const STATUSES: readonly (number | null)[] = Array.from({ length: 256 }, (_, bits) => ((bits & (bits - 1)) === 0 ? null : bits))
/** BL SB NT IV, where the low half of the octet is a value. */
const UPPER = 0xf0
/** OV besides. */
const QDS = 0xf1
/** EI besides. */
const QDP = 0xf8

function readQuality(bits: number): number {
  if ((bits & QualityBit.Invalid) !== 0) return packQuality(QualitySeverity.Bad, QualityReason.Invalid)
  if ((bits & QualityBit.NotTopical) !== 0) return packQuality(QualitySeverity.Bad, QualityReason.NotTopical)
  if ((bits & QualityBit.Overflow) !== 0) return packQuality(QualitySeverity.Uncertain, QualityReason.Overflow)
  if ((bits & QualityBit.Substituted) !== 0) return packQuality(QualitySeverity.Uncertain, QualityReason.Substituted)
  if ((bits & QualityBit.Blocked) !== 0) return packQuality(QualitySeverity.Uncertain, QualityReason.Blocked)
  return packQuality(QualitySeverity.Good)
}

function element(value: Value, qualityBits: number, detail = 0): Element {
  return { value, detail, quality: QUALITIES[qualityBits] ?? 0, status: STATUSES[qualityBits] ?? null }
}

/** The state of two contacts: 1 off, 2 on; 0 (intermediate) and 3 (faulty) are neither, which is Uncertain unless it is worse. */
function twoContacts(state: number, qualityBits: number, detail: number): Element {
  if (state === 1 || state === 2) return element(state === 2, qualityBits, detail)
  const { quality, status } = element(null, qualityBits)
  return { value: null, detail, quality: quality === 0 ? packQuality(QualitySeverity.Uncertain, QualityReason.NoData) : quality, status }
}

const octet = (bytes: Uint8Array, at: number): number => bytes[at] ?? 0
const word = (bytes: Uint8Array, at: number): number => octet(bytes, at) | (octet(bytes, at + 1) << 8)
const signedWord = (bytes: Uint8Array, at: number): number => (word(bytes, at) << 16) >> 16
const long = (bytes: Uint8Array, at: number): number => word(bytes, at) | (word(bytes, at + 2) << 16)

const scratch = new DataView(new ArrayBuffer(4))

/** IEC 60870-5-101, 7.2.6; named as there. */
export const SIQ: ElementShape = {
  octets: 1,
  read: (bytes, at) => element((octet(bytes, at) & 1) === 1, octet(bytes, at) & UPPER),
}

/** `detail` is the raw state, 0 to 3. */
export const DIQ: ElementShape = {
  octets: 1,
  read: (bytes, at) => twoContacts(octet(bytes, at) & 3, octet(bytes, at) & UPPER, octet(bytes, at) & 3),
}

/** −64 to 63; `detail` is 1 while the equipment moves. */
export const VTI: ElementShape = {
  octets: 2,
  read: (bytes, at) => element((octet(bytes, at) << 25) >> 25, octet(bytes, at + 1) & QDS, octet(bytes, at) >> 7),
}

/** 32 bits as an unsigned number. */
export const BSI: ElementShape = { octets: 5, read: (bytes, at) => element(long(bytes, at) >>> 0, octet(bytes, at + 4) & QDS) }

/** −1 to 1 − 2⁻¹⁵. */
export const NVA: ElementShape = { octets: 3, read: (bytes, at) => element(signedWord(bytes, at) / 32768, octet(bytes, at + 2) & QDS) }

/** {@link NVA} without a quality descriptor. */
export const NVA_BARE: ElementShape = { octets: 2, read: (bytes, at) => element(signedWord(bytes, at) / 32768, 0) }

export const SVA: ElementShape = { octets: 3, read: (bytes, at) => element(signedWord(bytes, at), octet(bytes, at + 2) & QDS) }

/** What is not a number or infinite has no value and is Bad. */
export const R32: ElementShape = {
  octets: 5,
  read(bytes, at) {
    scratch.setInt32(0, long(bytes, at))
    const value = scratch.getFloat32(0)
    const read = element(value, octet(bytes, at + 4) & QDS)
    return Number.isFinite(value) ? read : { ...read, value: null, quality: packQuality(QualitySeverity.Bad, QualityReason.Invalid) }
  },
}

/** `detail` is the status octet: sequence number in bits 0 to 4, CY in 5, CA in 6. */
export const BCR: ElementShape = {
  octets: 5,
  read: (bytes, at) => element(long(bytes, at), octet(bytes, at + 4) & QualityBit.Invalid, octet(bytes, at + 4)),
}

/** An event of protection equipment: as {@link DIQ}; `detail` is the elapsed time in bits 2 and up, the raw state below. */
export const SEP: ElementShape = {
  octets: 3,
  read(bytes, at) {
    const first = octet(bytes, at)
    return twoContacts(first & 3, first & QDP, (first & 3) | (word(bytes, at + 1) << 2))
  },
}

/** Start events (SPE) or output circuits (OCI) of protection equipment, a bit each; `detail` is the duration or operating time in ms. */
export const PACKED_PROTECTION: ElementShape = {
  octets: 4,
  read: (bytes, at) => element(octet(bytes, at) & 0x3f, octet(bytes, at + 1) & QDP, word(bytes, at + 2)),
}

/** 16 single points; `detail` tells which of them changed since they were last reported. */
export const SCD: ElementShape = {
  octets: 5,
  read: (bytes, at) => element(word(bytes, at), octet(bytes, at + 4) & QDS, word(bytes, at + 2)),
}
