import type { Queryable } from './database.ts'

/** Stands in a database while a backup is restored into it, so that nothing starts on half of one and nobody else's data is taken for that. */
export const RESTORE_MARK = 'restore_incomplete'

export async function isHalfRestored(db: Queryable): Promise<boolean> {
  const [row] = await db.query<{ there: boolean }>(`select to_regclass('public.${RESTORE_MARK}') is not null as there`)
  return row?.there === true
}

export async function markHalfRestored(db: Queryable): Promise<void> {
  await db.query(`create table if not exists ${RESTORE_MARK} ()`)
}

export async function markRestored(db: Queryable): Promise<void> {
  await db.query(`drop table ${RESTORE_MARK}`)
}
