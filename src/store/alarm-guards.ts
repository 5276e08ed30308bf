import type { Micros } from '#base/time.ts'
import type { Intent } from './alarm-announce.ts'
import type { Queryable } from './database.ts'
import { sqlTime } from './time.ts'

/** ISA-18.2: more raises than this in ten minutes are a flood, which ends below the other. */
const FLOOD_ABOVE = 10
const FLOOD_BELOW = 5

/** A rule that raises three times a minute chatters, until it was quiet for ten: its further raises are told only when they stand. */
export const CHATTERS = `(
  (select count(*) from alarm_events p where p.rule_id = live.id and p.raised_at > input.raised_at - interval '60 s' and p.raised_at < input.raised_at) >= 2
  or exists (select from alarm_events p where p.rule_id = live.id and p.chattering and p.raised_at > input.raised_at - interval '10 min'
    and p.raised_at < input.raised_at))`
export const QUIET_FOR = `interval '60 s'`

/** Chattering alarms that stand for a minute by now are told after all: none is lost in the noise. */
export async function speakUp(tx: Queryable, now: Micros): Promise<readonly Intent[]> {
  const rows = await tx.query<{ id: number; at: Micros; value: number | null }>(
    `update alarm_events set quiet_until = null
     where quiet_until <= $1 and closed_at is null and cleared_at is null and acknowledged_at is null and suppressed is null
     returning id, raised_at as at, value_at_raise as value`,
    [sqlTime(now)],
  )
  return rows.map(({ id, at, value }) => ({
    kind: 'raised',
    eventId: id,
    told: true,
    body: { at, value, late: false, standing: true, chattering: true },
  }))
}

/** Begins or ends a flood of the site; the alarm that it began with is marked as the first out. */
export async function markFlood(tx: Queryable): Promise<void> {
  const [open] = await tx.query<{ id: number }>('select id from alarm_floods where ended_at is null')
  const [count] = await tx.query<{ raises: number; firstId: number | null }>(
    `select count(*)::int as raises, (array_agg(id order by raised_at, id))[1] as "firstId" from alarm_events
     where committed_at > now() - interval '10 min' and raised_at > now() - interval '20 min' and suppressed is null and not chattering`,
  )
  const raises = count?.raises ?? 0
  if (open !== undefined) {
    await tx.query(
      `update alarm_floods set alarms = greatest(alarms, $2), ended_at = case when $2 < $3 then now() end
       where id = $1 and (alarms < $2 or $2 < $3)`,
      [open.id, raises, FLOOD_BELOW],
    )
    return
  }
  if (raises <= FLOOD_ABOVE || count === undefined) return
  await tx.query('insert into alarm_floods (started_at, first_event_id, alarms) values (now(), $1, $2) on conflict do nothing', [
    count.firstId,
    raises,
  ])
  await tx.query('update alarm_events set first_out = true where id = $1', [count.firstId])
  await tx.query(`insert into system_events (code, severity, detail) values ('alarm.flood', 'warning', $1)`, [
    JSON.stringify({ alarms: raises, firstEventId: count.firstId }),
  ])
}

/** A flood ends also when nothing is raised any more. @returns whether one is under way */
export async function floodNow(db: Queryable): Promise<{ startedAt: Micros; alarms: number; firstEventId: number | null } | undefined> {
  const rows = await db.query<{ startedAt: Micros; alarms: number; firstEventId: number | null }>(
    `select started_at as "startedAt", alarms, first_event_id as "firstEventId" from alarm_floods where ended_at is null`,
  )
  return rows[0]
}
