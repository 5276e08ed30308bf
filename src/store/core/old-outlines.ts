import type { Aggregate } from '#calc/aggregate.ts'
import { ByteReader } from './byte-reader.ts'
import { readNumbers } from './number-series.ts'
import { emptyStretch } from './outline-table.ts'

/**
 * Outlines as versions 1 and 2 wrote them: docs/block-format.md.
 * @returns walks through the hours, where they are wanted and told, else through the minutes
 * @throws RangeError for bytes that no version of this program wrote
 */
export function readOldOutline(bytes: Uint8Array, hoursWanted: boolean): (take: (stretch: Aggregate) => void) => void {
  const from = new ByteReader(bytes)
  const version = from.uint8()
  if (version !== 1 && version !== 2) throw new RangeError(`version ${version}`)
  const hours = version === 1 ? undefined : readTable(from, version)
  if (hoursWanted && hours !== undefined) return hours
  const minutes = readTable(from, version) ?? (() => undefined)
  if (!from.ended) throw new RangeError('bytes are left over')
  return minutes
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
    const stretch = emptyStretch()
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
