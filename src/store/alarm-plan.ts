import type { AlarmRule } from '#domain/alarm.ts'
import type { Database } from './database.ts'

/** Where a rule looks, copied into its occurrences. */
export interface RulePlace {
  readonly deviceCode: string
  readonly tagName: string | null
  readonly unit: string
}

/** Everything there is to judge, read at one moment. */
export interface StoredPlan {
  readonly configVersion: number
  /** Rules in force: themselves, their tag and their device switched on. */
  readonly rules: readonly AlarmRule[]
  readonly places: ReadonlyMap<number, RulePlace>
  readonly tags: readonly { readonly id: number; readonly deviceId: number }[]
  readonly devices: readonly { readonly id: number; readonly source: string }[]
  /** Why a rule that exists is not in force; one that is not mentioned anywhere was removed. */
  readonly gone: ReadonlyMap<number, string>
}

type RuleRow = AlarmRule & RulePlace & { readonly whyNot: string | null }

/** Reads the configuration of the alarm engine as one consistent picture. */
export async function readAlarmPlan(db: Database): Promise<StoredPlan> {
  return await db.transaction(async (tx) => {
    await tx.query('set transaction isolation level repeatable read, read only')
    const [version] = await tx.query<{ version: number }>('select version from config_version')
    const rows = await tx.query<RuleRow>(
      `select r.id, r.version, r.kind, r.device_id as "deviceId", r.tag_id as "tagId", r.label, r.name, r.severity, r.enabled,
         r.auto_close as "autoClose", r.cooldown_minutes as "cooldownMinutes", r.operator, r.setpoint, r.deadband,
         r.on_delay_seconds as "onDelaySeconds", r.off_delay_seconds as "offDelaySeconds", d.comm_timeout_seconds as "timeoutSeconds",
         d.code as "deviceCode", t.name as "tagName", coalesce(t.unit, '') as unit,
         case when not d.enabled then 'device disabled' when not coalesce(t.enabled, true) then 'tag disabled'
           when not r.enabled then 'rule disabled' when r.kind = 'communication_loss' and d.comm_timeout_seconds is null then 'rule removed' end
           as "whyNot"
       from alarm_rules r join devices d on d.id = r.device_id left join tags t on t.id = r.tag_id order by r.id`,
    )
    const tags = await tx.query<{ id: number; deviceId: number }>(
      `select t.id, t.device_id as "deviceId" from tags t join devices d on d.id = t.device_id where t.enabled and d.enabled order by t.id`,
    )
    const devices = await tx.query<{ id: number; source: string }>(
      `select id, 'driver-' || protocol as source from devices where enabled order by id`,
    )
    const inForce = rows.filter((row) => row.whyNot === null)
    return {
      configVersion: version?.version ?? 0,
      rules: inForce,
      places: new Map(inForce.map(({ id, deviceCode, tagName, unit }) => [id, { deviceCode, tagName, unit }])),
      tags,
      devices,
      gone: new Map(rows.flatMap(({ id, whyNot }) => (whyNot === null ? [] : [[id, whyNot] as const]))),
    }
  })
}
