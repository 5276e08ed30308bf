import { timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { NotAllowed, NotLoggedIn } from '#base/errors.ts'
import { type User, roleAtLeast } from '#domain/user.ts'
import { readApiToken } from '#store/api-tokens.ts'
import type { Queryable } from '#store/database.ts'
import { readSession } from '#store/sessions.ts'
import type { Endpoint } from './contract/endpoint.ts'

/** Who calls, and by which right. */
export type Caller =
  | { readonly via: 'nobody' }
  | { readonly via: 'session'; readonly user: User; readonly csrf: string; readonly token: string }
  | { readonly via: 'token'; readonly user: User; readonly name: string }

/** Browsers refuse a `__Host-` cookie without TLS, and a plant seldom has it inside. */
export const SESSION_COOKIE = 'synctide_session'

export async function identify(db: Queryable, request: FastifyRequest): Promise<Caller> {
  const { authorization } = request.headers
  if (authorization !== undefined) {
    const found = authorization.startsWith('Bearer ') ? await readApiToken(db, authorization.slice(7)) : undefined
    if (found === undefined) throw new NotLoggedIn('The token is unknown, revoked or too old.', { remedy: 'Make a new one.' })
    return { via: 'token', ...found }
  }
  const token = request.cookies[SESSION_COOKIE]
  const session = token === undefined ? undefined : await readSession(db, token)
  return session === undefined || token === undefined ? { via: 'nobody' } : { via: 'session', token, ...session }
}

/**
 * The authorisation decision of every route.
 * @returns the user, or null for public routes without one
 * @throws NotLoggedIn, NotAllowed
 */
export function authorise(endpoint: Endpoint, caller: Caller): User | null {
  if (endpoint.access === 'public') return caller.via === 'nobody' ? null : caller.user
  if (caller.via === 'nobody') throw new NotLoggedIn('Log in first.')
  const { user } = caller
  if (endpoint.access !== 'session' && !roleAtLeast(user.role, endpoint.access)) {
    throw new NotAllowed(`This needs the role ${endpoint.access}; yours is ${user.role}.`, { remedy: 'Ask an administrator.' })
  }
  if (endpoint.wholeSite === true && user.scope !== 'all') {
    throw new NotAllowed('This concerns the whole site, and you are confined to some devices.', { remedy: 'Ask an administrator.' })
  }
  return user
}

/**
 * A change asked for by a browser must come from a page of ours: its Origin is our Host, and with a session cookie it carries the token
 * that only our page knows.
 * @throws NotAllowed
 */
export function refuseForeignPages(request: FastifyRequest, caller: Caller, endpoint: Endpoint): void {
  if (request.method === 'GET' || caller.via === 'token') return
  const { origin, host } = request.headers
  if (origin !== undefined && !sameHost(origin, host)) throw foreign()
  if (request.headers['sec-fetch-site'] === 'cross-site') throw foreign()
  // a public route lends nobody the rights of the session: the page of a link need not know its token
  if (caller.via !== 'session' || endpoint.access === 'public') return
  const given = request.headers['x-csrf-token']
  if (typeof given !== 'string' || !equal(given, caller.csrf)) {
    throw new NotAllowed('The page is too old to change anything.', { remedy: 'Reload it.' })
  }
}

/** Whether an Origin header names the host that was asked. */
export function sameHost(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host
}

function foreign(): NotAllowed {
  return new NotAllowed('The request comes from a page of another site.', { remedy: 'Use the pages of this installation.' })
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
