import type {
  PlantBroker,
  PlantChain,
  PlantContact,
  PlantCurve,
  PlantDevice,
  PlantFile,
  PlantGateway,
  PlantGroup,
  PlantMessaging,
  PlantTag,
} from './plant-file.ts'
import type { RuleBody, SiteBody } from './shapes.ts'

export type Action = 'add' | 'change' | 'remove'

export interface FieldChange {
  /** Dotted: connection.host */
  readonly field: string
  readonly before: unknown
  readonly after: unknown
}

/** What is to be done, with all that doing it needs. Names are those before the change. */
export type Step =
  | { readonly on: 'site'; readonly after: SiteBody }
  | { readonly on: 'reportByException'; readonly after: NonNullable<PlantFile['reportByException']> }
  | { readonly on: 'broker'; readonly code: string; readonly after: PlantBroker | null }
  | { readonly on: 'curve'; readonly name: string; readonly after: PlantCurve | null }
  | { readonly on: 'device'; readonly code: string; readonly after: PlantDevice | null }
  | { readonly on: 'tag'; readonly device: string; readonly name: string; readonly after: PlantTag | null }
  | { readonly on: 'rule'; readonly device: string; readonly tag: string; readonly name: string; readonly after: RuleBody | null }
  | { readonly on: 'contact'; readonly name: string; readonly after: PlantContact | null }
  | { readonly on: 'messageTemplates'; readonly after: NonNullable<PlantFile['messageTemplates']> }
  | { readonly on: 'messaging'; readonly after: PlantMessaging }
  | { readonly on: 'contactGroup'; readonly name: string; readonly after: PlantGroup | null }
  | { readonly on: 'chain'; readonly name: string; readonly position: number; readonly after: PlantChain | null }
  | { readonly on: 'gateway'; readonly channel: string; readonly after: PlantGateway }

export interface Change {
  readonly action: Action
  /** For people: `tag PS-01 / Flow` */
  readonly object: string
  readonly fields: readonly FieldChange[]
  readonly step: Step
}

/**
 * Everything that turns one plant into the other, in an order in which it can be done: removals before additions, so that names and
 * the four slots of a tag are free. A section missing in `after` is left alone.
 */
export function difference(before: PlantFile, after: PlantFile): Change[] {
  const changes: Change[] = []
  if (after.site !== undefined) {
    const fields = fieldChanges(before.site ?? {}, after.site)
    if (fields.length > 0) changes.push({ action: 'change', object: 'site', fields, step: { on: 'site', after: after.site } })
  }
  if (after.reportByException !== undefined) {
    const fields = fieldChanges(before.reportByException ?? {}, after.reportByException)
    const step = { on: 'reportByException', after: after.reportByException } as const
    if (fields.length > 0) changes.push({ action: 'change', object: 'report by exception', fields, step })
  }
  if (after.messageTemplates !== undefined) {
    const fields = fieldChanges({ templates: before.messageTemplates ?? [] }, { templates: after.messageTemplates })
    const step = { on: 'messageTemplates', after: after.messageTemplates } as const
    if (fields.length > 0) changes.push({ action: 'change', object: 'message templates', fields, step })
  }
  const brokers = after.brokers === undefined ? [] : brokerChanges(before.brokers ?? [], after.brokers)
  // a device can only name a broker that is there, and a broker can only go when no device names it
  changes.push(...brokers.filter((change) => change.action !== 'remove'))
  const curves = after.curves === undefined ? [] : curveChanges(before.curves ?? [], after.curves)
  // a rule can only name a curve that is there, and a curve can only go when no rule names it
  changes.push(...curves.filter((change) => change.action !== 'remove'))
  if (after.devices !== undefined) changes.push(...deviceChanges(before.devices ?? [], after.devices))
  changes.push(...curves.filter((change) => change.action === 'remove'))
  changes.push(...brokers.filter((change) => change.action === 'remove'))
  if (after.contacts !== undefined) changes.push(...contactChanges(before.contacts ?? [], after.contacts))
  const groups = after.contactGroups === undefined ? [] : groupChanges(before.contactGroups ?? [], after.contactGroups)
  changes.push(...groups.filter((change) => change.action !== 'remove'))
  if (after.chains !== undefined) changes.push(...chainChanges(before.chains ?? [], after.chains))
  if (after.messaging !== undefined) {
    // what names a group or a chain comes when it is there
    const fields = fieldChanges(before.messaging ?? {}, after.messaging)
    const step = { on: 'messaging', after: after.messaging } as const
    if (fields.length > 0) changes.push({ action: 'change', object: 'messaging', fields, step })
  }
  changes.push(...groups.filter((change) => change.action === 'remove'))
  for (const [channel, gateway] of Object.entries(after.gateways ?? {})) {
    const old = before.gateways?.[channel]
    const fields = fieldChanges(old ?? {}, gateway)
    const step = { on: 'gateway', channel, after: gateway } as const
    if (old === undefined || fields.length > 0) {
      changes.push({ action: old === undefined ? 'add' : 'change', object: `gateway ${channel}`, fields, step })
    }
  }
  return changes
}

function brokerChanges(before: readonly PlantBroker[], after: readonly PlantBroker[]): Change[] {
  const { removed, kept, added } = pair(before, after, (broker) => broker.code)
  const change = (action: Action, old: string, broker: PlantBroker | null, fields: readonly FieldChange[]): Change => ({
    action,
    object: `broker ${old}`,
    fields,
    step: { on: 'broker', code: old, after: broker },
  })
  return [
    ...kept.flatMap(([old, broker]) => {
      const fields = fieldChanges(old, broker)
      return fields.length > 0 ? [change('change', old.code, broker, fields)] : []
    }),
    ...added.map((broker) => change('add', broker.code, broker, fieldChanges({}, broker))),
    ...removed.map((broker) => change('remove', broker.code, null, [])),
  ]
}

function curveChanges(before: readonly PlantCurve[], after: readonly PlantCurve[]): Change[] {
  const { removed, kept, added } = pair(before, after, (curve) => curve.name)
  const change = (action: Action, old: string, curve: PlantCurve | null, fields: readonly FieldChange[]): Change => ({
    action,
    object: `curve ${old}`,
    fields,
    step: { on: 'curve', name: old, after: curve },
  })
  return [
    ...kept.flatMap(([old, curve]) => {
      const fields = fieldChanges(old, curve)
      return fields.length > 0 ? [change('change', old.name, curve, fields)] : []
    }),
    ...added.map((curve) => change('add', curve.name, curve, fieldChanges({}, curve))),
    ...removed.map((curve) => change('remove', curve.name, null, [])),
  ]
}

function deviceChanges(before: readonly PlantDevice[], after: readonly PlantDevice[]): Change[] {
  const { removed, kept, added } = pair(before, after, (device) => device.code)
  const removals: Change[] = removed.map((device) => ({
    action: 'remove',
    object: `device ${device.code} ${contents(device)}`,
    fields: [],
    step: { on: 'device', code: device.code, after: null },
  }))
  const additions: Change[] = added.map((device) => ({
    action: 'add',
    object: `device ${device.code} ${contents(device)}`,
    fields: fieldChanges({}, without(device, 'tags')),
    step: { on: 'device', code: device.code, after: device },
  }))
  const edits = kept.flatMap(([old, device]): Change[] => {
    const fields = fieldChanges(without(old, 'tags'), without(device, 'tags'))
    const edit: Change = { action: 'change', object: `device ${old.code}`, fields, step: { on: 'device', code: old.code, after: device } }
    return [...(fields.length > 0 ? [edit] : []), ...tagChanges(old, device)]
  })
  return [...removals, ...edits, ...additions]
}

function tagChanges(before: PlantDevice, after: PlantDevice): Change[] {
  const { removed, kept, added } = pair(before.tags, after.tags, (tag) => tag.name)
  const change = (action: Action, old: string, tag: PlantTag | null, fields: readonly FieldChange[]): Change => ({
    action,
    object: `tag ${after.code} / ${old}`,
    fields,
    step: { on: 'tag', device: after.code, name: old, after: tag },
  })
  return [
    ...removed.map((tag) => change('remove', tag.name, null, [])),
    ...kept.flatMap(([old, tag]) => {
      const fields = fieldChanges(without(old, 'rules'), without(tag, 'rules'))
      return [...(fields.length > 0 ? [change('change', old.name, tag, fields)] : []), ...ruleChanges(after.code, old, tag)]
    }),
    ...added.map((tag) => change('add', tag.name, tag, fieldChanges({}, without(tag, 'rules')))),
  ]
}

function ruleChanges(device: string, before: PlantTag, after: PlantTag): Change[] {
  const { removed, kept, added } = pair(before.rules, after.rules, (rule) => rule.name)
  // a renamed rule is still the same rule if its label and operator are: a standing alarm stays
  const renamed = removed.flatMap((old): [RuleBody, RuleBody][] => {
    const same = added.find((rule) => rule.kind === old.kind && rule.label === old.label && rule.operator === old.operator)
    return same === undefined ? [] : [[old, same]]
  })
  const pairs = renamed.filter(([, rule], index) => renamed.findIndex(([, other]) => other === rule) === index)
  const change = (action: Action, old: string, rule: RuleBody | null, fields: readonly FieldChange[]): Change => ({
    action,
    object: `rule ${device} / ${after.name} / ${old}`,
    fields,
    step: { on: 'rule', device, tag: after.name, name: old, after: rule },
  })
  return [
    ...removed.filter((rule) => !pairs.some(([old]) => old === rule)).map((rule) => change('remove', rule.name, null, [])),
    ...[...kept, ...pairs].flatMap(([old, rule]) => {
      const fields = fieldChanges(old, rule)
      return fields.length > 0 ? [change('change', old.name, rule, fields)] : []
    }),
    ...added
      .filter((rule) => !pairs.some(([, other]) => other === rule))
      .map((rule) => change('add', rule.name, rule, fieldChanges({}, rule))),
  ]
}

function contactChanges(before: readonly PlantContact[], after: readonly PlantContact[]): Change[] {
  const { removed, kept, added } = pair(before, after, (contact) => contact.name)
  const change = (action: Action, old: string, contact: PlantContact | null, fields: readonly FieldChange[]): Change => ({
    action,
    object: `contact ${old}`,
    fields,
    step: { on: 'contact', name: old, after: contact },
  })
  return [
    ...removed.map((contact) => change('remove', contact.name, null, [])),
    ...kept.flatMap(([old, contact]) => {
      const fields = fieldChanges(old, contact)
      return fields.length > 0 ? [change('change', old.name, contact, fields)] : []
    }),
    ...added.map((contact) => change('add', contact.name, contact, fieldChanges({}, contact))),
  ]
}

/** New groups come before what changes, parents before their children. */
function groupChanges(before: readonly PlantGroup[], after: readonly PlantGroup[]): Change[] {
  const { removed, kept, added } = pair(before, after, (group) => group.name)
  const change = (action: Action, name: string, group: PlantGroup | null, fields: readonly FieldChange[]): Change => ({
    action,
    object: `group ${name}`,
    fields,
    step: { on: 'contactGroup', name, after: group },
  })
  const ordered: PlantGroup[] = []
  const put = (group: PlantGroup, trail: readonly string[]): void => {
    if (ordered.includes(group) || trail.includes(group.name)) return
    const parent = added.find((one) => one.name.toLowerCase() === group.parent?.toLowerCase())
    if (parent !== undefined) put(parent, [...trail, group.name])
    ordered.push(group)
  }
  for (const group of added) put(group, [])
  return [
    ...ordered.map((group) => change('add', group.name, group, fieldChanges({}, group))),
    ...kept.flatMap(([old, group]) => {
      const fields = fieldChanges(old, group)
      return fields.length > 0 ? [change('change', old.name, group, fields)] : []
    }),
    ...removed.map((group) => change('remove', group.name, null, [])),
  ]
}

/** Their order in the file is the order in which they are tried. */
function chainChanges(before: readonly PlantChain[], after: readonly PlantChain[]): Change[] {
  const { removed, kept, added } = pair(before, after, (chain) => chain.name)
  const change = (action: Action, name: string, chain: PlantChain | null, fields: readonly FieldChange[]): Change => ({
    action,
    object: `chain ${name}`,
    fields,
    step: { on: 'chain', name, position: chain === null ? 0 : after.indexOf(chain), after: chain },
  })
  return [
    ...removed.map((chain) => change('remove', chain.name, null, [])),
    ...kept.flatMap(([old, chain]) => {
      const moved =
        before.indexOf(old) === after.indexOf(chain) ? [] : [{ field: 'place', before: before.indexOf(old), after: after.indexOf(chain) }]
      const fields = [...fieldChanges(old, chain), ...moved]
      return fields.length > 0 ? [change('change', old.name, chain, fields)] : []
    }),
    ...added.map((chain) => change('add', chain.name, chain, fieldChanges({}, chain))),
  ]
}

function contents(device: PlantDevice): string {
  const rules = device.tags.reduce((sum, tag) => sum + tag.rules.length, 0)
  return `(${device.tags.length} tags, ${rules} rules)`
}

/** Sorts two lists into what only one has and what both have; names are compared without case. */
function pair<T>(before: readonly T[], after: readonly T[], nameOf: (item: T) => string): { removed: T[]; kept: [T, T][]; added: T[] } {
  const old = new Map(before.map((item) => [nameOf(item).toLowerCase(), item]))
  const kept: [T, T][] = []
  const added: T[] = []
  for (const item of after) {
    const key = nameOf(item).toLowerCase()
    const match = old.get(key)
    old.delete(key)
    if (match === undefined) added.push(item)
    else kept.push([match, item])
  }
  return { removed: [...old.values()], kept, added }
}

function without<T extends object, K extends keyof T>(item: T, key: K): Omit<T, K> {
  const { [key]: _, ...rest } = item
  return rest
}

/** Leaves that differ, objects entered, arrays compared whole. */
export function fieldChanges(before: unknown, after: unknown, path = ''): FieldChange[] {
  if (!isObject(before) || !isObject(after)) {
    return JSON.stringify(canonical(before)) === JSON.stringify(canonical(after)) ? [] : [{ field: path, before, after }]
  }
  const keys = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...keys].flatMap((key) => fieldChanges(before[key], after[key], path === '' ? key : `${path}.${key}`))
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Key order does not count. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, canonical(inner)]),
  )
}
