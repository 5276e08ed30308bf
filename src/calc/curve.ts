import type { CurvePoint } from '#domain/alarm.ts'

/**
 * The line of a curve at `x`, straight between its points.
 * @param points by ascending x, two or more
 * @returns undefined left of the first and right of the last: a curve is never extrapolated
 */
export function curveAt(points: readonly CurvePoint[], x: number): number | undefined {
  let low = 0
  let high = points.length - 1
  const first = points[low]
  const last = points[high]
  if (first === undefined || last === undefined || !(x >= first[0] && x <= last[0])) return undefined
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((points[middle]?.[0] ?? 0) <= x) low = middle
    else high = middle
  }
  const [x0, y0] = points[low] ?? first
  const [x1, y1] = points[high] ?? last
  return x1 === x0 ? y0 : y0 + ((y1 - y0) * (x - x0)) / (x1 - x0)
}

/**
 * How far `y` lies from the line; on the edge of the tolerance it is exactly the tolerance, however the decimals round.
 * @param percent whether tolerance and result are in % of the line
 * @returns undefined outside the curve, and in % where the line is 0
 */
export function curveDistance(
  points: readonly CurvePoint[],
  x: number,
  y: number,
  tolerance: number,
  percent: boolean,
): number | undefined {
  const line = curveAt(points, x)
  if (line === undefined || (percent && line === 0)) return undefined
  const band = percent ? (Math.abs(line) * tolerance) / 100 : tolerance
  const distance = percent ? (100 * (y - line)) / Math.abs(line) : y - line
  const inside = y <= line + band && y >= line - band
  return inside ? Math.min(Math.max(distance, -tolerance), tolerance) : distance
}
