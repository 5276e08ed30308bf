import { z } from 'zod'
import type { Endpoint, EndpointKey } from './endpoint.ts'
import * as s from './shapes.ts'

const me = s.user.extend({ csrf: z.string() })
const page = { limit: z.coerce.number().int().min(1).max(1000).default(100), cursor: z.string().optional() }

/** Every route of the program, keyed by method and path: types, validation, rights and documentation come from here. */
export const contract = {
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

  // --- coming in -----------------------------------------------------------------------------------------------------
  'GET /api/setup': {
    summary: 'Whether the first administrator is still to be made.',
    access: 'public',
    reply: z.object({ needed: z.boolean(), suggestedTimeZone: z.string() }),
  },
  'POST /api/setup': {
    summary: 'First run: makes the administrator with the one-time link and logs in.',
    access: 'public',
    limited: true,
    body: z.strictObject({
      token: z.string().min(1),
      login: z.string().min(1).max(64),
      displayName: z.string().min(1).max(200),
      password: z.string().min(12).max(256),
      siteName: z.string().min(1).max(200),
      timeZone: z.string(),
      language: s.language,
    }),
    reply: me,
  },
  'POST /api/login': {
    summary: 'Starts a session cookie.',
    access: 'public',
    limited: true,
    body: z.strictObject({ login: z.string().min(1).max(64), password: z.string().min(1).max(256) }),
    reply: me,
  },
  'POST /api/logout': { summary: 'Ends the session.', access: 'session', reply: s.nothing },
  'POST /api/password-link': {
    summary: 'Sets a password with a one-time link (new users, forgotten passwords).',
    access: 'public',
    limited: true,
    body: z.strictObject({ token: z.string().min(1), password: z.string().min(12).max(256) }),
    reply: me,
  },
  'GET /api/acknowledge-link/:token': {
    summary: 'What an acknowledge link speaks of. Never acknowledges.',
    access: 'public',
    limited: true,
    params: z.object({ token: z.string() }),
    reply: z.object({
      state: z.enum(['open', 'acknowledged', 'expired']),
      contactName: z.string(),
      alarm: s.alarm.pick({
        displayNumber: true,
        name: true,
        severity: true,
        deviceCode: true,
        tagName: true,
        unit: true,
        valueAtRaise: true,
        setpoint: true,
        operator: true,
        raisedAt: true,
        clearedAt: true,
        acknowledgedAt: true,
        acknowledgedBy: true,
      }),
      timeZone: z.string(),
      language: s.language,
    }),
  },
  'POST /api/acknowledge-link/:token': {
    summary: 'Acknowledges by the link; repeating it changes nothing.',
    access: 'public',
    limited: true,
    params: z.object({ token: z.string() }),
    reply: z.object({
      result: z.enum(['acknowledged', 'already', 'expired']),
      acknowledgedBy: z.string().nullable(),
      acknowledgedAt: s.instant.nullable(),
    }),
  },

  // --- oneself -------------------------------------------------------------------------------------------------------
  'GET /api/bootstrap': {
    summary: 'Everything a page needs to start: who, where, which devices and tags, latest values.',
    access: 'session',
    reply: z.object({
      me,
      version: z.string(),
      site: s.siteTold,
      devices: z.array(s.device),
      deviceStates: z.array(s.deviceState),
      tags: z.array(s.tag),
      latest: z.array(s.latest),
      counts: s.alarmCounts,
      demo: z.boolean(),
      /** Server clock, so that ages are right on phones whose clock is wrong. */
      now: s.instant,
    }),
  },
  'PUT /api/me': {
    summary: 'Own name, language and zone.',
    access: 'session',
    body: z.strictObject({ displayName: z.string().min(1).max(200), language: s.language.nullable(), timeZone: z.string().nullable() }),
    reply: me,
  },
  'POST /api/me/password': {
    summary: 'Changes the own password and ends all other sessions.',
    access: 'session',
    limited: true,
    body: z.strictObject({ current: z.string(), password: z.string().min(12).max(256) }),
    reply: s.nothing,
  },

  // --- monitor -------------------------------------------------------------------------------------------------------
  'GET /api/alarms': {
    summary: 'Alarms, newest first: those still open, or the history.',
    access: 'viewer',
    query: z.object({
      state: z.enum(['active', 'history']).default('active'),
      severity: s.severity.optional(),
      deviceId: z.coerce.number().int().optional(),
      text: z.string().max(200).optional(),
      from: z.coerce.number().optional(),
      to: z.coerce.number().optional(),
      ...page,
    }),
    reply: z.object({ alarms: z.array(s.alarm), cursor: z.string().nullable(), counts: s.alarmCounts }),
  },
  'GET /api/alarms/:id': {
    summary: 'One occurrence with everybody who was told of it.',
    access: 'viewer',
    params: s.idParams,
    reply: z.object({ alarm: s.alarm, messages: z.array(s.message) }),
  },
  'POST /api/alarms/acknowledge': {
    summary: 'Acknowledges; the first one wins.',
    access: 'operator',
    body: z.strictObject({ ids: z.array(s.id).min(1).max(1000), comment: z.string().max(2000).nullable().default(null) }),
    reply: z.object({
      results: z.array(
        z.object({ id: s.id, result: z.enum(['acknowledged', 'already', 'not_found']), acknowledgedBy: z.string().nullable() }),
      ),
    }),
  },
  'GET /api/tags/:id/samples': {
    summary: 'Stored samples of a tag, oldest first.',
    access: 'viewer',
    params: s.idParams,
    query: z.object({ from: z.coerce.number(), to: z.coerce.number(), limit: z.coerce.number().int().min(1).max(20_000).default(5000) }),
    reply: z.object({ samples: z.array(z.tuple([s.instant, s.value, z.number().int()])), truncated: z.boolean() }),
  },
  'GET /api/messages': {
    summary: 'Messaging history, newest first.',
    access: 'operator',
    query: z.object(page),
    reply: z.object({ messages: z.array(s.message), cursor: z.string().nullable() }),
  },

  // --- configure -----------------------------------------------------------------------------------------------------
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

  // --- system --------------------------------------------------------------------------------------------------------
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
    query: z.object(page),
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
    query: z.object(page),
    reply: z.object({
      events: z.array(
        z.object({ id: s.id, at: s.instant, code: z.string(), severity: s.severity, deviceId: s.id.nullable(), detail: s.jsonObject }),
      ),
      cursor: z.string().nullable(),
    }),
  },
} as const satisfies Readonly<Record<EndpointKey, Endpoint>>

export type Contract = typeof contract
