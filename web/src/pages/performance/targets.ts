import type { CallReply } from '../../api/client.ts'

export type PerformanceReply = CallReply<'GET /api/alarm-performance'>

/** `over`: beyond what can be managed; `high`: beyond the target. */
export type Verdict = 'good' | 'high' | 'over'

/** A figure beside what ISA-18.2 and EEMUA 191 ask for, per operator. */
export interface Judged {
  readonly key: 'perTenMinutes' | 'perHour' | 'perDay' | 'maxTen' | 'above' | 'flood' | 'peakMinute' | 'peakHour' | 'top'
  readonly value: number
  /** At most. */
  readonly target: number
  /** Null: the target is the limit. */
  readonly limit: number | null
  readonly percent: boolean
}

/** @param operators who share these alarms: the rates are of one of them */
export function judgedFigures(reply: PerformanceReply, operators: number): readonly Judged[] {
  const share = (part: number, all: number): number => (all === 0 ? 0 : (100 * part) / all)
  return [
    { key: 'perTenMinutes', value: reply.perTenMinutes / operators, target: 1, limit: 2, percent: false },
    { key: 'perHour', value: reply.perHour / operators, target: 6, limit: 12, percent: false },
    { key: 'perDay', value: reply.perDay / operators, target: 150, limit: 300, percent: false },
    { key: 'maxTen', value: reply.peak.tenMinutes / operators, target: 10, limit: null, percent: false },
    { key: 'above', value: share(reply.blocks.above, reply.blocks.all), target: 1, limit: null, percent: true },
    { key: 'flood', value: 100 * reply.floodShare, target: 1, limit: null, percent: true },
    { key: 'peakMinute', value: reply.peak.minute / operators, target: 2, limit: null, percent: false },
    { key: 'peakHour', value: reply.peak.hour / operators, target: 15, limit: null, percent: false },
    { key: 'top', value: 100 * reply.topShare, target: 5, limit: null, percent: true },
  ]
}

export function verdictOf({ value, target, limit }: Pick<Judged, 'value' | 'target' | 'limit'>): Verdict {
  return value <= target ? 'good' : limit !== null && value <= limit ? 'high' : 'over'
}

/** Recommended shares of the priorities, in %. */
export const RECOMMENDED = { critical: 5, warning: 15, info: 80 } as const

/** Alarms that an operator can bear in one bar of the chart: block, hour, day. */
export const BEARABLE = { block: 10, hour: 12, day: 300 } as const
