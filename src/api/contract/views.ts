import { z } from 'zod'
import { VIEW_PAGES } from '#domain/saved-view.ts'
import type { Endpoint, EndpointKey } from './endpoint.ts'
import * as s from './shapes.ts'

const page = z.enum(VIEW_PAGES)
const view = z.object({
  id: s.id,
  name: z.string(),
  /** Everybody sees it; what it shows is within each one's own devices. */
  shared: z.boolean(),
  owner: z.string(),
  mine: z.boolean(),
  search: s.jsonObject,
})

/** Views of pages that people keep. */
export const viewsContract = {
  'GET /api/views': {
    summary: 'Saved views of a page: one’s own, then the shared ones.',
    access: 'viewer',
    query: z.object({ page }),
    reply: z.object({ views: z.array(view) }),
  },
  'POST /api/views': {
    summary: 'Saves a view; one’s own of the same name is replaced. Operators share those of trends, engineers those of alarms.',
    access: 'viewer',
    body: z.strictObject({
      page,
      name: z.string().trim().min(1).max(100),
      shared: z.boolean().default(false),
      search: s.jsonObject,
    }),
    reply: z.object({ id: s.id }),
  },
  'DELETE /api/views/:id': {
    summary: 'Takes a view away; its owner may, and an administrator a shared one.',
    access: 'viewer',
    params: s.idParams,
    reply: s.nothing,
  },
} as const satisfies Readonly<Record<EndpointKey, Endpoint>>
