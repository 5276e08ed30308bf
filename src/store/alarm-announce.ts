import type { Queryable } from './database.ts'

/** What became of an alarm, for screens and for notify. */
export interface Intent {
  readonly kind: 'raised' | 'cleared' | 'returned'
  readonly eventId: number
  /** Whether people are to be told; screens hear of it in any case. */
  readonly told: boolean
  readonly body: Readonly<Record<string, unknown>>
}

/** Closes open cases and cancels every message of them that has not been handed over; waits for a send that is under way. */
export async function endCases(tx: Queryable, ids: readonly number[], state: string, reason: string, at: string): Promise<void> {
  await tx.query(
    `update notify_cases set state = $2, reason = $3, closed_at = $4, next_action_at = null
     where alarm_event_id = any($1::bigint[]) and state in ('open', 'exhausted')`,
    [ids, state, reason, at],
  )
  await tx.query(
    `update messaging_history set state = 'cancelled', reason = $2, lease_owner = null, lease_until = null
     where alarm_event_id = any($1::bigint[]) and kind in ('alarm', 'exhausted') and state in ('queued', 'leased', 'unknown')`,
    [ids, reason],
  )
}

/** Cases before alarms, the order of everybody: an acknowledgement under way is waited for. */
export async function lockCases(tx: Queryable, which: string, values: readonly unknown[]): Promise<void> {
  await tx.query(
    `select 1 from notify_cases c where c.alarm_event_id in (select e.id from alarm_events e where ${which}) order by c.id for update of c`,
    values,
  )
}

/** Wakes whoever shows or counts alarms: channel `alarms`, payload the ids with commas; empty means look at all. */
export async function notifyAlarms(tx: Queryable, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return
  // a payload holds less than 8,000 bytes
  const payloads = Array.from({ length: Math.ceil(ids.length / 500) }, (_, part) => ids.slice(500 * part, 500 * (part + 1)).join(','))
  await tx.query(`select pg_notify('alarms', payload) from unnest($1::text[]) as payload`, [payloads])
}
