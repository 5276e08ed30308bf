import type { Micros } from '#base/time.ts'
import type { Queryable } from './database.ts'
import { sqlTime, sqlTimeOrNull } from './time.ts'

export type CaseState = 'open' | 'acknowledged' | 'cleared' | 'exhausted' | 'expired' | 'cancelled'

/** The telling of one alarm. */
export interface NotifyCase {
  readonly id: number
  readonly alarmEventId: number
  readonly state: CaseState
  readonly attempt: number
  readonly nextActionAt: Micros | null
}

const COLUMNS = 'c.id, c.alarm_event_id as "alarmEventId", c.state, c.attempt, c.next_action_at as "nextActionAt"'

/**
 * Opens the case of an alarm, once. The alarm must be locked `for share` before (see {@link lockAlarm}).
 * @returns undefined when it was opened before
 */
export async function openCase(tx: Queryable, alarmEventId: number): Promise<NotifyCase | undefined> {
  const rows = await tx.query<NotifyCase>(
    `insert into notify_cases as c (alarm_event_id) values ($1) on conflict (alarm_event_id) do nothing returning ${COLUMNS}`,
    [alarmEventId],
  )
  return rows[0]
}

/** Until the transaction ends nobody acknowledges, clears or closes it. @returns false when there is no such alarm */
export async function lockAlarm(tx: Queryable, alarmEventId: number): Promise<boolean> {
  return (await tx.query('select 1 from alarm_events where id = $1 for share', [alarmEventId])).length > 0
}

export async function findCase(db: Queryable, alarmEventId: number): Promise<NotifyCase | undefined> {
  return (await db.query<NotifyCase>(`select ${COLUMNS} from notify_cases c where c.alarm_event_id = $1`, [alarmEventId]))[0]
}

/** Takes a case that waited until now; locked until the transaction of `tx` ends. */
export async function takeDueCase(tx: Queryable, now: Micros): Promise<NotifyCase | undefined> {
  const rows = await tx.query<NotifyCase>(
    `select ${COLUMNS} from notify_cases c where c.state = 'open' and c.next_action_at <= $1
     order by c.next_action_at limit 1 for update skip locked`,
    [sqlTime(now)],
  )
  return rows[0]
}

/** What was decided: when to look again (null: nothing more is planned) and why, for people. */
export async function decideCase(
  tx: Queryable,
  id: number,
  decision: { attempt: number; nextActionAt: Micros | null; reason: string; policy?: Readonly<Record<string, unknown>> },
): Promise<void> {
  await tx.query(
    `update notify_cases set attempt = $2, next_action_at = $3, reason = $4, policy = coalesce($5::jsonb, policy) where id = $1 and state = 'open'`,
    [
      id,
      decision.attempt,
      sqlTimeOrNull(decision.nextActionAt),
      decision.reason,
      decision.policy === undefined ? null : JSON.stringify(decision.policy),
    ],
  )
}

export async function endCase(tx: Queryable, id: number, state: Exclude<CaseState, 'open'>, reason: string, at: Micros): Promise<void> {
  await tx.query(
    `update notify_cases set state = $2, reason = $3, closed_at = $4, next_action_at = null where id = $1 and state = 'open'`,
    [id, state, reason, sqlTime(at)],
  )
}

/** What stands between a message and its contact: read under a lock that an acknowledgement waits for. */
export interface CaseNow {
  readonly state: CaseState
  readonly acknowledgedBy: string | null
}

/**
 * Holds the case until the transaction ends: an acknowledgement that comes now waits, one that came before is seen.
 * @returns undefined when there is no such case any more
 */
export async function holdCase(tx: Queryable, id: number): Promise<CaseNow | undefined> {
  const held = await tx.query<{ state: CaseState; alarmEventId: number }>(
    'select state, alarm_event_id as "alarmEventId" from notify_cases where id = $1 for share',
    [id],
  )
  const one = held[0]
  if (one === undefined) return undefined
  // a statement of its own: it sees what was committed while the lock was waited for
  const [alarm] = await tx.query<{ acknowledgedBy: string | null }>(
    'select acknowledged_by as "acknowledgedBy" from alarm_events where id = $1',
    [one.alarmEventId],
  )
  return { state: one.state, acknowledgedBy: alarm?.acknowledgedBy ?? null }
}

/** The cooldown of a rule, and when somebody was last told of it (another alarm than this one) at one of these severities. */
export async function lastTold(
  db: Queryable,
  ruleId: number,
  exceptEventId: number,
  severities: readonly string[],
): Promise<{ cooldownMinutes: number; lastToldAt: Micros | undefined }> {
  const [row] = await db.query<{ cooldownMinutes: number; at: Micros | null }>(
    `select r.cooldown_minutes as "cooldownMinutes", (
       select max(m.handed_at) from messaging_history m join alarm_events e on e.id = m.alarm_event_id
       where e.rule_id = r.id and e.id <> $2 and e.severity = any($3::text[]) and m.kind = 'alarm') as at
     from alarm_rules r where r.id = $1`,
    [ruleId, exceptEventId, [...severities]],
  )
  return { cooldownMinutes: row?.cooldownMinutes ?? 0, lastToldAt: row?.at ?? undefined }
}

/** When the next waiting case or message is due; undefined when none waits. */
export async function nextDue(db: Queryable): Promise<Micros | undefined> {
  const [row] = await db.query<{ at: Micros | null }>(
    `select least(
       (select min(next_action_at) from notify_cases where state = 'open'),
       (select min(case when state = 'leased' then lease_until else next_at end) from messaging_history
        where state in ('queued', 'leased', 'unknown')),
       (select min(lease_until) from outbox where done_at is null)) as at`,
  )
  return row?.at ?? undefined
}
