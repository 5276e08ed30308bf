import type { Micros } from '#base/time.ts'
import type { Aggregate } from '#calc/aggregate.ts'
import { ByteWriter } from './byte-writer.ts'
import { COPY_HEAD, EPOCH_2000 } from './copy-samples.ts'

/** A row of `measurement_blocks`. */
export interface BlockRow {
  readonly tagId: number
  readonly from: Micros
  readonly to: Micros
  readonly n: number
  readonly data: Uint8Array
  readonly outline: Uint8Array | null
  readonly known: Aggregate
}

/** The columns of {@link copyBlocks} in its order. */
export const BLOCK_COLUMNS =
  'tag_id, t0, t1, n, data, outline, starts_at, ends_at, holds, numbers, first_at, first_value, last_at, last_value, least, greatest, ' +
  'sum, integral, known_seconds, rise'

const FIELDS = BLOCK_COLUMNS.split(', ').length

/** @returns a whole `copy … (BLOCK_COLUMNS) from stdin binary` of these blocks */
export function copyBlocks(blocks: readonly BlockRow[]): Uint8Array<ArrayBuffer> {
  const bytes = blocks.reduce((sum, one) => sum + one.data.length + (one.outline?.length ?? 0) + 256, 0)
  const to = new ByteWriter(COPY_HEAD.length + 2 + bytes)
  to.bytes(COPY_HEAD)
  for (const { tagId, from, to: until, n, data, outline, known } of blocks) {
    const some = known.numbers > 0
    to.int16(FIELDS)
    integer(to, tagId)
    instant(to, from)
    instant(to, until)
    integer(to, n)
    blob(to, data)
    blob(to, outline)
    instant(to, known.startsAt)
    instant(to, known.endsAt)
    to.int32(1)
    to.uint8(Number(known.holds))
    integer(to, known.numbers)
    instant(to, some ? known.firstAt : null)
    double(to, some ? known.firstValue : null)
    instant(to, some ? known.lastAt : null)
    double(to, some ? known.lastValue : null)
    double(to, some ? known.least : null)
    double(to, some ? known.greatest : null)
    double(to, known.sum)
    double(to, known.integral)
    double(to, known.knownSeconds)
    double(to, known.rise)
  }
  to.int16(-1)
  return to.written()
}

function integer(to: ByteWriter, value: number): void {
  to.int32(4)
  to.int32(value)
}

function instant(to: ByteWriter, at: Micros | null): void {
  if (at === null) return to.int32(-1)
  to.int32(8)
  to.int64(Math.round(at) - EPOCH_2000)
}

function double(to: ByteWriter, value: number | null): void {
  if (value === null) return to.int32(-1)
  to.int32(8)
  to.float64(value)
}

function blob(to: ByteWriter, bytes: Uint8Array | null): void {
  if (bytes === null) return to.int32(-1)
  to.int32(bytes.length)
  to.bytes(bytes)
}
