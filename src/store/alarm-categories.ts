import type { DeviceScope } from '#domain/user.ts'
import type { Queryable } from './database.ts'
import { idsOf } from './devices.ts'

/** The categories that rules name, by path. */
export async function listCategories(db: Queryable, scope: DeviceScope): Promise<readonly string[]> {
  const rows = await db.query<Row>(
    `select distinct category from alarm_rules where category <> '' and ($1::int[] is null or device_id = any($1)) order by category`,
    [idsOf(scope)],
  )
  return rows.map((row) => row.category)
}

/** Those of these occurrences, as they were raised; empty is none. */
export async function categoriesOfAlarms(db: Queryable, scope: DeviceScope, ids: readonly number[]): Promise<readonly string[]> {
  const rows = await db.query<Row>(
    'select distinct category from alarm_events where id = any($1::bigint[]) and ($2::int[] is null or device_id = any($2))',
    [[...ids], idsOf(scope)],
  )
  return rows.map((row) => row.category)
}

/** Those of these rules. */
export async function categoriesOfRules(db: Queryable, scope: DeviceScope, ids: readonly number[]): Promise<readonly string[]> {
  const rows = await db.query<Row>(
    'select distinct category from alarm_rules where id = any($1::int[]) and ($2::int[] is null or device_id = any($2))',
    [[...ids], idsOf(scope)],
  )
  return rows.map((row) => row.category)
}

interface Row {
  readonly category: string
}
