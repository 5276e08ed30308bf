import type { Queryable, Transaction } from './database.ts'

/** Grows with every change of configuration; NOTIFY config carries it. */
export async function readConfigVersion(db: Queryable): Promise<number> {
  const [row] = await db.query<{ version: number }>('select version from config_version')
  return row?.version ?? 0
}

/** Until the transaction ends nobody else changes the configuration: what is read now is what is changed. */
export async function lockConfiguration(tx: Transaction): Promise<void> {
  await tx.query('select version from config_version for update')
}
