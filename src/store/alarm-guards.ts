import type { Micros } from '#base/time.ts'
import { CHATTER_QUIET, Chatter, type KnownRaise } from '#domain/chatter.ts'
import { firstOut, type FloodShare } from '#domain/first-out.ts'
import { FLOOD_ABOVE, FLOOD_BELOW } from '#domain/flood.ts'
import type { DeviceScope } from '#domain/user.ts'
import { notifyAlarms, type Intent } from './alarm-announce.ts'
import type { Queryable } from './database.ts'
import { raiseSystem } from './system-events.ts'
import { idsOf } from './devices.ts'
import { sqlTime } from './time.ts'

/** What a rule that chatters raises is told only when it stands for so long. */
export const QUIET_FOR = `interval '60 s'`

/**
 * Which of some raises are part of a chatter; also the raises of this very commit count.
 * @param raises of each rule by ascending time
 */
export async function findChattering<Raise extends { readonly ruleId: number; readonly at: Micros }>(
  tx: Queryable,
  raises: readonly Raise[],
): Promise<ReadonlySet<Raise>> {
  const byRule = Map.groupBy(raises, (one) => one.ruleId)
  const firsts = Array.from(byRule.values(), ([first]) => sqlTime(first?.at ?? 0))
  const known = await tx.query<KnownRaise & { ruleId: number }>(
    `select input.rule_id as "ruleId", e.raised_at as at, e.chattering
     from unnest($1::int[], $2::timestamptz[]) as input(rule_id, at), lateral (
       select raised_at, chattering from alarm_events where rule_id = input.rule_id and raised_at < input.at
         and raised_at > input.at - make_interval(secs => $3) order by raised_at desc limit 2) as e
     order by e.raised_at`,
    [[...byRule.keys()], firsts, CHATTER_QUIET / 1_000_000],
  )
  const before = Map.groupBy(known, (one) => one.ruleId)
  const chattering = new Set<Raise>()
  for (const [ruleId, own] of byRule) {
    const chatter = new Chatter(before.get(ruleId))
    for (const one of own) if (chatter.raise(one.at)) chattering.add(one)
  }
  return chattering
}

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

/** Of the plant, and told. */
const COUNTED = `suppressed is null and not chattering and kind <> 'system'`

/** Begins or ends a flood of the site; called once a second. The alarm that it began with is marked as the first out. */
export async function markFlood(tx: Queryable): Promise<void> {
  const [open] = await tx.query<OpenFlood>(
    `select id, started_at as "startedAt", first_event_id as "firstId", started_at > now() - interval '10 min' as young
     from alarm_floods where ended_at is null`,
  )
  const [count] = await tx.query<{ raises: number }>(
    `select count(*)::int as raises from alarm_events
     where committed_at > now() - interval '10 min' and raised_at > now() - interval '20 min' and ${COUNTED}`,
  )
  const raises = count?.raises ?? 0
  if (open === undefined) {
    if (raises > FLOOD_ABOVE) await beginFlood(tx, raises)
    return
  }
  await tx.query(
    `update alarm_floods set alarms = greatest(alarms, $2), ended_at = case when $2 < $3 then now() end where id = $1 and (alarms < $2 or $2 < $3)`,
    [open.id, raises, FLOOD_BELOW],
  )
  // what is upstream may be missed later than what hangs on it
  if (open.young && raises >= FLOOD_BELOW) await nameFirstOut(tx, open)
}

interface OpenFlood {
  readonly id: number
  readonly startedAt: Micros
  readonly firstId: number | null
  readonly young: boolean
}

async function beginFlood(tx: Queryable, raises: number): Promise<void> {
  const [flood] = await tx.query<OpenFlood>(
    `insert into alarm_floods (started_at, alarms) values (now(), $1) on conflict do nothing
     returning id, started_at as "startedAt", first_event_id as "firstId", true as young`,
    [raises],
  )
  if (flood === undefined) return
  const firstEventId = await nameFirstOut(tx, flood)
  await raiseSystem(tx, { code: 'alarm.flood', severity: 'warning', detail: { alarms: raises, firstEventId } })
}

/** @returns the alarm that the flood began with, as far as is known now */
async function nameFirstOut(tx: Queryable, { id, startedAt, firstId }: OpenFlood): Promise<number | null> {
  const shares = await tx.query<FloodShare>(
    `select device_id as "deviceId", count(*)::int as alarms, (array_agg(id order by raised_at, id))[1] as "firstId", min(raised_at) as "firstAt"
     from alarm_events
     where committed_at > $1::timestamptz - interval '10 min' and raised_at > $1::timestamptz - interval '20 min' and ${COUNTED}
     group by device_id`,
    [sqlTime(startedAt)],
  )
  const fedBy = await tx.query<{ id: number; upstream: number }>(
    'select d.id, u.id as upstream from devices d join devices u on lower(u.code) = lower(d.fed_by)',
  )
  const first = firstOut(shares, new Map(fedBy.map((one) => [one.id, one.upstream])))?.firstId ?? firstId
  if (first === firstId) return first
  await tx.query('update alarm_floods set first_event_id = $2 where id = $1', [id, first])
  const marked = await tx.query<{ id: number }>('update alarm_events set first_out = (id = $2) where id in ($1, $2) returning id', [
    firstId,
    first,
  ])
  await notifyAlarms(
    tx,
    marked.map((one) => one.id),
  )
  return first
}

/** More alarms than a person can take in. */
export interface Flood {
  readonly startedAt: Micros
  readonly alarms: number
  /** The alarm that it began with; null when it is out of scope or gone. */
  readonly firstOut: { readonly eventId: number; readonly name: string; readonly deviceCode: string } | null
}

/** A flood ends also when nothing is raised any more. @returns the one that is under way */
export async function floodNow(db: Queryable, scope: DeviceScope): Promise<Flood | undefined> {
  const rows = await db.query<Flood>(
    `select f.started_at as "startedAt", f.alarms, case when e.id is not null then
       jsonb_build_object('eventId', e.id, 'name', e.name, 'deviceCode', e.device_code) end as "firstOut"
     from alarm_floods f left join alarm_events e on e.id = f.first_event_id and ($1::int[] is null or e.device_id = any($1))
     where f.ended_at is null`,
    [idsOf(scope)],
  )
  return rows[0]
}
