import type { Micros } from '#base/time.ts'
import { toldReason } from '#domain/told-reason.ts'
import type { Intent } from './alarm-announce.ts'
import type { Queryable } from './database.ts'
import { sqlTime } from './time.ts'

/** What stands still so long after it was last put before people, or acknowledged, that its rule wants it told again by `$1`. */
const DUE = `e.cleared_at is null and e.closed_at is null and e.suppressed is null and e.quiet_until is null
  and greatest(e.acknowledged_at, coalesce(e.annunciated_at, e.committed_at)) + r.realarm_minutes * interval '1 minute' <= $1`

/**
 * Re-alarm (ISA-18.2; ReAlarmTime of OPC UA Part 9): an alarm that still stands goes back to unacknowledged and is told again. It stays the
 * same occurrence; the acknowledgement that it takes back stays in its history.
 * @param now by the clock of the host: an alarm is put before people in their time, whatever its source says
 */
export async function reAlarm(tx: Queryable, now: Micros): Promise<readonly Intent[]> {
  const due = await tx.query<{ id: number }>(
    `select e.id from alarm_rules r join alarm_events e on e.rule_id = r.id where r.realarm_minutes is not null and ${DUE} order by e.id`,
    [sqlTime(now)],
  )
  if (due.length === 0) return []
  const ids = due.map((one) => one.id)
  // cases before alarms, the order of everybody; whoever acknowledges at this moment is waited for, and then it is not due
  await tx.query('select 1 from notify_cases where alarm_event_id = any($1::bigint[]) order by id for update', [ids])
  const told = await tx.query<{ id: number; at: Micros; value: number | null; times: number }>(
    `with due as (
       select e.id, e.acknowledged_at, e.acknowledged_by from alarm_events e join alarm_rules r on r.id = e.rule_id
       where e.id = any($2::bigint[]) and r.realarm_minutes is not null and ${DUE} order by e.id for update of e),
     kept as (
       insert into alarm_realarms (alarm_event_id, at, acknowledged_at, acknowledged_by)
       select id, $1, acknowledged_at, acknowledged_by from due)
     update alarm_events e set annunciated_at = $1, realarms = realarms + 1, acknowledged_at = null, acknowledged_by = null, attribution = null
     from due where e.id = due.id returning e.id, e.raised_at as at, e.value_at_raise as value, e.realarms as times`,
    [sqlTime(now), ids],
  )
  await tellAgain(
    tx,
    told.map((one) => one.id),
  )
  return told.map(({ id, at, value, times }) => ({
    kind: 'raised',
    eventId: id,
    told: true,
    body: { at, value, late: false, standing: true, again: true, reAlarms: times },
  }))
}

/** Cases whose telling is over begin anew; one that is still under way goes on as it is. */
async function tellAgain(tx: Queryable, ids: readonly number[]): Promise<void> {
  await tx.query(
    `update notify_cases set state = 'open', closed_at = null, step = 0, tries = 0, declined = '[]', passed = '[]', begun = false, next_action_at = now(),
       reason = $2, policy = policy - 'nobody'
     where alarm_event_id = any($1::bigint[]) and not (state = 'open' and next_action_at is not null)`,
    [ids, toldReason('told_again')],
  )
}
