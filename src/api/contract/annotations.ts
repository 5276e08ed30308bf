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

/** What people write beside trends. */
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
} as const satisfies Readonly<Record<EndpointKey, Endpoint>>
