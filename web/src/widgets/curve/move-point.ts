import type { CurvePoint } from '#domain/alarm.ts'
import type { Bounds } from './curve-bounds.ts'

/** A step that people can read, about so fine: 0.1, 0.2, 0.5, 1, 2, 5 … */
export function niceStep(about: number): number {
  if (!(about > 0)) return 1
  const power = 10 ** Math.floor(Math.log10(about))
  const digit = about / power
  return (digit < 1.5 ? 1 : digit < 3.5 ? 2 : digit < 7.5 ? 5 : 10) * power
}

function onStep(value: number, step: number): number {
  return Number((Math.round(value / step) * step).toPrecision(12))
}

/**
 * A curve with one point moved: on steps that fit the axes, between its neighbours, so that the points stay in their order.
 * @param points by ascending x
 */
export function movePoint(points: readonly CurvePoint[], index: number, [x, y]: CurvePoint, bounds: Bounds): readonly CurvePoint[] {
  const [stepX, stepY] = [niceStep((bounds.x[1] - bounds.x[0]) / 500), niceStep((bounds.y[1] - bounds.y[0]) / 500)]
  const [before, after] = [points[index - 1]?.[0], points[index + 1]?.[0]]
  let at = onStep(x, stepX)
  if (before !== undefined && at <= before) at = before + stepX
  if (after !== undefined && at >= after) at = after - stepX
  // neighbours closer than a step leave no room
  if ((before !== undefined && at <= before) || (after !== undefined && at >= after)) at = points[index]?.[0] ?? at
  const place: CurvePoint = [Number(at.toPrecision(12)), onStep(y, stepY)]
  return points.map((point, one) => (one === index ? place : point))
}

/** A curve with one point more, on the line, in the middle of the segment after `index` (or of the one before, at the end). */
export function addPoint(points: readonly CurvePoint[], index: number): { points: readonly CurvePoint[]; index: number } {
  const first = Math.max(0, Math.min(index, points.length - 2))
  const [a, b] = [points[first], points[first + 1]]
  if (a === undefined || b === undefined) return { points, index }
  const middle: CurvePoint = [Number(((a[0] + b[0]) / 2).toPrecision(6)), Number(((a[1] + b[1]) / 2).toPrecision(6))]
  if (middle[0] <= a[0] || middle[0] >= b[0]) return { points, index }
  return { points: points.toSpliced(first + 1, 0, middle), index: first + 1 }
}

/** A curve with one point less; it keeps two. */
export function removePoint(points: readonly CurvePoint[], index: number): readonly CurvePoint[] {
  return points.length > 2 ? points.toSpliced(index, 1) : points
}
