import type { Micros } from '#base/time.ts'
import type { Aggregate } from '#calc/aggregate.ts'
import type { ByteReader } from './byte-reader.ts'
import type { ByteWriter } from './byte-writer.ts'
import { INTEGER_LIMIT, greatestCommonDivisor, planIntegers, readIntegers, writeIntegers } from './integer-series.ts'
import { readNumbers, writeNumbers, writeRounded } from './number-series.ts'

/**
 * Stretches of a block written one below the other, each figure as a column: docs/block-format.md, outline, version 3. What follows from
 * other columns is written as the distance from what follows: mostly nothing.
 */

/** Of sums of single-precision numbers, which are no closer themselves, and of sums of others: bits that are kept beside the largest number. */
const SINGLE_BITS = 25
const DOUBLE_BITS = 40
/** The same of the integral, in which the times are no closer than a microsecond. */
const SINGLE_INTEGRAL_BITS = 24
const DOUBLE_INTEGRAL_BITS = 32
/** In the place of those bits: the integral stands as it is. */
const AS_IT_IS = 0

const EXACT = ['firstValue', 'lastValue', 'least', 'greatest'] as const

/**
 * @param width of the stretches, which lie between whole multiples of it
 * @param isSingle whether all numbers of the block are of single precision
 */
export function writeTable(to: ByteWriter, stretches: readonly Aggregate[], width: Micros, isSingle: boolean): void {
  const column = (pick: (one: Aggregate) => number): Float64Array => Float64Array.from(stretches, pick)
  to.varint(stretches.length)
  const first = stretches[0]
  if (first === undefined) return
  const base = Math.floor(first.startsAt / width) * width
  to.int64(base)
  const places = column((one) => Math.floor((one.startsAt - base) / width))
  const beginOf = (one: Aggregate): Micros => base + Math.floor((one.startsAt - base) / width) * width
  const times = [
    column((one) => one.startsAt - beginOf(one)),
    column((one) => one.endsAt - beginOf(one)),
    column((one) => (one.numbers === 0 ? 0 : one.firstAt - one.startsAt)),
    column((one) => (one.numbers === 0 ? 0 : one.endsAt - one.lastAt)),
  ]
  let unit = 0
  for (const time of times) for (const one of time) if (unit !== 1) unit = greatestCommonDivisor(unit, one)
  to.varint(unit)
  writeIntegers(to, planIntegers(places))
  for (const time of times) writeIntegers(to, planIntegers(unit === 0 ? time : time.map((one) => one / unit)))
  writeIntegers(to, planIntegers(column((one) => Number(one.holds))))
  writeIntegers(to, planIntegers(column((one) => one.numbers)))
  for (const name of EXACT)
    writeNumbers(
      to,
      column((one) => finite(one[name])),
    )
  const slack = column((one) => one.numbers * largestOf(one) * 2 ** -(isSingle ? SINGLE_BITS : DOUBLE_BITS))
  const sums = writeRounded(
    to,
    column((one) => finite(one.sum)),
    slack,
  )
  writeRounded(
    to,
    column((one) => finite(one.rise)),
    slack,
  )
  const known = column((one) => Math.round(one.knownSeconds * 1_000_000))
  writeIntegers(to, planIntegers(known.map((micros, at) => micros - span(stretches[at] ?? first))))
  writeIntegrals(to, stretches, sums, known, isSingle ? SINGLE_INTEGRAL_BITS : DOUBLE_INTEGRAL_BITS)
}

function writeIntegrals(to: ByteWriter, stretches: readonly Aggregate[], sums: Float64Array, known: Float64Array, bits: number): void {
  const integrals = Float64Array.from(stretches, (one) => finite(one.integral))
  const rest = Float64Array.from(stretches, (one, at) => {
    const seconds = (known[at] ?? 0) / 1_000_000
    const unit = unitOf(one, seconds, bits)
    const over = (integrals[at] ?? 0) - expectedIntegral(one, sums[at] ?? 0, seconds)
    return over === 0 ? 0 : Math.round(over / unit)
  })
  const fits = rest.every((one) => Math.abs(one) < INTEGER_LIMIT)
  to.uint8(fits ? bits : AS_IT_IS)
  if (fits) writeIntegers(to, planIntegers(rest))
  else writeNumbers(to, integrals)
}

/** A stretch without anything known, to be written over. */
type Writable = { -readonly [Name in keyof Aggregate]: Aggregate[Name] }

/** @returns walks through the stretches, always with the same object; undefined when the table is empty */
export function readTable(from: ByteReader, width: Micros): ((take: (stretch: Aggregate) => void) => void) | undefined {
  const length = from.varint()
  if (length > 1_000_000) throw new RangeError(`${length} stretches`)
  if (length === 0) return undefined
  const base = from.int64()
  const unit = from.varint()
  const integers = (): Float64Array => readIntegers(from, length)
  const numbers = (): Float64Array => readNumbers(from, length)
  const [places, starts, ends, firsts, lasts] = [integers(), integers(), integers(), integers(), integers()]
  const [holds, counts] = [integers(), integers()]
  const [firstValues, lastValues, leasts, greatests] = [numbers(), numbers(), numbers(), numbers()]
  const [sums, rises, known] = [numbers(), numbers(), integers()]
  const bits = from.uint8()
  const integrals = bits === AS_IT_IS ? numbers() : integers()
  return (take) => {
    const stretch = emptyStretch()
    for (let at = 0; at < length; at++) {
      const begin = base + (places[at] ?? 0) * width
      const some = (counts[at] ?? 0) > 0
      stretch.startsAt = begin + (starts[at] ?? 0) * unit
      stretch.endsAt = begin + (ends[at] ?? 0) * unit
      stretch.holds = holds[at] === 1
      stretch.numbers = counts[at] ?? 0
      stretch.firstAt = some ? stretch.startsAt + (firsts[at] ?? 0) * unit : 0
      stretch.firstValue = firstValues[at] ?? 0
      stretch.lastAt = some ? stretch.endsAt - (lasts[at] ?? 0) * unit : 0
      stretch.lastValue = lastValues[at] ?? 0
      stretch.least = some ? (leasts[at] ?? 0) : Infinity
      stretch.greatest = some ? (greatests[at] ?? 0) : -Infinity
      stretch.sum = sums[at] ?? 0
      stretch.rise = rises[at] ?? 0
      stretch.knownSeconds = ((known[at] ?? 0) + span(stretch)) / 1_000_000
      const rest = integrals[at] ?? 0
      if (bits === AS_IT_IS) stretch.integral = rest
      else {
        stretch.integral = expectedIntegral(stretch, stretch.sum, stretch.knownSeconds)
        if (rest !== 0) stretch.integral += rest * unitOf(stretch, stretch.knownSeconds, bits)
      }
      take(stretch)
    }
  }
}

/** How long something was known if nothing was Bad. */
function span(one: Aggregate): Micros {
  return one.numbers === 0 ? 0 : one.endsAt - one.firstAt
}

/** What the numbers but the last one say, had they all held equally long. */
function expectedIntegral(one: Aggregate, sum: number, seconds: number): number {
  return one.numbers < 2 ? 0 : ((sum - finite(one.lastValue)) * seconds) / (one.numbers - 1)
}

function unitOf(one: Aggregate, seconds: number, bits: number): number {
  return seconds * largestOf(one) * 2 ** -bits
}

function largestOf({ numbers, least, greatest }: Aggregate): number {
  return numbers === 0 ? 0 : Math.max(Math.abs(least), Math.abs(greatest))
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0
}

/** A stretch of which nothing is told yet: what reads a table fills it in. */
export function emptyStretch(): Writable {
  return {
    startsAt: 0,
    endsAt: 0,
    holds: false,
    numbers: 0,
    firstAt: 0,
    firstValue: 0,
    lastAt: 0,
    lastValue: 0,
    least: 0,
    greatest: 0,
    sum: 0,
    integral: 0,
    knownSeconds: 0,
    rise: 0,
  }
}
