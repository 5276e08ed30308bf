import { z } from 'zod'
import type { Endpoint, EndpointKey } from './endpoint.ts'
import * as s from './shapes.ts'

/** First run, coming in, going out, oneself. */
export const entryContract = {
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
    reply: s.me,
  },
  'POST /api/login': {
    summary: 'Starts a session cookie.',
    access: 'public',
    limited: true,
    body: z.strictObject({ login: z.string().min(1).max(64), password: z.string().min(1).max(256) }),
    reply: s.me,
  },
  'POST /api/logout': { summary: 'Ends the session.', access: 'session', reply: s.nothing },
  'POST /api/password-link': {
    summary: 'Sets a password with a one-time link (new users, forgotten passwords).',
    access: 'public',
    limited: true,
    body: z.strictObject({ token: z.string().min(1), password: z.string().min(12).max(256) }),
    reply: s.me,
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
        kind: true,
        name: true,
        severity: true,
        deviceCode: true,
        tagName: true,
        unit: true,
        valueAtRaise: true,
        setpoint: true,
        target: true,
        operator: true,
        raisedAt: true,
        clearedAt: true,
        returnedAt: true,
        resumedAt: true,
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

  'GET /api/bootstrap': {
    summary: 'Everything a page needs to start: who, where, which devices and tags, latest values.',
    access: 'session',
    reply: z.object({
      me: s.me,
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
    reply: s.me,
  },
  'POST /api/me/password': {
    summary: 'Changes the own password and ends all other sessions.',
    access: 'session',
    limited: true,
    body: z.strictObject({ current: z.string(), password: z.string().min(12).max(256) }),
    reply: s.nothing,
  },
} as const satisfies Readonly<Record<EndpointKey, Endpoint>>
