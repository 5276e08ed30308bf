import type { CallReply } from '../../api/client.ts'
import type { Tag } from '../../api/replies.ts'
import type { Session } from '../../session.tsx'
import type { Rule } from '../configure/rules/rules-query.ts'

export type Curve = CallReply<'GET /api/curves'>[number]

/** A curve of a device: the rule that judges by it, and its two axes. */
export interface CurveUse {
  readonly rule: Rule
  readonly curve: Curve
  readonly y: Tag
  /** Undefined when its device is out of this user's scope. */
  readonly x: Tag | undefined
}

/** Every curve that a rule judges by, by device and name. */
export function curveUses(rules: readonly Rule[], curves: readonly Curve[], session: Pick<Session, 'tag' | 'device' | 'tags'>): CurveUse[] {
  const byName = new Map(curves.map((curve) => [curve.name.toLowerCase(), curve]))
  return rules
    .flatMap((rule): CurveUse[] => {
      const curve = byName.get(rule.curve.toLowerCase())
      const y = session.tag(rule.tagId)
      return rule.kind !== 'curve' || curve === undefined || y === undefined ? [] : [{ rule, curve, y, x: tagNamed(rule.xTag, session) }]
    })
    .toSorted((a, b) => placeOf(a, session).localeCompare(placeOf(b, session)))
}

/** @param name `Device:Tag`, compared without case as formulas are */
export function tagNamed(name: string, { tags, device }: Pick<Session, 'device' | 'tags'>): Tag | undefined {
  const wanted = name.trim().toLowerCase()
  return tags.find((tag) => `${device(tag.deviceId)?.code ?? ''}:${tag.name}`.toLowerCase() === wanted)
}

function placeOf({ rule }: CurveUse, { device }: Pick<Session, 'device'>): string {
  return `${device(rule.deviceId)?.code ?? ''} ${rule.name}`
}
