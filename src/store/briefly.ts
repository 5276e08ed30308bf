import type { Queryable } from './database.ts'

/**
 * Gives up rather than hold up whoever waits behind: everybody who reads or writes the table.
 * @param statements of PL/pgSQL
 * @returns false when something was in use: try again later
 */
export async function briefly(db: Queryable, statements: string): Promise<boolean> {
  try {
    await db.query(`do $$ begin set local lock_timeout = '200ms'; ${statements}; end $$`)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === '55P03') return false
    throw error
  }
}
