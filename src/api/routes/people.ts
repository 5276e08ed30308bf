import { NotFound } from '#base/errors.ts'
import { acknowledgeByLink, readAcknowledgeLink } from '#notify/acknowledge-link.ts'
import { configureGateway, viewGateways } from '#notify/gateways.ts'
import { createPairing } from '#notify/pairing.ts'
import { testSend } from '#notify/test-send.ts'
import { saveContact } from '#plant/people.ts'
import { type StoredContact, deleteContact, findContact, listContacts } from '#store/contacts.ts'
import { findGateway } from '#store/gateways.ts'
import type { Call, Handlers } from '../handlers.ts'

type Keys =
  | 'GET /api/acknowledge-link/:token'
  | 'POST /api/acknowledge-link/:token'
  | 'GET /api/contacts'
  | 'POST /api/contacts'
  | 'PUT /api/contacts/:id'
  | 'DELETE /api/contacts/:id'
  | 'POST /api/contacts/:id/pairing'
  | 'GET /api/gateways'
  | 'PUT /api/gateways/:channel'
  | 'POST /api/gateways/:channel/test'

/** A provider that does not answer holds a request no longer than this. */
const PROVIDER_MILLIS = 20_000

/** Who is told of alarms and by which ways; what they open from a message. */
export const peopleRoutes: Handlers<Keys> = {
  'GET /api/acknowledge-link/:token': async ({ params }, { db, clock }) => {
    const { alarm, ...link } = await readAcknowledgeLink(db, params.token, clock.now())
    // whoever has the link sees the alarm it speaks of, and nothing beside it
    const { displayNumber, name, severity, deviceCode, tagName, unit, valueAtRaise, setpoint, operator } = alarm
    const { raisedAt, clearedAt, acknowledgedAt, acknowledgedBy } = alarm
    const what = { displayNumber, name, severity, deviceCode, tagName, unit, valueAtRaise, setpoint, operator }
    return { ...link, alarm: { ...what, raisedAt, clearedAt, acknowledgedAt, acknowledgedBy } }
  },

  'POST /api/acknowledge-link/:token': async ({ params }, { db, clock, note }) => {
    const { contactName, alarm } = await readAcknowledgeLink(db, params.token, clock.now())
    const done = await acknowledgeByLink(db, params.token, clock.now())
    // the address of the request holds the token, which is no matter for the audit
    note({ object: `alarm ${alarm.id}`, after: { link: contactName, result: done.result } })
    return done
  },

  'GET /api/contacts': async (_input, { db }) => await listContacts(db),

  'POST /api/contacts': async ({ body }, { db, note }) => {
    const contact = await saveContact(db, null, body)
    note({ object: `contact ${contact.name}`, after: contact })
    return contact
  },

  'PUT /api/contacts/:id': async ({ params, body }, { db, note }) => {
    const before = await existing(db, params.id)
    const contact = await saveContact(db, params.id, body)
    note({ object: `contact ${contact.name}`, before, after: contact })
    return contact
  },

  'DELETE /api/contacts/:id': async ({ params }, { db, note }) => {
    const before = await existing(db, params.id)
    await deleteContact(db, params.id)
    note({ object: `contact ${before.name}`, before })
    return {}
  },

  'POST /api/contacts/:id/pairing': async ({ params, body }, { db, key, clock, note }) => {
    const { name } = await existing(db, params.id)
    const signal = AbortSignal.timeout(PROVIDER_MILLIS)
    const pairing = await createPairing({ db, key, clock, signal }, params.id, body.channel)
    note({ object: `contact ${name}`, after: { pairing: body.channel } })
    return pairing
  },

  'GET /api/gateways': async (_input, { db, key }) => await viewGateways(db, key),

  'PUT /api/gateways/:channel': async ({ params, body }, { db, key, note }) => {
    const before = await findGateway(db, params.channel)
    await configureGateway(db, key, params.channel, body)
    note({
      object: `gateway ${params.channel}`,
      before: before === undefined ? undefined : { enabled: before.enabled, settings: before.settings },
      after: body,
    })
    return {}
  },

  'POST /api/gateways/:channel/test': async ({ params, body }, { db, key, clock, note }) => {
    const signal = AbortSignal.timeout(PROVIDER_MILLIS)
    const report = await testSend({ db, key, clock, signal }, params.channel, body.address)
    note({ object: `gateway ${params.channel}`, after: { test: body.address, ok: report.ok } })
    return report
  },
}

/** @throws NotFound */
async function existing(db: Call['db'], id: number): Promise<StoredContact> {
  const contact = await findContact(db, id)
  if (contact === undefined) throw new NotFound(`There is no contact ${id}.`)
  return contact
}
