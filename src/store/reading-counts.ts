import type { Micros } from '#base/time.ts'
import type { Queryable } from './database.ts'

/** What report by exception made of the readings of a tag. */
export interface ReadingCount {
  readonly tagId: number
  /** Readings that came. */
  readonly seen: number
  /** Readings that went to `measurements`. */
  readonly stored: number
}

/** Adds to what was counted so far; of a removed tag nothing. */
export async function addReadingCounts(db: Queryable, counts: readonly ReadingCount[]): Promise<void> {
  await db.query(
    `insert into reading_counts as known (tag_id, seen, stored)
     select input.* from unnest($1::int[], $2::int8[], $3::int8[]) as input(tag_id, seen, stored) join tags on tags.id = input.tag_id
     order by input.tag_id
     on conflict (tag_id) do update set seen = known.seen + excluded.seen, stored = known.stored + excluded.stored`,
    [counts.map((one) => one.tagId), counts.map((one) => one.seen), counts.map((one) => one.stored)],
  )
}

/** Of the tags of a device, those that store most first. */
export async function readReadingCounts(
  db: Queryable,
  deviceId: number,
  limit: number,
): Promise<readonly (ReadingCount & { readonly name: string; readonly since: Micros })[]> {
  return await db.query(
    `select t.id as "tagId", t.name, c.since, c.seen, c.stored from reading_counts c join tags t on t.id = c.tag_id
     where t.device_id = $1 order by c.stored desc, t.name limit $2`,
    [deviceId, limit],
  )
}
