import { z } from 'zod'
import type { Endpoint, EndpointKey } from './endpoint.ts'
import * as s from './shapes.ts'

/** What the administrator answers for. */
export const systemContract = {
  'GET /api/health': {
    summary: 'State of every process and age of the newest delivery; needs no login.',
    access: 'public',
    reply: z.object({
      ok: z.boolean(),
      version: z.string(),
      database: z.enum(['up', 'down']),
      /** Seconds since the newest delivery of any source; null before the first. */
      newestDeliveryAgeSeconds: z.number().nullable(),
      /** Seconds since the alarm engine last showed life; null before the first. */
      alarmEngineAgeSeconds: z.number().nullable(),
      /** Of the disk of the embedded database; null for a server of the site's own. */
      diskFreePercent: z.number().nullable(),
      /** Seconds since the last backup that was proved; null before the first. */
      backupAgeSeconds: z.number().nullable(),
      processes: z.array(
        z.object({
          name: z.string(),
          state: z.enum(['running', 'starting', 'backoff', 'stopped']),
          ageSeconds: z.number(),
          restarts: z.number(),
        }),
      ),
    }),
  },

  'GET /api/users': { summary: 'Users.', access: 'administrator', wholeSite: true, reply: z.array(s.user) },
  'POST /api/users': {
    summary: 'Adds a user; without a password the reply carries a one-time link.',
    access: 'administrator',
    wholeSite: true,
    body: s.userBody,
    reply: z.object({ user: s.user, link: z.string().nullable() }),
  },
  'PUT /api/users/:id': {
    summary: 'Changes a user.',
    access: 'administrator',
    wholeSite: true,
    params: s.idParams,
    body: s.userBody,
    reply: s.user,
  },
  'DELETE /api/users/:id': {
    summary: 'Removes a user; the last administrator stays.',
    access: 'administrator',
    wholeSite: true,
    params: s.idParams,
    reply: s.nothing,
  },
  'GET /api/tokens': {
    summary: 'Tokens of programs.',
    access: 'administrator',
    wholeSite: true,
    reply: z.array(
      z.object({
        id: s.id,
        name: z.string(),
        role: s.role,
        createdAt: s.instant,
        usedAt: s.instant.nullable(),
        expiresAt: s.instant.nullable(),
      }),
    ),
  },
  'POST /api/tokens': {
    summary: 'Makes a token; it is shown once.',
    access: 'administrator',
    wholeSite: true,
    body: z.strictObject({
      name: z.string().min(1).max(100),
      role: s.role.default('viewer'),
      days: z.number().int().min(1).max(3650).nullable().default(365),
    }),
    reply: z.object({ id: s.id, token: z.string() }),
  },
  'DELETE /api/tokens/:id': { summary: 'Revokes a token.', access: 'administrator', wholeSite: true, params: s.idParams, reply: s.nothing },
  'GET /api/settings': {
    summary: 'Settings of the site.',
    access: 'engineer',
    wholeSite: true,
    reply: z.object({
      site: s.siteTold,
      reportByException: z.record(z.string(), z.object({ enabled: z.boolean(), heartbeatSeconds: z.number() })),
    }),
  },
  'PUT /api/settings': {
    summary: 'Changes settings of the site.',
    access: 'administrator',
    wholeSite: true,
    body: z.strictObject({
      site: s.site,
      reportByException: z.record(z.string(), z.strictObject({ enabled: z.boolean(), heartbeatSeconds: z.number().min(0) })),
    }),
    reply: s.nothing,
  },
  'POST /api/services/:name/restart': {
    summary: 'Restarts one process.',
    access: 'administrator',
    wholeSite: true,
    params: z.object({ name: z.string() }),
    reply: s.nothing,
  },
  'GET /api/services/:name/log': {
    summary: 'The last lines of the log of a process.',
    access: 'administrator',
    wholeSite: true,
    params: z.object({ name: z.string() }),
    query: z.object({ lines: z.coerce.number().int().min(1).max(2000).default(200) }),
    reply: z.object({ lines: z.array(z.string()) }),
  },
  'GET /api/plant': { summary: 'The plant file.', access: 'engineer', wholeSite: true, reply: s.jsonObject },
  'POST /api/plant/plan': {
    summary: 'What applying a plant file would change.',
    access: 'engineer',
    wholeSite: true,
    body: s.jsonObject,
    reply: z.object({
      changes: z.array(
        z.object({
          action: z.enum(['add', 'change', 'remove']),
          object: z.string(),
          fields: z.array(z.object({ field: z.string(), before: z.unknown(), after: z.unknown() })),
        }),
      ),
    }),
  },
  'POST /api/plant/apply': {
    summary: 'Applies a plant file, all or nothing.',
    access: 'administrator',
    wholeSite: true,
    body: s.jsonObject,
    reply: z.object({ applied: z.number().int() }),
  },
  'GET /api/audit': {
    summary: 'Who changed what, newest first.',
    access: 'administrator',
    wholeSite: true,
    query: z.object(s.page),
    reply: z.object({
      entries: z.array(
        z.object({
          id: s.id,
          at: s.instant,
          who: z.string(),
          via: z.string(),
          address: z.string(),
          action: z.string(),
          object: z.string(),
          before: z.unknown(),
          after: z.unknown(),
        }),
      ),
      cursor: z.string().nullable(),
    }),
  },
  'GET /api/events': {
    summary: 'What the system itself noticed, newest first.',
    access: 'operator',
    query: z.object({ deviceId: z.coerce.number().int().optional(), ...s.page }),
    reply: z.object({
      events: z.array(
        z.object({ id: s.id, at: s.instant, code: z.string(), severity: s.severity, deviceId: s.id.nullable(), detail: s.jsonObject }),
      ),
      cursor: z.string().nullable(),
    }),
  },
} as const satisfies Readonly<Record<EndpointKey, Endpoint>>
