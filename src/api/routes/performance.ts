import { InvalidRequest } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'
import { blockEdges, countIn, measurePerformance } from '#alarm/core/performance.ts'
import { bucketEdges } from '#calc/buckets.ts'
import type { DeviceScope } from '#domain/user.ts'
import { floodNow } from '#store/alarm-guards.ts'
import { judgedSince, listRaised, listStale } from '#store/alarm-performance.ts'
import { listDevices } from '#store/devices.ts'
import { readSettings } from '#store/settings.ts'
import { listShelves } from '#store/suppressions.ts'
import type { Handlers, UserCall } from '../handlers.ts'

const DAY: Micros = 86_400_000_000
/** More than anybody could work through in a quarter. */
const MOST_ALARMS = 300_000
const MOST_STALE = 100

export const performanceRoutes: Handlers<'GET /api/alarm-performance'> = {
  'GET /api/alarm-performance': async ({ query }, call) => {
    const { db, clock } = call
    const now = clock.now()
    const { timeZone } = (await readSettings(db)).site
    // a day may have 25 hours: a day too many is left out again
    const days = [...bucketEdges(now - (query.days + 1) * DAY, now + 1, { count: 1, unit: 'day' }, timeZone)].slice(-query.days - 1)
    const scope = await scopeOf(query.area, call)
    const raised = await listRaised(db, scope, days[0] ?? now, now, MOST_ALARMS + 1)
    const stale = await listStale(db, scope, now - DAY, MOST_STALE)
    const counted = raised.slice(0, MOST_ALARMS)
    const unit = query.days === 1 ? 'block' : query.days <= 7 ? 'hour' : 'day'
    const edges =
      unit === 'day'
        ? days
        : unit === 'hour'
          ? blockEdges(days, Infinity).filter((_, index, all) => index % 6 === 0 || index === all.length - 1)
          : blockEdges(days, Infinity)
    return {
      timeZone,
      days,
      now,
      ...measurePerformance(counted, days, now, await judgedSince(db)),
      stale: stale.map(({ ruleId, deviceId, deviceCode, kind, name, severity, raisedAt }) => ({
        ruleId,
        deviceId,
        deviceCode,
        kind,
        name,
        severity,
        raisedAt,
      })),
      shelved: (await listShelves(db, scope)).length,
      bars: { unit, edges, counts: countIn(counted, edges) },
      flood: (await floodNow(db, scope)) ?? null,
      truncated: raised.length > MOST_ALARMS,
    }
  },
}

/** @throws InvalidRequest for an area without a device that this user may see */
async function scopeOf(area: string | undefined, { db, scope }: UserCall): Promise<DeviceScope> {
  if (area === undefined) return scope
  const ids = (await listDevices(db, scope)).filter((device) => device.area === area).map((device) => device.id)
  if (ids.length === 0) throw new InvalidRequest(`There is no device in ${area}.`, { field: 'area' })
  return ids
}
