import { z } from 'zod'
import { BUCKET_UNITS } from '#calc/buckets.ts'
import { METRICS } from '#calc/metric.ts'
import { Interpolation } from '#domain/interpolation.ts'
import type { Download } from '../download.ts'
import type { Endpoint, EndpointKey } from './endpoint.ts'
import * as s from './shapes.ts'

const step = z.object({ count: z.number().int(), unit: z.enum(BUCKET_UNITS) })
const numbers = z.array(z.number().nullable())

/** How a CSV file looks. */
const look = {
  delimiter: z.enum(['comma', 'semicolon', 'tab']).default('comma'),
  decimal: z.enum(['point', 'comma']).default('point'),
  dateFormat: z.enum(['iso', 'ymd', 'dmy', 'mdy', 'epoch']).default('iso'),
  timeZone: z.string().max(64).optional().meta({ description: 'That of the site when left out.' }),
}

/** The past of tags. */
export const trendContract = {
  'GET /api/trend': {
    summary: 'Tags over a period, as samples or in buckets of the wall clock, ready to draw.',
    access: 'viewer',
    query: z.object({
      tags: z
        .string()
        .regex(/^\d+(,\d+){0,15}$/, 'Give up to 16 tag ids, separated by commas.')
        .meta({ description: 'Up to 16 tag ids, separated by commas.' }),
      from: z.coerce.number(),
      to: z.coerce.number(),
      bucket: z
        .string()
        .regex(new RegExp(`^(auto|raw|[1-9]\\d{0,3} (${BUCKET_UNITS.join('|')}))$`), 'Write auto, raw, or a width such as 15 minute.')
        .default('auto')
        .meta({ description: 'auto, raw, or a width such as "15 minute"; days and more follow the clocks of the zone.' }),
      metric: z
        .enum(METRICS)
        .default('average')
        .meta({ description: 'What tells a bucket; interpolated is the value at its start, see interpolation.' }),
      points: z.coerce.number().int().min(10).max(4000).default(1000).meta({ description: 'How many there is room for.' }),
      timeZone: z.string().max(64).optional().meta({ description: 'That of the site when left out.' }),
    }),
    reply: z.object({
      /** null: samples as they are. */
      bucket: step.nullable(),
      series: z.array(
        z.object({
          tagId: s.id,
          /** What the tag was between two samples: the earlier value, or on the line to the later one. */
          interpolation: z.enum(Interpolation),
          /** The value that held when the period began; null when none was known, and for buckets. */
          held: z.number().nullable(),
          times: z.array(s.instant),
          values: numbers,
          /** Packed, one a sample; empty for buckets. */
          qualities: z.array(z.number().int()),
          /** The extremes of each bucket, so that no spike is lost; empty for samples, and for a metric that is no value, such as a rise. */
          minimum: numbers,
          maximum: numbers,
          /** More samples than fit into one answer. */
          truncated: z.boolean(),
        }),
      ),
    }),
  },
  'GET /api/history.csv': {
    summary: 'Every sample of tags over a period as a CSV file, sent while it is read.',
    access: 'viewer',
    query: z.object({
      tags: z
        .string()
        .regex(/^\d+(,\d+){0,199}$/, 'Give up to 200 tag ids, separated by commas.')
        .meta({ description: 'Up to 200 tag ids, separated by commas.' }),
      from: z.coerce.number(),
      to: z.coerce.number(),
      layout: z
        .enum(['wide', 'long'])
        .default('wide')
        .meta({ description: 'wide: a column a tag. long: a row a value, with unit, quality and remarks on it.' }),
      ...look,
    }),
    reply: z.custom<Download>().meta({ description: 'text/csv in UTF-8' }),
  },
  'GET /api/figures.csv': {
    summary: 'What tags, or all of the site, came to in each hour, day, week or month, as a CSV file: a row a bucket and tag.',
    access: 'viewer',
    query: z.object({
      tags: z
        .string()
        .regex(/^\d+(,\d+){0,199}$/, 'Give up to 200 tag ids, separated by commas, or none for all.')
        .optional()
        .meta({ description: 'Up to 200 tag ids, separated by commas; all that you may see when left out.' }),
      from: z.coerce.number(),
      to: z.coerce.number(),
      bucket: z.enum(['hour', 'day', 'week', 'month']).default('day').meta({ description: 'By the clocks of the zone.' }),
      ...look,
    }),
    reply: z.custom<Download>().meta({ description: 'text/csv in UTF-8' }),
  },
} as const satisfies Readonly<Record<EndpointKey, Endpoint>>
