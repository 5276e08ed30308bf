import type { Micros } from '#base/time.ts'
import type { Severity } from '#domain/alarm.ts'
import type { DeviceScope } from '#domain/user.ts'
import type { Database, Queryable } from './database.ts'
import { NotFound } from '#base/errors.ts'
import { idsOf } from './devices.ts'
import { sqlTime } from './time.ts'

/** A rule that nobody is told of, as lists show it. */
export interface QuietRule {
  readonly ruleId: number
  readonly kind: string
  readonly name: string
  readonly severity: Severity
  /** Levels joined by `/`; '' for none. */
  readonly category: string
  readonly deviceId: number
  readonly deviceCode: string
  readonly tagName: string | null
  /** Its newest occurrence that is still open. */
  readonly eventId: number | null
  /** That one has not returned to normal. */
  readonly standing: boolean
}

const QUIET = `r.id as "ruleId", r.kind, r.name, r.severity, r.category, r.device_id as "deviceId", d.code as "deviceCode", t.name as "tagName",
  open.id as "eventId", open.id is not null and open.cleared_at is null as standing`
const QUIET_FROM = `alarm_rules r join devices d on d.id = r.device_id left join tags t on t.id = r.tag_id
  left join lateral (select e.id, e.cleared_at from alarm_events e where e.rule_id = r.id and e.closed_at is null
    order by e.raised_at desc, e.id desc limit 1) as open on true`

/** A rule that is put aside. */
export interface Shelf extends QuietRule {
  readonly until: Micros
  readonly reason: string
  readonly who: string
  readonly at: Micros
}

/** What ends next first. */
export async function listShelves(db: Queryable, scope: DeviceScope): Promise<readonly Shelf[]> {
  return await db.query<Shelf>(
    `select ${QUIET}, s.until, s.reason, s.shelved_by as who, s.shelved_at as at
     from ${QUIET_FROM} join alarm_shelves s on s.rule_id = r.id where $1::int[] is null or r.device_id = any($1) order by s.until, r.id`,
    [idsOf(scope)],
  )
}

/** A rule that is suppressed by design: another tag is on. */
export interface Designed extends QuietRule {
  /** `Device:Tag`; null when it is out of scope or gone. */
  readonly byTag: string | null
  /** null when it began before that was recorded. */
  readonly since: Micros | null
}

export async function listDesigned(db: Queryable, scope: DeviceScope): Promise<readonly Designed[]> {
  return await db.query<Designed>(
    `select ${QUIET}, by_device.code || ':' || by_tag.name as "byTag",
       (select h.at from suppression_history h where h.rule_id = r.id and h.act = 'by_design' order by h.at desc limit 1) as since
     from ${QUIET_FROM} join alarm_states s on s.rule_id = r.id and s.designed
       left join tags by_tag on by_tag.id = r.suppress_tag_id
       left join devices by_device on by_device.id = by_tag.device_id and ($1::int[] is null or by_device.id = any($1))
     where $1::int[] is null or r.device_id = any($1) order by since desc nulls last, r.id limit 1000`,
    [idsOf(scope)],
  )
}

/** A rule that came and went so often that its raises are told only when they stand. */
export interface Chattering extends QuietRule {
  /** Raises in the last hour. */
  readonly raises: number
  /** When it is told again, unless it goes on. */
  readonly until: Micros
}

export async function listChattering(db: Queryable, scope: DeviceScope): Promise<readonly Chattering[]> {
  return await db.query<Chattering>(
    `with noisy as (
       select rule_id, count(*) as raises, max(raised_at) + interval '10 min' as until from alarm_events
       where raised_at > now() - interval '1 hour' and chattering and suppressed is null and ($1::int[] is null or device_id = any($1))
       group by rule_id having max(raised_at) > now() - interval '10 min')
     select ${QUIET}, noisy.raises, noisy.until from ${QUIET_FROM} join noisy on noisy.rule_id = r.id order by noisy.raises desc, r.id`,
    [idsOf(scope)],
  )
}

/** A device that is out of service. */
export interface Maintenance {
  readonly deviceId: number
  readonly deviceCode: string
  readonly deviceName: string
  readonly until: Micros | null
  readonly reason: string
  readonly who: string
  readonly at: Micros
  /** Open alarms that nobody is told of. */
  readonly open: number
}

export async function listMaintenance(db: Queryable, scope: DeviceScope): Promise<readonly Maintenance[]> {
  return await db.query<Maintenance>(
    `select m.device_id as "deviceId", d.code as "deviceCode", d.name as "deviceName", m.until, m.reason, m.taken_by as who, m.taken_at as at,
       (select count(*) from alarm_events e where e.device_id = m.device_id and e.closed_at is null) as open
     from device_maintenance m join devices d on d.id = m.device_id
     where $1::int[] is null or m.device_id = any($1) order by m.taken_at, m.device_id`,
    [idsOf(scope)],
  )
}

/** What was put aside and came back. */
export interface SuppressionEntry {
  readonly id: number
  readonly at: Micros
  readonly act: string
  readonly ruleId: number | null
  readonly deviceId: number
  /** As it was: the device may be gone since. */
  readonly deviceCode: string | null
  readonly name: string
  readonly who: string
  readonly reason: string | null
  readonly until: Micros | null
}

const ENTRY = `h.id, h.at, h.act, h.rule_id as "ruleId", h.device_id as "deviceId", d.code as "deviceCode", h.name, h.who, h.reason, h.until`

/** Newest first. */
export async function listSuppressionHistory(db: Queryable, scope: DeviceScope, limit: number): Promise<readonly SuppressionEntry[]> {
  return await db.query<SuppressionEntry>(
    `select ${ENTRY} from suppression_history h left join devices d on d.id = h.device_id
     where $1::int[] is null or h.device_id = any($1) order by h.at desc, h.id desc limit $2`,
    [idsOf(scope), limit],
  )
}

/**
 * What touched one occurrence: acts upon its rule or its device while it was open, and those that held when it was raised.
 * @param until null: it is still open
 */
export async function listSuppressionsOf(
  db: Queryable,
  of: { readonly ruleId: number | null; readonly deviceId: number },
  from: Micros,
  until: Micros | null,
): Promise<readonly SuppressionEntry[]> {
  return await db.query<SuppressionEntry>(
    `select ${ENTRY} from suppression_history h left join devices d on d.id = h.device_id
     where (h.rule_id = $1 or (h.rule_id is null and h.device_id = $2)) and ($4::timestamptz is null or h.at <= $4)
       and (h.at >= $3 or h.id in (
         select distinct on (p.rule_id) p.id from suppression_history p
         where (p.rule_id = $1 or (p.rule_id is null and p.device_id = $2)) and p.at < $3 order by p.rule_id, p.at desc, p.id desc)
         and h.act in ('shelved', 'out_of_service', 'by_design'))
     order by h.at, h.id limit 200`,
    [of.ruleId, of.deviceId, sqlTime(from), until === null ? null : sqlTime(until)],
  )
}

/** Asks the engine to reset a latched alarm; done with its next step. @throws NotFound out of scope */
export async function requestReset(db: Database, scope: DeviceScope, ruleId: number, who: string, at: Micros): Promise<void> {
  await db.transaction(async (tx) => {
    const rows = await tx.query(
      `insert into alarm_commands (kind, rule_id, who, at)
       select 'reset', id, $3, $4 from alarm_rules where id = $1 and ($2::int[] is null or device_id = any($2)) returning id`,
      [ruleId, idsOf(scope), who, sqlTime(at)],
    )
    if (rows.length === 0) throw new NotFound(`There is no rule ${ruleId}.`)
    await tx.query(
      `insert into suppression_history (at, act, rule_id, device_id, name, who)
       select $2, 'reset', id, device_id, name, $3 from alarm_rules where id = $1`,
      [ruleId, sqlTime(at), who],
    )
    await tx.query(`select pg_notify('deliveries', '')`)
  })
}

/** What operators asked of the engine, oldest first. */
export async function listCommands(db: Queryable): Promise<readonly { id: number; ruleId: number; at: Micros }[]> {
  return await db.query(`select id, rule_id as "ruleId", at from alarm_commands where kind = 'reset' order by id`)
}
