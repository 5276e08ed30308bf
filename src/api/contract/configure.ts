import { z } from 'zod'
import type { Endpoint, EndpointKey } from './endpoint.ts'
import * as s from './shapes.ts'

/** Devices, tags and rules. */
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
  'POST /api/probe': {
    summary: 'Test Connection: starts it; follow with GET /api/requests/:id.',
    access: 'engineer',
    body: z.strictObject({
      deviceId: s.id.nullable().default(null),
      protocol: z.string(),
      timeoutMillis: z.number().int().min(50).max(60_000).default(2000),
      connection: s.jsonObject,
      tags: z
        .array(z.strictObject({ name: z.string(), address: z.string(), settings: s.jsonObject.default({}) }))
        .max(500)
        .default([]),
    }),
    reply: z.object({ requestId: z.string() }),
  },
  'GET /api/requests/:id': {
    summary: 'Progress and result of a request to a process.',
    access: 'engineer',
    params: z.object({ id: z.uuid() }),
    reply: z.object({
      state: z.enum(['open', 'leased', 'done', 'failed']),
      progress: z.array(s.probeStep),
      result: s.probeReport.nullable(),
      problem: z.string().nullable(),
    }),
  },
  'GET /api/rules': {
    summary: 'Threshold rules.',
    access: 'viewer',
    query: z.object({ deviceId: z.coerce.number().int().optional() }),
    reply: z.array(s.thresholdRule),
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
