import type { Micros } from '#base/time.ts'
import type { DeviceScope } from '#domain/user.ts'
import type { Queryable } from './database.ts'
import { idsOf } from './devices.ts'
import { sqlTime } from './time.ts'

/** A stored sample: text and integers beyond 2^53 as text, booleans as 0 and 1. */
export interface StoredSample {
  readonly at: Micros
  readonly value: number | string | null
  readonly quality: number
}

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
  const samples = await db.query<StoredSample>(
    `select at, value, quality from (
       select distinct on (m.time_stamp) m.time_stamp as at, coalesce(to_jsonb(m.value_text), to_jsonb(m.value)) as value, m.quality
       from measurements m
       where m.tag_id = $1 and m.time_stamp >= $2 and m.time_stamp < $3
         and exists (select from tags t where t.id = $1 and ($4::int[] is null or t.device_id = any($4)))
       order by m.time_stamp) rows order by at limit $5`,
    [tagId, sqlTime(from), sqlTime(to), idsOf(scope), limit + 1],
  )
  return { samples: samples.slice(0, limit), truncated: samples.length > limit }
}
