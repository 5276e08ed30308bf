import type { Micros } from '#base/time.ts'
import type { DeviceReport } from '#domain/delivery.ts'
import type { DeviceStatus } from '#domain/device.ts'
import type { DeviceScope } from '#domain/user.ts'
import type { Queryable } from './database.ts'
import { idsOf } from './devices.ts'
import { sqlTimeOrNull } from './time.ts'

/** Keeps what was last reported of each device; a report of a removed device changes nothing. */
export async function saveDeviceStates(db: Queryable, reports: readonly DeviceReport[]): Promise<void> {
  await db.query(
    `insert into device_states (device_id, status, newest, consecutive_failures, success_rate, problem, updated_at)
     select input.*, now() from unnest($1::int[], $2::text[], $3::timestamptz[], $4::int[], $5::real[], $6::text[])
       as input(device_id, status, newest, consecutive_failures, success_rate, problem)
     join devices on devices.id = input.device_id order by input.device_id
     on conflict (device_id) do update set status = excluded.status, newest = coalesce(excluded.newest, device_states.newest),
       consecutive_failures = excluded.consecutive_failures, success_rate = excluded.success_rate, problem = excluded.problem, updated_at = now()`,
    [
      reports.map((one) => one.deviceId),
      reports.map((one) => one.status),
      reports.map((one) => sqlTimeOrNull(one.newest)),
      reports.map((one) => one.consecutiveFailures),
      reports.map((one) => one.successRate),
      reports.map((one) => one.problem),
    ],
  )
}

export async function listDeviceStates(db: Queryable, scope: DeviceScope): Promise<readonly DeviceReport[]> {
  return await db.query<{
    deviceId: number
    status: DeviceStatus
    newest: Micros | null
    consecutiveFailures: number
    successRate: number
    problem: string | null
  }>(
    `select device_id as "deviceId", status, newest, consecutive_failures as "consecutiveFailures", success_rate as "successRate", problem
     from device_states where $1::int[] is null or device_id = any($1) order by device_id`,
    [idsOf(scope)],
  )
}
