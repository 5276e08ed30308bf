import { ConfigError } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'

export const BUCKET_UNITS = ['second', 'minute', 'hour', 'day', 'week', 'month', 'year'] as const
export type BucketUnit = (typeof BUCKET_UNITS)[number]

/** How wide: 15 minutes, a day, a month. Days and more follow the wall clock of the site, so that a day has 23, 24 or 25 hours. */
export interface BucketStep {
  readonly count: number
  readonly unit: BucketUnit
}

/** More buckets than anybody looks at or prints. */
const MOST_BUCKETS = 200_000

/**
 * Where buckets begin and end: the last edge is the first one at or after `to`. Buckets are aligned to the wall clock: quarter hours begin
 * at :00, :15 …, weeks on Monday, months on the first; the first bucket may begin before `from`.
 * @throws ConfigError naming `bucket` when there would be too many
 */
export function bucketEdges(from: Micros, to: Micros, { count, unit }: BucketStep, timeZone: string): Float64Array {
  const start = startOf(zoned(from, timeZone), count, unit)
  const edges: number[] = []
  for (let index = 0; ; index++) {
    const edge = microsOf(
      unit === 'second' || unit === 'minute' || unit === 'hour' ? fixed(start, index * count, unit) : local(start, index * count, unit),
    )
    edges.push(edge)
    if (edge >= to) return Float64Array.from(edges)
    if (edges.length > MOST_BUCKETS) {
      throw new ConfigError('bucket', `The period has more than ${MOST_BUCKETS} buckets of ${count} ${unit}`, {
        remedy: 'Choose a wider bucket or a shorter period.',
      })
    }
  }
}

type Zoned = Temporal.ZonedDateTime

function zoned(at: Micros, timeZone: string): Zoned {
  return Temporal.Instant.fromEpochNanoseconds(BigInt(Math.floor(at)) * 1000n).toZonedDateTimeISO(timeZone)
}

function microsOf(at: Zoned): Micros {
  return Number(at.epochNanoseconds / 1000n)
}

/** Hours and less are as long on every day. */
function fixed(start: Zoned, amount: number, unit: 'second' | 'minute' | 'hour'): Zoned {
  return start.add(unit === 'second' ? { seconds: amount } : unit === 'minute' ? { minutes: amount } : { hours: amount })
}

function local(start: Zoned, amount: number, unit: BucketUnit): Zoned {
  const added = start.add(
    unit === 'day' ? { days: amount } : unit === 'week' ? { weeks: amount } : unit === 'month' ? { months: amount } : { years: amount },
  )
  // a zone may put its clocks forward at midnight: the day then begins when it does
  return added.startOfDay()
}

function startOf(at: Zoned, count: number, unit: BucketUnit): Zoned {
  const day = at.startOfDay()
  switch (unit) {
    case 'second':
    case 'minute':
    case 'hour': {
      const width = unit === 'second' ? count : unit === 'minute' ? count * 60 : count * 3600
      const seconds = Math.floor(Number(at.epochNanoseconds - day.epochNanoseconds) / 1e9 / width) * width
      return day.add({ seconds })
    }
    case 'day':
      return day
    case 'week':
      return day.subtract({ days: at.dayOfWeek - 1 }).startOfDay()
    case 'month':
      return day.with({ day: 1 }).startOfDay()
    case 'year':
      return day.with({ month: 1, day: 1 }).startOfDay()
  }
}
