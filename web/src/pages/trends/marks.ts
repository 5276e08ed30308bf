import { useQueries } from '@tanstack/react-query'
import { call } from '../../api/client.ts'
import type { Severity, Tag } from '../../api/replies.ts'

export interface Marks {
  readonly limits: readonly { readonly value: number; readonly unit: string; readonly severity: Severity }[]
  readonly alarms: readonly { readonly from: number; readonly to: number; readonly severity: Severity }[]
}

const NONE: Marks = { limits: [], alarms: [] }

/** Limits of the rules of these tags, and the times in which their alarms stood. @param period seconds since 1970 */
export function useMarks(tags: readonly Tag[], period: { readonly from: number; readonly to: number }, wanted: boolean): Marks {
  const devices = wanted ? [...new Set(tags.map((tag) => tag.deviceId))] : []
  const to = Math.ceil(period.to / 60) * 60
  const from = Math.floor(period.from / 60) * 60
  return useQueries({
    queries: devices.flatMap((deviceId) => [
      {
        queryKey: ['rules', 'of', deviceId],
        queryFn: async ({ signal }: { signal: AbortSignal }) => ({
          rules: await call('GET /api/rules', { query: { deviceId } }, signal),
          alarms: [],
        }),
      },
      {
        queryKey: ['alarms', 'during', deviceId, from, to],
        queryFn: async ({ signal }: { signal: AbortSignal }) => {
          const query = { state: 'history' as const, deviceId, from: from * 1_000_000, to: to * 1_000_000, limit: 200 }
          return { rules: [], alarms: (await call('GET /api/alarms', { query }, signal)).alarms }
        },
      },
    ]),
    combine: (results): Marks => {
      if (results.length === 0) return NONE
      const tagOf = new Map(tags.map((tag) => [tag.id, tag]))
      const all = results.flatMap(({ data }) => (data === undefined ? [] : [data]))
      return {
        limits: all.flatMap(({ rules }) =>
          rules.flatMap((rule) => {
            const tag = tagOf.get(rule.tagId)
            return tag === undefined || !rule.enabled ? [] : [{ value: rule.setpoint, unit: tag.unit, severity: rule.severity }]
          }),
        ),
        alarms: all.flatMap(({ alarms }) =>
          alarms.flatMap((alarm) =>
            alarm.tagId === null || !tagOf.has(alarm.tagId)
              ? []
              : [{ from: alarm.raisedAt / 1e6, to: (alarm.clearedAt ?? to * 1e6) / 1e6, severity: alarm.severity }],
          ),
        ),
      }
    },
  })
}
