import type { Database } from '#store/database.ts'
import { listRules } from '#store/alarm-rules.ts'
import { deleteCurve, listCurves } from '#store/curves.ts'
import { listDevices } from '#store/devices.ts'
import { listTags } from '#store/tags.ts'
import { addTags, saveRule } from './configure.ts'
import { saveCurve } from './curves.ts'
import type { CurveBody, RuleBody, TagBody } from './shapes.ts'

interface Judged {
  readonly device: string
  readonly rule: RuleBody
}

/** A curve, rules by it, and key figures with their rules. */
export interface Judgement {
  readonly curve: CurveBody
  readonly rules: readonly (Judged & { readonly tag: string })[]
  readonly figures: readonly (Judged & { readonly tag: TagBody })[]
}

/**
 * Gives the demo devices, once they are there, a curve and key figures to be judged by. A device that is not of the demo, one without the tags
 * that are named, and a curve that is there already are left alone.
 */
export async function judgeDemo(db: Database, { curve, rules, figures }: Judgement): Promise<void> {
  const devices = (await listDevices(db, 'all')).filter((device) => device.demo)
  const known = await listTags(db, 'all')
  const find = (code: string, name: string): number | undefined => {
    const device = devices.find((one) => one.code === code)
    return known.find((tag) => tag.deviceId === device?.id && tag.name === name)?.id
  }
  const wanted = rules.flatMap(({ device, tag, rule }) => {
    const tagId = find(device, tag)
    return tagId === undefined ? [] : [{ ...rule, tagId }]
  })
  const isThere = (await listCurves(db)).some((one) => one.name === curve.name)
  await db.transaction(async (tx) => {
    if (!isThere && wanted.length > 0) {
      await saveCurve(tx, null, curve)
      for (const rule of wanted) await saveRule(tx, 'all', null, rule)
    }
    for (const { device: code, tag, rule } of figures) {
      const device = devices.find((one) => one.code === code)
      // its formula names tags of the demo alone
      const names = [...tag.formula.matchAll(/\$\{([^:}]+):([^}]+)\}/g)].map(([, of = '', name = '']) => find(of, name))
      if (device === undefined || names.includes(undefined) || find(code, tag.name) !== undefined) continue
      const [added] = await addTags(tx, 'all', device.id, [tag])
      if (added !== undefined) await saveRule(tx, 'all', null, { ...rule, tagId: added.id })
    }
  })
}

/** Takes the curve of the demo out with it, unless somebody's own device has come to be judged by it. */
export async function forgetDemoCurve(db: Database, name: string): Promise<void> {
  const curve = (await listCurves(db)).find((one) => one.name === name)
  const isUsed = (await listRules(db, 'all')).some((rule) => rule.curve === name)
  if (curve !== undefined && !isUsed) await deleteCurve(db, curve.id)
}
