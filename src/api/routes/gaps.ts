import { NotFound } from '#base/errors.ts'
import { bucketEdges } from '#calc/buckets.ts'
import { Zone } from '#calc/zone.ts'
import { readCompleteness } from '#store/completeness.ts'
import { findDevice } from '#store/devices.ts'
import { listGaps } from '#store/gaps.ts'
import { readSettings } from '#store/settings.ts'
import { listTags } from '#store/tags.ts'
import type { Handlers } from '../handlers.ts'

const DAY = 86_400_000_000

/** What is not known, and why. */
export const gapRoutes: Handlers<'GET /api/gaps' | 'GET /api/devices/:id/completeness'> = {
  'GET /api/gaps': async ({ query: { devices, from, to, limit } }, { db, scope }) => {
    return { gaps: await listGaps(db, scope, { deviceIds: devices.split(',').map(Number), from, to }, limit) }
  },

  'GET /api/devices/:id/completeness': async ({ params, query }, { db, scope, clock }) => {
    const device = await findDevice(db, scope, params.id)
    if (device === undefined) throw new NotFound(`There is no device ${params.id}.`)
    const { name } = new Zone(query.timeZone ?? (await readSettings(db)).site.timeZone)
    const now = clock.now()
    // a day may have 25 hours: a day too many is left out again
    const edges = bucketEdges(now - (query.days + 1) * DAY, now, { count: 1, unit: 'day' }, name).slice(-query.days - 1)
    const tags = (await listTags(db, scope, { deviceId: device.id })).filter((tag) => tag.enabled)
    const rows: { tagId: number; days: readonly (number | null)[] }[] = []
    // one after the other: a page must not take all connections
    for (const tag of tags) rows.push({ tagId: tag.id, days: await readCompleteness(db, scope, tag, edges, now) })
    return {
      edges: [...edges],
      device: meanOf(
        rows.map((row) => row.days),
        edges.length - 1,
      ),
      tags: rows,
    }
  },
}

function meanOf(rows: readonly (readonly (number | null)[])[], days: number): (number | null)[] {
  return Array.from({ length: days }, (_, day) => {
    const known = rows.map((row) => row[day] ?? null).filter((share) => share !== null)
    return known.length === 0 ? null : known.reduce((a, b) => a + b, 0) / known.length
  })
}
