import type { Micros } from '#base/time.ts'
import type { Queryable } from './database.ts'
import { sqlTime } from './time.ts'

/** What of the messaging should long have been done: nobody seems to do it. */
export interface Overdue {
  readonly cases: number
  readonly messages: number
  readonly intents: number
}

/** @param before what was due before this instant is overdue */
export async function findOverdue(db: Queryable, before: Micros): Promise<Overdue> {
  const [row] = await db.query<Overdue>(
    `select (select count(*) from notify_cases where state in ('open', 'exhausted') and next_action_at < $1) as cases,
       (select count(*) from messaging_history
        where (state = 'leased' and lease_until < $1) or (state in ('queued', 'unknown') and next_at < $1)) as messages,
       (select count(*) from outbox where done_at is null and created_at < $1 and coalesce(lease_until, created_at) < $1) as intents`,
    [sqlTime(before)],
  )
  return row ?? { cases: 0, messages: 0, intents: 0 }
}
