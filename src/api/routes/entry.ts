import { networkInterfaces } from 'node:os'
import { Conflict, InvalidRequest, NotFound, NotLoggedIn, TooManyRequests } from '#base/errors.ts'
import type { User } from '#domain/user.ts'
import { saveSettings, readSettings } from '#store/settings.ts'
import { closeSession, closeSessionsOf, openSession } from '#store/sessions.ts'
import { takeSetupToken } from '#store/setup-tokens.ts'
import { deviceIdsOf, findByLogin, findUser, hasUsers, insertUser, passwordHashOf, setPassword, updateProfile } from '#store/users.ts'
import { siteShape } from '#plant/shapes.ts'
import { weaknessOf } from '../core/password-policy.ts'
import type { Call, Handlers } from '../handlers.ts'
import { hashPassword, verifyPassword } from '../password.ts'

type Keys =
  | 'GET /api/setup'
  | 'POST /api/setup'
  | 'POST /api/login'
  | 'POST /api/logout'
  | 'POST /api/password-link'
  | 'PUT /api/me'
  | 'POST /api/me/password'

/** First run, coming in, going out, oneself. */
export const entryRoutes: Handlers<Keys> = {
  'GET /api/setup': async (_input, { db }) => ({
    needed: !(await hasUsers(db)),
    suggestedTimeZone: (await readSettings(db)).site.timeZone,
  }),

  'POST /api/setup': async ({ body }, call) => {
    refuseWeak(body.password, body.login)
    const site = siteShape.safeParse({
      name: body.siteName,
      timeZone: body.timeZone,
      language: body.language,
      publicUrl: addressForPhones(call.origin),
    })
    if (!site.success) throw new InvalidRequest('This is no IANA time zone, such as Europe/Lisbon.', { field: 'timeZone' })
    const hash = await hashPassword(body.password)
    const user = await call.db.transaction(async (tx) => {
      if (await hasUsers(tx)) throw new Conflict('The set-up is done already.', { remedy: 'Log in.' })
      if ((await takeSetupToken(tx, 'first_administrator', body.token)) === undefined) {
        throw new NotFound('This link is not valid any more.', { remedy: 'Start SyncTide again: it prints a new one.' })
      }
      await saveSettings(tx, { site: site.data })
      const input = {
        login: body.login,
        displayName: body.displayName,
        role: 'administrator',
        enabled: true,
        deviceIds: null,
        categories: null,
      } as const
      return await insertUser(tx, input, hash)
    })
    call.note({ object: 'first administrator', after: { login: user.login } })
    return await signIn(call, user)
  },

  'POST /api/login': async ({ body }, call) => {
    const key = `login ${call.address} ${body.login.toLowerCase()}`
    const wait = call.attempts.waitOf(key, call.clock.mono())
    if (wait > 0) throw new TooManyRequests('Too many failed tries.', Math.ceil(wait / 1000))
    const found = await findByLogin(call.db, body.login)
    const right = await verifyPassword(body.password, found?.passwordHash ?? null)
    if (found === undefined || !right || !found.user.enabled) {
      call.attempts.failed(key, call.clock.mono())
      call.log.warn('api.login_failed', { login: body.login, address: call.address })
      throw new NotLoggedIn('Login or password is wrong.', { remedy: 'Try again, or ask an administrator for a new link.' })
    }
    call.attempts.succeeded(key)
    call.note({ object: found.user.login })
    return await signIn(call, found.user)
  },

  'POST /api/logout': async (_input, call) => {
    if (call.caller.via === 'session') await closeSession(call.db, call.caller.token)
    call.setSession(null)
    call.note({ object: call.user.login })
    return {}
  },

  'POST /api/password-link': async ({ body }, call) => {
    const hash = await hashPassword(body.password)
    const user = await call.db.transaction(async (tx) => {
      const taken = await takeSetupToken(tx, 'password', body.token)
      const found = taken?.userId === null || taken === undefined ? undefined : await findUser(tx, taken.userId)
      if (found === undefined || !found.enabled) {
        throw new NotFound('This link is not valid any more.', { remedy: 'Ask an administrator for a new one.' })
      }
      refuseWeak(body.password, found.login)
      await setPassword(tx, found.id, hash, false)
      await closeSessionsOf(tx, found.id)
      return { ...found, mustChangePassword: false }
    })
    call.note({ object: user.login })
    return await signIn(call, user)
  },

  'PUT /api/me': async ({ body }, { db, user, caller, note }) => {
    if (body.timeZone !== null && !siteShape.shape.timeZone.safeParse(body.timeZone).success) {
      throw new InvalidRequest('This is no IANA time zone, such as Europe/Lisbon.', { field: 'timeZone' })
    }
    await updateProfile(db, user.id, body)
    const { displayName, language, timeZone } = user
    note({ object: `own profile of ${user.login}`, before: { displayName, language, timeZone }, after: body })
    return me({ ...user, ...body }, caller.via === 'session' ? caller.csrf : '')
  },

  'POST /api/me/password': async ({ body }, { db, user, caller, note }) => {
    if (!(await verifyPassword(body.current, await passwordHashOf(db, user.id)))) {
      throw new InvalidRequest('The current password is wrong.', { field: 'current' })
    }
    refuseWeak(body.password, user.login)
    await setPassword(db, user.id, await hashPassword(body.password), false)
    await closeSessionsOf(db, user.id, caller.via === 'session' ? caller.token : null)
    note({ object: user.login })
    return {}
  },
}

/** Links in messages must work on a phone, so the name of this machine for itself is replaced by its address. */
function addressForPhones(origin: string): string {
  const url = new URL(origin)
  if (!/^(localhost|127\.|\[::1\])/.test(url.hostname)) return url.origin
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find((one) => one.family === 'IPv4' && !one.internal)
  if (own !== undefined) url.hostname = own.address
  return url.origin
}

/** A user as pages see them. */
export function publicUser({ scope, categories, ...user }: User): Omit<User, 'scope' | 'categories'> & {
  deviceIds: number[] | null
  categories: string[] | null
} {
  return { ...user, deviceIds: deviceIdsOf(scope), categories: categories === null ? null : [...categories] }
}

export function me(user: User, csrf: string): ReturnType<typeof publicUser> & { csrf: string } {
  return { ...publicUser(user), csrf }
}

/** @throws InvalidRequest naming the field `password` */
export function refuseWeak(password: string, login: string): void {
  const weakness = weaknessOf(password, login)
  if (weakness !== undefined)
    throw new InvalidRequest(weakness, { field: 'password', remedy: 'Three or four unrelated words make a good one.' })
}

async function signIn(call: Call, user: User): Promise<ReturnType<typeof me>> {
  // a new session each time: one that somebody planted is never raised to rights
  if (call.caller.via === 'session') await closeSession(call.db, call.caller.token)
  const session = await openSession(call.db, user.id, call.address, call.agent)
  call.setSession(session.token)
  return me(user, session.csrf)
}
