import { setImmediate as breathe } from 'node:timers/promises'
import type { Micros } from '#base/time.ts'
import type { Queryable } from './database.ts'
import { sqlTime } from './time.ts'

/** Rows that go in one transaction: nobody waits long for a lock. */
const BATCH = 1000

/**
 * Takes away alarms that were closed before an instant, with their comments, cases and messages. One that stands, has an open case, a
 * message under way, or is the one that its rule remembers stays.
 * @returns how many went
 */
export async function dropAlarmsBefore(db: Queryable, before: Micros, signal?: AbortSignal): Promise<number> {
  return await inBatches(
    db,
    `with gone as (delete from alarm_events where id in (
       select e.id from alarm_events e where e.raised_at < $1 and e.closed_at < $1
         and not exists (select from notify_cases c where c.alarm_event_id = e.id and c.state = 'open')
         and not exists (select from outbox o where o.alarm_event_id = e.id and o.done_at is null)
         and not exists (select from alarm_states s where s.event_id = e.id)
         and not exists (select from messaging_history m where m.alarm_event_id = e.id and m.state in (${UNDER_WAY}))
       order by e.raised_at limit ${BATCH} for update skip locked) returning 1)
     select count(*)::int as rows from gone`,
    before,
    signal,
  )
}

const UNDER_WAY = `'queued', 'leased', 'unknown'`
/** Of a message `m`: its alarm is over. */
const OVER = `not exists (select from alarm_events e where e.id = m.alarm_event_id and e.closed_at is null)`

/**
 * Takes away messages, sent and received, older than an instant. Those of an alarm that stands or of an open case stay, and whatever is
 * still to be sent.
 * @returns how many went
 */
export async function dropMessagesBefore(db: Queryable, before: Micros, signal?: AbortSignal): Promise<number> {
  const sent = await inBatches(
    db,
    `with gone as (delete from messaging_history where id in (
       select m.id from messaging_history m left join notify_cases c on c.id = m.case_id
       where m.created_at < $1 and m.state not in (${UNDER_WAY}) and c.state is distinct from 'open' and ${OVER}
       order by m.id limit ${BATCH} for update of m skip locked) returning 1)
     select count(*)::int as rows from gone`,
    before,
    signal,
  )
  const received = await inBatches(
    db,
    `with gone as (delete from inbound_messages where id in (
       select id from inbound_messages where received_at < $1 order by id limit ${BATCH}) returning 1)
     select count(*)::int as rows from gone`,
    before,
    signal,
  )
  // what a reply may refer to, and what was asked for: nobody counts them
  await inBatches(
    db,
    `with gone as (delete from message_targets where ctid in (
       select m.ctid from message_targets m where m.sent_at < $1 and ${OVER} limit ${BATCH}) returning 1)
     select count(*)::int as rows from gone`,
    before,
    signal,
  )
  await inBatches(
    db,
    `with gone as (delete from outbox where id in (select id from outbox where done_at < $1 order by id limit ${BATCH}) returning 1)
     select count(*)::int as rows from gone`,
    before,
    signal,
  )
  return sent + received
}

async function inBatches(db: Queryable, statement: string, before: Micros, signal: AbortSignal | undefined): Promise<number> {
  for (let total = 0; ;) {
    signal?.throwIfAborted()
    const [{ rows } = { rows: 0 }] = await db.query<{ rows: number }>(statement, [sqlTime(before)])
    total += rows
    if (rows < BATCH) return total
    await breathe()
  }
}
