import { BugError } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'
import { type Aggregate, Aggregator } from '#calc/aggregate.ts'
import { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import { readNumbers, writeNumbers } from './number-series.ts'
import { numbersOf, type SampleColumns } from './sample-columns.ts'

/**
 * The outline of a block: what is known of each minute that has samples, and of each hour, so that a month or a year is drawn without opening
 * the block. docs/block-format.md; every version that was ever written stays readable.
 */
const VERSION = 2

const HOUR: Micros = 3_600_000_000
const MINUTE: Micros = 60_000_000
/** With fewer samples a minute the block itself is as quickly read. */
const WORTH_IT = 5

/** The stretches of a block that an outline tells apart. @returns none when the block is better opened */
export function outlineOf(columns: SampleColumns): Aggregate[] {
  const stretches: Aggregate[] = []
  const { times } = columns
  const numbers = numbersOf(columns)
  for (let at = 0; at < times.length;) {
    const end = (Math.floor((times[at] ?? 0) / MINUTE) + 1) * MINUTE
    let next = at + 1
    while (next < times.length && (times[next] ?? 0) < end) next += 1
    const minute = new Aggregator()
    minute.addAll(times, numbers, at, next)
    const known = minute.result()
    if (known !== undefined) stretches.push(known)
    at = next
  }
  return stretches.length * WORTH_IT <= columns.times.length ? stretches : []
}

/** How finely an outline is looked at. */
export type OutlineStep = 'minute' | 'hour'

/** @returns the widest step of an outline between whose stretches all these instants lie; undefined when there is none */
export function outlineStep(edges: Float64Array): OutlineStep | undefined {
  if (edges.every((at) => at % HOUR === 0)) return 'hour'
  return edges.every((at) => at % MINUTE === 0) ? 'minute' : undefined
}

const FIGURES = ['numbers', 'firstValue', 'lastValue', 'least', 'greatest', 'sum', 'integral', 'knownSeconds', 'rise'] as const
/** Added up, so that their last digits are chance: they are kept as short as they honestly are. */
const ADDED_UP: ReadonlySet<string> = new Set(['sum', 'integral', 'knownSeconds', 'rise'])

export function encodeOutline(minutes: readonly Aggregate[]): Uint8Array<ArrayBuffer> {
  const to = new ByteWriter(64 + minutes.length * 16)
  to.uint8(VERSION)
  const hours = hoursOf(minutes)
  // of one hour the header of the block says as much
  writeTable(to, hours.length > 1 ? hours : [])
  writeTable(to, minutes)
  return to.written()
}

function hoursOf(minutes: readonly Aggregate[]): Aggregate[] {
  const hours: Aggregate[] = []
  for (const own of Map.groupBy(minutes, (one) => Math.floor(one.startsAt / HOUR)).values()) {
    const hour = new Aggregator()
    for (const minute of own) hour.addStretch(minute)
    const known = hour.result()
    if (known !== undefined) hours.push(known)
  }
  return hours
}

/** Written one below the other, times as distances: they hardly differ from stretch to stretch. */
function writeTable(to: ByteWriter, stretches: readonly Aggregate[]): void {
  const column = (pick: (one: Aggregate) => number): Float64Array => Float64Array.from(stretches, pick)
  to.varint(stretches.length)
  const first = stretches[0]?.startsAt
  if (first === undefined) return
  to.int64(first)
  const times = [
    column((one) => one.startsAt - first),
    column((one) => one.endsAt - one.startsAt),
    column((one) => (one.numbers === 0 ? 0 : one.firstAt - one.startsAt)),
    column((one) => (one.numbers === 0 ? 0 : one.endsAt - one.lastAt)),
    column((one) => Number(one.holds)),
  ]
  for (const time of times) writeNumbers(to, time)
  for (const name of FIGURES) {
    const figures = column((one) => (Number.isFinite(one[name]) ? one[name] : 0))
    writeNumbers(to, ADDED_UP.has(name) ? shortened(figures) : figures)
  }
}

/** Rounds to the decimals that sums of decimals have, else to 36 bits: far closer than what was measured. */
function shortened(figures: Float64Array): Float64Array {
  const largest = figures.reduce((most, one) => Math.max(most, Math.abs(one)), 0)
  const slack = largest * 2 ** -44
  for (let scale = 1; scale <= 10_000; scale *= 10) {
    const rounded = figures.map((one) => Math.round(one * scale) / scale)
    if (rounded.every((one, index) => Math.abs(one - (figures[index] ?? 0)) <= slack)) return rounded
  }
  return figures.map((one) => {
    const unit = 2 ** (Math.floor(Math.log2(Math.abs(one))) - 36)
    return one === 0 || unit === 0 ? one : Math.round(one / unit) * unit
  })
}

/**
 * The stretches of an outline in order of time.
 * @param step the widest that will do
 * @param take called with each; the object is the same all the time, and its fields change
 * @throws BugError for bytes that no version of this program wrote
 */
export function readOutline(bytes: Uint8Array, step: OutlineStep, take: (stretch: Aggregate) => void): void {
  const from = new ByteReader(bytes)
  let table: (take: (stretch: Aggregate) => void) => void
  try {
    const version = from.uint8()
    if (version !== 1 && version !== VERSION) throw new RangeError(`version ${version}`)
    const hours = version === 1 ? undefined : readTable(from, version)
    if (step === 'hour' && hours !== undefined) table = hours
    else {
      table = readTable(from, version) ?? (() => undefined)
      if (!from.ended) throw new RangeError('bytes are left over')
    }
  } catch (error) {
    throw new BugError('The outline of a block cannot be read', { cause: error })
  }
  table(take)
}

function readTable(from: ByteReader, version: number): ((take: (stretch: Aggregate) => void) => void) | undefined {
  const length = from.varint()
  if (length > 1_000_000) throw new RangeError(`${length} stretches`)
  if (length === 0 && version > 1) return undefined
  const first = from.int64()
  const next = (): Float64Array => readNumbers(from, length)
  const [starts, ends, firsts, lasts, holds] = [next(), next(), next(), next(), next()]
  const [numbers, firstValues, lastValues, leasts, greatests, sums] = [next(), next(), next(), next(), next(), next()]
  const [integrals, knowns, rises] = [next(), next(), next()]
  return (take) => {
    const stretch = { ...NOTHING }
    for (let at = 0; at < length; at++) {
      const some = (numbers[at] ?? 0) > 0
      stretch.startsAt = first + (starts[at] ?? 0)
      stretch.endsAt = stretch.startsAt + (ends[at] ?? 0)
      stretch.holds = holds[at] === 1
      stretch.numbers = numbers[at] ?? 0
      stretch.firstAt = some ? stretch.startsAt + (firsts[at] ?? 0) : 0
      stretch.firstValue = firstValues[at] ?? 0
      stretch.lastAt = !some ? 0 : version === 1 ? stretch.startsAt + (lasts[at] ?? 0) : stretch.endsAt - (lasts[at] ?? 0)
      stretch.lastValue = lastValues[at] ?? 0
      stretch.least = some ? (leasts[at] ?? 0) : Infinity
      stretch.greatest = some ? (greatests[at] ?? 0) : -Infinity
      stretch.sum = sums[at] ?? 0
      stretch.integral = integrals[at] ?? 0
      stretch.knownSeconds = knowns[at] ?? 0
      stretch.rise = rises[at] ?? 0
      take(stretch)
    }
  }
}

const NOTHING: Aggregate = {
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
