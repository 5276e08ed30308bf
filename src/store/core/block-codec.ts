import { BugError } from '#base/errors.ts'
import { QualitySeverity, severityOf } from '#domain/sample.ts'
import { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import { INTEGER_LIMIT, IntegerReader, greatestCommonDivisor, planIntegers, readIntegers, writeIntegers } from './integer-series.ts'
import { numberReader, readNumbers, writeNumbers } from './number-series.ts'
import { ValueKind, isNumber, type SampleColumns } from './sample-columns.ts'

/**
 * The samples of one tag over one window as bytes, before the general compressor: docs/block-format.md. Lossless; every version that
 * was ever written stays readable.
 */
const VERSION = 1

/**
 * @param columns at least one sample, times ascending, whole microseconds, within 30 years of each other
 * @throws BugError when they are not
 */
export function encodeBlock(columns: SampleColumns): Uint8Array<ArrayBuffer> {
  const { times, values, kinds, qualities } = columns
  const length = times.length
  const to = new ByteWriter(64 + length * 4)
  to.uint8(VERSION)
  to.varint(length)
  writeTimes(to, times)
  writeRuns(to, kinds)
  writeRuns(to, qualities)
  writeNumbers(to, withoutHoles(values, kinds))
  writeTexts(to, columns.texts)
  to.varint(columns.statusCodes.size)
  let before = 0
  for (const [index, code] of columns.statusCodes) {
    to.varint(index - before)
    to.int32(code)
    before = index
  }
  return to.written()
}

/** @throws BugError for bytes that no version of this program wrote */
export function decodeBlock(bytes: Uint8Array): SampleColumns {
  return reading(bytes, (from, length) => {
    const times = timeReader(from, length)(new Float64Array(length))
    const kinds = new Uint8Array(length)
    readRuns(from, length, (kind, begin, end) => kinds.fill(kind, begin, end))
    const qualities = new Uint16Array(length)
    readRuns(from, length, (quality, begin, end) => qualities.fill(quality, begin, end))
    const values = readNumbers(from, length)
    for (let index = 0; index < length; index++) {
      const kind = kinds[index]
      if (kind === ValueKind.Null || kind === ValueKind.Text) values[index] = 0
    }
    const texts = readTexts(from)
    const statusCodes = new Map<number, number>()
    for (let rest = from.varint(), index = 0; rest > 0; rest--) {
      index += from.varint()
      statusCodes.set(index, from.int32())
    }
    if (!from.ended) throw new RangeError('bytes are left over')
    return { times, values, kinds, qualities, texts, statusCodes }
  })
}

/** So many samples lie in the cache of a processor beside what adds them up. */
const PIECE = 2048
const TIMES = new Float64Array(PIECE)
const NUMBERS = new Float64Array(PIECE)

/**
 * As {@link decodeBlock}, of what counts in sums and on charts alone: times and numbers, NaN for a sample that is Bad or carries none.
 * @param take told all samples in order, some at a time; what it is given is written over afterwards
 * @param atOnce at most 2048
 * @throws BugError for bytes that no version of this program wrote
 */
export function decodeNumbers(bytes: Uint8Array, take: (times: Float64Array, numbers: Float64Array) => void, atOnce = PIECE): void {
  reading(bytes, (from, length) => {
    const readTimes = timeReader(from, length)
    const without: [number, number][] = []
    readRuns(from, length, (kind, begin, end) => {
      if (!isNumber(kind)) without.push([begin, end])
    })
    readRuns(from, length, (quality, begin, end) => {
      if (severityOf(quality) === QualitySeverity.Bad) without.push([begin, end])
    })
    const read = numberReader(from, length)
    for (let at = 0; at < length; at += atOnce) {
      const size = Math.min(atOnce, length - at)
      const times = readTimes(TIMES.subarray(0, size))
      const numbers = read(NUMBERS.subarray(0, size))
      for (const [begin, end] of without) if (end > at && begin < at + size) numbers.fill(Number.NaN, Math.max(0, begin - at), end - at)
      take(times, numbers)
    }
  })
}

function reading<T>(bytes: Uint8Array, read: (from: ByteReader, length: number) => T): T {
  const from = new ByteReader(bytes)
  try {
    const version = from.uint8()
    if (version !== VERSION) throw new RangeError(`version ${version}`)
    const length = from.varint()
    // each sample costs at least a bit of some run: a length that the bytes cannot hold is no length
    if (length > 100_000_000) throw new RangeError(`${length} samples`)
    return read(from, length)
  } catch (error) {
    throw new BugError('A block of samples cannot be read', { cause: error })
  }
}

/** The first time, the unit that all distances share (polled devices: the second), and the distances in it. */
function writeTimes(to: ByteWriter, times: Float64Array): void {
  const first = times[0] ?? 0
  let unit = 0
  for (let at = 1; at < times.length; at++) {
    const step = (times[at] ?? 0) - (times[at - 1] ?? 0)
    if (!(step > 0) || !Number.isSafeInteger(step)) throw new BugError(`times of a block do not ascend at ${at}`)
    if (unit !== 1) unit = greatestCommonDivisor(unit, step)
  }
  if ((times.at(-1) ?? 0) - first > INTEGER_LIMIT) throw new BugError('a block spans more than 30 years')
  to.int64(first)
  to.varint(unit)
  writeIntegers(to, planIntegers(unit === 0 ? new Float64Array(times.length) : times.map((time) => (time - first) / unit)))
}

function timeReader(from: ByteReader, length: number): (into: Float64Array) => Float64Array {
  const first = from.int64()
  const unit = from.varint()
  const integers = new IntegerReader(from, length)
  return (into) => integers.read(into, first, unit)
}

/** Where nothing was measured the last number goes on: it costs nothing. */
function withoutHoles(values: Float64Array, kinds: Uint8Array): Float64Array {
  if (!kinds.some((kind) => kind === ValueKind.Null || kind === ValueKind.Text)) return values
  const filled = values.slice()
  let last = values.find((_, index) => kinds[index] === ValueKind.Number || kinds[index] === ValueKind.Exact) ?? 0
  for (const [index, kind] of kinds.entries()) {
    if (kind === ValueKind.Null || kind === ValueKind.Text) filled[index] = last
    else last = values[index] ?? 0
  }
  return filled
}

/** How often, what; how often, what … until all are told. */
function writeRuns(to: ByteWriter, numbers: Uint8Array | Uint16Array): void {
  for (let at = 0; at < numbers.length;) {
    const value = numbers[at] ?? 0
    let end = at + 1
    while (end < numbers.length && numbers[end] === value) end += 1
    to.varint(end - at)
    to.varint(value)
    at = end
  }
}

function readRuns(from: ByteReader, length: number, take: (value: number, begin: number, end: number) => void): void {
  for (let at = 0; at < length;) {
    const run = from.varint()
    if (run === 0 || at + run > length) throw new RangeError('a run is longer than the block')
    take(from.varint(), at, at + run)
    at += run
  }
}

/** The different texts in order of appearance, then where each stands. */
function writeTexts(to: ByteWriter, texts: ReadonlyMap<number, string>): void {
  const list = [...new Set(texts.values())]
  to.varint(list.length)
  for (const text of list) to.text(text)
  if (list.length === 0) return
  const rankOf = new Map(list.map((text, rank) => [text, rank]))
  to.varint(texts.size)
  writeIntegers(to, planIntegers(Float64Array.from(texts.keys())))
  writeIntegers(to, planIntegers(Float64Array.from(texts.values(), (text) => rankOf.get(text) ?? 0)))
}

function readTexts(from: ByteReader): Map<number, string> {
  const list = Array.from({ length: from.varint() }, () => from.text())
  const texts = new Map<number, string>()
  if (list.length === 0) return texts
  const count = from.varint()
  const places = readIntegers(from, count)
  const ranks = readIntegers(from, count)
  for (const [index, place] of places.entries()) {
    const text = list[ranks[index] ?? -1]
    if (text === undefined) throw new RangeError('a text that is not in the list')
    texts.set(place, text)
  }
  return texts
}
