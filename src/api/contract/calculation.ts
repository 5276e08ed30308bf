import { z } from 'zod'
import type { Endpoint, EndpointKey } from './endpoint.ts'
import * as s from './shapes.ts'

/** Seconds. */
const time = z.object({ inside: z.number(), outside: z.number(), beyond: z.number() })

/** Operating curves and formulas. */
export const calculationContract = {
  'GET /api/curves': { summary: 'Operating curves.', access: 'viewer', reply: z.array(s.curve) },
  'POST /api/curves': { summary: 'Adds an operating curve.', access: 'engineer', body: s.curveBody, reply: s.curve },
  'PUT /api/curves/:id': {
    summary: 'Changes an operating curve; every rule that judges by it follows at once.',
    access: 'engineer',
    wholeSite: true,
    params: s.idParams,
    body: s.curveBody,
    reply: s.curve,
  },
  'POST /api/curves/:id/preview': {
    summary: 'What an edit would say of the last values of every rule that judges by the curve; nothing is saved.',
    access: 'engineer',
    params: s.idParams,
    body: s.curveBody,
    reply: z.array(
      z.object({
        ruleId: s.id,
        name: z.string(),
        deviceId: s.id,
        deviceCode: z.string(),
        tagName: z.string(),
        tagId: s.id,
        xTagId: s.id,
        x: z.number().nullable(),
        y: z.number().nullable(),
        standing: z.boolean(),
        /** null: no verdict. */
        outside: z.boolean().nullable(),
      }),
    ),
  },
  'DELETE /api/curves/:id': {
    summary: 'Removes an operating curve that no rule uses.',
    access: 'engineer',
    wholeSite: true,
    params: s.idParams,
    reply: s.nothing,
  },
  'POST /api/formulas/check': {
    summary: 'Reads a formula, and computes it from the values of this moment.',
    access: 'engineer',
    body: z.strictObject({ formula: z.string().max(4096) }),
    reply: z.object({
      /** With every bracket that its precedences imply. */
      reading: z.string(),
      references: z.array(
        z.object({
          name: z.string(),
          tagId: s.id.nullable(),
          value: z.number().nullable(),
          quality: z.number().int(),
          sourceTimestamp: s.instant.nullable(),
        }),
      ),
      /** null: no value. Windows are filled from stored history. */
      value: z.number().nullable(),
      /** false: its windows are too long to be filled while somebody waits. */
      inTime: z.boolean(),
    }),
  },
  'POST /api/measured-points': {
    summary: 'Two tags over one another: measured points to draw, and how long they lay inside and outside of up to two curves.',
    access: 'viewer',
    body: z.strictObject({
      xTagId: s.id,
      yTagId: s.id,
      from: s.instant,
      to: s.instant,
      curves: z.array(s.curveBody).max(2).default([]),
      /** How many there is room for. */
      points: z.int().min(10).max(5000).default(2000),
    }),
    reply: z.object({
      /** Columns of equal length, in order of time; what left the first curve for a moment is among them. */
      points: z.object({ at: z.array(s.instant), x: z.array(z.number()), y: z.array(z.number()), seconds: z.array(z.number()) }),
      /** Of all that was measured, one a curve. Beyond: outside the range of x that the curve speaks of. */
      times: z.array(time),
      /** Seconds of the period in which both tags were known. */
      known: z.number(),
      /** The period as far as it has come. */
      to: s.instant,
    }),
  },
} as const satisfies Readonly<Record<EndpointKey, Endpoint>>
