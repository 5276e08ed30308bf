import { ConfigError } from '#base/errors.ts'
import { curveDistance } from '#calc/curve.ts'
import type { CurvePoint } from '#domain/alarm.ts'
import type { Queryable } from '#store/database.ts'
import { type Curve, type CurveUse, listCurveUses, saveCurve as storeCurve } from '#store/curves.ts'
import type { CurveBody } from './shapes.ts'

/**
 * Saves an operating curve; every rule that judges by it follows at once.
 * @param id null adds one
 * @throws ConfigError naming the field, Conflict when the name is taken, NotFound
 */
export async function saveCurve(db: Queryable, id: number | null, body: CurveBody): Promise<Curve> {
  return await storeCurve(db, id, { ...body, points: sortedPoints(body.points) })
}

/** @throws ConfigError naming `points` when two stand at one x: there would be no line */
export function sortedPoints(points: readonly CurvePoint[]): readonly CurvePoint[] {
  const sorted = points.toSorted((a, b) => a[0] - b[0])
  const twice = sorted.find(([x], index) => x === sorted[index - 1]?.[0])
  if (twice === undefined) return sorted
  throw new ConfigError('points', `Two points stand at x = ${twice[0]}.`, { remedy: 'Leave one of them out.' })
}

export interface CurveEffect extends CurveUse {
  /** Whether its last values lie outside the band; null: no verdict. */
  readonly outside: boolean | null
}

/** What an edit would say of the last values of every rule that judges by the curve; nothing is saved. */
export async function previewCurve(db: Queryable, id: number, body: CurveBody): Promise<readonly CurveEffect[]> {
  const points = sortedPoints(body.points)
  return (await listCurveUses(db, id)).map((use) => {
    const { x, y } = use
    const distance = x === null || y === null ? undefined : curveDistance(points, x, y, body.tolerance, body.percent)
    return { ...use, outside: distance === undefined ? null : Math.abs(distance) > body.tolerance }
  })
}
