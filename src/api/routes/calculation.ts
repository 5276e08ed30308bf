import { InvalidRequest } from '#base/errors.ts'
import { bracketed } from '#calc/formula/tree.ts'
import { previewFormula } from '#alarm/preview-formula.ts'
import { parseFormula } from '#calc/formula/parse.ts'
import { severityOf } from '#domain/sample.ts'
import { inScope } from '#domain/user.ts'
import { previewCurve, saveCurve, sortedPoints } from '#plant/curves.ts'
import { referencesOf } from '#plant/formulas.ts'
import { measurePoints } from '#plant/measure-points.ts'
import { deleteCurve, getCurve, listCurves, type Curve } from '#store/curves.ts'
import type { Handlers, UserCall } from '../handlers.ts'

type Keys =
  | 'GET /api/curves'
  | 'POST /api/curves'
  | 'PUT /api/curves/:id'
  | 'POST /api/curves/:id/preview'
  | 'DELETE /api/curves/:id'
  | 'POST /api/measured-points'
  | 'POST /api/formulas/check'

const LONGEST = 92 * 86_400_000_000

/** Operating curves and formulas. */
export const calculationRoutes: Handlers<Keys> = {
  'GET /api/curves': async (_input, { db }) => (await listCurves(db)).map(publicCurve),

  'POST /api/curves': async ({ body }, { db, note }) => {
    const curve = await saveCurve(db, null, body)
    note({ object: `curve ${curve.name}`, after: curve })
    return publicCurve(curve)
  },

  'PUT /api/curves/:id': async ({ params, body }, { db, note }) => {
    const before = await getCurve(db, params.id)
    const curve = await saveCurve(db, params.id, body)
    note({ object: `curve ${curve.name}`, before, after: curve })
    return publicCurve(curve)
  },

  'POST /api/curves/:id/preview': async ({ params, body }, { db, scope, note }) => {
    note(null)
    const effects = await previewCurve(db, params.id, body)
    return effects.filter((one) => scope === 'all' || scope.includes(one.deviceId))
  },

  'DELETE /api/curves/:id': async ({ params }, { db, note }) => {
    const before = await getCurve(db, params.id)
    await deleteCurve(db, params.id)
    note({ object: `curve ${before.name}`, before })
    return {}
  },

  'POST /api/measured-points': async ({ body }, { db, scope, feed, clock, note }) => {
    note(null)
    const { xTagId, yTagId, from } = body
    const to = Math.min(body.to, clock.now())
    if (!(from < to) || to - from > LONGEST) throw new InvalidRequest('The period is in the past, and at most 92 days.', { field: 'from' })
    await feed.current()
    for (const [field, id] of Object.entries({ xTagId, yTagId })) {
      const deviceId = feed.deviceOf(id)
      if (deviceId === undefined || !inScope(scope, deviceId)) throw new InvalidRequest(`There is no tag ${id}.`, { field })
    }
    const curves = body.curves.map((curve) => ({ ...curve, points: sortedPoints(curve.points) }))
    return { ...(await measurePoints(db, scope, { x: xTagId, y: yTagId }, { from, to, curves, most: body.points })), to }
  },

  'POST /api/formulas/check': async ({ body }, call) => {
    call.note(null)
    await call.feed.current()
    referencesOf(body.formula)
    const formula = parseFormula(body.formula)
    const references = formula.references.map(({ device, tag }) => valueOf(call, device, tag))
    const readings = references.map(({ tagId, value, quality, sourceTimestamp }) => {
      return { tagId, value, severity: severityOf(quality), at: sourceTimestamp }
    })
    const value = await previewFormula(call.db, call.scope, formula, readings)
    return {
      reading: bracketed(formula),
      references,
      value: value === undefined || Number.isNaN(value) ? null : value,
      inTime: value !== undefined,
    }
  },
}

interface Read {
  readonly name: string
  readonly tagId: number | null
  readonly value: number | null
  readonly quality: number
  readonly sourceTimestamp: number | null
}

/** What the author may see of a tag; one out of scope is as good as none. */
function valueOf({ feed, scope }: UserCall, code: string, tagName: string): Read {
  const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
  const device = feed.devices(scope).find((one) => same(one.code, code))
  const tag = device === undefined ? undefined : feed.tags([device.id]).find((one) => same(one.name, tagName))
  const latest = tag === undefined ? undefined : feed.latestOf(tag.id)
  const good = latest !== undefined && severityOf(latest.quality) < 2 && Number.isFinite(Number(latest.value))
  return {
    name: `${device?.code ?? code}:${tag?.name ?? tagName}`,
    tagId: tag?.id ?? null,
    value: good && latest.value !== null ? Number(latest.value) : null,
    quality: latest?.quality ?? 2,
    sourceTimestamp: latest?.sourceTimestamp ?? null,
  }
}

/** Lists of the store are read-only. */
function publicCurve(curve: Curve): Omit<Curve, 'points'> & { points: [number, number][] } {
  return { ...curve, points: curve.points.map(([x, y]) => [x, y]) }
}
