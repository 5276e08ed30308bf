import { NotFound } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'
import type { DeviceScope } from '#domain/user.ts'
import { toldReason } from '#domain/told-reason.ts'
import { endCases, notifyAlarms, type Intent } from './alarm-announce.ts'
import type { Database, Queryable, Transaction } from './database.ts'
import { idsOf } from './devices.ts'
import { sqlTime, sqlTimeOrNull } from './time.ts'

/** Why nobody is told of an alarm of this rule on this device; null: they are. The strongest reason is named. */
export function suppressionOf(ruleId: string, deviceId: string): string {
  return `case when exists (select from device_maintenance m where m.device_id = ${deviceId}) then 'out_of_service'
    when exists (select from alarm_shelves h where h.rule_id = ${ruleId}) then 'shelved'
    when exists (select from alarm_states d where d.rule_id = ${ruleId} and d.designed) then 'by_design' end`
}

/** Who puts aside what, and why. */
export interface Suppression {
  readonly who: string
  readonly reason: string
  readonly at: Micros
}

/**
 * Puts rules aside until `until`, all or none: they are judged and recorded all the same, and nobody is told. A message under way is waited for.
 * @throws NotFound when one is out of scope
 */
export async function shelveRules(
  db: Database,
  scope: DeviceScope,
  ruleIds: readonly number[],
  until: Micros,
  by: Suppression,
): Promise<void> {
  await db.transaction(async (tx) => {
    const rules = await rulesInScope(tx, scope, ruleIds)
    const ids = rules.map((rule) => rule.ruleId)
    await tx.query(
      `insert into alarm_shelves (rule_id, until, reason, shelved_by, shelved_at) select id, $2, $3, $4, $5 from unnest($1::int[]) as id
       on conflict (rule_id) do update set until = excluded.until, reason = excluded.reason, shelved_by = excluded.shelved_by,
         shelved_at = excluded.shelved_at`,
      [ids, sqlTime(until), by.reason, by.who, sqlTime(by.at)],
    )
    for (const rule of rules) await record(tx, 'shelved', rule, by, until)
    await announce(tx, await refresh(tx, 'e.rule_id = any($1::int[])', [ids], by.at))
  })
}

/**
 * Ends shelves before their time; what still stands without an acknowledgement is told. Those that have ended meanwhile are passed by.
 * @returns the rules that were shelved
 * @throws NotFound when one is out of scope, or none is shelved
 */
export async function unshelveRules(
  db: Database,
  scope: DeviceScope,
  ruleIds: readonly number[],
  by: Omit<Suppression, 'reason'>,
): Promise<readonly number[]> {
  return await db.transaction(async (tx) => {
    const rules = await rulesInScope(tx, scope, ruleIds)
    const gone = await tx.query<{ id: number }>('delete from alarm_shelves where rule_id = any($1::int[]) returning rule_id as id', [
      rules.map((rule) => rule.ruleId),
    ])
    const ids = new Set(gone.map((row) => row.id))
    if (ids.size === 0) throw new NotFound(ruleIds.length === 1 ? `Rule ${ruleIds[0]} is not shelved.` : 'None of these rules is shelved.')
    const ended = rules.filter((rule) => ids.has(rule.ruleId))
    for (const rule of ended) await record(tx, 'unshelved', rule, { ...by, reason: null }, null)
    await announce(tx, await refresh(tx, 'e.rule_id = any($1::int[])', [[...ids]], by.at))
    return [...ids]
  })
}

/**
 * Takes a device out of service; its alarms are recorded and told to nobody.
 * @param until null: until somebody puts it back
 * @throws NotFound out of scope
 */
export async function takeOutOfService(
  db: Database,
  scope: DeviceScope,
  deviceId: number,
  until: Micros | null,
  by: Suppression,
): Promise<void> {
  await db.transaction(async (tx) => {
    const name = await deviceInScope(tx, scope, deviceId)
    await tx.query(
      `insert into device_maintenance (device_id, until, reason, taken_by, taken_at) values ($1, $2, $3, $4, $5)
       on conflict (device_id) do update set until = excluded.until, reason = excluded.reason, taken_by = excluded.taken_by,
         taken_at = excluded.taken_at`,
      [deviceId, sqlTimeOrNull(until), by.reason, by.who, sqlTime(by.at)],
    )
    await record(tx, 'out_of_service', { ruleId: null, deviceId, name }, by, until)
    await announce(tx, await refresh(tx, 'e.device_id = $1', [deviceId], by.at))
  })
}

/** @throws NotFound */
export async function putInService(db: Database, scope: DeviceScope, deviceId: number, by: Omit<Suppression, 'reason'>): Promise<void> {
  await db.transaction(async (tx) => {
    const name = await deviceInScope(tx, scope, deviceId)
    const gone = await tx.query('delete from device_maintenance where device_id = $1 returning device_id', [deviceId])
    if (gone.length === 0) throw new NotFound(`${name} is not out of service.`)
    await record(tx, 'in_service', { ruleId: null, deviceId, name }, { ...by, reason: null }, null)
    await announce(tx, await refresh(tx, 'e.device_id = $1', [deviceId], by.at))
  })
}

/** Shelves and maintenance whose time is over; called with each step of the engine. */
export async function endSuppressions(tx: Queryable, now: Micros): Promise<readonly Intent[]> {
  const shelves = await tx.query<{ ruleId: number; deviceId: number; name: string }>(
    `delete from alarm_shelves s using alarm_rules r where r.id = s.rule_id and s.until <= $1
     returning s.rule_id as "ruleId", r.device_id as "deviceId", r.name`,
    [sqlTime(now)],
  )
  const devices = await tx.query<{ deviceId: number; name: string }>(
    `delete from device_maintenance m using devices d where d.id = m.device_id and m.until <= $1 returning m.device_id as "deviceId", d.code as name`,
    [sqlTime(now)],
  )
  if (shelves.length + devices.length === 0) return []
  const by = { who: 'System', reason: null, at: now }
  for (const one of shelves) await record(tx, 'shelf_ended', one, by, null)
  for (const one of devices) await record(tx, 'service_ended', { ruleId: null, ...one }, by, null)
  const ids = [shelves.map((one) => one.ruleId), devices.map((one) => one.deviceId)]
  return await refresh(tx, '(e.rule_id = any($1::int[]) or e.device_id = any($2::int[]))', ids, now)
}

/** Rules whose suppression by design began or ended. */
export async function setDesigned(tx: Queryable, designed: ReadonlyMap<number, boolean>): Promise<readonly Intent[]> {
  if (designed.size === 0) return []
  const [now] = await tx.query<{ at: Micros }>(
    `with input as (select * from unnest($1::int[], $2::boolean[]) as input (id, designed)),
     before as (select rule_id, designed from alarm_states where rule_id = any($1::int[])),
     saved as (
       insert into alarm_states (rule_id, condition, designed)
       select input.id, 'normal', input.designed from input join alarm_rules r on r.id = input.id
       on conflict (rule_id) do update set designed = excluded.designed where alarm_states.designed <> excluded.designed),
     told as (
       insert into suppression_history (at, act, rule_id, device_id, name, who, reason)
       select now(), case when input.designed then 'by_design' else 'design_ended' end, r.id, r.device_id, r.name, 'System', d.code || ':' || t.name
       from input join alarm_rules r on r.id = input.id left join before on before.rule_id = r.id
         left join tags t on t.id = r.suppress_tag_id left join devices d on d.id = t.device_id
       where input.designed <> coalesce(before.designed, false))
     select now() as at`,
    [[...designed.keys()], [...designed.values()]],
  )
  return await refresh(tx, 'e.rule_id = any($1::int[])', [[...designed.keys()]], now?.at ?? 0)
}

interface Refreshed {
  readonly id: number
  readonly suppressed: string | null
  readonly standing: boolean
  readonly at: Micros
  readonly value: number | null
}

/**
 * Brings open occurrences to what holds now. What became suppressed is told to nobody any more; what came back and still waits for
 * somebody is told anew.
 */
async function refresh(tx: Queryable, which: string, values: readonly unknown[], at: Micros): Promise<readonly Intent[]> {
  const open = `e.closed_at is null and ${which}`
  // cases before alarms, the order of everybody
  await tx.query(
    `select 1 from notify_cases c where c.alarm_event_id in (select e.id from alarm_events e where ${open}) order by c.id for update of c`,
    values,
  )
  const changed = await tx.query<Refreshed>(
    `update alarm_events e set suppressed = ${suppressionOf('e.rule_id', 'e.device_id')},
       annunciated_at = case when ${suppressionOf('e.rule_id', 'e.device_id')} is null then now() else e.annunciated_at end
     where ${open} and e.suppressed is distinct from ${suppressionOf('e.rule_id', 'e.device_id')}
     returning e.id, e.suppressed, e.cleared_at is null and e.acknowledged_at is null as standing, e.raised_at as at, e.value_at_raise as value`,
    values,
  )
  for (const [why, of] of Map.groupBy(
    changed.filter((one) => one.suppressed !== null),
    (one) => one.suppressed ?? '',
  )) {
    const ids = of.map((one) => one.id)
    await endCases(tx, ids, 'cancelled', (await whyAside(tx, why, ids[0] ?? 0)) ?? toldReason('suppressed'), sqlTime(at))
  }
  const back = changed.filter((one) => one.suppressed === null && one.standing)
  await tx.query(
    `update notify_cases set state = 'open', closed_at = null, next_action_at = now(), reason = $2, step = 0, tries = 0, declined = '[]',
       passed = '[]', begun = false, policy = policy - 'nobody'
     where alarm_event_id = any($1::bigint[]) and state = 'cancelled'`,
    [back.map((one) => one.id), toldReason('not_suppressed')],
  )
  return changed.map((one) => ({
    kind: 'raised',
    eventId: one.id,
    told: back.includes(one),
    body: { at: one.at, value: one.value, late: false, standing: true, again: true },
  }))
}

/** For people who ask why nobody was told: by whom an alarm was put aside, and why. */
async function whyAside(tx: Queryable, suppressed: string, eventId: number): Promise<string | undefined> {
  if (suppressed === 'by_design') return toldReason('by_design')
  const [by] = await tx.query<{ who: string; reason: string }>(
    suppressed === 'shelved'
      ? 'select shelved_by as who, reason from alarm_shelves where rule_id = (select rule_id from alarm_events where id = $1)'
      : 'select taken_by as who, reason from device_maintenance where device_id = (select device_id from alarm_events where id = $1)',
    [eventId],
  )
  if (by === undefined) return undefined
  const who = `${by.who}${by.reason === '' ? '' : `, ${by.reason}`}`
  return toldReason(suppressed === 'shelved' ? 'shelved' : 'out_of_service', { by: who })
}

/** For a change outside of the engine's own step. */
async function announce(tx: Transaction, intents: readonly Intent[]): Promise<void> {
  for (const { kind, eventId, body, told } of intents) {
    if (!told) continue
    await tx.query('insert into outbox (kind, alarm_event_id, body) values ($1, $2, $3)', [kind, eventId, JSON.stringify(body)])
  }
  await tx.query(`select pg_notify('outbox', '')`)
  // empty: what is put aside concerns lists, whether an alarm stands or not
  if (intents.length === 0) await tx.query(`select pg_notify('alarms', '')`)
  else
    await notifyAlarms(
      tx,
      intents.map((one) => one.eventId),
    )
}

/** Locked, in the order of everybody. */
async function rulesInScope(
  tx: Queryable,
  scope: DeviceScope,
  ruleIds: readonly number[],
): Promise<readonly { ruleId: number; deviceId: number; name: string }[]> {
  const rules = await tx.query<{ ruleId: number; deviceId: number; name: string }>(
    `select id as "ruleId", device_id as "deviceId", name from alarm_rules
     where id = any($1::int[]) and ($2::int[] is null or device_id = any($2)) order by id for update`,
    [[...ruleIds], idsOf(scope)],
  )
  const known = new Set(rules.map((rule) => rule.ruleId))
  const missing = ruleIds.find((id) => !known.has(id))
  if (missing !== undefined) throw new NotFound(`There is no rule ${missing}.`)
  return rules
}

async function deviceInScope(tx: Queryable, scope: DeviceScope, deviceId: number): Promise<string> {
  const [device] = await tx.query<{ code: string }>(
    'select code from devices where id = $1 and ($2::int[] is null or id = any($2)) for key share',
    [deviceId, idsOf(scope)],
  )
  if (device === undefined) throw new NotFound(`There is no device ${deviceId}.`)
  return device.code
}

async function record(
  tx: Queryable,
  act: string,
  what: { ruleId: number | null; deviceId: number; name: string },
  by: { who: string; reason: string | null; at: Micros },
  until: Micros | null,
): Promise<void> {
  await tx.query(
    `insert into suppression_history (at, act, rule_id, device_id, name, who, reason, until) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [sqlTime(by.at), act, what.ruleId, what.deviceId, what.name, by.who, by.reason, sqlTimeOrNull(until)],
  )
}
