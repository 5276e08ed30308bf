import { type MemoryChange, lastChanges } from '#domain/driver-memory.ts'
import type { Queryable } from './database.ts'

/** What the drivers of a protocol learned of their devices. */
export async function readDriverMemory(db: Queryable, protocol: string): Promise<readonly MemoryChange[]> {
  return await db.query<MemoryChange>(
    `select m.device_id as "deviceId", m.key, m.value::text as value from driver_memory m join devices d on d.id = m.device_id
     where d.protocol = $1 order by m.device_id, m.key`,
    [protocol],
  )
}

/** Keeps and forgets, the last change of a key counts; devices that were removed meanwhile are passed over. */
export async function saveDriverMemory(tx: Queryable, changes: readonly MemoryChange[]): Promise<void> {
  const last = lastChanges(changes)
  const kept = last.filter((change) => change.value !== null)
  const forgotten = last.filter((change) => change.value === null)
  if (kept.length > 0) {
    await tx.query(
      `insert into driver_memory (device_id, key, value)
       select d.id, m.key, m.value::json from unnest($1::int[], $2::text[], $3::text[]) as m (device_id, key, value)
         join devices d on d.id = m.device_id order by d.id, m.key for key share of d
       on conflict (device_id, key) do update set value = excluded.value`,
      [kept.map((one) => one.deviceId), kept.map((one) => one.key), kept.map((one) => one.value)],
    )
  }
  if (forgotten.length > 0) {
    await tx.query(
      `delete from driver_memory m using unnest($1::int[], $2::text[]) as f (device_id, key)
       where m.device_id = f.device_id and m.key = f.key`,
      [forgotten.map((one) => one.deviceId), forgotten.map((one) => one.key)],
    )
  }
}
