import type { Micros } from '#base/time.ts'
import type { Severity } from '#domain/alarm.ts'
import type { DeviceScope } from '#domain/user.ts'
import type { Queryable } from './database.ts'
import { sqlTime } from './time.ts'

/** An occurrence with what its figures need. */
export interface RaisedAlarm {
  readonly ruleId: number | null
  readonly deviceId: number
  readonly deviceCode: string
  readonly kind: string
  readonly name: string
  readonly severity: Severity
  readonly raisedAt: Micros
  readonly clearedAt: Micros | null
  readonly acknowledgedAt: Micros | null
  readonly byItself: boolean
}

const COLUMNS = `rule_id as "ruleId", device_id as "deviceId", device_code as "deviceCode", kind, name, severity, raised_at as "raisedAt",
  cleared_at as "clearedAt", acknowledged_at as "acknowledgedAt", coalesce(acknowledged_by like 'System:%', false) as "byItself"`

/** Occurrences raised in [from, to) that somebody was told of, oldest first, at most `limit` of them. */
export async function listRaised(
  db: Queryable,
  scope: DeviceScope,
  from: Micros,
  to: Micros,
  limit: number,
): Promise<readonly RaisedAlarm[]> {
  return await db.query<RaisedAlarm>(
    `select ${COLUMNS} from alarm_events
     where raised_at >= $1 and raised_at < $2 and suppressed is null and ($3::int[] is null or device_id = any($3))
     order by raised_at, id limit $4`,
    [sqlTime(from), sqlTime(to), scope === 'all' ? null : [...scope], limit],
  )
}

/** Occurrences that have stood since before an instant, the oldest first, at most `limit` of them. */
export async function listStale(db: Queryable, scope: DeviceScope, before: Micros, limit: number): Promise<readonly RaisedAlarm[]> {
  return await db.query<RaisedAlarm>(
    `select ${COLUMNS} from alarm_events
     where closed_at is null and cleared_at is null and raised_at < $1 and suppressed is null and ($2::int[] is null or device_id = any($2))
     order by raised_at limit $3`,
    [sqlTime(before), scope === 'all' ? null : [...scope], limit],
  )
}

/** Since when alarms are judged here: the installation, or the first alarm that a backup brought along. */
export async function judgedSince(db: Queryable): Promise<Micros> {
  const [row] = await db.query<{ at: Micros | null }>(
    'select least((select min(applied_at) from schema_migrations), (select min(raised_at) from alarm_events)) as at',
  )
  return row?.at ?? 0
}
