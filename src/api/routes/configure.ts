import { NotFound } from '#base/errors.ts'
import { PROTOCOLS } from '#drivers/catalogue.ts'
import { removeBroker, saveBroker } from '#plant/brokers.ts'
import { addTags, removeDevice, removeRule, removeTag, saveDevice, saveRule, saveTag } from '#plant/configure.ts'
import { removeDemo } from '#plant/demo.ts'
import { driverOf } from '#plant/validate.ts'
import { getRule, listRules } from '#store/alarm-rules.ts'
import { findBroker, listBrokers } from '#store/brokers.ts'
import { findDevice, listDevices } from '#store/devices.ts'
import { createRequest } from '#store/requests.ts'
import { findTag } from '#store/tags.ts'
import { driverProcess, type Tag } from '#domain/device.ts'
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
  | 'GET /api/brokers'
  | 'POST /api/brokers'
  | 'PUT /api/brokers/:id'
  | 'DELETE /api/brokers/:id'
  | 'GET /api/rules'
  | 'POST /api/rules'
  | 'PUT /api/rules/:id'
  | 'DELETE /api/rules/:id'
  | 'DELETE /api/demo'

/** Devices, shared connections, tags and rules. */
export const configureRoutes: Handlers<Keys> = {
  'GET /api/protocols': async () =>
    await Promise.all(
      PROTOCOLS.map(async (protocol) => {
        const driver = await driverOf(protocol)
        const { title, connectionSchema, tagSchema, addressHelp, actions, shared } = driver
        return {
          protocol,
          title,
          connectionSchema,
          tagSchema,
          addressHelp,
          browsable: driver.browse !== undefined,
          actions: Object.keys(actions ?? {}),
          shared: shared === undefined ? null : { title: shared.title, field: shared.field, schema: shared.schema },
        }
      }),
    ),

  'POST /api/devices': async ({ body: { secrets, ...body } }, { db, key, scope, note }) => {
    const device = await saveDevice(db, scope, null, body, { key, given: secrets })
    note({ object: `device ${device.code}`, after: device })
    return device
  },

  'PUT /api/devices/:id': async ({ params, body: { secrets, ...body } }, { db, key, scope, note }) => {
    const before = await findDevice(db, scope, params.id)
    const device = await saveDevice(db, scope, params.id, body, { key, given: secrets })
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
    await createRequest(db, { kind: 'retry_now', target: driverProcess(device.protocol), body: { deviceId: device.id } })
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

  'GET /api/brokers': async (_input, { db, scope }) => {
    const brokers = await listBrokers(db)
    if (scope === 'all') return brokers
    const used = new Set((await listDevices(db, scope)).flatMap((device) => Object.values(device.connection)))
    return brokers.filter((broker) => used.has(broker.code))
  },

  'POST /api/brokers': async ({ body: { secrets, ...body } }, { db, key, note }) => {
    const broker = await saveBroker(db, null, body, { key, given: secrets })
    note({ object: `broker ${broker.code}`, after: broker })
    return broker
  },

  'PUT /api/brokers/:id': async ({ params, body: { secrets, ...body } }, { db, key, note }) => {
    const before = await findBroker(db, params.id)
    const broker = await saveBroker(db, params.id, body, { key, given: secrets })
    note({ object: `broker ${broker.code}`, before, after: broker })
    return broker
  },

  'DELETE /api/brokers/:id': async ({ params }, { db, note }) => {
    const before = await findBroker(db, params.id)
    await db.transaction(async (tx) => await removeBroker(tx, params.id))
    note({ object: `broker ${before?.code ?? ''}`, before })
    return {}
  },

  'GET /api/rules': async ({ query }, { db, scope }) => await listRules(db, scope, query),

  'POST /api/rules': async ({ body }, { db, scope, note }) => {
    const { rule, warnings } = await saveRule(db, scope, null, body)
    note({ object: `rule ${rule.name}`, after: rule })
    return { rule, warnings }
  },

  'PUT /api/rules/:id': async ({ params, body }, { db, scope, note }) => {
    const before = await getRule(db, scope, params.id)
    const { rule, warnings } = await saveRule(db, scope, params.id, body)
    note({ object: `rule ${rule.name}`, before, after: rule })
    return { rule, warnings }
  },

  'DELETE /api/rules/:id': async ({ params }, { db, scope, note }) => {
    const before = await getRule(db, scope, params.id)
    await removeRule(db, scope, params.id)
    note({ object: `rule ${before?.name ?? ''}`, before })
    return {}
  },

  'DELETE /api/demo': async (_input, { db, note }) => {
    await removeDemo(db)
    note({ object: 'demo plant' })
    return {}
  },
}

/** Lists of the store are read-only. */
export function publicTag(tag: Tag): Omit<Tag, 'stateText'> & { stateText: [string, string] | null } {
  return { ...tag, stateText: tag.stateText === null ? null : [tag.stateText[0], tag.stateText[1]] }
}
