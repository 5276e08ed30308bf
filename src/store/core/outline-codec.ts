import { BugError } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'
import { type Aggregate, Aggregator } from '#calc/aggregate.ts'
import { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import { readNumbers, writeNumbers } from './number-series.ts'
import { numberAt, type SampleColumns } from './sample-columns.ts'

/**
 * The outline of a block: what is known of each minute that has samples, so that a month or a year is drawn without opening the block.
 * docs/block-format.md
 */
const VERSION = 1

const MINUTE: Micros = 60_000_000
/** With fewer samples a minute the block itself is as quickly read. */
const WORTH_IT = 5

/** The stretches of a block that an outline tells apart. @returns none when the block is better opened */
export function outlineOf(columns: SampleColumns): Aggregate[] {
  const stretches: Aggregate[] = []
  let current = new Aggregator()
  let end = Number.NEGATIVE_INFINITY
  const close = (): void => {
    const known = current.result()
    if (known !== undefined) stretches.push(known)
  }
  for (let index = 0; index < columns.times.length; index++) {
    const at = columns.times[index] ?? 0
    if (at >= end) {
      close()
      current = new Aggregator()
      end = (Math.floor(at / MINUTE) + 1) * MINUTE
    }
    current.add(at, numberAt(columns, index))
  }
  close()
  return stretches.length * WORTH_IT <= columns.times.length ? stretches : []
}

/** Whether an instant lies between two minutes of an outline. */
export function isOutlineEdge(at: Micros): boolean {
  return at % MINUTE === 0
}

/** Written one below the other, times as distances from the minute before: they hardly differ from minute to minute. */
const TIMES = ['endsAt', 'firstAt', 'lastAt'] as const
const FIGURES = ['numbers', 'firstValue', 'lastValue', 'least', 'greatest', 'sum', 'integral', 'knownSeconds', 'rise'] as const

export function encodeOutline(stretches: readonly Aggregate[]): Uint8Array<ArrayBuffer> {
  const to = new ByteWriter(64 + stretches.length * 16)
  to.uint8(VERSION)
  to.varint(stretches.length)
  const first = stretches[0]?.startsAt ?? 0
  to.int64(first)
  writeNumbers(
    to,
    column(stretches, (one) => one.startsAt - first),
  )
  for (const name of TIMES)
    writeNumbers(
      to,
      column(stretches, (one) => (one.numbers === 0 && name !== 'endsAt' ? 0 : one[name] - one.startsAt)),
    )
  writeNumbers(
    to,
    column(stretches, (one) => Number(one.holds)),
  )
  for (const name of FIGURES)
    writeNumbers(
      to,
      column(stretches, (one) => (Number.isFinite(one[name]) ? one[name] : 0)),
    )
  return to.written()
}

/** @throws BugError for bytes that no version of this program wrote */
export function decodeOutline(bytes: Uint8Array): Aggregate[] {
  const from = new ByteReader(bytes)
  try {
    const version = from.uint8()
    if (version !== VERSION) throw new RangeError(`version ${version}`)
    const length = from.varint()
    if (length > 1_000_000) throw new RangeError(`${length} minutes`)
    const first = from.int64()
    const starts = readNumbers(from, length)
    const [ends, firsts, lasts] = TIMES.map(() => readNumbers(from, length))
    const holds = readNumbers(from, length)
    const [numbers, firstValues, lastValues, leasts, greatests, sums, integrals, knowns, rises] = FIGURES.map(() =>
      readNumbers(from, length),
    )
    if (!from.ended) throw new RangeError('bytes are left over')
    const at = (series: Float64Array | undefined, index: number): number => series?.[index] ?? 0
    return Array.from({ length }, (_, index) => {
      const startsAt = first + at(starts, index)
      const some = at(numbers, index) > 0
      return {
        startsAt,
        endsAt: startsAt + at(ends, index),
        holds: at(holds, index) === 1,
        numbers: at(numbers, index),
        firstAt: some ? startsAt + at(firsts, index) : 0,
        firstValue: at(firstValues, index),
        lastAt: some ? startsAt + at(lasts, index) : 0,
        lastValue: at(lastValues, index),
        least: some ? at(leasts, index) : Infinity,
        greatest: some ? at(greatests, index) : -Infinity,
        sum: at(sums, index),
        integral: at(integrals, index),
        knownSeconds: at(knowns, index),
        rise: at(rises, index),
      }
    })
  } catch (error) {
    throw new BugError('The outline of a block cannot be read', { cause: error })
  }
}

function column(stretches: readonly Aggregate[], pick: (one: Aggregate) => number): Float64Array {
  return Float64Array.from(stretches, pick)
}
