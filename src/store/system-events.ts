import type { Micros } from '#base/time.ts'
import type { Severity } from '#domain/alarm.ts'
import type { DeviceScope } from '#domain/user.ts'
import type { Queryable } from './database.ts'
import { idsOf } from './devices.ts'
import { sqlTime } from './time.ts'

/** Something the system itself noticed: a device quarantined, samples not kept, deliveries not judged. */
export interface SystemEvent {
  readonly id: number
  readonly at: Micros
  /** Stable, `room.event`. */
  readonly code: string
  readonly severity: Severity
  readonly deviceId: number | null
  readonly detail: Readonly<Record<string, unknown>>
}

export async function recordEvent(
  db: Queryable,
  event: { code: string; severity?: Severity; deviceId?: number | null; detail?: Readonly<Record<string, unknown>> },
): Promise<void> {
  await db.query('insert into system_events (code, severity, device_id, detail) values ($1, $2, $3, $4)', [
    event.code,
    event.severity ?? 'info',
    event.deviceId ?? null,
    JSON.stringify(event.detail ?? {}),
  ])
}

/** Records what whoever looks after the system must be told as well; notify sends it. */
export async function raiseSystem(
  tx: Queryable,
  event: { code: string; severity: Severity; deviceId?: number | null; detail?: Readonly<Record<string, unknown>> },
): Promise<void> {
  await recordEvent(tx, event)
  const { code, severity, deviceId = null, detail = {} } = event
  await tx.query(`insert into outbox (kind, body) values ('system', $1)`, [JSON.stringify({ code, severity, deviceId, detail })])
  await tx.query(`select pg_notify('outbox', '')`)
}

/**
 * Newest first. Events without a device concern everybody.
 * @param before id to go on from, exclusive
 * @param deviceId only those of this device
 */
export async function listEvents(
  db: Queryable,
  scope: DeviceScope,
  limit: number,
  { before = null, deviceId = null }: { before?: number | null; deviceId?: number | null } = {},
): Promise<readonly SystemEvent[]> {
  return await db.query<SystemEvent>(
    `select id, at, code, severity, device_id as "deviceId", detail from system_events
     where ($1::int[] is null or device_id is null or device_id = any($1)) and ($2::bigint is null or id < $2)
       and ($4::int is null or device_id = $4) order by id desc limit $3`,
    [idsOf(scope), before, limit, deviceId],
  )
}

/** The newest one of its kind. */
export async function lastEventOf(db: Queryable, code: string): Promise<SystemEvent | undefined> {
  const rows = await db.query<SystemEvent>(
    `select id, at, code, severity, device_id as "deviceId", detail from system_events where code = $1 order by id desc limit 1`,
    [code],
  )
  return rows[0]
}

export async function deleteEventsBefore(db: Queryable, before: Micros): Promise<void> {
  await db.query('delete from system_events where at < $1', [sqlTime(before)])
}
