import { z } from 'zod'
import type { Endpoint, EndpointKey } from './endpoint.ts'
import * as s from './shapes.ts'

const annotation = z.object({
  id: s.id,
  tagId: s.id,
  at: s.instant,
  text: z.string(),
  author: z.string(),
  createdAt: s.instant,
  editedAt: s.instant.nullable(),
  /** Whether the caller wrote it, and may change it. */
  mine: z.boolean(),
})
const text = z.string().trim().min(1).max(2000)
const view = z.object({
  id: s.id,
  name: z.string(),
  /** Everybody sees it; what it shows is within each one's own devices. */
  shared: z.boolean(),
  owner: z.string(),
  mine: z.boolean(),
  search: s.jsonObject,
})

/** What people write beside trends, and the views that they keep. */
export const annotationsContract = {
  'GET /api/annotations': {
    summary: 'Notes at instants of tags, oldest first.',
    access: 'viewer',
    query: z.object({
      tags: z
        .string()
        .regex(/^\d+(,\d+){0,63}$/, 'Give up to 64 tag ids, separated by commas.')
        .meta({ description: 'Up to 64 tag ids, separated by commas.' }),
      from: z.coerce.number(),
      to: z.coerce.number(),
      limit: z.coerce.number().int().min(1).max(2000).default(500),
    }),
    reply: z.object({ annotations: z.array(annotation) }),
  },
  'POST /api/annotations': {
    summary: 'Writes a note at an instant of a tag.',
    access: 'operator',
    body: z.strictObject({ tagId: s.id, at: s.instant, text }),
    reply: annotation,
  },
  'PUT /api/annotations/:id': {
    summary: 'Changes a note; its author alone may.',
    access: 'operator',
    params: s.idParams,
    body: z.strictObject({ text }),
    reply: annotation,
  },
  'DELETE /api/annotations/:id': {
    summary: 'Takes a note away; its author or an administrator may.',
    access: 'operator',
    params: s.idParams,
    reply: s.nothing,
  },
  'GET /api/trend-views': {
    summary: 'Saved views of the trend explorer: one’s own, then the shared ones.',
    access: 'viewer',
    reply: z.object({ views: z.array(view) }),
  },
  'POST /api/trend-views': {
    summary: 'Saves a view; one’s own of the same name is replaced. Only operators share.',
    access: 'viewer',
    body: z.strictObject({ name: z.string().trim().min(1).max(100), shared: z.boolean().default(false), search: s.jsonObject }),
    reply: z.object({ id: s.id }),
  },
  'DELETE /api/trend-views/:id': {
    summary: 'Takes a view away; its owner may, and an administrator a shared one.',
    access: 'viewer',
    params: s.idParams,
    reply: s.nothing,
  },
} as const satisfies Readonly<Record<EndpointKey, Endpoint>>
