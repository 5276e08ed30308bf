import type { Micros, Millis } from '#base/time.ts'
import type { Queryable } from './database.ts'
import { LEASED, type LeasedMessage } from './messaging.ts'
import { sqlTime } from './time.ts'

/**
 * Leases the next message that is due, the most urgent and then the oldest first, or one whose lease ran out (its sender died: whether it arrived is not known).
 * The row is the attempt on record before anything leaves this machine.
 * @param lease how long it is ours, longer than any send may take; and channels that are busy
 */
export async function leaseMessage(
  db: Queryable,
  owner: string,
  now: Micros,
  lease: { millis: Millis; except: readonly string[] },
): Promise<LeasedMessage | undefined> {
  const rows = await db.query<LeasedMessage>(
    `with due as (
       select id, state from messaging_history
       where ((state in ('queued', 'unknown') and next_at <= $2) or (state = 'leased' and lease_until <= $2))
         and not channel = any($4::text[])
       order by urgency, next_at, id limit 1 for update skip locked)
     update messaging_history m set state = 'leased', lease_owner = $1, lease_until = $3, tries = tries + 1,
       uncertain_tries = uncertain_tries + (due.state in ('leased', 'unknown'))::int
     from due where due.id = m.id
     returning ${LEASED}
       due.state in ('leased', 'unknown') as uncertain, m.created_at as "createdAt"`,
    [owner, sqlTime(now), sqlTime(now + lease.millis * 1000), [...lease.except]],
  )
  return rows[0]
}

/** Most that one message tells of. */
const MOST_TOGETHER = 1000

/** Leases what is due with a bundled message, says the same, and goes to the same person by the same way. */
export async function leaseCompanions(
  db: Queryable,
  owner: string,
  message: LeasedMessage,
  now: Micros,
  leaseMillis: Millis,
): Promise<readonly LeasedMessage[]> {
  return await db.query<LeasedMessage>(
    `with due as (
       select id from messaging_history
       where state = 'queued' and bundled and kind = $7 and contact_id = $4 and channel = $5 and address = $6 and next_at <= $2
       order by urgency, next_at, id limit ${MOST_TOGETHER - 1} for update skip locked)
     update messaging_history m set state = 'leased', lease_owner = $1, lease_until = $3, tries = tries + 1
     from due where due.id = m.id
     returning ${LEASED} false as uncertain, m.created_at as "createdAt"`,
    [owner, sqlTime(now), sqlTime(now + leaseMillis * 1000), message.contactId, message.channel, message.address, message.kind],
  )
}

/**
 * Gives back what a process that ended had leased; whether it arrived is not known. A message that is being handed over at this
 * moment is locked by its sender and left alone.
 * @param ids null: whatever is leased, of any owner
 */
export async function releaseLeases(db: Queryable, ids: readonly number[] | null, now: Micros): Promise<number> {
  const rows = await db.query(
    `update messaging_history set state = 'unknown', lease_owner = null, lease_until = null, next_at = $2
     where id in (select id from messaging_history where state = 'leased' and ($1::bigint[] is null or id = any($1)) for update skip locked)
     returning id`,
    [ids === null ? null : [...ids], sqlTime(now)],
  )
  return rows.length
}

/** Those whose lease is still ours; they stay locked. An acknowledgement takes it away. */
export async function holdMessages(tx: Queryable, ids: readonly number[], owner: string): Promise<ReadonlySet<number>> {
  const rows = await tx.query<{ id: number }>(
    `select id from messaging_history where id = any($1::bigint[]) and state = 'leased' and lease_owner = $2 order by id for update`,
    [[...ids], owner],
  )
  return new Set(rows.map((one) => one.id))
}

/**
 * Waits until what is being handed over to a chat at this moment is on record: whoever answers has it before its sender could note that. A
 * sender locks its message while it sends; one that died holds no lock. Nothing stays locked.
 */
export async function awaitSends(tx: Queryable, channel: string, chat: string): Promise<void> {
  const leased = await tx.query<{ id: number }>(
    `select id from messaging_history where channel = $1 and address = $2 and state = 'leased' order by id`,
    [channel, chat],
  )
  for (const { id } of leased) {
    await tx.query('savepoint sends')
    await tx.query(`select from messaging_history where id = $1 and state = 'leased' for key share`, [id])
    await tx.query('rollback to savepoint sends')
  }
}
