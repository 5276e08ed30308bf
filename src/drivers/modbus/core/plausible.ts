import type { Value } from '#domain/sample.ts'
import type { ByteOrder, DataType, Layout } from './decode.ts'

/** Why a reading is plausible, or not. */
export type Reason =
  /** A size that measured values have. */
  | 'range'
  /** Few digits after the point, as set points have. */
  | 'round'
  /** Moved a little between readings. */
  | 'steady'
  /** The same byte order makes sense of other registers. */
  | 'neighbours'
  | 'text'
  /** Shares registers with something more plausible. */
  | 'overlaps'
  /** Jumped between readings. */
  | 'jumps'
  /** Far too large or too small. */
  | 'extreme'
  /** No number: NaN, infinite, or a BCD digit above 9. */
  | 'invalid'

/** Points are logarithms of odds, added up: 0 says nothing, 3 is strong. */
export interface Evidence {
  readonly points: number
  readonly reasons: readonly Reason[]
}

const INVALID: Evidence = { points: Number.NEGATIVE_INFINITY, reasons: ['invalid'] }

/** How common each type is in the field, before anything is read. */
const PRIOR: Readonly<Record<DataType, number>> = {
  uint16: 2,
  int16: 1.6,
  float: 1,
  uint32: 0.6,
  int32: 0.3,
  double: -1.5,
  uint64: -2.2,
  int64: -2.4,
  bcd16: -1,
  bcd32: -1.8,
  string: 1,
  bool: 0,
}
const ORDER_PRIOR: Readonly<Record<ByteOrder, number>> = { ABCD: 0, CDAB: -0.2, DCBA: -0.8, BADC: -1.2 }
const SWAPPED_BYTES = -2.5

/** @param series the value over time, oldest first; the last one is what stands there now */
export function valueEvidence(layout: Layout, series: readonly Value[]): Evidence {
  const value = series.at(-1) ?? null
  if (typeof value === 'string') return textEvidence(value, layout)
  if (typeof value !== 'number' && typeof value !== 'bigint') return INVALID
  const number = Number(value)
  if (!Number.isFinite(number)) return INVALID
  const parts = [prior(layout, number), sizeEvidence(layout.dataType, number), motionEvidence(series)]
  return {
    points: parts.reduce((sum, part) => sum + part.points, 0),
    reasons: parts.flatMap((part) => part.reasons),
  }
}

function textEvidence(text: string, layout: Layout): Evidence {
  const letters = text.replaceAll(/[^\p{L}\p{N}]/gu, '').length
  if (letters < 3) return { points: -1, reasons: [] }
  return { points: PRIOR.string + Math.min(5, letters) + (layout.byteSwap ? -1 : 0), reasons: ['text'] }
}

function prior({ dataType, byteOrder, byteSwap }: Layout, value: number): Evidence {
  const sixteen = dataType === 'uint16' || dataType === 'int16' || dataType === 'bcd16'
  // a small number in the high byte: the low one is empty
  const shifted = sixteen && byteSwap && value > 0 && value < 256 ? 2 : 0
  return { points: PRIOR[dataType] + (sixteen ? (byteSwap ? SWAPPED_BYTES + shifted : 0) : ORDER_PRIOR[byteOrder]), reasons: [] }
}

function sizeEvidence(dataType: DataType, value: number): Evidence {
  const size = Math.abs(value)
  switch (dataType) {
    case 'float':
    case 'double':
      return floatEvidence(value, dataType)
    case 'uint16':
      return size <= 10_000 ? { points: 0.5, reasons: ['range'] } : { points: size >= 0x8000 ? -1.2 : -0.5, reasons: [] }
    case 'int16':
      if (value < 0) return size <= 2000 ? { points: 1, reasons: ['range'] } : { points: -1.2, reasons: [] }
      return size <= 10_000 ? { points: 0.5, reasons: ['range'] } : { points: -0.5, reasons: [] }
    case 'uint32':
    case 'int32':
      if (size === 0) return { points: -0.6, reasons: [] }
      if (size <= 0xffff) return { points: 0.1, reasons: [] }
      if (size <= 2_000_000) return { points: 1.2, reasons: ['range'] }
      return size <= 200_000_000 ? { points: -0.5, reasons: [] } : { points: -3, reasons: ['extreme'] }
    case 'uint64':
    case 'int64':
      if (size === 0) return { points: -0.6, reasons: [] }
      if (size <= 1e10) return { points: 3, reasons: ['range'] }
      return size <= 1e13 ? { points: 1, reasons: [] } : { points: -4, reasons: ['extreme'] }
    case 'bcd16':
      // below 10 it is the same as a plain number
      return { points: size < 10 ? -1 : size >= 1000 ? 1 : 0, reasons: [] }
    case 'bcd32':
      return { points: size < 10_000 ? -1 : 2.2, reasons: size < 10_000 ? [] : ['range'] }
    case 'bool':
    case 'string':
      return { points: 0, reasons: [] }
  }
}

/** Of random bits only one in eight is a float of ordinary size, and one in seventy a double. */
function floatEvidence(value: number, dataType: 'float' | 'double'): Evidence {
  const size = Math.abs(value)
  if (size === 0) return { points: -0.8, reasons: [] }
  const strength = dataType === 'float' ? 2 : 4.5
  if (size >= 1e-3 && size <= 1e7) {
    const digits = significantDigits(value, dataType)
    const round = digits <= (dataType === 'float' ? 4 : 7)
    return { points: strength + (round ? 2 : 0) + (size >= 0.1 && size <= 1e5 ? 0.5 : 0), reasons: round ? ['range', 'round'] : ['range'] }
  }
  const decades = size < 1e-3 ? -3 - Math.log10(size) : Math.log10(size) - 7
  return { points: -1 - Math.min(6, decades), reasons: ['extreme'] }
}

/** How many decimal digits tell the value apart from every other of its type. */
function significantDigits(value: number, dataType: 'float' | 'double'): number {
  for (let digits = 1; digits < 9; digits++) {
    const written = Number(value.toPrecision(digits))
    if ((dataType === 'float' ? Math.fround(written) : written) === value) return digits
  }
  return 9
}

/** A process moves slowly; half of a number, or one with its bytes in the wrong order, jumps. */
function motionEvidence(series: readonly Value[]): Evidence {
  const numbers = series.map(Number).filter((value) => Number.isFinite(value))
  const steps = numbers.slice(1).map((value, index) => Math.abs(value - (numbers[index] ?? value)))
  const largest = Math.max(0, ...steps)
  if (largest === 0) return { points: 0, reasons: [] }
  const size = numbers.reduce((sum, value) => sum + Math.abs(value), 0) / numbers.length
  // a step by one is a small one however small the number
  const share = (largest <= 1 && numbers.every(Number.isInteger) ? 0.01 : largest) / Math.max(size, 1e-9)
  if (share <= 0.05) return { points: 1.5, reasons: ['steady'] }
  if (share <= 0.3) return { points: 0.7, reasons: ['steady'] }
  return share <= 1 ? { points: -0.8, reasons: [] } : { points: -2, reasons: ['jumps'] }
}
