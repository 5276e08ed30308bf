import type { Severity } from '../api/replies.ts'

/** What the address of the alarms console says: a filtered view can be sent to a colleague. */
export interface AlarmsSearch {
  readonly state?: 'shelved' | 'suppressed' | 'history' | undefined
  readonly severity?: Severity | undefined
  readonly device?: number | undefined
  readonly text?: string | undefined
  /** The occurrence whose detail is open. */
  readonly alarm?: number | undefined
}

export function alarmsSearch(search: Record<string, unknown>): AlarmsSearch {
  const { state, severity, device, text, alarm } = search
  return {
    ...(state === 'shelved' || state === 'suppressed' || state === 'history' ? { state } : {}),
    ...(severity === 'critical' || severity === 'warning' || severity === 'info' ? { severity } : {}),
    ...(isId(device) ? { device } : {}),
    ...(typeof text === 'string' && text !== '' ? { text } : {}),
    ...(isId(alarm) ? { alarm } : {}),
  }
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
