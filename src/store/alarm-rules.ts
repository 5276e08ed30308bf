import { ConfigError, Conflict, NotFound, asError } from '#base/errors.ts'
import type { TagKind } from '#domain/device.ts'
import type { DeviceScope } from '#domain/user.ts'
import { ruleWarnings, validateRule, type RuleInput, type StoredRule } from './alarm-rule-checks.ts'
import type { Queryable } from './database.ts'

export type { RuleInput, StoredRule } from './alarm-rule-checks.ts'

export interface SavedRule {
  readonly rule: StoredRule
  /** Worth a second look; the rule is saved all the same. */
  readonly warnings: readonly string[]
}

const COLUMNS = `r.id, r.version, r.kind, r.device_id as "deviceId", r.tag_id as "tagId", r.slot, r.label, r.name, r.severity, r.enabled,
  r.auto_close as "autoClose", r.cooldown_minutes as "cooldownMinutes", r.realarm_minutes as "reAlarmMinutes", r.operator, r.setpoint, r.deadband,
  r.on_delay_seconds as "onDelaySeconds", r.off_delay_seconds as "offDelaySeconds", r.category, r.latch, r.bit,
  r.transition_only as "transitionOnly", r.window_seconds as "windowSeconds", r.modulus, r.target,
  coalesce((select name from curves where id = r.curve_id), '') as curve, coalesce((${nameOf('r.x_tag_id')}), '') as "xTag",
  coalesce((${nameOf('r.suppress_tag_id')}), '') as "suppressTag"`

function nameOf(column: string): string {
  return `select d.code || ':' || t.name from tags t join devices d on d.id = t.device_id where t.id = ${column}`
}

/** Rules of tags by device, tag and slot. */
export async function listRules(
  db: Queryable,
  scope: DeviceScope,
  filter: { deviceId?: number | undefined; tagId?: number | undefined } = {},
): Promise<readonly StoredRule[]> {
  return await db.query<StoredRule>(
    `select ${COLUMNS} from alarm_rules r where r.tag_id is not null and ($1::int[] is null or r.device_id = any($1))
       and ($2::int is null or r.device_id = $2) and ($3::int is null or r.tag_id = $3)
     order by r.device_id, r.tag_id, r.slot`,
    [scope === 'all' ? null : [...scope], filter.deviceId ?? null, filter.tagId ?? null],
  )
}

/** @returns undefined when there is none or it is out of scope. */
export async function getRule(db: Queryable, scope: DeviceScope, id: number): Promise<StoredRule | undefined> {
  const rows = await db.query<StoredRule>(
    `select ${COLUMNS} from alarm_rules r where r.tag_id is not null and r.id = $1 and ($2::int[] is null or r.device_id = any($2))`,
    [id, scope === 'all' ? null : [...scope]],
  )
  return rows[0]
}

/**
 * Adds a rule to its tag in the first free slot, or changes the one with `id` (its version grows when anything differs).
 * In force within a second; a standing alarm is judged again with the tag's last good value.
 * @throws ConfigError naming the field, NotFound when tag or rule is missing or out of scope, Conflict when the tag has four
 */
export async function saveRule(db: Queryable, scope: DeviceScope, input: RuleInput, id?: number): Promise<SavedRule> {
  validateRule(input)
  const [tag] = await db.query<{ deviceId: number; kind: TagKind; name: string }>(
    `select device_id as "deviceId", kind, name from tags where id = $1 and ($2::int[] is null or device_id = any($2))`,
    [input.tagId, scope === 'all' ? null : [...scope]],
  )
  if (tag === undefined) throw new NotFound(`There is no tag ${input.tagId}.`)
  const rule = id === undefined ? await insert(db, tag, input) : await change(db, scope, tag, input, id)
  const siblings = await listRules(db, 'all', { tagId: rule.tagId })
  return { rule, warnings: ruleWarnings(rule, siblings, tag.kind) }
}

/**
 * Adds rules in one statement, all or none, each in the first free slot of its tag. The tags must be the caller's to change.
 * @throws ConfigError as {@link validateRule}, Conflict when a tag would have more than four
 */
export async function insertRules(db: Queryable, rules: readonly RuleInput[]): Promise<void> {
  if (rules.length === 0) return
  for (const rule of rules) validateRule(rule)
  const rows = await db.query(
    `with wanted as (
       select *, row_number() over (partition by tag_id order by ordinality) as nth
       from rows from (jsonb_to_recordset($1::jsonb) as (${RECORD})) with ordinality),
     free as (
       select t.id as tag_id, t.device_id, free_slot.slot, row_number() over (partition by t.id order by free_slot.slot) as nth
       from tags t cross join generate_series(1, 4) as free_slot (slot)
       where t.id in (select tag_id from wanted)
         and not exists (select 1 from alarm_rules taken where taken.tag_id = t.id and taken.slot = free_slot.slot))
     insert into alarm_rules (device_id, slot, ${COLUMN_NAMES.join(', ')})
     select free.device_id, free.slot, ${COLUMN_NAMES.map((field) => valueIn('wanted', field)).join(', ')}
     from wanted join free using (tag_id, nth) returning id`,
    [JSON.stringify(rules.map(columnsOf))],
  )
  if (rows.length < rules.length) throw new Conflict('A tag would have more than four rules.', { remedy: 'Change or remove one of them.' })
}

/**
 * Changes rules in one statement, all or none; the version of each that differs grows. They must be the caller's to change and stay with
 * their tags.
 * @throws ConfigError as {@link validateRule}
 */
export async function updateRules(db: Queryable, rules: readonly (RuleInput & { readonly id: number })[]): Promise<void> {
  if (rules.length === 0) return
  for (const rule of rules) validateRule(rule)
  await db.query(
    `update alarm_rules r set version = version + 1, ${COLUMN_NAMES.map((field) => `${field} = ${valueIn('n', field)}`).join(', ')}
     from jsonb_to_recordset($1::jsonb) as n (id integer, ${RECORD})
     where r.id = n.id and r.tag_id = n.tag_id 
       and (${COLUMN_NAMES.map((field) => `r.${field}`).join(', ')}) is distinct from (${COLUMN_NAMES.map((field) => valueIn('n', field)).join(', ')})`,
    [JSON.stringify(rules.map((rule) => ({ id: rule.id, ...columnsOf(rule) })))],
  )
}

/** Removes rules in one statement; standing alarms of them are closed. They must be the caller's to remove. */
export async function deleteRules(db: Queryable, ids: readonly number[]): Promise<void> {
  if (ids.length > 0) await db.query(`delete from alarm_rules where id = any($1) and tag_id is not null`, [[...ids]])
}

/** Removes a rule; a standing alarm of it is closed as `System: rule removed`. @returns false when there was none */
export async function removeRule(db: Queryable, scope: DeviceScope, id: number): Promise<boolean> {
  const rows = await db.query(
    `delete from alarm_rules where id = $1 and tag_id is not null and ($2::int[] is null or device_id = any($2)) returning id`,
    [id, scope === 'all' ? null : [...scope]],
  )
  return rows.length > 0
}

async function insert(db: Queryable, tag: { deviceId: number; name: string }, input: RuleInput): Promise<StoredRule> {
  try {
    const rows = await db.query<StoredRule>(
      `insert into alarm_rules as r (device_id, slot, ${COLUMN_NAMES.join(', ')})
       select $1, slot, ${COLUMN_NAMES.map((field) => valueIn('n', field)).join(', ')}
       from generate_series(1, 4) as slot, jsonb_to_recordset($2::jsonb) as n (${RECORD})
       where not exists (select 1 from alarm_rules taken where taken.tag_id = n.tag_id and taken.slot = slot.slot) order by slot limit 1
       returning ${COLUMNS}`,
      [tag.deviceId, JSON.stringify([columnsOf(input)])],
    )
    if (rows[0] !== undefined) return rows[0]
  } catch (error) {
    if (sqlState(error) !== '23505') throw missing(error, input)
    throw new Conflict(`Somebody else changed the rules of ${tag.name} at the same moment.`, { cause: error, remedy: 'Try again.' })
  }
  throw new Conflict(`${tag.name} already has four rules.`, { remedy: 'Change or remove one of them.' })
}

async function change(db: Queryable, scope: DeviceScope, tag: { deviceId: number }, input: RuleInput, id: number): Promise<StoredRule> {
  const current = await getRule(db, scope, id)
  if (current === undefined) throw new NotFound(`There is no rule ${id}.`)
  if (current.tagId !== input.tagId) {
    throw new ConfigError('tagId', 'A rule stays with its tag.', { remedy: 'Remove it and add one to the other tag.' })
  }
  try {
    const rows = await db.query<StoredRule>(
      `update alarm_rules r set version = version + 1, device_id = $2, ${COLUMN_NAMES.map((field) => `${field} = ${valueIn('n', field)}`).join(', ')}
       from jsonb_to_recordset($3::jsonb) as n (${RECORD})
       where r.id = $1 and (${COLUMN_NAMES.map((field) => `r.${field}`).join(', ')})
         is distinct from (${COLUMN_NAMES.map((field) => valueIn('n', field)).join(', ')})
       returning ${COLUMNS}`,
      [id, tag.deviceId, JSON.stringify([columnsOf(input)])],
    )
    return rows[0] ?? current
  } catch (error) {
    throw missing(error, input)
  }
}

/** What a rule names is looked up as it is written; a name that means nothing leaves a column empty that must not be. */
function missing(error: unknown, input: RuleInput): unknown {
  if (sqlState(error) !== '23514') return error
  return new ConfigError('curve', `There is no curve ${input.curve}, or no tag ${input.xTag}.`, {
    cause: error,
    remedy: 'Add the curve first; write the tag as Device:Tag.',
  })
}

/** How the fields of an input travel to the database. */
const FIELD_TYPES = {
  kind: 'text',
  tag_id: 'integer',
  label: 'text',
  name: 'text',
  severity: 'text',
  category: 'text',
  enabled: 'boolean',
  auto_close: 'boolean',
  cooldown_minutes: 'integer',
  realarm_minutes: 'integer',
  operator: 'text',
  setpoint: 'double precision',
  deadband: 'double precision',
  on_delay_seconds: 'double precision',
  off_delay_seconds: 'double precision',
  latch: 'boolean',
  bit: 'smallint',
  transition_only: 'boolean',
  window_seconds: 'double precision',
  modulus: 'double precision',
  target: 'double precision',
  curve: 'text',
  x_tag: 'text',
  suppress_tag: 'text',
} as const
const RECORD = Object.entries(FIELD_TYPES)
  .map(([field, type]) => `${field} ${type}`)
  .join(', ')
/** Names become ids. */
const LOOKED_UP: Readonly<Record<string, string>> = { curve: 'curve_id', x_tag: 'x_tag_id', suppress_tag: 'suppress_tag_id' }
const COLUMN_NAMES = Object.keys(FIELD_TYPES).map((field) => LOOKED_UP[field] ?? field)

function valueIn(record: string, column: string): string {
  // most rules name nothing: they look for nothing
  if (column === 'curve_id')
    return `case when ${record}.curve <> '' then (select c.id from curves c where lower(c.name) = lower(${record}.curve)) end`
  if (column !== 'x_tag_id' && column !== 'suppress_tag_id') return `${record}.${column}`
  const name = `${record}.${column.slice(0, -'_id'.length)}`
  return `case when ${name} <> '' then (
    select t.id from tags t join devices d on d.id = t.device_id
    where lower(d.code) = lower(split_part(${name}, ':', 1)) and lower(t.name) = lower(substr(${name}, strpos(${name}, ':') + 1))) end`
}

function columnsOf(input: RuleInput): Readonly<Record<keyof typeof FIELD_TYPES, unknown>> {
  return {
    kind: input.kind,
    tag_id: input.tagId,
    label: input.label,
    name: input.name.trim(),
    severity: input.severity,
    category: input.category,
    enabled: input.enabled,
    auto_close: input.autoClose,
    cooldown_minutes: input.cooldownMinutes,
    realarm_minutes: input.reAlarmMinutes ?? null,
    operator: input.operator,
    setpoint: input.setpoint,
    deadband: input.deadband,
    on_delay_seconds: input.onDelaySeconds,
    off_delay_seconds: input.offDelaySeconds,
    latch: input.latch,
    bit: input.bit,
    transition_only: input.transitionOnly,
    window_seconds: input.windowSeconds,
    modulus: input.modulus,
    target: input.target,
    curve: input.curve,
    x_tag: input.xTag,
    suppress_tag: input.suppressTag,
  }
}

function sqlState(thrown: unknown): unknown {
  return Object.getOwnPropertyDescriptor(asError(thrown), 'code')?.value
}
