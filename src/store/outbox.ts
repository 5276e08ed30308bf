import type { Micros, Millis } from '#base/time.ts'
import type { Queryable } from './database.ts'

/** What became of an alarm, told by the transaction that did it. */
export interface Intent {
  readonly id: number
  readonly kind: 'raised' | 'cleared' | 'returned' | 'acknowledged' | 'system'
  readonly alarmEventId: number | null
  readonly body: Readonly<Record<string, unknown>>
  readonly createdAt: Micros
}

/**
 * Takes the oldest intent that nobody works on; it is another's again when the transaction of `tx` fails. Intents of one alarm come
 * in order: a later one waits while an earlier one is open.
 */
export async function takeIntent(tx: Queryable): Promise<Intent | undefined> {
  const rows = await tx.query<Intent>(
    `select id, kind, alarm_event_id as "alarmEventId", body, created_at as "createdAt" from outbox o
     where done_at is null and (lease_until is null or lease_until <= now())
       and not exists (select from outbox p where p.alarm_event_id = o.alarm_event_id and p.done_at is null and p.id < o.id)
     order by id limit 1 for update skip locked`,
  )
  return rows[0]
}

export async function finishIntent(tx: Queryable, id: number): Promise<void> {
  await tx.query('update outbox set done_at = now(), lease_owner = null, lease_until = null where id = $1', [id])
}

/** Lets an intent that could not be worked on rest. */
export async function restIntent(db: Queryable, id: number, owner: string, millis: Millis): Promise<void> {
  await db.query(
    `update outbox set lease_owner = $2, lease_until = now() + $3 * interval '1 millisecond' where id = $1 and done_at is null`,
    [id, owner, millis],
  )
}

/** Who acknowledged need not be told of it. */
export async function nameAcknowledger(tx: Queryable, eventIds: readonly number[], contactId: number): Promise<void> {
  await tx.query(
    `update outbox set body = body || jsonb_build_object('contactId', $2::int)
     where kind = 'acknowledged' and done_at is null and alarm_event_id = any($1::bigint[])`,
    [[...eventIds], contactId],
  )
}

/** Tells the engine that something is to be sent. */
export async function wakeNotify(tx: Queryable): Promise<void> {
  await tx.query(`select pg_notify('outbox', '')`)
}
