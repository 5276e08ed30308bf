import type { Micros } from '#base/time.ts'
import { SEVERITIES, SYSTEM_DEVICE_ID, type Severity } from '#domain/alarm.ts'
import { toldReason } from '#domain/told-reason.ts'
import { endCases, notifyAlarms } from './alarm-announce.ts'
import { freeNumbers } from './alarm-occurrences.ts'
import type { Queryable } from './database.ts'
import { sqlTime } from './time.ts'

/** A trouble of the system itself, as whoever noticed it put it into the outbox. */
export interface SystemReport {
  /** Stable, `room.event`; the name of its alarm. */
  readonly code: string
  /** `info`: it is over. */
  readonly severity: Severity
  readonly deviceId: number | null
  /** A measured value with its limit, where there is one. */
  readonly value: number | null
  readonly limit: number | null
  readonly unit: string
  /** What is the matter, in words. */
  readonly problem: string | null
  /** Whether it stands until it is reported as over; otherwise it happened, and waits for somebody to take notice. */
  readonly stands: boolean
}

interface Open {
  readonly id: number
  readonly severity: Severity
}

/**
 * Makes an alarm of a report, beside those of rules: it has a number, is acknowledged and told like them. One that is open is not raised
 * again, unless it became more severe.
 */
export async function reportSystem(
  tx: Queryable,
  report: SystemReport,
  now: Micros,
): Promise<{ readonly raised: number | null; readonly cleared: number | null }> {
  // one after the other, whichever process reports
  await tx.query(`select pg_advisory_xact_lock(hashtext('system alarm'))`)
  const deviceId = report.deviceId ?? SYSTEM_DEVICE_ID
  const [open] = await tx.query<Open>(
    `select id, severity from alarm_events where kind = 'system' and name = $1 and device_id = $2 and closed_at is null order by id desc limit 1`,
    [report.code, deviceId],
  )
  if (report.severity === 'info') return { raised: null, cleared: open === undefined ? null : await clear(tx, open.id, now) }
  if (open !== undefined) {
    if (SEVERITIES.indexOf(report.severity) <= SEVERITIES.indexOf(open.severity)) return { raised: null, cleared: null }
    await supersede(tx, open.id, now)
  }
  const id = await raise(tx, report, deviceId, now)
  await notifyAlarms(tx, [...(open === undefined ? [] : [open.id]), id])
  return { raised: id, cleared: null }
}

async function raise(tx: Queryable, report: SystemReport, deviceId: number, now: Micros): Promise<number> {
  const [number] = await freeNumbers(tx, 1)
  const [made] = await tx.query<{ id: number }>(
    `insert into alarm_events (display_number, rule_version, kind, device_id, device_code, name, severity, unit, value_at_raise, operator, setpoint,
       comment, raised_at, cleared_at, received_at, category)
     values ($1, 1, 'system', $2, coalesce((select code from devices where id = $2), 'SyncTide'), $3, $4, $5, $6, $7, $8, $9, $10, $11, $10, 'SyncTide')
     returning id`,
    [
      number,
      deviceId,
      report.code,
      report.severity,
      report.unit,
      report.value,
      report.limit === null ? null : '<',
      report.limit,
      report.problem,
      sqlTime(now),
      report.stands ? null : sqlTime(now),
    ],
  )
  return made?.id ?? 0
}

async function clear(tx: Queryable, id: number, now: Micros): Promise<number | null> {
  const rows = await tx.query(
    `update alarm_events set cleared_at = greatest(raised_at, $2), closed_at = case when acknowledged_at is not null then greatest(acknowledged_at, $2) end
     where id = $1 and cleared_at is null returning id`,
    [id, sqlTime(now)],
  )
  await notifyAlarms(tx, [id])
  return rows.length > 0 ? id : null
}

/** A more severe one takes its place. */
async function supersede(tx: Queryable, id: number, now: Micros): Promise<void> {
  const why = toldReason('more_severe')
  await tx.query('select 1 from notify_cases where alarm_event_id = $1 for update', [id])
  await tx.query(
    `update alarm_events set cleared_at = coalesce(cleared_at, greatest(raised_at, $2)), acknowledged_at = coalesce(acknowledged_at, greatest(raised_at, $2)),
       acknowledged_by = coalesce(acknowledged_by, $3), attribution = coalesce(attribution, $4::jsonb), closed_at = greatest(raised_at, acknowledged_at, $2)
     where id = $1`,
    [id, sqlTime(now), why, JSON.stringify({ by: 'system', reason: 'became more severe' })],
  )
  await endCases(tx, [id], 'cancelled', why, sqlTime(now))
}
