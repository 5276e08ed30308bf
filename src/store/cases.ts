import type { Micros } from '#base/time.ts'
import type { ChainSnapshot } from '#domain/escalation.ts'
import type { Severity } from '#domain/alarm.ts'
import type { DeviceScope } from '#domain/user.ts'
import type { Queryable } from './database.ts'
import { idsOf } from './devices.ts'
import { sqlTime, sqlTimeOrNull } from './time.ts'

export type CaseState = 'open' | 'acknowledged' | 'cleared' | 'exhausted' | 'expired' | 'cancelled'

/** The telling of one alarm. */
export interface NotifyCase {
  readonly id: number
  readonly alarmEventId: number
  readonly state: CaseState
  readonly attempt: number
  readonly nextActionAt: Micros | null
  /** null: everybody concerned is told once. */
  readonly chain: ChainSnapshot | null
  readonly step: number
  readonly tries: number
  readonly declined: readonly number[]
  /** Groups of the chain that were told before it was taken up anew: not again in this round. */
  readonly passed: readonly number[]
  /** Somebody was told by a policy before this one. */
  readonly begun: boolean
  /** Nobody could be told when that was last tried to the end. */
  readonly untold: boolean
}

const COLUMNS = `c.id, c.alarm_event_id as "alarmEventId", c.state, c.attempt, c.next_action_at as "nextActionAt", c.chain, c.step, c.tries, c.declined,
  c.passed, c.begun, coalesce((c.policy -> 'nobody')::boolean, false) as untold`

/**
 * Opens the case of an alarm, once. The alarm must be locked `for share` before (see {@link lockAlarm}).
 * @returns undefined when it was opened before
 */
export async function openCase(tx: Queryable, alarmEventId: number, chain: ChainSnapshot | null): Promise<NotifyCase | undefined> {
  const rows = await tx.query<NotifyCase>(
    `insert into notify_cases as c (alarm_event_id, chain) values ($1, $2) on conflict (alarm_event_id) do nothing returning ${COLUMNS}`,
    [alarmEventId, chain === null ? null : JSON.stringify(chain)],
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
    `select ${COLUMNS} from notify_cases c where c.state in ('open', 'exhausted') and c.next_action_at <= $1
     order by c.next_action_at limit 1 for update skip locked`,
    [sqlTime(now)],
  )
  return rows[0]
}

/** What was decided: when to look again (null: nothing more is planned, somebody is told) and why, for people. */
export async function decideCase(
  tx: Queryable,
  id: number,
  decision: { attempt: number; nextActionAt: Micros | null; reason: string; policy?: Readonly<Record<string, unknown>> },
): Promise<void> {
  await tx.query(
    `update notify_cases set attempt = $2, next_action_at = $3, reason = $4, policy = coalesce($5::jsonb, policy),
       state = case when $3::timestamptz is null then 'open' else state end
     where id = $1 and state in ('open', 'exhausted')`,
    [
      id,
      decision.attempt,
      sqlTimeOrNull(decision.nextActionAt),
      decision.reason,
      decision.policy === undefined ? null : JSON.stringify(decision.policy),
    ],
  )
}

/** How far the chain of a case has come; one that had ended unanswered is open again. */
export async function moveCase(
  tx: Queryable,
  id: number,
  move: {
    attempt: number
    step: number
    tries: number
    declined: readonly number[]
    passed: readonly number[]
    nextActionAt: Micros | null
    reason: string
    policy: Readonly<Record<string, unknown>>
    state: 'open' | 'exhausted'
  },
): Promise<void> {
  await tx.query(
    `update notify_cases set attempt = $2, step = $3, tries = $4, next_action_at = $5, reason = $6, policy = $7, state = $8, declined = $9,
       passed = $10
     where id = $1 and state in ('open', 'exhausted')`,
    [
      id,
      move.attempt,
      move.step,
      move.tries,
      sqlTimeOrNull(move.nextActionAt),
      move.reason,
      JSON.stringify(move.policy),
      move.state,
      JSON.stringify(move.declined),
      JSON.stringify(move.passed),
    ],
  )
}

/** Cases that wait since nobody could be told are due: a contact or a channel may be there by now. */
export async function hurryUntold(db: Queryable, at: Micros): Promise<void> {
  await db.query(
    `update notify_cases set next_action_at = $1
     where state in ('open', 'exhausted') and tries = 0 and next_action_at > $1 and (policy -> 'nobody')::boolean`,
    [sqlTime(at)],
  )
}

/** Whether somebody was told of an alarm since it was last announced, or will be by a message that is still under way. */
export async function wasTold(db: Queryable, caseId: number, now: Micros): Promise<boolean> {
  const rows = await db.query(
    `select from messaging_history m join alarm_events e on e.id = m.alarm_event_id
     where m.case_id = $1 and m.kind = 'alarm' and m.created_at >= coalesce(e.annunciated_at, e.committed_at)
       and (m.state in ('leased', 'handed', 'delivered', 'read') or (m.state in ('queued', 'unknown') and m.not_after > $2)) limit 1`,
    [caseId, sqlTime(now)],
  )
  return rows.length > 0
}

/** Nobody could be told, and nobody is left: it stands there unanswered, and is tried anew. @returns undefined when its chain goes on, or it is over; else whether it was so before */
export async function restUntold(
  tx: Queryable,
  id: number,
  rest: { readonly until: Micros; readonly reason: string },
): Promise<boolean | undefined> {
  const [row] = await tx.query<{ before: boolean }>(
    `update notify_cases c set state = 'exhausted', tries = 0, next_action_at = least(c.next_action_at, $2::timestamptz), reason = $3,
       policy = c.policy || '{"nobody": true}'
     from notify_cases old where c.id = $1 and old.id = c.id and (c.state = 'exhausted' or (c.state = 'open' and c.chain is null))
     returning coalesce((old.policy -> 'nobody')::boolean, false) as before`,
    [id, sqlTime(rest.until), rest.reason],
  )
  return row?.before
}

/** Somebody said no to these alarms: whoever is next is told now. @returns how many of their chains have somebody next */
export async function declineCases(tx: Queryable, eventIds: readonly number[], contactId: number, at: Micros): Promise<number> {
  const rows = await tx.query<{ more: boolean }>(
    `update notify_cases c set declined = declined || to_jsonb($2::int), step = step + 1, tries = 0, next_action_at = $3
     where alarm_event_id = any($1::bigint[]) and state = 'open' and chain is not null and next_action_at is not null
       and exists (select from messaging_history m where m.case_id = c.id and m.attempt = c.attempt and m.contact_id = $2 and m.kind = 'alarm')
     returning step < jsonb_array_length(chain -> 'steps') as more`,
    [[...eventIds], contactId, sqlTime(at)],
  )
  return rows.filter((row) => row.more).length
}

/** Nobody of a round could be told: its chain goes on at once. @returns false when the case has no chain, or is further already */
export async function hurryCase(tx: Queryable, id: number, attempt: number, at: Micros): Promise<boolean> {
  const rows = await tx.query(
    `update notify_cases set step = step + 1, tries = 0, next_action_at = $3
     where id = $1 and attempt = $2 and state = 'open' and chain is not null returning id`,
    [id, attempt, sqlTime(at)],
  )
  return rows.length > 0
}

export async function endCase(tx: Queryable, id: number, state: Exclude<CaseState, 'open'>, reason: string, at: Micros): Promise<void> {
  await tx.query(
    `update notify_cases set state = $2, reason = $3, closed_at = $4, next_action_at = null
     where id = $1 and state in ('open', 'exhausted')`,
    [id, state, reason, sqlTime(at)],
  )
}

/** What stands between a message and its contact: read under a lock that an acknowledgement waits for. */
export interface CaseNow {
  readonly state: CaseState
  readonly acknowledgedBy: string | null
}

/**
 * Holds cases until the transaction ends: an acknowledgement that comes now waits, one that came before is seen.
 * @returns those that are still there, by id
 */
export async function holdCases(tx: Queryable, ids: readonly number[]): Promise<ReadonlyMap<number, CaseNow>> {
  const held = await tx.query<{ id: number; state: CaseState; alarmEventId: number }>(
    'select id, state, alarm_event_id as "alarmEventId" from notify_cases where id = any($1::bigint[]) order by id for share',
    [[...ids]],
  )
  // a statement of its own: it sees what was committed while the lock was waited for
  const by = await tx.query<{ id: number; acknowledgedBy: string | null }>(
    'select id, acknowledged_by as "acknowledgedBy" from alarm_events where id = any($1::bigint[])',
    [held.map((one) => one.alarmEventId)],
  )
  const acknowledged = new Map(by.map((one) => [one.id, one.acknowledgedBy]))
  return new Map(held.map(({ id, state, alarmEventId }) => [id, { state, acknowledgedBy: acknowledged.get(alarmEventId) ?? null }]))
}

/** One of them; undefined when there is no such case any more. */
export async function holdCase(tx: Queryable, id: number): Promise<CaseNow | undefined> {
  return (await holdCases(tx, [id])).get(id)
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
       where e.rule_id = r.id and e.id <> $2 and e.severity = any($3::text[]) and m.kind = 'alarm' and m.state <> 'failed') as at
     from alarm_rules r where r.id = $1`,
    [ruleId, exceptEventId, [...severities]],
  )
  return { cooldownMinutes: row?.cooldownMinutes ?? 0, lastToldAt: row?.at ?? undefined }
}

/**
 * How often the rule of an alarm was raised since somebody was last told of it, this alarm included: what its cooldown kept back.
 * @returns undefined when nobody was told of the rule before
 */
export async function repeatsOf(
  db: Queryable,
  alarm: { readonly id: number; readonly ruleId: number | null },
): Promise<{ times: number; since: Micros } | undefined> {
  if (alarm.ruleId === null) return undefined
  // by the order in which they were judged: a device that was not reached for long tells its own times
  const [row] = await db.query<{ times: number; since: Micros }>(
    `with told as (
       select e.id, min(m.handed_at) as at from alarm_events e join messaging_history m on m.alarm_event_id = e.id
       where e.rule_id = $1 and e.id < $2 and m.kind = 'alarm' and m.handed_at is not null group by e.id order by e.id desc limit 1)
     select count(*)::int as times, told.at as since from told join alarm_events e on e.rule_id = $1
     where e.id > told.id and e.id <= $2 and e.suppressed is null group by told.at`,
    [alarm.ruleId, alarm.id],
  )
  return row
}

/** How many alarms the site raised around this one: in the minute before it or the one after, whichever has more; at most `most`. */
export async function alarmsAround(db: Queryable, at: Micros, window: Micros, most: number): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    `select greatest(
       (select count(*) from (select from alarm_events where raised_at between $1 and $2 and suppressed is null limit $4) b),
       (select count(*) from (select from alarm_events where raised_at between $2 and $3 and suppressed is null limit $4) a))::int as count`,
    [sqlTime(at - window), sqlTime(at), sqlTime(at + window), most],
  )
  return row?.count ?? 0
}

/** Since when a device has not been heard of, if that is an alarm that stands; undefined: it is heard of. */
export async function lostSince(db: Queryable, deviceId: number): Promise<Micros | undefined> {
  const [row] = await db.query<{ at: Micros | null }>(
    `select min(raised_at) as at from alarm_events where device_id = $1 and kind = 'communication_loss' and cleared_at is null and closed_at is null`,
    [deviceId],
  )
  return row?.at ?? undefined
}

/** When the next waiting case or message is due; undefined when none waits. */
export async function nextDue(db: Queryable): Promise<Micros | undefined> {
  const [row] = await db.query<{ at: Micros | null }>(
    `select least(
       (select min(next_action_at) from notify_cases where state in ('open', 'exhausted')),
       (select min(case when state = 'leased' then lease_until else next_at end) from messaging_history
        where state in ('queued', 'leased', 'unknown')),
       (select min(lease_until) from outbox where done_at is null)) as at`,
  )
  return row?.at ?? undefined
}

/** A case that is under way, with what its alarm is. */
export interface RunningCase extends NotifyCase {
  readonly state: 'open' | 'exhausted'
  readonly displayNumber: number
  readonly alarmName: string
  readonly kind: string
  readonly severity: Severity
  readonly deviceId: number
  readonly category: string
}

const RUNNING = `select ${COLUMNS}, e.display_number as "displayNumber", e.name as "alarmName", e.kind, e.severity, e.device_id as "deviceId",
  e.category from notify_cases c join alarm_events e on e.id = c.alarm_event_id
  where c.state in ('open', 'exhausted') and e.acknowledged_at is null and ($1::int[] is null or e.device_id = any($1))`

/** Cases of alarms that nobody acknowledged, in scope. */
export async function listRunningCases(db: Queryable, scope: DeviceScope): Promise<readonly RunningCase[]> {
  return await db.query<RunningCase>(`${RUNNING} order by c.id limit 500`, [idsOf(scope)])
}

/** The same, of these; locked until the transaction ends: one that is acknowledged at this moment is not among them. */
export async function lockRunningCases(tx: Queryable, scope: DeviceScope, ids: readonly number[]): Promise<readonly RunningCase[]> {
  return await tx.query<RunningCase>(`${RUNNING} and c.id = any($2::bigint[]) order by c.id for update of c`, [idsOf(scope), [...ids]])
}

/** A case goes on by another chain; what waits to be sent to somebody once more does not outlast the next move. The case must be locked. */
export async function changeChain(
  tx: Queryable,
  id: number,
  to: Pick<NotifyCase, 'chain' | 'step' | 'tries' | 'passed' | 'begun' | 'nextActionAt'> & { readonly state: 'open' | 'exhausted' },
  reason: string,
): Promise<void> {
  const next = sqlTimeOrNull(to.nextActionAt)
  await tx.query(
    `update notify_cases set state = $2, chain = $3, step = $4, tries = $5, passed = $6, begun = $7, next_action_at = $8, reason = $9 where id = $1`,
    [id, to.state, JSON.stringify(to.chain), to.step, to.tries, JSON.stringify(to.passed), to.begun, next, reason],
  )
  await tx.query(
    `update messaging_history set not_after = least(not_after, greatest($2::timestamptz, now() + interval '1 minute'))
     where case_id = $1 and kind = 'alarm' and state in ('queued', 'unknown') and not bundled and $2::timestamptz is not null`,
    [id, next],
  )
}

/** What people are being told of, for a screen. */
export interface LiveCase {
  readonly id: number
  readonly alarmEventId: number
  readonly displayNumber: number
  readonly alarmName: string
  readonly alarmKind: string
  readonly deviceCode: string
  readonly severity: Severity
  readonly raisedAt: Micros
  readonly clearedAt: Micros | null
  readonly state: 'open' | 'exhausted'
  /** It ended since nobody could be told. */
  readonly untold: boolean
  readonly chainName: string | null
  readonly step: number
  /** Names of the groups, in order. */
  readonly steps: readonly string[]
  readonly tries: number
  readonly nextActionAt: Micros | null
  readonly reason: string | null
  readonly skipped: readonly { readonly contactId: number; readonly contactName: string; readonly why: string }[]
}

/** Cases of alarms that nobody acknowledged, in scope; those that ended unanswered first, then by what is due next. */
export async function listLiveCases(db: Queryable, scope: DeviceScope): Promise<readonly LiveCase[]> {
  return await db.query<LiveCase>(
    `select c.id, c.alarm_event_id as "alarmEventId", e.display_number as "displayNumber", e.name as "alarmName", e.kind as "alarmKind", e.device_code as "deviceCode",
       e.severity, e.raised_at as "raisedAt", e.cleared_at as "clearedAt", c.state,
       c.state = 'exhausted' and coalesce((c.policy -> 'nobody')::boolean, false) as untold, c.chain ->> 'name' as "chainName", c.step,
       coalesce((select jsonb_agg(s ->> 'groupName') from jsonb_array_elements(c.chain -> 'steps') s), '[]') as steps,
       c.tries, c.next_action_at as "nextActionAt", c.reason, coalesce(c.policy -> 'skipped', '[]') as skipped
     from notify_cases c join alarm_events e on e.id = c.alarm_event_id
     where c.state in ('open', 'exhausted') and e.acknowledged_at is null and ($1::int[] is null or e.device_id = any($1))
     order by c.state = 'exhausted' desc, c.next_action_at nulls last, c.id limit 500`,
    [idsOf(scope)],
  )
}
