import { z } from 'zod'
import { GAP_CAUSES } from '#domain/gap.ts'
import type { Endpoint, EndpointKey } from './endpoint.ts'
import * as s from './shapes.ts'

const gap = z.object({
  deviceId: s.id,
  /** null: the whole device. */
  tagId: s.id.nullable(),
  from: s.instant,
  /** null: it lasts. */
  to: s.instant.nullable(),
  cause: z.enum(GAP_CAUSES),
  /** What the driver said. */
  problem: z.string().nullable(),
})
/** 0 to 1; null where there is nothing to know. */
const shares = z.array(z.number().nullable())

/** What is not known, and why. */
export const gapsContract = {
  'GET /api/gaps': {
    summary: 'The gap ledger: when nothing was known of devices, newest first, each with its cause.',
    access: 'viewer',
    query: z.object({
      devices: z
        .string()
        .regex(/^\d+(,\d+){0,63}$/, 'Give up to 64 device ids, separated by commas.')
        .meta({ description: 'Up to 64 device ids, separated by commas.' }),
      from: z.coerce.number(),
      to: z.coerce.number(),
      limit: z.coerce.number().int().min(1).max(2000).default(500),
    }),
    reply: z.object({ gaps: z.array(gap) }),
  },
  'GET /api/devices/:id/completeness': {
    summary: 'Of what share of each local day a usable value of each tag is known.',
    access: 'viewer',
    params: s.idParams,
    query: z.object({
      days: z.coerce.number().int().min(1).max(31).default(7),
      timeZone: z.string().max(100).optional().meta({ description: 'IANA; days begin at its midnight. The site’s when left out.' }),
    }),
    reply: z.object({
      /** Where the days begin, oldest first, and where the last one ends: 23, 24 or 25 hours apart. */
      edges: z.array(s.instant),
      /** Of all tags that are switched on. */
      device: shares,
      tags: z.array(z.object({ tagId: s.id, days: shares })),
    }),
  },
} as const satisfies Readonly<Record<EndpointKey, Endpoint>>
