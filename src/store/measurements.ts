import type { Micros } from '#base/time.ts'
import { QualityFlag, type Sample, type Value } from '#domain/sample.ts'
import type { DeviceScope } from '#domain/user.ts'
import { readBlocks } from './blocks.ts'
import { readHotRows, readLateRows } from './open-rows.ts'
import { mergeColumns, rowAt, sliceColumns, type SampleColumns, ValueKind } from './core/sample-columns.ts'
import type { Queryable } from './database.ts'
import { isInScope } from './tags.ts'
import { sqlTime } from './time.ts'

/** A stored sample: text and integers beyond 2^53 as text, booleans as 0 and 1. */
export interface StoredSample {
  readonly at: Micros
  readonly value: number | string | null
  readonly quality: number
}

/** Blocks that are opened at a time: a year of a fast tag never lies in memory as a whole. */
const BLOCKS_AT_ONCE = 8

/**
 * Samples of a tag in [from, to), oldest first; of several with the same time only one.
 * @returns empty when there is no such tag in scope; `truncated` when there are more than `limit`
 */
export async function readSamples(
  db: Queryable,
  scope: DeviceScope,
  tagId: number,
  from: Micros,
  to: Micros,
  limit: number,
): Promise<{ samples: readonly StoredSample[]; truncated: boolean }> {
  const samples: StoredSample[] = []
  for await (const columns of readHistory(db, scope, tagId, from, to)) {
    for (let index = 0; index < columns.times.length; index++) {
      if (samples.length === limit) return { samples, truncated: true }
      const { at, value, valueText, quality } = rowAt(columns, index)
      samples.push({ at, value: valueText ?? value, quality })
    }
  }
  return { samples, truncated: false }
}

/**
 * The history of a tag in [from, to) as columns, piece by piece in order of time, each time once. Samples wander
 * meanwhile, late ones to the rows of an open window or to the blocks, rows to the blocks: they are read in this order, so that none is
 * missed, and what is met twice counts once.
 */
export async function* readHistory(
  db: Queryable,
  scope: DeviceScope,
  tagId: number,
  from: Micros,
  to: Micros,
): AsyncGenerator<SampleColumns> {
  if (!(await isInScope(db, scope, tagId))) return
  for (let begin = from; begin < to;) {
    const end = Math.min(to, await endOfPiece(db, tagId, begin, to))
    const late = await readLateRows(db, tagId, begin, end)
    const rows = await readHotRows(db, tagId, begin, end)
    const blocks = await readBlocks(db, tagId, begin, end)
    const columns = mergeColumns([rows, ...blocks.map((block) => block.columns), late])
    const piece = sliceColumns(columns, begin, end)
    if (piece.times.length > 0) yield piece
    begin = end
  }
}

const SAMPLES_AT_ONCE = 8192

type Written = { -readonly [Field in keyof Sample]: Sample[Field] }

/**
 * Columns as samples of their tag, as they were when they were live, so many at a time. The samples are the same ones each time, written
 * anew: making and clearing away millions of them is a third of the time of whoever reads them. Keep none.
 */
export function* samplesOf(tagId: number, columns: SampleColumns): Generator<readonly Sample[]> {
  const { length } = columns.times
  const samples: Written[] = []
  for (let from = 0; from < length; from += SAMPLES_AT_ONCE) {
    const count = Math.min(SAMPLES_AT_ONCE, length - from)
    samples.length = Math.min(samples.length, count)
    for (let place = 0; place < count; place++) {
      const sample = (samples[place] ??= { tagId, sourceTimestamp: 0.5, value: 0.5, quality: 0, statusCode: null })
      write(sample, columns, from + place)
    }
    yield samples
  }
}

function write(sample: Written, columns: SampleColumns, index: number): void {
  const { times, values, kinds, qualities, statusCodes } = columns
  sample.sourceTimestamp = times[index] ?? 0
  sample.value = kinds[index] === ValueKind.Number ? (values[index] ?? 0) : valueAt(columns, index)
  sample.quality = (qualities[index] ?? 0) & ~QualityFlag.Historical
  sample.statusCode = statusCodes.size === 0 ? null : (statusCodes.get(index) ?? null)
}

function valueAt(columns: SampleColumns, index: number): Value {
  const { value, valueText } = rowAt(columns, index)
  return valueText === null ? value : exact(valueText)
}

function exact(text: string): Value {
  return /^-?\d{1,40}$/.test(text) ? BigInt(text) : text
}

async function endOfPiece(db: Queryable, tagId: number, from: Micros, to: Micros): Promise<Micros> {
  const ends = await db.query<{ end: Micros }>(
    `select t1 as end from measurement_blocks where tag_id = $1 and t0 > $2::timestamptz - interval '1 day' and t0 < $3 and t1 > $2
     order by t0 limit $4`,
    [tagId, sqlTime(from), sqlTime(to), BLOCKS_AT_ONCE],
  )
  return ends.length < BLOCKS_AT_ONCE ? to : (ends.at(-1)?.end ?? to)
}
