import type { Micros } from '#base/time.ts'
import { readManyBuckets } from '#store/trend.ts'
import type { UserCall } from './handlers.ts'

/** The numbers that tags had at an instant, however long before they were told; null where none was known. */
export async function heldAt(
  tagIds: readonly number[],
  at: Micros,
  { db, scope, clock }: UserCall,
): Promise<ReadonlyMap<number, number | null>> {
  const stepped = new Map(tagIds.map((tagId) => [tagId, 'stepped' as const]))
  const told = await readManyBuckets(db, scope, tagIds, Float64Array.of(at, at + 1), clock.now(), stepped)
  return new Map([...told].map(([tagId, [bucket]]) => [tagId, bucket?.start ?? null] as const))
}
