import { ConfigError } from '#base/errors.ts'
import { parseFormula } from '#calc/formula/parse.ts'
import { FormulaProblem } from '#calc/formula/problem.ts'
import type { Reference } from '#calc/formula/tree.ts'
import type { AlarmRule, CurvePoint, TagRule } from '#domain/alarm.ts'
import type { RuleInput } from './alarm-rule-checks.ts'
import { type CurveInput, listCurves } from './curves.ts'
import type { Database, Queryable } from './database.ts'

/** Where a rule looks, copied into its occurrences. */
export interface RulePlace {
  readonly deviceCode: string
  readonly tagName: string | null
  readonly unit: string
}

/** A virtual tag, and the tags that the references of its formula mean, in their order; null for one that is gone. */
export interface DerivedTag {
  readonly tagId: number
  readonly formula: string
  readonly inputs: readonly (number | null)[]
}

/** Everything there is to judge, read at one moment. */
export interface StoredPlan {
  readonly configVersion: number
  /** Rules in force: themselves, their tag and their device switched on. */
  readonly rules: readonly AlarmRule[]
  readonly places: ReadonlyMap<number, RulePlace>
  readonly tags: readonly { readonly id: number; readonly deviceId: number }[]
  readonly derived: readonly DerivedTag[]
  readonly devices: readonly { readonly id: number; readonly source: string }[]
  /** Why a rule that exists is not in force; one that is not mentioned anywhere was removed. */
  readonly gone: ReadonlyMap<number, string>
}

/** A row of any kind; what a kind does not use is null. */
interface RuleRow extends RulePlace {
  readonly id: number
  readonly version: number
  readonly kind: AlarmRule['kind']
  readonly deviceId: number
  readonly tagId: number | null
  readonly label: TagRule['label']
  readonly name: string
  readonly severity: AlarmRule['severity']
  readonly category: string
  readonly enabled: boolean
  readonly autoClose: boolean
  readonly cooldownMinutes: number
  readonly operator: TagRule['operator'] | null
  readonly setpoint: number | null
  readonly deadband: number
  readonly onDelaySeconds: number
  readonly offDelaySeconds: number
  readonly latch: boolean
  readonly bit: number | null
  readonly transitionOnly: boolean
  readonly windowSeconds: number | null
  readonly modulus: number | null
  readonly target: number | null
  readonly suppressTagId: number | null
  readonly xTagId: number | null
  readonly points: readonly CurvePoint[] | null
  readonly tolerance: number | null
  readonly percent: boolean | null
  readonly alignSeconds: number
  readonly timeoutSeconds: number | null
  readonly pollStreak: number | null
  readonly whyNot: string | null
}

/** Reads the configuration of the alarm engine as one consistent picture. */
export async function readAlarmPlan(db: Database): Promise<StoredPlan> {
  return await db.transaction(async (tx) => {
    await tx.query('set transaction isolation level repeatable read, read only')
    const [version] = await tx.query<{ version: number }>('select version from config_version')
    const rows = await readRules(tx)
    const tags = await tx.query<{ id: number; deviceId: number }>(
      `select t.id, t.device_id as "deviceId" from tags t join devices d on d.id = t.device_id where t.enabled and d.enabled order by t.id`,
    )
    const devices = await tx.query<{ id: number; source: string }>(
      `select id, 'driver-' || protocol as source from devices where enabled order by id`,
    )
    const inForce = rows.filter((row) => row.whyNot === null)
    return {
      configVersion: version?.version ?? 0,
      rules: inForce.flatMap(ruleOf),
      places: new Map(inForce.map(({ id, deviceCode, tagName, unit }) => [id, { deviceCode, tagName, unit }])),
      tags,
      derived: await readDerived(tx),
      devices,
      gone: new Map(rows.flatMap(({ id, whyNot }) => (whyNot === null ? [] : [[id, whyNot] as const]))),
    }
  })
}

/** Axes of one device come in one delivery; those of two within two polls of the slower one, or 5 s. */
const ALIGN = `case when xd.id is null or xd.id = d.id then 0 else greatest(2 * greatest(xd.poll_millis, d.poll_millis) / 1000.0, 5) end::float8`

async function readRules(tx: Queryable): Promise<readonly RuleRow[]> {
  return await tx.query<RuleRow>(
    `select r.id, r.version, r.kind, r.device_id as "deviceId", r.tag_id as "tagId", r.label, r.name, r.severity, r.category, r.enabled,
       r.auto_close as "autoClose", r.cooldown_minutes as "cooldownMinutes", r.operator, r.setpoint, r.deadband,
       r.on_delay_seconds as "onDelaySeconds", r.off_delay_seconds as "offDelaySeconds", r.latch, r.bit,
       r.transition_only as "transitionOnly", r.window_seconds as "windowSeconds", r.modulus, r.target,
       r.suppress_tag_id as "suppressTagId", r.x_tag_id as "xTagId", c.points, c.tolerance, c.percent,
       ${ALIGN} as "alignSeconds",
       d.comm_timeout_seconds as "timeoutSeconds", d.poll_streak as "pollStreak",
       d.code as "deviceCode", t.name as "tagName", coalesce(t.unit, '') as unit,
       case when not d.enabled then 'device disabled' when not coalesce(t.enabled, true) then 'tag disabled'
         when not r.enabled then 'rule disabled' when r.kind = 'communication_loss' and d.comm_timeout_seconds is null then 'rule removed'
         when r.kind = 'communication_loss' and not exists (select from tags own where own.device_id = d.id and own.enabled)
           then 'no tags to hear of' end
         as "whyNot"
     from alarm_rules r join devices d on d.id = r.device_id left join tags t on t.id = r.tag_id left join curves c on c.id = r.curve_id
       left join tags xt on xt.id = r.x_tag_id left join devices xd on xd.id = xt.device_id
     order by r.id`,
  )
}

/** Virtual tags with the tags that their formulas name; a formula that cannot be read is the engine's to report. */
async function readDerived(tx: Queryable): Promise<readonly DerivedTag[]> {
  const rows = await tx.query<{ tagId: number; formula: string }>(
    `select t.id as "tagId", t.formula from tags t join devices d on d.id = t.device_id
     where t.formula <> '' and t.enabled and d.enabled order by t.id`,
  )
  if (rows.length === 0) return []
  const names = await tagIdsByName(tx)
  return rows.map(({ tagId, formula }) => ({
    tagId,
    formula,
    inputs: referencesOf(formula).map(({ device, tag }) => names.get(`${device}:${tag}`.toLowerCase()) ?? null),
  }))
}

/** @returns ids by `device:tag` in lower case */
export async function tagIdsByName(db: Queryable): Promise<ReadonlyMap<string, number>> {
  const rows = await db.query<{ id: number; name: string }>(
    `select t.id, lower(d.code || ':' || t.name) as name from tags t join devices d on d.id = t.device_id`,
  )
  return new Map(rows.map(({ id, name }) => [name, id]))
}

/**
 * A rule as it stands in its form, with what it names looked up; nothing is saved.
 * @param curve instead of the one that it names
 * @throws ConfigError when it names a curve or a tag that there is not
 */
export async function draftRule(db: Queryable, input: RuleInput, deviceId: number, curve: CurveInput | null): Promise<TagRule> {
  const { curve: name, xTag, suppressTag: _, ...rest } = input
  const plain: TagRule = { ...rest, id: 0, version: 0, deviceId, curve: null, suppressTagId: null }
  if (input.kind !== 'curve') return plain
  const used = curve ?? (await listCurves(db)).find((one) => one.name.toLowerCase() === name.toLowerCase())
  if (used === undefined) throw new ConfigError('curve', `There is no curve ${name}.`)
  const xTagId = (await tagIdsByName(db)).get(xTag.toLowerCase())
  if (xTagId === undefined) throw new ConfigError('xTag', `There is no tag ${xTag}.`, { remedy: 'Write it as Device:Tag.' })
  const [pair] = await db.query<{ alignSeconds: number }>(
    `select ${ALIGN} as "alignSeconds" from devices d, tags xt join devices xd on xd.id = xt.device_id where d.id = $1 and xt.id = $2`,
    [deviceId, xTagId],
  )
  const { points, tolerance, percent } = used
  return { ...plain, curve: { xTagId, points, tolerance, percent, alignSeconds: pair?.alignSeconds ?? 0 } }
}

function referencesOf(formula: string): readonly Reference[] {
  try {
    return parseFormula(formula).references
  } catch (error) {
    if (error instanceof FormulaProblem) return []
    throw error
  }
}

function ruleOf(row: RuleRow): AlarmRule[] {
  const { id, version, deviceId, name, severity, category, enabled, autoClose, cooldownMinutes, kind } = row
  const base = { id, version, deviceId, name, severity, category, enabled, autoClose, cooldownMinutes }
  if (kind === 'communication_loss') {
    return row.timeoutSeconds === null ? [] : [{ ...base, kind, timeoutSeconds: row.timeoutSeconds }]
  }
  if (kind === 'poll_streak') return row.pollStreak === null ? [] : [{ ...base, kind, count: row.pollStreak }]
  const { tagId, label, operator, setpoint, deadband, onDelaySeconds, offDelaySeconds, latch, bit, transitionOnly } = row
  const { windowSeconds, modulus, target, suppressTagId, xTagId, points, tolerance, percent } = row
  if (tagId === null || operator === null || setpoint === null) return []
  const curve =
    points === null || xTagId === null
      ? null
      : { xTagId, points, tolerance: tolerance ?? 0, percent: percent ?? false, alignSeconds: row.alignSeconds }
  const axes = { onDelaySeconds, offDelaySeconds, latch, bit, transitionOnly, windowSeconds, modulus, target, curve, suppressTagId }
  return [{ ...base, kind, tagId, label, operator, setpoint, deadband, ...axes }]
}
