import { z } from 'zod'
import { FEWEST_DAYS, MOST_DAYS } from '#domain/retention.ts'
import type { Endpoint, EndpointKey } from './endpoint.ts'
import * as s from './shapes.ts'

const keptFor = z
  .number()
  .int()
  .min(FEWEST_DAYS)
  .max(MOST_DAYS)
  .nullable()
  .meta({ description: 'Days of the site that are kept; null keeps everything.' })

const kept = z.object({
  oldest: s.instant.nullable(),
  rows: z.number(),
  bytes: z.number(),
  /** What keeping so many days would take away now. */
  effects: z.array(z.object({ days: z.number(), before: z.number(), rows: z.number(), bytes: z.number() })),
})

const policy = z.strictObject({ samplesDays: keptFor, alarmsDays: keptFor, messagesDays: keptFor, csvFilesDays: keptFor })

/** What is kept, for how long, and where. */
export const storageContract = {
  'GET /api/retention': {
    summary: 'For how long records are kept, and what other numbers of days would take away.',
    access: 'engineer',
    wholeSite: true,
    reply: z.object({
      policy,
      nextRun: s.instant,
      lastRun: z.object({ dueAt: s.instant, endedAt: s.instant.nullable(), report: s.jsonObject }).nullable(),
      samples: kept,
      alarms: kept,
      messages: kept,
    }),
  },
  'PUT /api/retention': {
    summary: 'Changes for how long records are kept; the next night acts on it.',
    access: 'administrator',
    wholeSite: true,
    body: policy,
    reply: s.nothing,
  },
  'GET /api/storage': {
    summary: 'How much room everything takes, and for how long it will last.',
    access: 'engineer',
    wholeSite: true,
    reply: z.object({
      databaseBytes: z.number(),
      /** Where the embedded database lies; null for a server of the site's own. */
      disk: z.object({ freeBytes: z.number(), totalBytes: z.number() }).nullable(),
      server: z.object({
        version: z.string(),
        layout: z.enum(['partitions', 'hypertable']),
        timescale: z.object({ version: z.string(), edition: z.enum(['apache', 'community']) }).nullable(),
      }),
      /** null while less than a day is known. */
      bytesADay: z.number().nullable(),
      daysUntilFull: z.number().nullable(),
      /** Of sealed history. */
      samples: z.number(),
      samplesBytes: z.number(),
      tables: z.array(z.object({ table: z.string(), rows: z.number(), bytes: z.number(), indexBytes: z.number() })),
      devices: z.array(z.object({ deviceId: s.id, samples: z.number(), bytes: z.number() })),
      /** The largest ones. */
      tags: z.array(z.object({ tagId: s.id, samples: z.number(), bytes: z.number() })),
      /** Of tags that are gone. */
      removed: z.object({ samples: z.number(), bytes: z.number() }),
    }),
  },
  'GET /api/backups': {
    summary: 'Backups, newest first, and how they are taken.',
    access: 'administrator',
    wholeSite: true,
    reply: z.object({
      enabled: z.boolean(),
      keep: z.number().int(),
      encrypted: z.boolean(),
      nextRun: s.instant,
      backups: z.array(
        z.object({
          id: s.id,
          reason: z.enum(['nightly', 'asked', 'upgrade']),
          startedAt: s.instant,
          endedAt: s.instant.nullable(),
          state: z.enum(['running', 'good', 'failed']),
          file: z.string().nullable(),
          bytes: z.number().nullable(),
          encrypted: z.boolean(),
          detail: s.jsonObject,
        }),
      ),
    }),
  },
  'PUT /api/backups': {
    summary: 'Changes how backups are taken. A key left out stays; an empty one ends the encryption.',
    access: 'administrator',
    wholeSite: true,
    body: z.strictObject({
      enabled: z.boolean(),
      keep: z.number().int().min(1).max(365),
      key: z.union([z.literal(''), z.string().min(12, 'Give a key of 12 characters or more.').max(500)]).optional(),
    }),
    reply: s.nothing,
  },
  'POST /api/backups': {
    summary: 'Takes a backup now; it is in the list while it is taken and proved.',
    access: 'administrator',
    wholeSite: true,
    reply: s.nothing,
  },
  'POST /api/history/import': {
    summary: 'Brings the past of tags in from a CSV file, or with dryRun says what it would; larger files go by synctide history import.',
    access: 'engineer',
    wholeSite: true,
    body: z.strictObject({
      name: z.string().min(1).max(200),
      content: z.base64().meta({ description: 'The file in base64.' }),
      /** Whose tags are meant by names without a device. */
      device: z.string().max(64).nullable(),
      dates: z.enum(['auto', 'ymd', 'dmy', 'mdy', 'compact', 'excel', 'epochSeconds', 'epochMillis', 'epochMicros']).default('auto'),
      timeZone: z.string().max(64).nullable().default(null),
      dryRun: z.boolean(),
    }),
    reply: z.object({
      rows: z.number(),
      bad: z.number(),
      badLines: z.array(z.object({ line: z.number(), reason: z.string() })),
      samples: z.number(),
      tags: z.number(),
      unknown: z.array(z.string()),
      oldest: s.instant.nullable(),
      newest: s.instant.nullable(),
      bytes: z.number(),
    }),
  },
} as const satisfies Readonly<Record<EndpointKey, Endpoint>>
