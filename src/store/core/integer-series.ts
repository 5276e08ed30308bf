import type { ByteReader } from './byte-reader.ts'
import type { ByteWriter } from './byte-writer.ts'

/**
 * Series of whole numbers as byte planes: what a predictor leaves over, zigzagged, first all lowest bytes, then all second bytes … so
 * that the general compressor behind finds the runs. The predictor with the least entropy is taken.
 */

/** Magnitudes up to this keep every difference of differences, zigzagged, below 2^53. */
export const INTEGER_LIMIT = 1e15

/** How the next number is guessed from the ones before; places in the format, only ever append. */
const Predictor = {
  /** Nothing: the smallest number is taken off. */
  Least: 0,
  /** As the last one. */
  Last: 1,
  /** As far from the last one as that was from the one before. */
  Line: 2,
  /** A running mean, for noise around a level. */
  Mean: 3,
} as const
type Predictor = (typeof Predictor)[keyof typeof Predictor]

/** The weight of the newest number in the running mean: a power of two, so that both sides round alike. */
const NEWEST = 0.25

export interface PlannedIntegers {
  readonly predictor: Predictor
  /** Zigzagged. */
  readonly residuals: Float64Array
  readonly base: number
  /** Estimated size in bits after entropy coding. */
  readonly bits: number
}

/** @param numbers whole, within ±{@link INTEGER_LIMIT} */
export function planIntegers(numbers: Float64Array): PlannedIntegers {
  let best: PlannedIntegers | undefined
  for (const predictor of Object.values(Predictor)) {
    const base = predictor === Predictor.Least ? leastOf(numbers) : (numbers[0] ?? 0)
    const residuals = residualsOf(numbers, predictor, base)
    const bits = entropyBits(residuals)
    if (best === undefined || bits < best.bits) best = { predictor, residuals, base, bits }
    // nothing beats a straight line
    if (bits === 0) break
  }
  return best ?? { predictor: Predictor.Least, residuals: new Float64Array(0), base: 0, bits: 0 }
}

export function writeIntegers(to: ByteWriter, { predictor, residuals, base }: PlannedIntegers): void {
  let largest = 0
  for (const residual of residuals) if (residual > largest) largest = residual
  let width = 0
  for (let limit = 1; limit <= largest; limit *= 256) width += 1
  to.uint8(predictor)
  to.uint8(width)
  to.zigzag(base)
  const planes = new Uint8Array(residuals.length * width)
  for (let at = 0; at < residuals.length; at++) {
    const residual = residuals[at] ?? 0
    const high = Math.floor(residual / 0x1_0000_0000)
    const low = residual - high * 0x1_0000_0000
    for (let plane = 0; plane < width; plane++)
      planes[plane * residuals.length + at] = plane < 4 ? (low >>> (plane * 8)) & 255 : (high >>> ((plane - 4) * 8)) & 255
  }
  to.bytes(planes)
}

/**
 * @param into as long as the series; kept and written over
 * @throws RangeError for bytes that {@link writeIntegers} did not write
 */
export function readIntegers(from: ByteReader, length: number, into: Float64Array = new Float64Array(length)): Float64Array {
  const predictor = from.uint8()
  const width = from.uint8()
  const base = from.zigzag()
  if (predictor > Predictor.Mean || width > 7) throw new RangeError(`predictor ${predictor}, width ${width}`)
  const planes = from.bytes(length * width)
  if (predictor === Predictor.Line && width === 1 && isStraight(planes)) return straightLine(into, base, planes)
  residualsFrom(planes, into, width)
  addGuesses(into, predictor, base)
  return into
}

/** Whether after the second number nothing was left over: the times of whoever is polled. */
function isStraight(planes: Uint8Array): boolean {
  for (let at = 2; at < planes.length; at++) if (planes[at] !== 0) return false
  return planes.length > 1
}

function straightLine(into: Float64Array, base: number, planes: Uint8Array): Float64Array {
  const [first, second] = [planes[0] ?? 0, planes[1] ?? 0]
  const start = base + ((first >>> 1) ^ -(first & 1))
  const step = (second >>> 1) ^ -(second & 1)
  for (let at = 0; at < into.length; at++) into[at] = start + at * step
  return into
}

/** Puts planes of bytes together and takes the zigzag out. */
function residualsFrom(planes: Uint8Array, residuals: Float64Array, width: number): Float64Array {
  const { length } = residuals
  if (width === 0) return residuals.fill(0)
  if (width === 1) {
    for (let at = 0; at < length; at++) {
      const zigzagged = planes[at] ?? 0
      residuals[at] = (zigzagged >>> 1) ^ -(zigzagged & 1)
    }
    return residuals
  }
  if (width <= 4) {
    for (let at = 0; at < length; at++) {
      let zigzagged = 0
      for (let plane = 0; plane < width; plane++) zigzagged |= (planes[plane * length + at] ?? 0) << (plane * 8)
      residuals[at] = (zigzagged >>> 1) ^ -(zigzagged & 1)
    }
    return residuals
  }
  for (let at = 0; at < length; at++) {
    let low = 0
    let high = 0
    for (let plane = 0; plane < width; plane++) {
      const byte = planes[plane * length + at] ?? 0
      if (plane < 4) low |= byte << (plane * 8)
      else high |= byte << ((plane - 4) * 8)
    }
    const zigzagged = (low >>> 0) + high * 0x1_0000_0000
    residuals[at] = low & 1 ? -(zigzagged + 1) / 2 : zigzagged / 2
  }
  return residuals
}

/** Turns residuals into the numbers, in place. */
function addGuesses(numbers: Float64Array, predictor: number, base: number): void {
  const { length } = numbers
  if (predictor === Predictor.Least) {
    for (let at = 0; at < length; at++) numbers[at] = base + (numbers[at] ?? 0)
    return
  }
  let before = base
  if (predictor === Predictor.Last) {
    for (let at = 0; at < length; at++) numbers[at] = before += numbers[at] ?? 0
    return
  }
  if (predictor === Predictor.Line) {
    // the first one is told by its distance from the base, and nothing led to it
    if (length > 0) numbers[0] = before += numbers[0] ?? 0
    let step = 0
    for (let at = 1; at < length; at++) {
      step += numbers[at] ?? 0
      numbers[at] = before += step
    }
    return
  }
  let mean = base
  for (let at = 0; at < length; at++) {
    const number = Math.round(mean) + (numbers[at] ?? 0)
    numbers[at] = number
    mean += (number - mean) * NEWEST
  }
}

function leastOf(numbers: Float64Array): number {
  let least = Infinity
  for (const number of numbers) if (number < least) least = number
  return least === Infinity ? 0 : least
}

function residualsOf(numbers: Float64Array, predictor: Predictor, base: number): Float64Array {
  const residuals = new Float64Array(numbers.length)
  let before = base
  let step = 0
  let mean = base
  for (let at = 0; at < numbers.length; at++) {
    const number = numbers[at] ?? 0
    let guess = base
    if (predictor === Predictor.Last) guess = before
    else if (predictor === Predictor.Line) guess = before + step
    else if (predictor === Predictor.Mean) guess = Math.round(mean)
    const residual = number - guess
    residuals[at] = residual < 0 ? -2 * residual - 1 : 2 * residual
    step = at === 0 ? 0 : number - before
    before = number
    mean += (number - mean) * NEWEST
  }
  return residuals
}

/** Order-0 entropy of each byte plane, added up: close to what the compressor makes of them. */
function entropyBits(residuals: Float64Array): number {
  const counts = new Uint32Array(256)
  let bits = 0
  for (let scale = 1, more = true; more && scale < 2 ** 53; scale *= 256) {
    counts.fill(0)
    more = false
    for (const residual of residuals) {
      const rest = scale === 1 ? residual : Math.floor(residual / scale)
      if (rest >= 256) more = true
      const byte = rest & 255
      counts[byte] = (counts[byte] ?? 0) + 1
    }
    for (const count of counts) if (count > 0) bits += count * Math.log2(residuals.length / count)
  }
  return bits
}

/** @returns the other when one is 0 */
export function greatestCommonDivisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b]
  return a
}
