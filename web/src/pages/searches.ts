import type { Severity } from '../api/replies.ts'

export const ALARM_PERIODS = ['1h', '8h', '24h', '7d', '30d', '1y'] as const
export type AlarmPeriod = (typeof ALARM_PERIODS)[number]
export const ALARM_STANDINGS = ['standing', 'returned', 'unacknowledged', 'acknowledged', 'closed'] as const
export type AlarmStanding = (typeof ALARM_STANDINGS)[number]

/** What the address of the alarms console says: a filtered view can be sent to a colleague. */
export interface AlarmsSearch {
  readonly state?: 'shelved' | 'suppressed' | 'history' | undefined
  readonly severity?: Severity | undefined
  readonly device?: number | undefined
  readonly text?: string | undefined
  /** Path in the tree of categories: it and everything below it. */
  readonly category?: string | undefined
  /** How far back from now. */
  readonly period?: AlarmPeriod | undefined
  readonly is?: AlarmStanding | undefined
  /** The occurrence whose detail is open. */
  readonly alarm?: number | undefined
}

export function alarmsSearch(search: Record<string, unknown>): AlarmsSearch {
  const { state, severity, device, text, category, alarm } = search
  const period = ALARM_PERIODS.find((one) => one === search['period'])
  const is = ALARM_STANDINGS.find((one) => one === search['is'])
  return {
    ...(state === 'shelved' || state === 'suppressed' || state === 'history' ? { state } : {}),
    ...(severity === 'critical' || severity === 'warning' || severity === 'info' ? { severity } : {}),
    ...(isId(device) ? { device } : {}),
    ...(typeof text === 'string' && text !== '' ? { text } : {}),
    ...(typeof category === 'string' && category !== '' ? { category } : {}),
    ...(period === undefined ? {} : { period }),
    ...(is === undefined ? {} : { is }),
    ...(isId(alarm) ? { alarm } : {}),
  }
}

export const PATH_SPANS = ['hour', 'day', 'week'] as const

export function pathSearch(search: Record<string, unknown>): { span?: (typeof PATH_SPANS)[number] } {
  const span = PATH_SPANS.find((one) => one === search['span'])
  return span === undefined ? {} : { span }
}

export interface DevicesSearch {
  readonly text?: string | undefined
  readonly problems?: true | undefined
}

export function devicesSearch(search: Record<string, unknown>): DevicesSearch {
  const { text, problems } = search
  return { ...(typeof text === 'string' && text !== '' ? { text } : {}), ...(problems === true ? { problems } : {}) }
}

export interface PerformanceSearch {
  /** 7 when left out. */
  readonly days?: '1' | '7' | '30' | '90' | undefined
  readonly area?: string | undefined
}

export function performanceSearch(search: Record<string, unknown>): PerformanceSearch {
  const { area } = search
  const days = (['1', '7', '30', '90'] as const).find((one) => one === String(search['days']))
  return { ...(days === undefined ? {} : { days }), ...(typeof area === 'string' && area !== '' ? { area } : {}) }
}

function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0
}
