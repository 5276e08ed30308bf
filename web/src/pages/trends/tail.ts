import { QualitySeverity, severityOf } from '#domain/sample.ts'
import type { Reading } from '../../live/store.ts'
import type { Pen } from './pens.ts'

/** What the stream told of a tag since the page was opened, oldest first. */
export type Tail = ReadonlyMap<number, readonly Reading[]>

/** A line of samples that goes on with what the stream told after its last one. Buckets are not gone on with: a reading is no figure of a bucket. */
export function withTail(pen: Pen, tail: Tail): Pen {
  const last = pen.times.at(-1) ?? Number.NEGATIVE_INFINITY
  const newer = (tail.get(pen.tag.id) ?? []).filter((one) => one.sourceTimestamp / 1_000_000 > last)
  if (newer.length === 0) return pen
  return {
    ...pen,
    times: [...pen.times, ...newer.map((one) => one.sourceTimestamp / 1_000_000)],
    values: [...pen.values, ...newer.map(numberOf)],
    qualities: [...pen.qualities, ...newer.map((one) => one.quality)],
  }
}

/** As the history tells samples: states are 0 and 1, texts and what is Bad are no number. */
function numberOf({ value, quality }: Reading): number | null {
  if (severityOf(quality) === QualitySeverity.Bad) return null
  if (typeof value === 'boolean') return value ? 1 : 0
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}
