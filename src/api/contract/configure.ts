import { z } from 'zod'
import type { Endpoint, EndpointKey } from './endpoint.ts'
import * as s from './shapes.ts'

/** Devices, shared connections, tags and rules. */
export const configureContract = {
  'GET /api/protocols': {
    summary: 'Protocols with the schemas of their forms.',
    access: 'engineer',
    reply: z.array(
      z.object({
        protocol: z.string(),
        title: z.string(),
        connectionSchema: s.jsonObject,
        tagSchema: s.jsonObject,
        addressHelp: z.string(),
        browsable: z.boolean(),
        /** Names for POST /api/actions. */
        actions: z.array(z.string()),
        /** What devices of this protocol share, kept under /api/brokers; `field` of the connection holds its code. */
        shared: z.object({ title: z.string(), field: z.string(), schema: s.jsonObject }).nullable(),
      }),
    ),
  },
  'POST /api/devices': { summary: 'Adds a device.', access: 'engineer', wholeSite: true, body: s.deviceBody, reply: s.device },
  'PUT /api/devices/:id': { summary: 'Changes a device.', access: 'engineer', params: s.idParams, body: s.deviceBody, reply: s.device },
  'DELETE /api/devices/:id': {
    summary: 'Removes a device with its tags and rules; history stays.',
    access: 'engineer',
    params: s.idParams,
    reply: s.nothing,
  },
  'POST /api/devices/:id/retry': {
    summary: 'Ends the back-off of a device now.',
    access: 'operator',
    params: s.idParams,
    reply: s.nothing,
  },
  'POST /api/devices/:id/tags': {
    summary: 'Adds tags, all or none.',
    access: 'engineer',
    params: s.idParams,
    body: z.strictObject({ tags: z.array(s.tagBody).min(1).max(5000) }),
    reply: z.object({ tags: z.array(s.tag) }),
  },
  'PUT /api/tags/:id': { summary: 'Changes a tag.', access: 'engineer', params: s.idParams, body: s.tagBody, reply: s.tag },
  'DELETE /api/tags/:id': {
    summary: 'Removes a tag and its rules; history stays.',
    access: 'engineer',
    params: s.idParams,
    reply: s.nothing,
  },
  'GET /api/brokers': { summary: 'Connections that devices share: MQTT brokers.', access: 'engineer', reply: z.array(s.broker) },
  'POST /api/brokers': {
    summary: 'Adds a shared connection.',
    access: 'engineer',
    wholeSite: true,
    body: s.brokerBody,
    reply: s.broker,
  },
  'PUT /api/brokers/:id': {
    summary: 'Changes a shared connection; its devices follow a new code.',
    access: 'engineer',
    wholeSite: true,
    params: s.idParams,
    body: s.brokerBody,
    reply: s.broker,
  },
  'DELETE /api/brokers/:id': {
    summary: 'Removes a shared connection that no device uses.',
    access: 'engineer',
    wholeSite: true,
    params: s.idParams,
    reply: s.nothing,
  },
  'GET /api/rules': {
    summary: 'Rules of tags.',
    access: 'viewer',
    query: z.object({ deviceId: z.coerce.number().int().optional() }),
    reply: z.array(s.tagRule),
  },
  'POST /api/rules': { summary: 'Adds a rule to a tag (up to four).', access: 'engineer', body: s.ruleBody, reply: s.savedRule },
  'PUT /api/rules/:id': { summary: 'Changes a rule.', access: 'engineer', params: s.idParams, body: s.ruleBody, reply: s.savedRule },
  'DELETE /api/rules/:id': {
    summary: 'Removes a rule; a standing occurrence is closed.',
    access: 'engineer',
    params: s.idParams,
    reply: s.nothing,
  },
  'DELETE /api/demo': { summary: 'Removes the demo plant for good.', access: 'engineer', wholeSite: true, reply: s.nothing },
} as const satisfies Readonly<Record<EndpointKey, Endpoint>>
