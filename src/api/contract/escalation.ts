import { z } from 'zod'
import { MESSAGE_LANGUAGES } from '#domain/contact.ts'
import { chainShape, groupShape, holidaysShape, layerShape, overrideShape, stepShape } from '#plant/shapes.ts'
import type { Endpoint, EndpointKey } from './endpoint.ts'
import * as s from './shapes.ts'

const ids = z.array(s.id).default([])
const groupBody = z.strictObject({
  ...groupShape,
  parentId: s.id.nullable().default(null),
  memberIds: ids,
  schedule: z
    .strictObject({
      layers: z
        .array(z.strictObject({ ...layerShape, contactIds: ids }))
        .max(20)
        .default([]),
      overrides: z
        .array(z.strictObject({ ...overrideShape, contactIds: ids }))
        .max(500)
        .default([]),
      holidays: holidaysShape,
    })
    .default({ layers: [], overrides: [], holidays: [] }),
})
const group = groupBody.extend({ id: s.id })
const chainBody = z.strictObject({
  ...chainShape,
  position: z.int().min(0).max(10_000).default(0),
  deviceIds: ids.nullable().default(null),
  steps: z
    .array(z.strictObject({ ...stepShape, groupId: s.id }))
    .max(20)
    .default([]),
})
const chain = chainBody.extend({ id: s.id })

const stretch = z.object({ from: s.instant, to: s.instant, contactIds: z.array(s.id), override: z.boolean() })
const skipped = z.object({ contactId: z.number().int(), contactName: z.string(), why: z.string() })

const messaging = z.strictObject({
  replyLanguages: z
    .array(z.enum(MESSAGE_LANGUAGES))
    .max(MESSAGE_LANGUAGES.length)
    .meta({ description: 'Whose words are read in answers; those of the person always are.' }),
  systemRoute: z
    .discriminatedUnion('to', [
      z.strictObject({ to: z.literal('contacts') }),
      z.strictObject({ to: z.literal('group'), id: s.id }),
      z.strictObject({ to: z.literal('chain'), id: s.id }),
    ])
    .meta({ description: 'Who is told of troubles of the system itself.' }),
})

const liveCase = z.object({
  id: s.id,
  alarmEventId: s.id,
  displayNumber: z.number().int(),
  alarmName: z.string(),
  alarmKind: z.string(),
  deviceCode: z.string(),
  severity: s.severity,
  raisedAt: s.instant,
  clearedAt: s.instant.nullable(),
  state: z.enum(['open', 'exhausted']),
  /** It ended since nobody could be told. */
  untold: z.boolean(),
  /** null: everybody concerned was told once. */
  chainName: z.string().nullable(),
  /** Of so many steps, from 0. */
  step: z.number().int(),
  steps: z.array(z.string()),
  tries: z.number().int(),
  nextActionAt: s.instant.nullable(),
  reason: z.string().nullable(),
  skipped: z.array(skipped),
})

const policy = z.object({
  name: z.string(),
  steps: z.array(z.object({ groupName: z.string(), waitMinutes: z.number(), attempts: z.number().int() })),
  onClear: z.enum(['stop', 'continue']),
  maxAgeMinutes: z.number(),
  repeatMinutes: z.number(),
})
const policyChange = z.object({
  caseId: s.id,
  displayNumber: z.number().int(),
  alarmName: z.string(),
  alarmKind: z.string(),
  severity: s.severity,
  /** null: everybody concerned was told once. */
  before: policy.nullable(),
  after: policy,
  /** Groups of the new chain that are not told again in this round. */
  toldAlready: z.array(z.string()),
  /** null: everybody was told. */
  next: z.string().nullable(),
  nextActionAt: s.instant.nullable(),
})

const simulated = z.object({
  chainName: z.string().nullable(),
  moves: z.array(
    z.object({
      at: s.instant,
      kind: z.enum(['told', 'later', 'end']),
      groupName: z.string(),
      people: z.array(z.object({ contactName: z.string(), channel: z.string(), address: z.string(), at: s.instant, why: z.string() })),
      skipped: z.array(skipped),
      why: z.string(),
    }),
  ),
})

/** Who is told one after the other, who is on duty, and what is under way. */
export const escalationContract = {
  'GET /api/groups': { summary: 'Groups of contacts with their duty rosters.', access: 'operator', wholeSite: true, reply: z.array(group) },
  'POST /api/groups': { summary: 'Adds a group.', access: 'engineer', wholeSite: true, body: groupBody, reply: group },
  'PUT /api/groups/:id': {
    summary: 'Changes a group.',
    access: 'engineer',
    wholeSite: true,
    params: s.idParams,
    body: groupBody,
    reply: group,
  },
  'DELETE /api/groups/:id': { summary: 'Removes a group.', access: 'engineer', wholeSite: true, params: s.idParams, reply: s.nothing },
  'POST /api/groups/duty': {
    summary: 'Who is on duty when, by a roster as it stands in its form; a stretch with nobody is a gap.',
    access: 'operator',
    wholeSite: true,
    body: z.strictObject({ schedule: groupBody.shape.schedule, from: s.instant, days: z.int().min(1).max(62).default(14) }),
    reply: z.array(stretch),
  },
  'GET /api/chains': {
    summary: 'Escalation chains, in the order in which they are tried.',
    access: 'operator',
    wholeSite: true,
    reply: z.array(chain),
  },
  'POST /api/chains': { summary: 'Adds a chain.', access: 'engineer', wholeSite: true, body: chainBody, reply: chain },
  'PUT /api/chains/:id': {
    summary: 'Changes a chain; what is under way goes on as it began (POST /api/cases/changes lets it go on by the new one).',
    access: 'engineer',
    wholeSite: true,
    params: s.idParams,
    body: chainBody,
    reply: chain,
  },
  'DELETE /api/chains/:id': { summary: 'Removes a chain.', access: 'engineer', wholeSite: true, params: s.idParams, reply: s.nothing },
  'POST /api/chains/simulate': {
    summary: 'Who would be told, when and how, of an alarm that nobody answers.',
    access: 'operator',
    wholeSite: true,
    body: z.strictObject({
      severity: s.severity,
      deviceId: s.id,
      category: z.string().trim().max(200).default(''),
      /** Local time of the site: `2026-11-29T03:10` */
      at: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/, 'Write a day and time as 2026-11-29T03:10.'),
    }),
    reply: simulated,
  },
  'GET /api/messaging': {
    summary: 'Whose words are read in answers, and who is told of troubles of the system.',
    access: 'engineer',
    wholeSite: true,
    reply: messaging,
  },
  'PUT /api/messaging': {
    summary: 'Changes whose words are read, and who is told of troubles of the system.',
    access: 'engineer',
    wholeSite: true,
    body: messaging,
    reply: s.nothing,
  },
  'GET /api/cases': {
    summary: 'Alarms that somebody is being told of, with what comes next.',
    access: 'operator',
    reply: z.array(liveCase),
  },
  'GET /api/cases/changes': {
    summary: 'What is under way by a policy that was changed since, and what would be different by the one of now.',
    access: 'engineer',
    reply: z.array(policyChange),
  },
  'POST /api/cases/changes': {
    summary: 'Lets what is under way go on by the policy of now; what was acknowledged meanwhile is left alone.',
    access: 'engineer',
    body: z.strictObject({ caseIds: z.array(s.id).min(1).max(500) }),
    reply: z.array(policyChange),
  },
} as const satisfies Readonly<Record<EndpointKey, Endpoint>>
