import { InvalidRequest, NotFound } from '#base/errors.ts'
import { PROTOCOLS } from '#drivers/catalogue.ts'
import { applyPlant } from '#plant/apply.ts'
import { exportPlant } from '#plant/export.ts'
import { planPlant } from '#plant/plan.ts'
import { createApiToken, deleteApiToken, listApiTokens } from '#store/api-tokens.ts'
import { listAudit } from '#store/audit.ts'
import { createRequest } from '#store/requests.ts'
import { closeSessionsOf } from '#store/sessions.ts'
import { DEFAULT_REPORT_BY_EXCEPTION, readSettings, saveSettings } from '#store/settings.ts'
import { createSetupToken } from '#store/setup-tokens.ts'
import { listEvents } from '#store/system-events.ts'
import { deleteUser, findUser, insertUser, listUsers, setPassword, updateUser } from '#store/users.ts'
import type { Handlers } from '../handlers.ts'
import { readHealth } from '../health.ts'
import { hashPassword } from '../password.ts'
import { readLog } from '../read-log.ts'
import { publicUser, refuseWeak } from './entry.ts'

type Keys =
  | 'GET /api/health'
  | 'GET /api/users'
  | 'POST /api/users'
  | 'PUT /api/users/:id'
  | 'DELETE /api/users/:id'
  | 'GET /api/tokens'
  | 'POST /api/tokens'
  | 'DELETE /api/tokens/:id'
  | 'GET /api/settings'
  | 'PUT /api/settings'
  | 'POST /api/services/:name/restart'
  | 'GET /api/services/:name/log'
  | 'GET /api/plant'
  | 'POST /api/plant/plan'
  | 'POST /api/plant/apply'
  | 'GET /api/audit'
  | 'GET /api/events'

const LINK_HOURS = 72

/** What the administrator answers for. */
export const systemRoutes: Handlers<Keys> = {
  'GET /api/health': async (_input, { db, dataFolder, version }) => await readHealth(db, dataFolder, version),

  'GET /api/users': async (_input, { db }) => (await listUsers(db)).map(publicUser),

  'POST /api/users': async ({ body }, { db, note }) => {
    const { password, ...input } = body
    if (password !== undefined) refuseWeak(password, input.login)
    const hash = password === undefined ? null : await hashPassword(password)
    const { user, token } = await db.transaction(async (tx) => {
      const made = await insertUser(tx, input, hash)
      if (hash !== null) {
        await setPassword(tx, made.id, hash, true)
        return { user: { ...made, mustChangePassword: true }, token: null }
      }
      return { user: made, token: await createSetupToken(tx, { purpose: 'password', userId: made.id, hours: LINK_HOURS }) }
    })
    note({ object: `user ${user.login}`, after: input })
    return { user: publicUser(user), link: token === null ? null : `${await addressForPeople(db)}/password?token=${token}` }
  },

  'PUT /api/users/:id': async ({ params, body }, { db, note, user: self }) => {
    const { password, ...input } = body
    if (password !== undefined) refuseWeak(password, input.login)
    const hash = password === undefined ? null : await hashPassword(password)
    const before = await findUser(db, params.id)
    const user = await db.transaction(async (tx) => {
      const changed = await updateUser(tx, params.id, input)
      if (hash !== null) await setPassword(tx, params.id, hash, self.id !== params.id)
      // fewer rights are in force at once, and a new password ends what the old one opened
      if (hash !== null || !input.enabled) await closeSessionsOf(tx, params.id)
      return changed
    })
    note({ object: `user ${user.login}`, before, after: input })
    return publicUser(user)
  },

  'DELETE /api/users/:id': async ({ params }, { db, note }) => {
    const before = await findUser(db, params.id)
    await db.transaction(async (tx) => await deleteUser(tx, params.id))
    note({ object: `user ${before?.login ?? ''}`, before })
    return {}
  },

  'GET /api/tokens': async (_input, { db }) => await listApiTokens(db),

  'POST /api/tokens': async ({ body }, { db, user, note }) => {
    const made = await createApiToken(db, { userId: user.id, ...body })
    note({ object: `token ${body.name}`, after: { role: body.role, days: body.days } })
    return made
  },

  'DELETE /api/tokens/:id': async ({ params }, { db, note }) => {
    const token = (await listApiTokens(db)).find((one) => one.id === params.id)
    if (!(await deleteApiToken(db, params.id))) throw new NotFound(`There is no token ${params.id}.`)
    note({ object: `token ${token?.name ?? params.id}` })
    return {}
  },

  'GET /api/settings': async (_input, { db }) => {
    const { site, reportByException } = await readSettings(db)
    const ofAll = PROTOCOLS.map((protocol) => [protocol, reportByException[protocol] ?? DEFAULT_REPORT_BY_EXCEPTION] as const)
    return { site, reportByException: { ...Object.fromEntries(ofAll), ...reportByException } }
  },

  'PUT /api/settings': async ({ body }, { db, note }) => {
    const { site, reportByException } = await readSettings(db)
    await saveSettings(db, body)
    note({ object: 'settings', before: { site, reportByException }, after: body })
    return {}
  },

  'POST /api/services/:name/restart': async ({ params }, { db, note }) => {
    await createRequest(db, { kind: 'restart', target: 'supervisor', body: { process: params.name } }, 30)
    note({ object: `process ${params.name}` })
    return {}
  },

  'GET /api/services/:name/log': async ({ params, query }, { dataFolder }) => ({ lines: readLog(dataFolder, params.name, query.lines) }),

  'GET /api/plant': async (_input, { db }) => ({ ...(await exportPlant(db)) }),

  'POST /api/plant/plan': async ({ body }, { db, note }) => {
    note({ object: 'plant file' })
    return { changes: (await planPlant(db, body)).map(({ action, object, fields }) => ({ action, object, fields })) }
  },

  'POST /api/plant/apply': async ({ body }, { db, note }) => {
    const changes = await applyPlant(db, body)
    note({ object: 'plant file', after: changes.map(({ action, object, fields }) => ({ action, object, fields })) })
    return { applied: changes.length }
  },

  'GET /api/audit': async ({ query }, { db }) => {
    const entries = await listAudit(db, query.limit, parseCursor(query.cursor))
    return { entries, cursor: nextCursor(entries, query.limit) }
  },

  'GET /api/events': async ({ query }, { db, scope }) => {
    const events = await listEvents(db, scope, query.limit, { before: parseCursor(query.cursor), deviceId: query.deviceId ?? null })
    return { events, cursor: nextCursor(events, query.limit) }
  },
}

async function addressForPeople(db: Parameters<typeof readSettings>[0]): Promise<string> {
  const { site } = await readSettings(db)
  return site.publicUrl.replace(/\/$/, '')
}

/** @throws InvalidRequest */
function parseCursor(text: string | undefined): number | null {
  if (text === undefined) return null
  if (!/^\d{1,15}$/.test(text)) throw new InvalidRequest('This is no cursor of this list.', { field: 'cursor' })
  return Number(text)
}

function nextCursor(rows: readonly { readonly id: number }[], limit: number): string | null {
  return rows.length < limit ? null : String(rows.at(-1)?.id ?? '')
}
