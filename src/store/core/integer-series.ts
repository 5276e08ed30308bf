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

/** @throws RangeError for bytes that {@link writeIntegers} did not write */
export function readIntegers(from: ByteReader, length: number): Float64Array {
  return new IntegerReader(from, length).read(new Float64Array(length))
}

/** Reads a series from its beginning on, so many at a time as the caller has room for: a few thousand stay in the cache of a processor. */
export class IntegerReader {
  readonly #predictor: number
  readonly #width: number
  readonly #length: number
  readonly #planes: Uint8Array
  /** What is added from one to the next, where nothing else is left over. */
  readonly #stride: number | undefined
  #at = 0
  #before: number
  #step = 0
  #mean: number

  /** @throws RangeError for bytes that {@link writeIntegers} did not write */
  constructor(from: ByteReader, length: number) {
    this.#predictor = from.uint8()
    this.#width = from.uint8()
    this.#before = this.#mean = from.zigzag()
    if (this.#predictor > Predictor.Mean || this.#width > 7) throw new RangeError(`predictor ${this.#predictor}, width ${this.#width}`)
    this.#length = length
    this.#planes = from.bytes(length * this.#width)
    if (this.#predictor !== Predictor.Line || this.#width !== 1 || !isStraight(this.#planes)) return
    const [first = 0, second = 0] = this.#planes
    this.#before += unzigzag(first)
    this.#stride = unzigzag(second)
  }

  /** Fills `into` with the next ones, no more than there are: each as `first` and so many units. */
  read(into: Float64Array, first = 0, unit = 1): Float64Array {
    const { length } = into
    const at = this.#at
    this.#at += length
    if (this.#stride !== undefined) {
      const begin = first + (this.#before + at * this.#stride) * unit
      const step = this.#stride * unit
      for (let index = 0; index < length; index++) into[index] = begin + index * step
      return into
    }
    readResiduals(into, this.#planes, this.#width, this.#length, at)
    this.#addGuesses(into, at === 0)
    if (first !== 0 || unit !== 1) for (let index = 0; index < length; index++) into[index] = first + (into[index] ?? 0) * unit
    return into
  }

  /** Turns residuals into the numbers, in place. */
  #addGuesses(numbers: Float64Array, isFirst: boolean): void {
    const { length } = numbers
    let before = this.#before
    switch (this.#predictor) {
      case Predictor.Least:
        for (let at = 0; at < length; at++) numbers[at] = before + (numbers[at] ?? 0)
        return
      case Predictor.Last:
        for (let at = 0; at < length; at++) numbers[at] = before += numbers[at] ?? 0
        break
      case Predictor.Line: {
        let step = this.#step
        // the first one is told by its distance from the base, and nothing led to it
        if (isFirst && length > 0) numbers[0] = before += numbers[0] ?? 0
        for (let at = isFirst ? 1 : 0; at < length; at++) {
          step += numbers[at] ?? 0
          numbers[at] = before += step
        }
        this.#step = step
        break
      }
      default: {
        let mean = this.#mean
        for (let at = 0; at < length; at++) {
          const number = rounded(mean) + (numbers[at] ?? 0)
          numbers[at] = number
          mean += (number - mean) * NEWEST
        }
        this.#mean = mean
      }
    }
    this.#before = before
  }
}

/** As Math.round, which makes the processor guess the way of each half. */
function rounded(value: number): number {
  const up = Math.floor(value + 0.5)
  // the sum itself was rounded up
  return up - 0.5 > value ? up - 1 : up
}

function unzigzag(word: number): number {
  return (word >>> 1) ^ -(word & 1)
}

/** Whether after the second number nothing is left over: the times of whoever is polled. */
function isStraight(planes: Uint8Array): boolean {
  const whole = planes.length & ~3
  // four at a time; a copy, since words lie at multiples of four
  const words = new Int32Array(new Uint8Array(planes.subarray(0, whole)).fill(0, 0, 2).buffer)
  for (let at = 0; at < words.length; at++) if (words[at] !== 0) return false
  for (let at = Math.max(2, whole); at < planes.length; at++) if (planes[at] !== 0) return false
  return planes.length > 1
}

/** Puts planes of `total` bytes together from a place on, and takes the zigzag out. */
function readResiduals(residuals: Float64Array, planes: Uint8Array, width: number, total: number, from: number): void {
  const { length } = residuals
  if (width === 0) {
    residuals.fill(0)
  } else if (width === 1) {
    for (let at = 0; at < length; at++) residuals[at] = unzigzag(planes[from + at] ?? 0)
  } else if (width === 2) {
    for (let at = 0; at < length; at++) residuals[at] = unzigzag((planes[from + at] ?? 0) | ((planes[total + from + at] ?? 0) << 8))
  } else if (width <= 4) {
    for (let at = 0; at < length; at++) {
      let zigzagged = 0
      for (let plane = 0; plane < width; plane++) zigzagged |= (planes[plane * total + from + at] ?? 0) << (plane * 8)
      residuals[at] = unzigzag(zigzagged)
    }
  } else {
    for (let at = 0; at < length; at++) {
      let low = 0
      let high = 0
      for (let plane = 0; plane < width; plane++) {
        const byte = planes[plane * total + from + at] ?? 0
        if (plane < 4) low |= byte << (plane * 8)
        else high |= byte << ((plane - 4) * 8)
      }
      const zigzagged = (low >>> 0) + high * 0x1_0000_0000
      residuals[at] = low & 1 ? -(zigzagged + 1) / 2 : zigzagged / 2
    }
  }
}

function leastOf(numbers: Float64Array): number {
  let least = Infinity
  for (const number of numbers) if (number < least) least = number
  return least === Infinity ? 0 : least
}

function residualsOf(numbers: Float64Array, predictor: Predictor, base: number): Float64Array {
  const { length } = numbers
  const residuals = new Float64Array(length)
  // a loop each: what is asked of every number takes as long as the arithmetic
  let before = base
  switch (predictor) {
    case Predictor.Least:
      for (let at = 0; at < length; at++) residuals[at] = zigzagged((numbers[at] ?? 0) - base)
      break
    case Predictor.Last:
      for (let at = 0; at < length; at++) {
        const number = numbers[at] ?? 0
        residuals[at] = zigzagged(number - before)
        before = number
      }
      break
    case Predictor.Line: {
      let step = 0
      for (let at = 0; at < length; at++) {
        const number = numbers[at] ?? 0
        residuals[at] = zigzagged(number - (before + step))
        step = at === 0 ? 0 : number - before
        before = number
      }
      break
    }
    case Predictor.Mean: {
      let mean = base
      for (let at = 0; at < length; at++) {
        const number = numbers[at] ?? 0
        residuals[at] = zigzagged(number - rounded(mean))
        mean += (number - mean) * NEWEST
      }
    }
  }
  return residuals
}

function zigzagged(residual: number): number {
  return residual < 0 ? -2 * residual - 1 : 2 * residual
}

/** Order-0 entropy of each byte plane, added up: close to what the compressor makes of them. */
function entropyBits(residuals: Float64Array): number {
  const counts = new Uint32Array(256)
  let bits = 0
  const add = (): void => {
    for (const count of counts) if (count > 0) bits += count * Math.log2(residuals.length / count)
    counts.fill(0)
  }
  let largest = 0
  for (let at = 0; at < residuals.length; at++) if ((residuals[at] ?? 0) > largest) largest = residuals[at] ?? 0
  if (largest < 2 ** 32) {
    // nearly always: whole numbers of the processor
    for (let shift = 0; shift === 0 || (shift < 32 && largest >= 2 ** shift); shift += 8) {
      for (let at = 0; at < residuals.length; at++) {
        const byte = ((residuals[at] ?? 0) >>> shift) & 255
        counts[byte] = (counts[byte] ?? 0) + 1
      }
      add()
    }
    return bits
  }
  for (let scale = 1, more = true; more && scale < 2 ** 53; scale *= 256) {
    more = false
    for (const residual of residuals) {
      const rest = scale === 1 ? residual : Math.floor(residual / scale)
      if (rest >= 256) more = true
      const byte = rest & 255
      counts[byte] = (counts[byte] ?? 0) + 1
    }
    add()
  }
  return bits
}

/** @returns the other when one is 0 */
export function greatestCommonDivisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b]
  return a
}
