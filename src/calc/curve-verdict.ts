import type { CurvePoint } from '#domain/alarm.ts'
import { curveDistance } from './curve.ts'

/** `beyond`: the curve says nothing of this x, or of a % of nothing. */
export const CurveVerdict = { Inside: 'inside', Outside: 'outside', Beyond: 'beyond' } as const
export type CurveVerdict = (typeof CurveVerdict)[keyof typeof CurveVerdict]

export interface Band {
  /** By ascending x. */
  readonly points: readonly CurvePoint[]
  readonly tolerance: number
  readonly percent: boolean
}

/** On which side of its band a measured point lies; the edge is inside, as for the alarm. */
export function curveVerdict({ points, tolerance, percent }: Band, x: number, y: number): CurveVerdict {
  const distance = curveDistance(points, x, y, tolerance, percent)
  if (distance === undefined) return CurveVerdict.Beyond
  return Math.abs(distance) > tolerance ? CurveVerdict.Outside : CurveVerdict.Inside
}

/** Seconds by verdict. */
export type CurveTime = Record<CurveVerdict, number>

export function noCurveTime(): CurveTime {
  return { inside: 0, outside: 0, beyond: 0 }
}
