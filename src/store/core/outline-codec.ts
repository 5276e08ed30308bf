import { BugError } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'
import { type Aggregate, Aggregator } from '#calc/aggregate.ts'
import { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import { readOldOutline } from './old-outlines.ts'
import { readTable, writeTable } from './outline-table.ts'
import { numbersOf, type SampleColumns } from './sample-columns.ts'

/**
 * The outline of a block: what is known of each minute that has samples, of each quarter and of each hour, so that a month or a year is drawn
 * without opening the block. docs/block-format.md; every version that was ever written stays readable (old-outlines.ts).
 */

const WIDTHS = { hour: 3_600_000_000, quarter: 900_000_000, minute: 60_000_000 } as const satisfies Record<string, Micros>
/** How finely an outline is looked at. */
export type OutlineStep = keyof typeof WIDTHS
/** With fewer samples a minute the block itself is as quickly read. */
const WORTH_IT = 5
/** The same of the minutes alone: an outline with them would be longer than what it tells of. */
const MINUTES_WORTH_IT = 20

/** The stretches of a block that an outline tells apart. @returns none when the block is better opened */
export function outlineOf(columns: SampleColumns): Aggregate[] {
  const stretches: Aggregate[] = []
  const { times } = columns
  const numbers = numbersOf(columns)
  for (let at = 0; at < times.length;) {
    const end = (Math.floor((times[at] ?? 0) / WIDTHS.minute) + 1) * WIDTHS.minute
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

/** Whether the outline of a block with so many samples, if it has one, tells minutes too. */
export function tellsMinutes(samples: number, { startsAt, endsAt }: Aggregate): boolean {
  return samples * WIDTHS.minute >= MINUTES_WORTH_IT * (endsAt - startsAt)
}

/** @returns the widest step of an outline between whose stretches all these instants lie; undefined when there is none */
export function outlineStep(edges: Float64Array): OutlineStep | undefined {
  return (['hour', 'quarter', 'minute'] as const).find((step) => edges.every((at) => at % WIDTHS[step] === 0))
}

/** The two halves of an outline, of which wide questions need only the first. */
export interface EncodedOutline {
  readonly hoursAndQuarters: Uint8Array<ArrayBuffer>
  readonly minutes: Uint8Array<ArrayBuffer>
}

/**
 * @param isSingle whether all numbers of the block are of single precision: their sums are then no closer than they are
 * @param withMinutes else hours and quarters alone
 * @returns undefined when nothing is left to tell
 */
export function encodeOutline(minutes: readonly Aggregate[], isSingle: boolean, withMinutes: boolean): EncodedOutline | undefined {
  if (!withMinutes && joinedBy(minutes, WIDTHS.quarter).length < 2) return undefined
  const wide = new ByteWriter(2048)
  for (const step of ['hour', 'quarter'] as const) {
    const joined = joinedBy(minutes, WIDTHS[step])
    // of one the header of the block says as much
    writeTable(wide, joined.length > 1 ? joined : [], WIDTHS[step], isSingle)
  }
  const told = withMinutes ? minutes : []
  const fine = new ByteWriter(64 + told.length * 16)
  writeTable(fine, told, WIDTHS.minute, isSingle)
  return { hoursAndQuarters: wide.written(), minutes: fine.written() }
}

function joinedBy(minutes: readonly Aggregate[], width: Micros): Aggregate[] {
  const joined: Aggregate[] = []
  for (const own of Map.groupBy(minutes, (one) => Math.floor(one.startsAt / width)).values()) {
    const wide = new Aggregator()
    for (const minute of own) wide.addStretch(minute)
    const known = wide.result()
    if (known !== undefined) joined.push(known)
  }
  return joined
}

/** Walks through stretches in order of time; the object is the same all the time, and its fields change. */
export type Stretches = (take: (stretch: Aggregate) => void) => void

/**
 * @returns the hours or quarters; undefined where they are not told, because there is only one
 * @throws BugError for bytes that no version of this program wrote
 */
export function readHoursOrQuarters(bytes: Uint8Array, step: 'hour' | 'quarter'): Stretches | undefined {
  return reading(() => {
    const from = new ByteReader(bytes)
    const hours = readTable(from, WIDTHS.hour)
    if (step === 'hour' && hours !== undefined) return hours
    const quarters = readTable(from, WIDTHS.quarter)
    if (!from.ended) throw new RangeError('bytes are left over')
    return quarters
  })
}

/** @returns undefined where they are not told. @throws BugError for bytes that no version of this program wrote */
export function readMinutes(bytes: Uint8Array): Stretches | undefined {
  return reading(() => {
    const from = new ByteReader(bytes)
    const minutes = readTable(from, WIDTHS.minute)
    if (!from.ended) throw new RangeError('bytes are left over')
    return minutes
  })
}

/** Versions 1 and 2, see {@link readOldOutline}. @throws BugError for bytes that no version of this program wrote */
export function readOld(bytes: Uint8Array, step: OutlineStep): Stretches {
  return reading(() => readOldOutline(bytes, step === 'hour'))
}

function reading<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new BugError('The outline of a block cannot be read', { cause: error })
  }
}
