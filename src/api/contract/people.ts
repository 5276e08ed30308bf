import { z } from 'zod'
import { templateShape } from '#plant/shapes.ts'
import type { Endpoint, EndpointKey } from './endpoint.ts'
import * as s from './shapes.ts'

/** Who is told of alarms, and by which way. */
export const peopleContract = {
  'GET /api/contacts': { summary: 'People who are told of alarms.', access: 'operator', wholeSite: true, reply: z.array(s.contact) },
  'POST /api/contacts': { summary: 'Adds a contact.', access: 'engineer', wholeSite: true, body: s.contactBody, reply: s.contact },
  'PUT /api/contacts/:id': {
    summary: 'Changes a contact.',
    access: 'engineer',
    wholeSite: true,
    params: s.idParams,
    body: s.contactBody,
    reply: s.contact,
  },
  'DELETE /api/contacts/:id': { summary: 'Removes a contact.', access: 'engineer', wholeSite: true, params: s.idParams, reply: s.nothing },
  'POST /api/contacts/:id/pairing': {
    summary: 'A one-time link by which the contact binds a Telegram chat.',
    access: 'engineer',
    wholeSite: true,
    params: s.idParams,
    body: z.strictObject({ channel: z.string() }),
    reply: z.object({ link: z.string(), expiresAt: s.instant }),
  },
  'GET /api/message-templates': {
    summary: 'Texts of messages that the site wrote itself; the others are built in.',
    access: 'engineer',
    wholeSite: true,
    reply: z.array(templateShape),
  },
  'PUT /api/message-templates': {
    summary: 'Saves the texts of messages; a place that does not exist is refused.',
    access: 'engineer',
    wholeSite: true,
    body: z.strictObject({ templates: z.array(templateShape).max(100) }),
    reply: s.nothing,
  },
  'GET /api/gateways': {
    summary: 'Channels with their settings (never their secrets) and the schemas of their forms.',
    access: 'engineer',
    wholeSite: true,
    reply: z.array(
      z.object({
        channel: z.string(),
        title: z.string(),
        schema: s.jsonObject,
        configured: z.boolean(),
        enabled: z.boolean(),
        settings: s.jsonObject,
        /** Names of secret fields that are set. */
        secretsSet: z.array(z.string()),
        problem: z.string().nullable(),
        /** When it was seen to work; null: not used yet. */
        workedAt: s.instant.nullable(),
        /** Since when it does not work, as people were told. */
        downSince: s.instant.nullable(),
        addressExample: z.string(),
        /** Whether its provider may call us. */
        calls: z.boolean(),
        /** Whether the sender signs in with a code, by the settings as saved. */
        deviceLogin: z.boolean(),
      }),
    ),
  },
  'PUT /api/gateways/:channel': {
    summary: 'Saves a gateway; secrets left out stay as they are.',
    access: 'administrator',
    wholeSite: true,
    params: z.object({ channel: z.string() }),
    body: z.strictObject({ enabled: z.boolean(), settings: s.jsonObject, secrets: z.record(z.string(), z.string()).default({}) }),
    reply: s.nothing,
  },
  'POST /api/gateways/:channel/test': {
    summary: 'Test send: checks the gateway and sends to an address.',
    access: 'engineer',
    wholeSite: true,
    params: z.object({ channel: z.string() }),
    body: z.strictObject({ address: z.string() }),
    reply: z.object({ ok: z.boolean(), steps: z.array(s.probeStep) }),
  },
  'POST /api/gateways/:channel/device-login': {
    summary: 'Begins a sign-in of the sender with a code on any device (RFC 8628).',
    access: 'administrator',
    wholeSite: true,
    params: z.object({ channel: z.string() }),
    reply: z.object({
      /** To ask with. */
      handle: z.string(),
      userCode: z.string(),
      page: z.string(),
      direct: z.string().nullable(),
      expiresAt: s.instant,
      everySeconds: z.number(),
    }),
  },
  'POST /api/gateways/:channel/device-login/ask': {
    summary: 'Asks whether the sign-in was granted; what was granted is kept as a secret of the gateway.',
    access: 'administrator',
    wholeSite: true,
    params: z.object({ channel: z.string() }),
    body: z.strictObject({ handle: z.string().min(1).max(8000) }),
    reply: z.object({ state: z.enum(['pending', 'slow_down', 'granted']) }),
  },
} as const satisfies Readonly<Record<EndpointKey, Endpoint>>
