import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { BugError } from '#base/errors.ts'
import { type Aggregate, Aggregator } from '#calc/aggregate.ts'
import { decodeBlock, encodeBlock } from './core/block-codec.ts'
import { type OutlineStep, encodeOutline, outlineOf, readOutline } from './core/outline-codec.ts'
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
  const outline = minutes.length === 0 ? null : zstdCompressSync(encodeOutline(minutes), COMPRESSION)
  return { n: columns.times.length, data, outline, known: header }
}

/** @throws BugError when the bytes are damaged */
export function unpackColumns(packed: Uint8Array): SampleColumns {
  return decodeBlock(inflated(packed))
}

/**
 * The stretches of a packed outline, see {@link readOutline}.
 * @throws BugError when the bytes are damaged
 */
export function unpackOutline(packed: Uint8Array, step: OutlineStep, take: (stretch: Aggregate) => void): void {
  readOutline(inflated(packed), step, take)
}

function inflated(packed: Uint8Array): Uint8Array {
  try {
    return zstdDecompressSync(packed)
  } catch (cause) {
    throw new BugError('Stored history is damaged', { cause })
  }
}
