import type { Queryable } from './database.ts'
import { hashToken, newToken } from './sessions.ts'

export type SetupPurpose = 'first_administrator' | 'password'

/**
 * A one-time link. A new one of the first administrator replaces the old.
 * @returns the token; it is stored nowhere
 */
export async function createSetupToken(
  db: Queryable,
  { purpose, userId = null, hours }: { purpose: SetupPurpose; userId?: number | null; hours: number },
): Promise<string> {
  const token = newToken()
  if (purpose === 'first_administrator') await db.query(`delete from setup_tokens where purpose = 'first_administrator'`)
  else await db.query('delete from setup_tokens where user_id = $1', [userId])
  await db.query(
    `insert into setup_tokens (token_hash, purpose, user_id, expires_at) values ($1, $2, $3, now() + $4 * interval '1 hour')`,
    [hashToken(token), purpose, userId, hours],
  )
  return token
}

/**
 * Uses a link up. Within a transaction that fails it stays usable.
 * @returns undefined when it is unknown, used or too old
 */
export async function takeSetupToken(db: Queryable, purpose: SetupPurpose, token: string): Promise<{ userId: number | null } | undefined> {
  const rows = await db.query<{ userId: number | null }>(
    'delete from setup_tokens where token_hash = $1 and purpose = $2 and expires_at > now() returning user_id as "userId"',
    [hashToken(token), purpose],
  )
  return rows[0]
}
