import { NotFound } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'
import type { DeviceScope } from '#domain/user.ts'
import { notifyAlarms } from './alarm-announce.ts'
import type { Database, Queryable } from './database.ts'
import { idsOf } from './devices.ts'
import { sqlTime } from './time.ts'

/** Writes a comment at an occurrence, open or closed. @throws NotFound out of scope */
export async function addComment(
  db: Database,
  scope: DeviceScope,
  id: number,
  comment: { readonly who: string; readonly text: string; readonly at: Micros },
): Promise<void> {
  await db.transaction(async (tx) => {
    const rows = await tx.query(
      `insert into alarm_comments (alarm_event_id, at, who, body)
       select e.id, $3, $4, $5 from alarm_events e where e.id = $1 and ($2::int[] is null or e.device_id = any($2)) returning id`,
      [id, idsOf(scope), sqlTime(comment.at), comment.who, comment.text],
    )
    if (rows.length === 0) throw new NotFound(`There is no alarm ${id}.`)
    await notifyAlarms(tx, [id])
  })
}

/** How the telling of one occurrence stands, for its page. */
export interface ToldState {
  readonly state: string
  /** It ended since nobody could be told. */
  readonly untold: boolean
  readonly reason: string | null
  readonly chainName: string | null
  readonly nextActionAt: Micros | null
}

export async function toldState(db: Queryable, id: number): Promise<ToldState | undefined> {
  const rows = await db.query<ToldState>(
    `select state, reason, chain ->> 'name' as "chainName", next_action_at as "nextActionAt",
       state = 'exhausted' and coalesce((policy -> 'nobody')::boolean, false) as untold from notify_cases where alarm_event_id = $1`,
    [id],
  )
  return rows[0]
}

/** The rule of an occurrence as it was at the raise, beside what its columns say. */
export async function ruleOfAlarm(db: Queryable, id: number): Promise<Readonly<Record<string, unknown>>> {
  const rows = await db.query<{ rule: Readonly<Record<string, unknown>> }>('select rule from alarm_events where id = $1', [id])
  return rows[0]?.rule ?? {}
}
