import { z } from 'zod'
import type { Endpoint, EndpointKey } from './endpoint.ts'
import * as s from './shapes.ts'

const files = z
  .array(
    z.strictObject({
      name: z.string().min(1).max(200),
      /** Base64. */
      content: z.base64(),
    }),
  )
  .min(1)
  .max(10)
const sheetImport = z.strictObject({
  files,
  /** Also takes away what the files leave out. */
  remove: z.boolean().default(false),
})

/** Many tags at once: the table of a device, spreadsheets. */
export const bulkContract = {
  'PUT /api/devices/:id/tags': {
    summary: 'Adds, changes and removes tags of a device, all or nothing; tells every cell that cannot be saved.',
    access: 'engineer',
    params: s.idParams,
    body: z.strictObject({
      rows: z.array(z.strictObject({ id: s.id.nullable(), tag: s.jsonObject })).max(10_000),
      remove: z.array(s.id).max(10_000).default([]),
    }),
    reply: z.object({
      /** Nothing was saved when there is one. `row` counts the rows sent from 0; `field` is `address`, `settings.dataType`. */
      problems: z.array(z.object({ row: z.number().int(), field: z.string(), message: z.string(), remedy: z.string().nullable() })),
      tags: z.array(s.tag),
    }),
  },
  'GET /api/sheets': {
    summary: 'Devices, tags and rules as a workbook (.xlsx) or one of them as CSV.',
    access: 'engineer',
    query: z.object({
      format: z.enum(['xlsx', 'csv']).default('xlsx'),
      /** Of CSV, which holds one sheet. */
      sheet: z.enum(['Devices', 'Tags', 'Rules']).default('Tags'),
      /** Of CSV: a comma comes with semicolons between the cells. */
      decimal: z.enum(['point', 'comma']).default('point'),
    }),
    reply: z.object({ name: z.string(), type: z.string(), content: z.string().meta({ description: 'Base64' }) }),
  },
  'POST /api/sheets/plan': {
    summary: 'What importing spreadsheets would change; nothing is changed.',
    access: 'engineer',
    wholeSite: true,
    body: sheetImport,
    reply: z.object({
      /** Nothing can be imported while there is one. The first 200. */
      problems: z.array(
        z.object({ place: z.string(), row: z.number().int(), column: z.string(), message: z.string(), remedy: z.string() }),
      ),
      problemCount: z.number().int(),
      /** The first 500. */
      changes: z.array(
        z.object({
          action: z.enum(['add', 'change', 'remove']),
          object: z.string(),
          fields: z.array(z.object({ field: z.string(), before: z.unknown(), after: z.unknown() })),
        }),
      ),
      counts: z.object({ add: z.number().int(), change: z.number().int(), remove: z.number().int() }),
    }),
  },
  'POST /api/sheets/apply': {
    summary: 'Imports spreadsheets, all or nothing; the last import can be undone.',
    access: 'engineer',
    wholeSite: true,
    body: sheetImport,
    reply: z.object({ applied: z.number().int() }),
  },
  'GET /api/sheets/last': {
    summary: 'The last import, if there was one.',
    access: 'engineer',
    wholeSite: true,
    reply: z.object({
      last: z
        .object({ at: s.instant, who: z.string(), files: z.array(z.string()), changes: z.number().int(), undoneAt: s.instant.nullable() })
        .nullable(),
    }),
  },
  'POST /api/sheets/undo': {
    summary: 'Undoes the last import, unless something was changed since.',
    access: 'engineer',
    wholeSite: true,
    reply: z.object({ undone: z.number().int() }),
  },
} as const satisfies Readonly<Record<EndpointKey, Endpoint>>
