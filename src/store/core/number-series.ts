import { ByteReader } from './byte-reader.ts'
import type { ByteWriter } from './byte-writer.ts'
import { INTEGER_LIMIT, IntegerReader, planIntegers, readIntegers, writeIntegers, type PlannedIntegers } from './integer-series.ts'

/**
 * Series of doubles, exact to the bit (NaN counts as one value). Measured values are decimals or converter counts, which binary
 * fractions hide: the form that brings the integers back to light is taken. Places in the format, only ever append.
 */
const Form = {
  /** value = integer / 10^digits */
  Decimal: 0,
  /** The single-precision number nearest to integer / 10^digits: what a REAL register makes of a decimal. */
  SingleDecimal: 1,
  /** Ranks in the sorted list of single-precision numbers that occur. */
  SingleRanks: 2,
  /** The bits of single-precision numbers, ordered as the numbers are. */
  SingleBits: 3,
  /** Ranks in the list of doubles that occur. */
  DoubleRanks: 4,
  /** The bits of doubles, each crossed with the one before. */
  DoubleBits: 5,
} as const

const MOST_DIGITS = 4
/** A list longer than this share of the series saves nothing. */
const RANKS_SHARE = 1 / 2
const MOST_RANKS = 65_536

export function writeNumbers(to: ByteWriter, numbers: Float64Array): void {
  for (let digits = 0; digits <= MOST_DIGITS; digits++) {
    const integers = asDecimals(numbers, digits, (value) => value)
    if (integers !== undefined) return writeDecimals(to, Form.Decimal, digits, integers)
  }
  if (!numbers.every((value) => Object.is(Math.fround(value), value))) return writeDoubles(to, numbers)
  for (let digits = 1; digits <= MOST_DIGITS; digits++) {
    const integers = asDecimals(numbers, digits, Math.fround)
    if (integers !== undefined) return writeDecimals(to, Form.SingleDecimal, digits, integers)
  }
  writeSingles(to, numbers)
}

/** Digits that are tried before a number is kept as 36 bits. */
const MOST_ROUNDED_DIGITS = 12

/**
 * Writes numbers whose last digits are chance, such as sums: with no more decimals than they need to be this close.
 * @param slack by how much each may be off; those that need too many decimals for that keep 36 bits
 * @returns what {@link readNumbers} will read
 */
export function writeRounded(to: ByteWriter, numbers: Float64Array, slack: Float64Array): Float64Array {
  for (let digits = 0; digits <= MOST_ROUNDED_DIGITS; digits++) {
    const scale = 10 ** digits
    const integers = numbers.map((value) => Math.round(value * scale))
    if (!integers.every((integer) => Math.abs(integer) < INTEGER_LIMIT)) break
    if (!integers.every((integer, at) => Math.abs(integer / scale - (numbers[at] ?? 0)) <= (slack[at] ?? 0))) continue
    writeDecimals(to, Form.Decimal, digits, integers)
    return integers.map((integer) => integer / scale)
  }
  const rounded = numbers.map((one) => {
    const unit = 2 ** (Math.floor(Math.log2(Math.abs(one))) - 36)
    return one === 0 || unit === 0 ? one : Math.round(one / unit) * unit
  })
  writeNumbers(to, rounded)
  return rounded
}

/** @throws RangeError for bytes that {@link writeNumbers} did not write */
export function readNumbers(from: ByteReader, length: number): Float64Array {
  return numberReader(from, length)(new Float64Array(length))
}

/**
 * @returns fills what it is given with the next numbers of the series, see {@link IntegerReader}
 * @throws RangeError, both, for bytes that {@link writeNumbers} did not write
 */
export function numberReader(from: ByteReader, length: number): (into: Float64Array) => Float64Array {
  const form = from.uint8()
  switch (form) {
    case Form.Decimal:
    case Form.SingleDecimal: {
      const scale = 10 ** from.uint8()
      const integers = new IntegerReader(from, length)
      const scaled = form === Form.Decimal ? decimals : singleDecimals
      return (into) => scaled(integers.read(into), scale)
    }
    case Form.SingleRanks: {
      const list = singlesOf(readIntegers(from, from.varint()))
      const ranks = new IntegerReader(from, length)
      return (into) => pick(list, ranks.read(into))
    }
    case Form.SingleBits: {
      const bits = new IntegerReader(from, length)
      return (into) => singlesOf(bits.read(into))
    }
    case Form.DoubleRanks: {
      const list = readCrossed(from, from.varint())
      const ranks = new IntegerReader(from, length)
      return (into) => pick(list, ranks.read(into))
    }
    case Form.DoubleBits: {
      let rest = readCrossed(from, length)
      return (into) => {
        into.set(rest.subarray(0, into.length))
        rest = rest.subarray(into.length)
        return into
      }
    }
    default:
      throw new RangeError(`number form ${form}`)
  }
}

function decimals(integers: Float64Array, scale: number): Float64Array {
  const { length } = integers
  for (let at = 0; at < length; at++) integers[at] = (integers[at] ?? 0) / scale
  return integers
}

function singleDecimals(integers: Float64Array, scale: number): Float64Array {
  const { length } = integers
  for (let at = 0; at < length; at++) integers[at] = Math.fround((integers[at] ?? 0) / scale)
  return integers
}

/** @returns the integers whose tenths, hundredths … these numbers are, or undefined when one of them is something else */
function asDecimals(numbers: Float64Array, digits: number, round: (value: number) => number): Float64Array | undefined {
  const scale = 10 ** digits
  const integers = new Float64Array(numbers.length)
  for (let at = 0; at < numbers.length; at++) {
    const value = numbers[at] ?? 0
    const integer = Math.round(value * scale)
    if (!(Math.abs(integer) < INTEGER_LIMIT) || round(integer / scale) !== value || (value === 0 && 1 / value < 0)) return undefined
    integers[at] = integer
  }
  return integers
}

function writeDecimals(to: ByteWriter, form: number, digits: number, integers: Float64Array): void {
  to.uint8(form)
  to.uint8(digits)
  writeIntegers(to, planIntegers(integers))
}

function writeSingles(to: ByteWriter, numbers: Float64Array): void {
  const ordered = orderedBits(numbers)
  const plain = planIntegers(ordered)
  const ranks = planRanks(ordered)
  if (ranks !== undefined) {
    const list = planIntegers(ranks.list)
    if (list.bits + ranks.plan.bits < plain.bits) {
      to.uint8(Form.SingleRanks)
      to.varint(ranks.list.length)
      writeIntegers(to, list)
      return writeIntegers(to, ranks.plan)
    }
  }
  to.uint8(Form.SingleBits)
  writeIntegers(to, plain)
}

function writeDoubles(to: ByteWriter, numbers: Float64Array): void {
  // Map and Set take 0 and -0 for one
  const ranks = numbers.some((value) => Object.is(value, -0)) ? undefined : planRanks(numbers)
  if (ranks === undefined) {
    to.uint8(Form.DoubleBits)
    return writeCrossed(to, numbers)
  }
  to.uint8(Form.DoubleRanks)
  to.varint(ranks.list.length)
  writeCrossed(to, ranks.list)
  writeIntegers(to, ranks.plan)
}

function planRanks(numbers: Float64Array): { list: Float64Array; plan: PlannedIntegers } | undefined {
  const most = Math.min(MOST_RANKS, (numbers.length - 1) * RANKS_SHARE)
  // many times as fast as a set of them
  const list = numbers.slice().sort()
  let count = 0
  for (const number of list) {
    if (count > 0 && isSame(list[count - 1] ?? 0, number)) continue
    if (count + 1 > most) return undefined
    list[count++] = number
  }
  const distinct = list.slice(0, count)
  return { list: distinct, plan: planIntegers(ranksOf(numbers, distinct)) }
}

/** @param list ascending, NaN last; all of the numbers are in it */
function ranksOf(numbers: Float64Array, list: Float64Array): Float64Array {
  const ranks = new Float64Array(numbers.length)
  for (let at = 0; at < numbers.length; at++) {
    const number = numbers[at] ?? 0
    let [low, high] = [0, list.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((list[middle] ?? 0) < number) low = middle + 1
      else high = middle
    }
    // nothing is less than NaN, nor is it less than anything
    ranks[at] = number === number ? low : list.length - 1
  }
  return ranks
}

function isSame(a: number, b: number): boolean {
  return a === b || (a !== a && b !== b)
}

function pick(list: Float64Array, ranks: Float64Array): Float64Array {
  for (let at = 0; at < ranks.length; at++) {
    const value = list[ranks[at] ?? -1]
    if (value === undefined) throw new RangeError(`rank ${ranks[at]}`)
    ranks[at] = value
  }
  return ranks
}

/** Single-precision bits as integers in the order of the numbers: the sign turned into a direction. */
function orderedBits(numbers: Float64Array): Float64Array {
  const bits = new Int32Array(new Float32Array(numbers).buffer)
  const ordered = new Float64Array(numbers.length)
  for (let at = 0; at < numbers.length; at++) {
    const word = bits[at] ?? 0
    ordered[at] = word < 0 ? -(word & 0x7fff_ffff) - 1 : word
  }
  return ordered
}

/** In place. */
function singlesOf(ordered: Float64Array): Float64Array {
  const bits = new Int32Array(ordered.length)
  for (let at = 0; at < ordered.length; at++) {
    const number = ordered[at] ?? 0
    bits[at] = number < 0 ? (-number - 1) | 0x8000_0000 : number
  }
  ordered.set(new Float32Array(bits.buffer))
  return ordered
}

/** Eight planes of bytes: the highest, most alike, first. */
function writeCrossed(to: ByteWriter, numbers: Float64Array): void {
  const { length } = numbers
  const view = new DataView(numbers.slice().buffer)
  const planes = new Uint8Array(length * 8)
  for (let at = 0; at < length; at++) {
    for (let plane = 0; plane < 8; plane++) {
      // typed arrays lie in the machine's order, which is little-endian wherever Node runs
      const place = at * 8 + 7 - plane
      planes[plane * length + at] = view.getUint8(place) ^ (at === 0 ? 0 : view.getUint8(place - 8))
    }
  }
  to.bytes(planes)
}

function readCrossed(from: ByteReader, length: number): Float64Array {
  const planes = from.bytes(length * 8)
  const words = new Int32Array(length * 2)
  const byte = (plane: number, at: number): number => planes[plane * length + at] ?? 0
  let [high, low] = [0, 0]
  for (let at = 0; at < length; at++) {
    high ^= (byte(0, at) << 24) | (byte(1, at) << 16) | (byte(2, at) << 8) | byte(3, at)
    low ^= (byte(4, at) << 24) | (byte(5, at) << 16) | (byte(6, at) << 8) | byte(7, at)
    // in the machine's order, as above
    words[at * 2] = low
    words[at * 2 + 1] = high
  }
  return new Float64Array(words.buffer)
}
