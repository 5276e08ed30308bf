import { ConfigError, Conflict, NotFound, asError } from '#base/errors.ts'
import { Operator, RuleLabel, SEVERITIES, type ThresholdRule } from '#domain/alarm.ts'
import type { TagKind } from '#domain/device.ts'
import type { DeviceScope } from '#domain/user.ts'
import type { Queryable } from './database.ts'

/** A rule in its place on the tag: up to four, slots 1 to 4. */
export interface StoredRule extends ThresholdRule {
  readonly slot: number
}

/** What a form or a plant file says of a rule; the store adds id, version, device and slot. */
export type RuleInput = Omit<ThresholdRule, 'id' | 'version' | 'deviceId' | 'kind'>

export interface SavedRule {
  readonly rule: StoredRule
  /** Worth a second look; the rule is saved all the same. */
  readonly warnings: readonly string[]
}

const COLUMNS = `r.id, r.version, r.kind, r.device_id as "deviceId", r.tag_id as "tagId", r.slot, r.label, r.name, r.severity, r.enabled,
  r.auto_close as "autoClose", r.cooldown_minutes as "cooldownMinutes", r.operator, r.setpoint, r.deadband,
  r.on_delay_seconds as "onDelaySeconds", r.off_delay_seconds as "offDelaySeconds"`

/** Threshold rules by device, tag and slot. */
export async function listRules(
  db: Queryable,
  scope: DeviceScope,
  filter: { deviceId?: number | undefined; tagId?: number | undefined } = {},
): Promise<readonly StoredRule[]> {
  return await db.query<StoredRule>(
    `select ${COLUMNS} from alarm_rules r where r.kind = 'threshold' and ($1::int[] is null or r.device_id = any($1))
       and ($2::int is null or r.device_id = $2) and ($3::int is null or r.tag_id = $3)
     order by r.device_id, r.tag_id, r.slot`,
    [scope === 'all' ? null : [...scope], filter.deviceId ?? null, filter.tagId ?? null],
  )
}

/** @returns undefined when there is none or it is out of scope. */
export async function getRule(db: Queryable, scope: DeviceScope, id: number): Promise<StoredRule | undefined> {
  const rows = await db.query<StoredRule>(
    `select ${COLUMNS} from alarm_rules r where r.kind = 'threshold' and r.id = $1 and ($2::int[] is null or r.device_id = any($2))`,
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
       from rows from (jsonb_to_recordset($1::jsonb) as (tag_id integer, label text, name text, severity text, enabled boolean,
         auto_close boolean, cooldown_minutes integer, operator text, setpoint double precision, deadband double precision,
         on_delay_seconds double precision, off_delay_seconds double precision)) with ordinality),
     free as (
       select t.id as tag_id, t.device_id, slot, row_number() over (partition by t.id order by slot) as nth
       from tags t cross join generate_series(1, 4) as slot
       where t.id in (select tag_id from wanted)
         and not exists (select 1 from alarm_rules taken where taken.tag_id = t.id and taken.slot = slot))
     insert into alarm_rules (kind, device_id, slot, ${FIELDS.join(', ')})
     select 'threshold', free.device_id, free.slot, ${FIELDS.map((field) => `wanted.${field}`).join(', ')}
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
    `update alarm_rules r set version = version + 1, ${FIELDS.map((field) => `${field} = n.${field}`).join(', ')}
     from jsonb_to_recordset($1::jsonb) as n (id integer, tag_id integer, label text, name text, severity text, enabled boolean,
       auto_close boolean, cooldown_minutes integer, operator text, setpoint double precision, deadband double precision,
       on_delay_seconds double precision, off_delay_seconds double precision)
     where r.id = n.id and r.tag_id = n.tag_id and r.kind = 'threshold'
       and (${FIELDS.map((field) => `r.${field}`).join(', ')}) is distinct from (${FIELDS.map((field) => `n.${field}`).join(', ')})`,
    [JSON.stringify(rules.map((rule) => ({ id: rule.id, ...columnsOf(rule) })))],
  )
}

/** Removes rules in one statement; standing alarms of them are closed. They must be the caller's to remove. */
export async function deleteRules(db: Queryable, ids: readonly number[]): Promise<void> {
  if (ids.length > 0) await db.query(`delete from alarm_rules where id = any($1) and kind = 'threshold'`, [[...ids]])
}

/** Removes a rule; a standing alarm of it is closed as `System: rule removed`. @returns false when there was none */
export async function removeRule(db: Queryable, scope: DeviceScope, id: number): Promise<boolean> {
  const rows = await db.query(
    `delete from alarm_rules where id = $1 and kind = 'threshold' and ($2::int[] is null or device_id = any($2)) returning id`,
    [id, scope === 'all' ? null : [...scope]],
  )
  return rows.length > 0
}

/** @throws ConfigError naming the field whose value no alarm could be judged by */
export function validateRule(input: RuleInput): void {
  const check = (ok: boolean, field: keyof RuleInput, message: string): void => {
    if (!ok) throw new ConfigError(field, message)
  }
  check(input.name.trim() !== '' && input.name.length <= 200, 'name', 'The name has 1 to 200 characters.')
  check(SEVERITIES.includes(input.severity), 'severity', `The severity is one of ${SEVERITIES.join(', ')}.`)
  check(Object.values(Operator).includes(input.operator), 'operator', `The operator is one of ${Object.values(Operator).join(' ')}.`)
  check(Object.values(RuleLabel).includes(input.label), 'label', `The label is one of ${Object.values(RuleLabel).join(', ')}.`)
  check(Number.isFinite(input.setpoint), 'setpoint', 'The threshold must be a number.')
  check(Number.isFinite(input.deadband) && input.deadband >= 0, 'deadband', 'The hysteresis must be a number, 0 or more.')
  for (const field of ['onDelaySeconds', 'offDelaySeconds'] as const) {
    check(Number.isFinite(input[field]) && input[field] >= 0 && input[field] <= 86_400, field, 'A delay is 0 to 86,400 seconds.')
  }
  check(
    Number.isInteger(input.cooldownMinutes) && input.cooldownMinutes >= 0 && input.cooldownMinutes <= 10_080,
    'cooldownMinutes',
    'The cooldown is 0 to 10,080 whole minutes.',
  )
}

const HIGH = new Set<string>(['>', '>='])
const LOW = new Set<string>(['<', '<='])
const LABEL_ORDER: readonly string[] = ['LoLo', 'Lo', 'Hi', 'HiHi']

/** Says what is legal but seldom meant. `siblings` are all rules of the tag, this one included or not. */
export function ruleWarnings(rule: ThresholdRule, siblings: readonly ThresholdRule[], kind: TagKind): string[] {
  const warnings: string[] = []
  const others = siblings.filter((other) => other.id !== rule.id && other.tagId === rule.tagId && other.enabled)
  if (kind === 'text') warnings.push('The tag holds text: a threshold never judges it.')
  if (kind === 'analog' && (rule.operator === '=' || rule.operator === '!=') && rule.deadband === 0) {
    warnings.push('A measured value seldom equals a number exactly; give a hysteresis or use another operator.')
  }
  const towardsNormal = HIGH.has(rule.operator) ? -1 : LOW.has(rule.operator) ? 1 : 0
  const passed = others.find((other) => {
    const distance = (other.setpoint - rule.setpoint) * towardsNormal
    return distance > 0 && rule.deadband >= distance
  })
  if (passed !== undefined) {
    warnings.push(
      `The hysteresis of ${rule.deadband} reaches the threshold of "${passed.name}" (${passed.setpoint}): this alarm would still stand when that one raises.`,
    )
  }
  const place = LABEL_ORDER.indexOf(rule.label)
  for (const other of others) {
    const otherPlace = LABEL_ORDER.indexOf(other.label)
    if (place === -1 || otherPlace === -1 || place === otherPlace) continue
    if (place < otherPlace === rule.setpoint < other.setpoint || rule.setpoint === other.setpoint) continue
    warnings.push(`${rule.label} at ${rule.setpoint} and ${other.label} at ${other.setpoint} are the wrong way round.`)
  }
  return warnings
}

async function insert(db: Queryable, tag: { deviceId: number; name: string }, input: RuleInput): Promise<StoredRule> {
  try {
    const rows = await db.query<StoredRule>(
      `insert into alarm_rules as r (kind, device_id, slot, ${FIELDS.join(', ')})
       select 'threshold', $1, slot, ${FIELDS.map((_, index) => `$${index + 2}`).join(', ')}
       from generate_series(1, 4) as slot
       where not exists (select 1 from alarm_rules taken where taken.tag_id = $2 and taken.slot = slot.slot) order by slot limit 1
       returning ${COLUMNS}`,
      [tag.deviceId, ...valuesOf(input)],
    )
    if (rows[0] !== undefined) return rows[0]
  } catch (error) {
    if (sqlState(error) !== '23505') throw error
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
  const rows = await db.query<StoredRule>(
    `update alarm_rules r set version = version + 1, device_id = $2, ${FIELDS.map((field, index) => `${field} = $${index + 3}`).join(', ')}
     where id = $1 and (${FIELDS.map((field) => `r.${field}`).join(', ')}) is distinct from (${FIELDS.map((_, index) => `$${index + 3}`).join(', ')})
     returning ${COLUMNS}`,
    [id, tag.deviceId, ...valuesOf(input)],
  )
  return rows[0] ?? current
}

const FIELDS = [
  'tag_id',
  'label',
  'name',
  'severity',
  'enabled',
  'auto_close',
  'cooldown_minutes',
  'operator',
  'setpoint',
  'deadband',
  'on_delay_seconds',
  'off_delay_seconds',
]

function valuesOf(input: RuleInput): unknown[] {
  return [
    input.tagId,
    input.label,
    input.name.trim(),
    input.severity,
    input.enabled,
    input.autoClose,
    input.cooldownMinutes,
    input.operator,
    input.setpoint,
    input.deadband,
    input.onDelaySeconds,
    input.offDelaySeconds,
  ]
}

function columnsOf(input: RuleInput): Record<string, unknown> {
  return Object.fromEntries(valuesOf(input).map((value, index) => [FIELDS[index], value]))
}

function sqlState(thrown: unknown): unknown {
  return Object.getOwnPropertyDescriptor(asError(thrown), 'code')?.value
}
