import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { BugError } from '#base/errors.ts'
import { type Aggregate, Aggregator } from '#calc/aggregate.ts'
import { decodeBlock, decodeNumbers, encodeBlock } from './core/block-codec.ts'
import {
  type OutlineStep,
  type Stretches,
  encodeOutline,
  outlineOf,
  readHoursOrQuarters,
  readMinutes,
  readOld,
  tellsMinutes,
} from './core/outline-codec.ts'
import { type SampleColumns, numbersOf, sameColumns } from './core/sample-columns.ts'

/** What {@link SampleColumns} become on disk. */
export interface PackedBlock {
  readonly n: number
  readonly data: Uint8Array
  /** Minute by minute, where that is worth it. */
  readonly outline: Uint8Array | null
  readonly known: Aggregate
}

const COMPRESSION = {
  params: { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_checksumFlag]: 1 },
}

/**
 * @param columns at least one sample
 * @throws BugError when the bytes do not read as what was written: they are read back and compared before they are returned
 */
export function packBlock(columns: SampleColumns): PackedBlock {
  const known = new Aggregator()
  known.addAll(columns.times, numbersOf(columns), 0, columns.times.length)
  const header = known.result()
  if (header === undefined) throw new BugError('a block without samples')
  const data = zstdCompressSync(encodeBlock(columns), COMPRESSION)
  if (!sameColumns(columns, unpackColumns(data))) throw new BugError('A block does not read as it was written; its rows stay')
  const minutes = outlineOf(columns)
  const n = columns.times.length
  return { n, data, outline: minutes.length === 0 ? null : packOutline(minutes, isSingle(columns), tellsMinutes(n, header)), known: header }
}

function isSingle({ values }: SampleColumns): boolean {
  return values.every((value) => Object.is(Math.fround(value), value))
}

/** @throws BugError when the bytes are damaged */
export function unpackColumns(packed: Uint8Array): SampleColumns {
  return decodeBlock(inflated(packed))
}

/** As {@link unpackColumns}, of the numbers alone, some at a time, see {@link decodeNumbers}. @throws BugError when the bytes are damaged */
export function unpackNumbers(packed: Uint8Array, take: (times: Float64Array, numbers: Float64Array) => void): void {
  decodeNumbers(inflated(packed), take)
}

/** The version, a byte that no older outline begins with; the length of its first half in two bytes; both halves. */
const OUTLINE_VERSION = 3
const OUTLINE_HEAD = 3

function packOutline(minutes: readonly Aggregate[], ofSingles: boolean, withMinutes: boolean): Uint8Array | null {
  const encoded = encodeOutline(minutes, ofSingles, withMinutes)
  if (encoded === undefined) return null
  const [wide, fine] = [zstdCompressSync(encoded.hoursAndQuarters, COMPRESSION), zstdCompressSync(encoded.minutes, COMPRESSION)]
  return Buffer.concat([Uint8Array.of(OUTLINE_VERSION, wide.length >> 8, wide.length & 255), wide, fine])
}

/** Whether so many of the first bytes of a packed outline suffice for its hours and quarters. */
export function tellsHours(packed: Uint8Array): boolean {
  return packed[0] === OUTLINE_VERSION && packed.length >= endOfHours(packed)
}

function endOfHours(packed: Uint8Array): number {
  return OUTLINE_HEAD + ((packed[1] ?? 0) << 8) + (packed[2] ?? 0)
}

/**
 * The stretches of a packed outline.
 * @param packed all of it, or as many of its first bytes as were read
 * @returns undefined when it takes more of its bytes to say
 * @throws BugError when the bytes are damaged
 */
export function unpackOutline(packed: Uint8Array, isWhole: boolean, step: OutlineStep): Stretches | undefined {
  if (packed[0] !== OUTLINE_VERSION) return isWhole ? readOld(inflated(packed), step) : undefined
  const end = endOfHours(packed)
  if (step !== 'minute') {
    if (!tellsHours(packed)) return undefined
    const wide = readHoursOrQuarters(inflated(packed.subarray(OUTLINE_HEAD, end)), step)
    if (wide !== undefined) return wide
  }
  return isWhole ? readMinutes(inflated(packed.subarray(end))) : undefined
}

function inflated(packed: Uint8Array): Uint8Array {
  try {
    return zstdDecompressSync(packed)
  } catch (cause) {
    throw new BugError('Stored history is damaged', { cause })
  }
}
