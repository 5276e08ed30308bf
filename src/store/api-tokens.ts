import type { Micros } from '#base/time.ts'
import type { Role, User } from '#domain/user.ts'
import { ROLES } from '#domain/user.ts'
import type { Queryable } from './database.ts'
import { hashToken, newToken } from './sessions.ts'
import { findUser } from './users.ts'

/** A program's right to call, as far as the rights of who made it reach. */
export interface ApiToken {
  readonly id: number
  readonly name: string
  readonly role: Role
  readonly createdAt: Micros
  readonly usedAt: Micros | null
  readonly expiresAt: Micros | null
}

/** Tells a token from other secrets at a glance, and lets scanners find a leaked one. */
const PREFIX = 'tide_'

export async function listApiTokens(db: Queryable): Promise<readonly ApiToken[]> {
  return await db.query<ApiToken>(
    `select id, name, role, created_at as "createdAt", used_at as "usedAt", expires_at as "expiresAt" from api_tokens order by id`,
  )
}

/** @returns the token; it is stored nowhere */
export async function createApiToken(
  db: Queryable,
  { userId, name, role, days }: { userId: number; name: string; role: Role; days: number | null },
): Promise<{ id: number; token: string }> {
  const token = `${PREFIX}${newToken()}`
  const [row] = await db.query<{ id: number }>(
    `insert into api_tokens (name, token_hash, user_id, role, expires_at)
     values ($1, $2, $3, $4, case when $5::int is null then null else now() + $5 * interval '1 day' end) returning id`,
    [name, hashToken(token), userId, role, days],
  )
  return { id: row?.id ?? 0, token }
}

/** @returns whether there was one */
export async function deleteApiToken(db: Queryable, id: number): Promise<boolean> {
  return (await db.query('delete from api_tokens where id = $1 returning id', [id])).length > 0
}

/** @returns who calls, with no more rights than the token and its maker have; undefined when it is unknown, revoked or too old */
export async function readApiToken(db: Queryable, token: string): Promise<{ user: User; name: string } | undefined> {
  if (!token.startsWith(PREFIX)) return undefined
  const [row] = await db.query<{ userId: number; role: Role; name: string }>(
    `update api_tokens set used_at = now() where token_hash = $1 and (expires_at is null or expires_at > now())
     returning user_id as "userId", role, name`,
    [hashToken(token)],
  )
  const user = row === undefined ? undefined : await findUser(db, row.userId)
  if (row === undefined || user === undefined || !user.enabled) return undefined
  const role = ROLES[Math.min(ROLES.indexOf(row.role), ROLES.indexOf(user.role))] ?? 'viewer'
  return { user: { ...user, role, mustChangePassword: false }, name: row.name }
}
