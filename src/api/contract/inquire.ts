import { z } from 'zod'
import type { Endpoint, EndpointKey } from './endpoint.ts'
import * as s from './shapes.ts'

const counted = z.object({
  /** Readings that came. */
  seen: z.number(),
  /** Readings that went to `measurements`. */
  stored: z.number(),
})

const diagnostics = z.object({
  at: s.instant,
  state: s.deviceState,
  /** Since when the driver process counts. */
  since: s.instant,
  /** Since when the conversation stands; null while there is none. */
  connectedAt: s.instant.nullable(),
  /** Whether the device sends by itself. */
  pushes: z.boolean(),
  polls: z.object({
    ok: z.number(),
    failed: z.number(),
    /** Conversations begun after the first. */
    reconnects: z.number(),
    /** Slots of the timeline that went by while the one before was still running. */
    missedSlots: z.number(),
    /** Polls that took up to so many milliseconds (null: longer than all). */
    latency: z.array(z.object({ upToMillis: z.number().nullable(), polls: z.number() })),
    p50Millis: z.number().nullable(),
    p99Millis: z.number().nullable(),
    maxMillis: z.number().nullable(),
  }),
  /** Report by exception: what was spared, of this device and of the whole protocol. */
  readings: counted,
  readingsOfProtocol: counted,
  /** The same tag by tag over restarts of the driver, up to its last minute: those that store most. */
  readingsOfTags: z.array(z.object({ tagId: z.number().int(), name: z.string(), since: s.instant, ...counted.shape })),
  /** By name: bytes_sent, sequence_gaps, queue_overflows. */
  counters: z.record(z.string(), z.number()),
  /** What the conversation agreed on, in people's words. */
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  /** What the driver learned of the device and keeps, in people's words: holes, files read. */
  learned: z.array(z.object({ key: z.string(), value: z.union([z.string(), z.number()]) })),
  /** Stays when all is well again. */
  lastError: z.object({ at: s.instant, message: z.string(), remedy: z.string().nullable(), code: z.string() }).nullable(),
  /** Frames in the ring, see GET /api/devices/:id/frames. */
  framesKept: z.number().int(),
  spool: z.object({
    bytes: z.number(),
    maxBytes: z.number(),
    /** Records that the database does not have yet. */
    backlog: z.number(),
    databaseAway: z.boolean(),
    /** Sources that wait for our acknowledgement are being held back. */
    backPressure: z.boolean(),
  }),
})

/** What the process that owns a device answers from its live conversation. */
export const inquireContract = {
  'POST /api/probe': {
    summary: 'Test Connection: starts it; follow with GET /api/requests/:id.',
    access: 'engineer',
    body: z.strictObject({
      ...s.deviceForm,
      tags: z
        .array(z.strictObject({ name: z.string(), address: z.string(), settings: s.jsonObject.default({}) }))
        .max(500)
        .default([]),
    }),
    reply: z.object({ requestId: z.string() }),
  },
  'POST /api/brokers/probe': {
    summary: 'Test Connection of a shared connection: starts it; follow with GET /api/requests/:id.',
    access: 'engineer',
    wholeSite: true,
    body: z.strictObject({
      /** Of the one that is being edited: secrets left out are the ones it has. */
      id: s.id.nullable().default(null),
      protocol: z.string().default('mqtt'),
      timeoutMillis: z.number().int().min(50).max(60_000).default(5000),
      settings: s.jsonObject,
      secrets: s.secrets,
    }),
    reply: z.object({ requestId: z.string() }),
  },
  'POST /api/browse': {
    summary: 'What could become a tag, one page of one level (or of a search below it), with live values.',
    access: 'engineer',
    body: z.strictObject({
      ...s.deviceForm,
      /** `key` of a node; null for the root. */
      parent: z.string().nullable().default(null),
      /** Only what contains this in name or path, at any depth below the parent. */
      search: z.string().max(200).nullable().default(null),
      /** Of the page before. */
      cursor: z.string().nullable().default(null),
      limit: z.number().int().min(1).max(1000).default(200),
    }),
    reply: z.object({ nodes: z.array(s.browseNode), cursor: z.string().nullable() }),
  },
  'POST /api/actions': {
    summary: 'What only one protocol can do, by name: read raw registers, trust a certificate. Body and result are the action’s own.',
    access: 'engineer',
    body: z.strictObject({ ...s.deviceForm, name: z.string().max(100), body: z.unknown().default(null) }),
    reply: z.object({ result: z.unknown() }),
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
  'GET /api/devices/:id/diagnostics': {
    summary: 'How the communication with a device is doing, asked of its driver process at this moment.',
    access: 'operator',
    params: s.idParams,
    reply: diagnostics,
  },
  'GET /api/devices/:id/frames': {
    summary: 'The last frames as they went over the wire, oldest first; read on with `after`.',
    access: 'engineer',
    params: s.idParams,
    query: z.object({
      /** `seq` of the last frame seen. */
      after: z.coerce.number().int().min(0).default(0),
      limit: z.coerce.number().int().min(1).max(500).default(500),
    }),
    reply: z.object({
      frames: z.array(
        z.object({
          seq: z.number().int(),
          at: s.instant,
          direction: z.enum(['sent', 'received']),
          /** Of the whole frame; only the first 512 bytes are kept. */
          length: z.number().int(),
          hex: z.string(),
          /** In words. */
          text: z.string(),
        }),
      ),
      /** Frames after `after` that were gone already. */
      missed: z.number().int(),
    }),
  },
} as const satisfies Readonly<Record<EndpointKey, Endpoint>>
