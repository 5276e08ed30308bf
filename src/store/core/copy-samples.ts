import type { Sample, Value } from '#domain/sample.ts'
import { ByteWriter } from './byte-writer.ts'

/** PGCOPY, a byte that is not ASCII, CR LF, ... so that no text conversion passes unnoticed; then no flags and no header extension. */
export const COPY_HEAD = Uint8Array.of(0x50, 0x47, 0x43, 0x4f, 0x50, 0x59, 0x0a, 0xff, 0x0d, 0x0a, 0x00, 0, 0, 0, 0, 0, 0, 0, 0)
/** PostgreSQL counts from 2000-01-01. */
export const EPOCH_2000 = 946_684_800_000_000
const encoder = new TextEncoder()

/** The columns of {@link copySamples} in its order. */
export const SAMPLE_COLUMNS = 'tag_id, time_stamp, value, quality, value_text, status_code'

/** How a value lies in the two columns. Booleans are 0 and 1; a bigint is rounded in `value` and exact in `valueText`. */
export function storedValue(value: Value): { value: number | null; valueText: string | null } {
  if (value === null) return { value: null, valueText: null }
  if (typeof value === 'string') return { value: null, valueText: withoutNul(value) }
  if (typeof value === 'bigint') return { value: Number(value), valueText: value.toString() }
  return { value: Number(value), valueText: null }
}

/** The value that {@link storedValue} laid into the two columns, booleans apart. */
export function restoredValue(value: number | null, valueText: string | null): Value {
  if (valueText === null) return value
  return value === null ? valueText : BigInt(valueText)
}

/** PostgreSQL's text cannot hold U+0000 or half of a surrogate pair; devices send both. */
function withoutNul(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed()
}

/** @returns a whole `copy … (SAMPLE_COLUMNS) from stdin binary` of these samples, sorted by tag, within a tag in order of arrival */
export function copySamples(samples: readonly Sample[]): Uint8Array<ArrayBuffer> {
  const sorted = samples.toSorted((a, b) => a.tagId - b.tagId)
  const to = new ByteWriter(COPY_HEAD.length + 2 + sorted.length * 44)
  to.bytes(COPY_HEAD)
  for (const sample of sorted) {
    to.int16(6)
    to.int32(4)
    to.int32(sample.tagId)
    to.int32(8)
    to.int64(Math.round(sample.sourceTimestamp) - EPOCH_2000)
    const { value, valueText } = storedValue(sample.value)
    if (value === null) to.int32(-1)
    else {
      to.int32(8)
      to.float64(value)
    }
    to.int32(2)
    to.int16(sample.quality)
    if (valueText === null) to.int32(-1)
    else {
      const bytes = encoder.encode(valueText)
      to.int32(bytes.length)
      to.bytes(bytes)
    }
    if (sample.statusCode === null) to.int32(-1)
    else {
      to.int32(4)
      to.int32(sample.statusCode)
    }
  }
  to.int16(-1)
  return to.written()
}
