import { createHash, randomBytes } from 'node:crypto'
import type { User } from '#domain/user.ts'
import type { Queryable } from './database.ts'
import { findUser } from './users.ts'

/** Without a sign of life for so long a session ends; a page that is open shows life all the time. */
const IDLE_SECONDS = 12 * 3600
/** However lively, it ends after this. */
const ABSOLUTE_SECONDS = 30 * 24 * 3600
/** Its use is not written down more often. */
const TOUCH_SECONDS = 60

/** 256 random bits as people may copy them. */
export function newToken(): string {
  return randomBytes(32).toString('base64url')
}

/** What is stored of a token: a dump of the database opens nothing. Tokens are random, so a plain hash does. */
export function hashToken(token: string): Uint8Array {
  return createHash('sha256').update(token).digest()
}

export interface OpenedSession {
  /** For the cookie; it is stored nowhere. */
  readonly token: string
  readonly csrf: string
}

export async function openSession(db: Queryable, userId: number, address: string, agent: string): Promise<OpenedSession> {
  const token = newToken()
  const csrf = newToken()
  await db.query(
    `insert into sessions (token_hash, user_id, csrf, expires_at, address, agent) values ($1, $2, $3, now() + $4 * interval '1 second', $5, $6)`,
    [hashToken(token), userId, csrf, ABSOLUTE_SECONDS, address, agent.slice(0, 200)],
  )
  return { token, csrf }
}

/** @returns undefined when there is no such session, it ended, or its user may not log in any more */
export async function readSession(db: Queryable, token: string): Promise<{ user: User; csrf: string } | undefined> {
  const [row] = await db.query<{ userId: number; csrf: string; stale: boolean }>(
    `select s.user_id as "userId", s.csrf, s.used_at < now() - $2 * interval '1 second' as stale
     from sessions s join users u on u.id = s.user_id
     where s.token_hash = $1 and u.enabled and s.expires_at > now() and s.used_at > now() - $3 * interval '1 second'`,
    [hashToken(token), TOUCH_SECONDS, IDLE_SECONDS],
  )
  if (row === undefined) return undefined
  if (row.stale) await db.query('update sessions set used_at = now() where token_hash = $1', [hashToken(token)])
  const user = await findUser(db, row.userId)
  return user === undefined ? undefined : { user, csrf: row.csrf }
}

export async function closeSession(db: Queryable, token: string): Promise<void> {
  await db.query('delete from sessions where token_hash = $1', [hashToken(token)])
}

/** Ends every session of a user but one: after a new password, fewer rights, or when the user goes. */
export async function closeSessionsOf(db: Queryable, userId: number, except: string | null = null): Promise<void> {
  await db.query('delete from sessions where user_id = $1 and ($2::bytea is null or token_hash <> $2)', [
    userId,
    except === null ? null : hashToken(except),
  ])
}
