import { NotFound } from '#base/errors.ts'
import { PROTOCOLS } from '#drivers/catalogue.ts'
import type { ProbeReport, ProbeStep } from '#drivers/driver.ts'
import { addTags, removeDevice, removeRule, removeTag, saveDevice, saveRule, saveTag } from '#plant/configure.ts'
import { removeDemo } from '#plant/demo.ts'
import { driverOf, validateDevice } from '#plant/validate.ts'
import { getRule, listRules, type StoredRule } from '#store/alarm-rules.ts'
import { findDevice } from '#store/devices.ts'
import { createRequest, readRequest } from '#store/requests.ts'
import { findTag } from '#store/tags.ts'
import type { Tag } from '#domain/device.ts'
import type { Handlers } from '../handlers.ts'

type Keys =
  | 'GET /api/protocols'
  | 'POST /api/devices'
  | 'PUT /api/devices/:id'
  | 'DELETE /api/devices/:id'
  | 'POST /api/devices/:id/retry'
  | 'POST /api/devices/:id/tags'
  | 'PUT /api/tags/:id'
  | 'DELETE /api/tags/:id'
  | 'POST /api/probe'
  | 'GET /api/requests/:id'
  | 'GET /api/rules'
  | 'POST /api/rules'
  | 'PUT /api/rules/:id'
  | 'DELETE /api/rules/:id'
  | 'DELETE /api/demo'

/** Devices, tags and rules. */
export const configureRoutes: Handlers<Keys> = {
  'GET /api/protocols': async () =>
    await Promise.all(
      PROTOCOLS.map(async (protocol) => {
        const { title, connectionSchema, tagSchema, addressHelp } = await driverOf(protocol)
        return { protocol, title, connectionSchema, tagSchema, addressHelp }
      }),
    ),

  'POST /api/devices': async ({ body }, { db, scope, note }) => {
    const device = await saveDevice(db, scope, null, body)
    note({ object: `device ${device.code}`, after: device })
    return device
  },

  'PUT /api/devices/:id': async ({ params, body }, { db, scope, note }) => {
    const before = await findDevice(db, scope, params.id)
    const device = await saveDevice(db, scope, params.id, body)
    note({ object: `device ${device.code}`, before, after: device })
    return device
  },

  'DELETE /api/devices/:id': async ({ params }, { db, scope, note }) => {
    const before = await findDevice(db, scope, params.id)
    await removeDevice(db, scope, params.id)
    note({ object: `device ${before?.code ?? ''}`, before })
    return {}
  },

  'POST /api/devices/:id/retry': async ({ params }, { db, scope, note }) => {
    const device = await findDevice(db, scope, params.id)
    if (device === undefined) throw new NotFound(`There is no device ${params.id}.`)
    await createRequest(db, { kind: 'retry_now', target: `driver-${device.protocol}`, body: { deviceId: device.id } })
    note({ object: `device ${device.code}` })
    return {}
  },

  'POST /api/devices/:id/tags': async ({ params, body }, { db, scope, note }) => {
    const tags = await db.transaction(async (tx) => await addTags(tx, scope, params.id, body.tags))
    note({ object: `device ${params.id}`, after: { added: tags.map((tag) => tag.name) } })
    return { tags: tags.map(publicTag) }
  },

  'PUT /api/tags/:id': async ({ params, body }, { db, scope, note }) => {
    const before = await findTag(db, scope, params.id)
    const tag = await saveTag(db, scope, params.id, body)
    note({ object: `tag ${tag.name}`, before, after: tag })
    return publicTag(tag)
  },

  'DELETE /api/tags/:id': async ({ params }, { db, scope, note }) => {
    const before = await findTag(db, scope, params.id)
    await removeTag(db, scope, params.id)
    note({ object: `tag ${before?.name ?? ''}`, before })
    return {}
  },

  'POST /api/probe': async ({ body }, { db, scope, note }) => {
    if (body.deviceId !== null && (await findDevice(db, scope, body.deviceId)) === undefined) {
      throw new NotFound(`There is no device ${body.deviceId}.`)
    }
    // what the form itself can be told is told at once, with its field
    await validateDevice(body.protocol, body.connection, body.tags)
    const { protocol, timeoutMillis, connection, tags } = body
    const requestId = await createRequest(
      db,
      { kind: 'probe', target: `driver-${protocol}`, body: { timeoutMillis, connection, tags } },
      30,
    )
    note({ object: `${protocol} test`, after: { connection } })
    return { requestId }
  },

  'GET /api/requests/:id': async ({ params }, { db }) => {
    const request = await readRequest(db, params.id)
    if (request === undefined) throw new NotFound('There is no such request, or it was long ago.')
    const { state, progress, result } = request
    return {
      state,
      // both were written by our own driver process
      progress: progress as ProbeStep[],
      result: state === 'done' ? (result as ProbeReport) : null,
      problem: state === 'failed' ? ((result as { problem?: string } | null)?.problem ?? 'The driver did not answer in time.') : null,
    }
  },

  'GET /api/rules': async ({ query }, { db, scope }) => (await listRules(db, scope, query)).map(publicRule),

  'POST /api/rules': async ({ body }, { db, scope, note }) => {
    const { rule, warnings } = await saveRule(db, scope, null, body)
    note({ object: `rule ${rule.name}`, after: rule })
    return { rule: publicRule(rule), warnings }
  },

  'PUT /api/rules/:id': async ({ params, body }, { db, scope, note }) => {
    const before = await getRule(db, scope, params.id)
    const { rule, warnings } = await saveRule(db, scope, params.id, body)
    note({ object: `rule ${rule.name}`, before, after: rule })
    return { rule: publicRule(rule), warnings }
  },

  'DELETE /api/rules/:id': async ({ params }, { db, scope, note }) => {
    const before = await getRule(db, scope, params.id)
    await removeRule(db, scope, params.id)
    note({ object: `rule ${before?.name ?? ''}`, before })
    return {}
  },

  'DELETE /api/demo': async (_input, { db }) => {
    await removeDemo(db)
    return {}
  },
}

/** Lists of the store are read-only. */
export function publicTag(tag: Tag): Omit<Tag, 'stateText'> & { stateText: [string, string] | null } {
  return { ...tag, stateText: tag.stateText === null ? null : [tag.stateText[0], tag.stateText[1]] }
}

function publicRule({ kind: _, ...rule }: StoredRule): Omit<StoredRule, 'kind'> {
  return rule
}
