import { type Interpolation, interpolationOf } from '#domain/interpolation.ts'
import type { DeviceScope } from '#domain/user.ts'
import { tellsChanges } from '#drivers/catalogue.ts'
import type { Queryable } from '#store/database.ts'
import { listTagTraits } from '#store/tags.ts'

/** What each of the tags that are in scope was between two samples. */
export async function interpolationsOf(
  db: Queryable,
  scope: DeviceScope,
  tagIds: readonly number[],
): Promise<ReadonlyMap<number, Interpolation>> {
  const traits = await listTagTraits(db, scope, tagIds)
  return new Map(traits.map((tag) => [tag.id, interpolationOf(tag, tellsChanges(tag.protocol))] as const))
}
