import { NotFound } from '#base/errors.ts'
import { acknowledgeByLink, readAcknowledgeLink } from '#notify/acknowledge-link.ts'
import { askDeviceLogin, beginDeviceLogin } from '#notify/device-login.ts'
import { configureGateway, viewGateways } from '#notify/gateways.ts'
import { createPairing } from '#notify/pairing.ts'
import { testSend } from '#notify/test-send.ts'
import { saveContact, saveTemplates } from '#plant/people.ts'
import { deleteContact, findContact, listContacts } from '#store/contacts.ts'
import { readSettings } from '#store/settings.ts'
import type { Handlers } from '../handlers.ts'

type Keys =
  | 'GET /api/contacts'
  | 'POST /api/contacts'
  | 'PUT /api/contacts/:id'
  | 'DELETE /api/contacts/:id'
  | 'POST /api/contacts/:id/pairing'
  | 'GET /api/message-templates'
  | 'PUT /api/message-templates'
  | 'GET /api/gateways'
  | 'PUT /api/gateways/:channel'
  | 'POST /api/gateways/:channel/test'
  | 'POST /api/gateways/:channel/device-login'
  | 'POST /api/gateways/:channel/device-login/ask'
  | 'GET /api/acknowledge-link/:token'
  | 'POST /api/acknowledge-link/:token'

/** A request must not wait longer than a person does. */
const PATIENCE_MILLIS = 30_000

/** Who is told, by which way, and the links they press. */
export const peopleRoutes: Handlers<Keys> = {
  'GET /api/contacts': async (_input, { db }) => await listContacts(db),

  'POST /api/contacts': async ({ body }, { db, note }) => {
    const contact = await saveContact(db, null, body)
    note({ object: `contact ${contact.name}`, after: contact })
    return contact
  },

  'PUT /api/contacts/:id': async ({ params, body }, { db, note }) => {
    const before = await findContact(db, params.id)
    const contact = await saveContact(db, params.id, body)
    note({ object: `contact ${contact.name}`, before, after: contact })
    return contact
  },

  'DELETE /api/contacts/:id': async ({ params }, { db, note }) => {
    const before = await findContact(db, params.id)
    if (before === undefined) throw new NotFound(`There is no contact ${params.id}.`)
    await deleteContact(db, params.id)
    note({ object: `contact ${before.name}`, before })
    return {}
  },

  'POST /api/contacts/:id/pairing': async ({ params, body }, { db, key, clock, note }) => {
    const pairing = await createPairing({ db, key, clock, signal: AbortSignal.timeout(PATIENCE_MILLIS) }, params.id, body.channel)
    note({ object: `pairing of contact ${params.id}`, after: { channel: body.channel } })
    return pairing
  },

  'GET /api/message-templates': async (_input, { db }) => (await readSettings(db)).messageTemplates,

  'PUT /api/message-templates': async ({ body }, { db, note }) => {
    const before = (await readSettings(db)).messageTemplates
    await saveTemplates(db, body.templates)
    note({ object: 'message templates', before, after: body.templates })
    return {}
  },

  'GET /api/gateways': async (_input, { db, key }) => await viewGateways(db, key),

  'PUT /api/gateways/:channel': async ({ params, body }, { db, key, note }) => {
    await configureGateway(db, key, params.channel, body)
    note({ object: `gateway ${params.channel}`, after: { enabled: body.enabled, settings: body.settings, secrets: body.secrets } })
    return {}
  },

  'POST /api/gateways/:channel/test': async ({ params, body }, { db, key, clock, note, user }) => {
    const context = { db, key, clock, signal: AbortSignal.timeout(PATIENCE_MILLIS), who: user.displayName }
    const report = await testSend(context, params.channel, body.address)
    note({ object: `gateway ${params.channel}`, after: { address: body.address, ok: report.ok } })
    return report
  },

  'POST /api/gateways/:channel/device-login': async ({ params }, { db, key, clock, note }) => {
    const begun = await beginDeviceLogin({ db, key, clock }, params.channel)
    note({ object: `sign-in of gateway ${params.channel}`, after: { page: begun.page } })
    return begun
  },

  'POST /api/gateways/:channel/device-login/ask': async ({ params, body }, { db, key, clock, note }) => {
    const { state } = await askDeviceLogin({ db, key, clock }, params.channel, body.handle)
    note(state === 'granted' ? { object: `sign-in of gateway ${params.channel}`, after: { granted: true } } : null)
    return { state }
  },

  'GET /api/acknowledge-link/:token': async ({ params }, { db, clock }) => await readAcknowledgeLink(db, params.token, clock.now()),

  'POST /api/acknowledge-link/:token': async ({ params }, { db, clock, note, address }) => {
    const done = await acknowledgeByLink(db, params.token, clock.now())
    note({ object: 'acknowledge link', after: { result: done.result, address } })
    return done
  },
}
