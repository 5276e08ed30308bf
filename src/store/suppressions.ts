import type { Micros } from '#base/time.ts'
import type { DeviceScope } from '#domain/user.ts'
import type { Database, Queryable } from './database.ts'
import { NotFound } from '#base/errors.ts'
import { idsOf } from './devices.ts'
import { sqlTime } from './time.ts'

/** A rule that is put aside. */
export interface Shelf {
  readonly ruleId: number
  readonly deviceId: number
  readonly name: string
  readonly until: Micros
  readonly reason: string
  readonly who: string
  readonly at: Micros
}

export async function listShelves(db: Queryable, scope: DeviceScope): Promise<readonly Shelf[]> {
  return await db.query<Shelf>(
    `select s.rule_id as "ruleId", r.device_id as "deviceId", r.name, s.until, s.reason, s.shelved_by as who, s.shelved_at as at
     from alarm_shelves s join alarm_rules r on r.id = s.rule_id where $1::int[] is null or r.device_id = any($1) order by s.until`,
    [idsOf(scope)],
  )
}

/** A device that is out of service. */
export interface Maintenance {
  readonly deviceId: number
  readonly until: Micros | null
  readonly reason: string
  readonly who: string
  readonly at: Micros
}

export async function listMaintenance(db: Queryable, scope: DeviceScope): Promise<readonly Maintenance[]> {
  return await db.query<Maintenance>(
    `select device_id as "deviceId", until, reason, taken_by as who, taken_at as at from device_maintenance
     where $1::int[] is null or device_id = any($1) order by taken_at`,
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
  readonly name: string
  readonly who: string
  readonly reason: string | null
  readonly until: Micros | null
}

/** Newest first. */
export async function listSuppressionHistory(db: Queryable, scope: DeviceScope, limit: number): Promise<readonly SuppressionEntry[]> {
  return await db.query<SuppressionEntry>(
    `select id, at, act, rule_id as "ruleId", device_id as "deviceId", name, who, reason, until from suppression_history
     where $1::int[] is null or device_id = any($1) order by at desc, id desc limit $2`,
    [idsOf(scope), limit],
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
