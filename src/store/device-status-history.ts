import type { Micros } from '#base/time.ts'
import type { DeviceStatusWord } from '#domain/device.ts'
import type { DeviceScope } from '#domain/user.ts'
import type { Queryable } from './database.ts'
import { idsOf } from './devices.ts'
import { sqlTime } from './time.ts'

/** From `at` on a device was in this state. */
export interface StatusChange {
  readonly deviceId: number
  readonly at: Micros
  readonly status: DeviceStatusWord
  readonly problem: string | null
}

export async function saveStatusChanges(tx: Queryable, changes: readonly StatusChange[]): Promise<void> {
  if (changes.length === 0) return
  await tx.query(
    `insert into device_status_history (device_id, at, status, problem)
     select input.* from unnest($1::int[], $2::timestamptz[], $3::text[], $4::text[]) as input(device_id, at, status, problem)
     join devices on devices.id = input.device_id
     on conflict (device_id, at) do update set status = excluded.status, problem = excluded.problem`,
    [
      changes.map((one) => one.deviceId),
      changes.map((one) => sqlTime(one.at)),
      changes.map((one) => one.status),
      changes.map((one) => one.problem),
    ],
  )
}

/** States of a device in [from, to), oldest first, with the one that held before; empty out of scope. */
export async function listStatusHistory(
  db: Queryable,
  scope: DeviceScope,
  deviceId: number,
  from: Micros,
  to: Micros,
): Promise<readonly StatusChange[]> {
  return await db.query<StatusChange>(
    `select device_id as "deviceId", at, status, problem from device_status_history
     where device_id = $1 and ($2::int[] is null or device_id = any($2)) and at < $4
       and at >= coalesce((select max(at) from device_status_history where device_id = $1 and at <= $3), $3)
     order by at limit 10000`,
    [deviceId, idsOf(scope), sqlTime(from), sqlTime(to)],
  )
}
