import type { Queryable } from './database.ts'

/** Bytes of this database on disk, its log of changes apart. */
export async function databaseBytes(db: Queryable): Promise<number> {
  const [row] = await db.query<{ bytes: number }>('select pg_database_size(current_database()) as bytes')
  return row?.bytes ?? 0
}
