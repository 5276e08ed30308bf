import type { Micros } from '#base/time.ts'
import type { Tag } from '#domain/device.ts'
import { QualitySeverity, severityOf } from '#domain/sample.ts'
import type { DeviceScope } from '#domain/user.ts'
import type { Queryable } from './database.ts'
import { sealedUntil } from './hypertable.ts'
import { readHistory } from './measurements.ts'
import { sqlTime } from './time.ts'
import { readBuckets } from './trend.ts'

/**
 * Of what share of each stretch a usable value of the tag is known: Good or Uncertain, its own or one that held on. Gaps begin with a Bad
 * sample, so none holds on over them; what a device replays afterwards fills them.
 * @param edges ascending, such as local days; one more than there are stretches
 * @returns 0 to 1; null where there is nothing to know: before the tag's first sample, and after `now`
 */
export async function readCompleteness(
  db: Queryable,
  scope: DeviceScope,
  { id, kind }: Pick<Tag, 'id' | 'kind'>,
  edges: Float64Array,
  now: Micros,
): Promise<readonly (number | null)[]> {
  const first = await firstSample(db, id)
  const known =
    kind === 'text'
      ? await knownText(db, scope, id, edges, now)
      : (await readBuckets(db, scope, id, edges, now)).map((bucket) => bucket.knownSeconds * 1_000_000)
  return known.map((micros, index) => {
    const begin = Math.max(edges[index] ?? 0, first)
    const span = Math.min(edges[index + 1] ?? 0, now) - begin
    return span <= 0 ? null : Math.min(1, micros / span)
  })
}

/** When the tag first had a value; infinity when it never had. */
async function firstSample(db: Queryable, tagId: number): Promise<Micros> {
  const [row] = await db.query<{ first: Micros | null }>(
    `select least(
       (select coalesce(first_at, starts_at) from measurement_blocks where tag_id = $1 order by t0 limit 1),
       (select time_stamp from measurements where tag_id = $1 and quality & 3 <> $2 and time_stamp >= $3 order by time_stamp limit 1),
       (select min(time_stamp) from late_samples where tag_id = $1 and quality & 3 <> $2)) as first`,
    [tagId, QualitySeverity.Bad, sqlTime(await sealedUntil(db))],
  )
  return row?.first ?? Number.POSITIVE_INFINITY
}

/** How far back the text that holds at the first edge is looked for. */
const BEHIND: Micros = 2 * 86_400_000_000

async function knownText(db: Queryable, scope: DeviceScope, tagId: number, edges: Float64Array, now: Micros): Promise<readonly Micros[]> {
  const [from, to] = [edges[0] ?? 0, Math.min(edges.at(-1) ?? 0, now)]
  const known = new Float64Array(Math.max(0, edges.length - 1))
  let since: Micros | null = null
  const hold = (until: Micros): void => {
    if (since === null) return
    for (let index = 0; index < known.length; index++) {
      const overlap = Math.min(until, edges[index + 1] ?? 0) - Math.max(since, edges[index] ?? 0)
      if (overlap > 0) known[index] = (known[index] ?? 0) + overlap
    }
  }
  for await (const { times, qualities } of readHistory(db, scope, tagId, from - BEHIND, to)) {
    for (const [index, at] of times.entries()) {
      hold(at)
      since = severityOf(qualities[index] ?? 0) === QualitySeverity.Bad ? null : at
    }
  }
  hold(to)
  return [...known]
}
