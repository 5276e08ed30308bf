import type { Micros } from '#base/time.ts'
import { curveDistance } from '#calc/curve.ts'
import { type Band, type CurveTime, curveVerdict, noCurveTime } from '#calc/curve-verdict.ts'
import { type Cloud, PointCloud } from '#calc/point-cloud.ts'
import type { DeviceScope } from '#domain/user.ts'
import type { Queryable } from '#store/database.ts'
import { readPairs } from '#store/pairs.ts'

interface Wanted {
  readonly from: Micros
  readonly to: Micros
  /** The first one says which points stand out. */
  readonly curves: readonly Band[]
  /** Points to draw. */
  readonly most: number
}

interface Measured {
  readonly points: Cloud
  /** Seconds, one a curve. */
  readonly times: readonly CurveTime[]
  /** Seconds in which both tags were known. */
  readonly known: number
}

/** Two tags over one another, and how long they kept to some curves. */
export async function measurePoints(
  db: Queryable,
  scope: DeviceScope,
  tags: { readonly x: number; readonly y: number },
  { from, to, curves, most }: Wanted,
): Promise<Measured> {
  const [first] = curves
  const rank = (x: number, y: number): number =>
    first === undefined ? y : (curveDistance(first.points, x, y, first.tolerance, first.percent) ?? 0)
  const cloud = new PointCloud(from, most, rank)
  const times = curves.map(noCurveTime)
  let known = 0
  await readPairs(db, scope, tags, from, to, (at, until, x, y) => {
    const seconds = (until - at) / 1_000_000
    known += seconds
    cloud.add(at, until, x, y)
    for (const [index, curve] of curves.entries()) {
      const time = times[index]
      if (time !== undefined) time[curveVerdict(curve, x, y)] += seconds
    }
  })
  return { points: cloud.end(), times, known }
}
