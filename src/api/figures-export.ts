import { InvalidRequest } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'
import { type BucketStep, bucketEdges } from '#calc/buckets.ts'
import { metricOf } from '#calc/metric.ts'
import { Zone } from '#calc/zone.ts'
import type { DeviceScope } from '#domain/user.ts'
import type { CsvLook } from '#plant/sheets/core/csv.ts'
import type { Bucket } from '#store/core/bucket-filling.ts'
import type { Database } from '#store/database.ts'
import { readManyBuckets } from '#store/trend.ts'
import { type DateFormat, csvLine, timeText } from './core/history-csv.ts'
import { inPieces, namedTags } from './history-export.ts'

export interface FiguresRequest extends CsvLook {
  /** All that are in scope when undefined. */
  readonly tagIds: readonly number[] | undefined
  readonly from: Micros
  /** Exclusive. */
  readonly to: Micros
  readonly step: BucketStep
  readonly dateFormat: DateFormat
  readonly timeZone: string
}

const METRICS = ['average', 'minimum', 'maximum', 'first', 'last', 'sum', 'rise'] as const
/** That are held in memory at a time. */
const BUCKETS_AT_ONCE = 20_000
/** Digits of a figure: beyond them binary fractions show. */
const DIGITS = 12

/**
 * What each tag came to in each hour, day or month, as CSV: a row a bucket, tag after tag, for a whole site too. Wide buckets come from the
 * headers of blocks. `known` is for how much of the bucket, up to now, something was known.
 * @throws InvalidRequest, NotFound for a tag that does not exist in scope, ConfigError for too many buckets; all before the first piece
 */
export async function exportFigures(
  db: Database,
  scope: DeviceScope,
  request: FiguresRequest,
  now: Micros,
): Promise<AsyncGenerator<string>> {
  if (!(request.to > request.from)) throw new InvalidRequest('The period ends before it begins.', { field: 'to' })
  const tags = await namedTags(db, scope, request.tagIds)
  const zone = new Zone(request.timeZone)
  const edges = bucketEdges(request.from, request.to, request.step, zone.name)
  const lines = async function* (): AsyncGenerator<string> {
    yield csvLine(['time', 'tag', 'unit', ...METRICS, 'samples', 'known %'], request)
    const tagsAtOnce = Math.max(1, Math.floor(BUCKETS_AT_ONCE / edges.length))
    for (let at = 0; at < tags.length; at += tagsAtOnce) {
      const some = tags.slice(at, at + tagsAtOnce)
      const filled = await readManyBuckets(
        db,
        scope,
        some.map(({ tag }) => tag.id),
        edges,
        now,
      )
      for (const { tag, device } of some) {
        for (const bucket of filled.get(tag.id) ?? []) {
          const figures = METRICS.map((metric) => rounded(metricOf(bucket, metric)))
          const name = `${device.code}:${tag.name}`
          const time = timeText(bucket.from, request.dateFormat, zone)
          yield csvLine([time, name, tag.unit, ...figures, metricOf(bucket, 'count'), knownShare(bucket, now)], request)
        }
      }
    }
  }
  return inPieces(lines())
}

function rounded(figure: number | null): number | null {
  return figure === null ? null : Number(figure.toPrecision(DIGITS))
}

/** In percent; null for what is still to come. */
function knownShare({ from, to, knownSeconds }: Bucket, now: Micros): number | null {
  const seconds = (Math.min(to, now) - from) / 1_000_000
  return seconds <= 0 ? null : Math.round(Math.min(1, knownSeconds / seconds) * 10_000) / 100
}
