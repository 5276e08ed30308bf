import type { z } from 'zod'
import { listRules, type StoredRule } from '#store/alarm-rules.ts'
import { listBrokers } from '#store/brokers.ts'
import type { ContactGroup, EscalationChain } from '#domain/escalation.ts'
import { listContacts, type StoredContact } from '#store/contacts.ts'
import { listCurves } from '#store/curves.ts'
import type { Queryable } from '#store/database.ts'
import { listDevices } from '#store/devices.ts'
import { listChains, listGroups } from '#store/escalation.ts'
import { listGateways } from '#store/gateways.ts'
import { readSettings, type Settings } from '#store/settings.ts'
import { listTags } from '#store/tags.ts'
import type {
  PlantBroker,
  PlantChain,
  PlantContact,
  PlantCurve,
  PlantDevice,
  PlantFile,
  PlantGroup,
  PlantMessaging,
  PlantTag,
} from './plant-file.ts'
import {
  brokerShape,
  chainShape,
  contactShape,
  curveShape,
  deviceShape,
  groupShape,
  layerShape,
  messagingShape,
  ruleShape,
  stepShape,
  tagShape,
} from './shapes.ts'

/** The configuration as it is, every section present, every default filled in. Secrets are not part of it. */
export async function exportPlant(db: Queryable): Promise<PlantFile> {
  const settings = await readSettings(db)
  const devices = await listDevices(db, 'all')
  const tags = await listTags(db, 'all')
  const rules = await listRules(db, 'all')
  const contacts = await listContacts(db)
  const gateways = await listGateways(db)
  const brokers = await listBrokers(db)
  const curves = await listCurves(db)
  const groups = await listGroups(db)
  const chains = await listChains(db)
  const codes = new Map(devices.map((device) => [device.id, device.code]))
  const rulesOf = Map.groupBy(rules, (rule) => rule.tagId)
  const tagsOf = Map.groupBy(tags, (tag) => tag.deviceId)
  return {
    synctide: 1,
    site: settings.site,
    reportByException: { ...settings.reportByException },
    brokers: brokers.map(({ id: _, secretsSet: _set, ...broker }): PlantBroker => ({ ...broker, settings: { ...broker.settings } })),
    curves: curves.map(({ id: _, version: _version, rules: _rules, points, ...curve }): PlantCurve => ({
      ...curve,
      points: points.map(([x, y]) => [x, y]),
    })),
    devices: devices.map(({ id, secretsSet: _, ...device }): PlantDevice => ({
      ...device,
      pollStreak: device.pollStreak ?? null,
      fedBy: device.fedBy ?? '',
      tags: (tagsOf.get(id) ?? []).map(({ id: tagId, deviceId: _, ...tag }): PlantTag => ({
        ...tag,
        formula: tag.formula ?? '',
        stateText: tag.stateText === null ? null : [...tag.stateText],
        rules: (rulesOf.get(tagId) ?? []).map(ruleOf),
      })),
    })),
    contacts: contacts.map(
      ({ name, language, enabled, minSeverity, addresses, deviceIds, quiet, systemMessages, categories }): PlantContact => ({
        name,
        language,
        enabled,
        minSeverity,
        addresses: addresses.map(({ channel, address, minSeverity }) => ({ channel, address, minSeverity })),
        quiet,
        systemMessages,
        categories: categories === null ? null : [...categories],
        devices: deviceIds === null ? null : deviceIds.flatMap((id) => codes.get(id) ?? []),
      }),
    ),
    messaging: messagingOf(settings, groups, chains),
    messageTemplates: settings.messageTemplates.map((one) => ({ ...one })),
    contactGroups: groups.map((group) => groupOf(group, groups, contacts)),
    chains: chains.map((chain) => chainOf(chain, groups, codes)),
    gateways: Object.fromEntries(gateways.map(({ channel, enabled, settings }) => [channel, { enabled, settings: { ...settings } }])),
  }
}

function messagingOf(
  { replyLanguages, systemRoute: route }: Settings,
  groups: readonly ContactGroup[],
  chains: readonly EscalationChain[],
): PlantMessaging {
  const name = route.to === 'contacts' ? undefined : (route.to === 'group' ? groups : chains).find((one) => one.id === route.id)?.name
  return {
    replyLanguages: [...replyLanguages],
    // one that is gone tells the contacts
    systemAlarms: route.to === 'contacts' || name === undefined ? { to: 'contacts' } : { to: route.to, name },
  }
}

function groupOf(group: ContactGroup, groups: readonly ContactGroup[], contacts: readonly StoredContact[]): PlantGroup {
  const named = (ids: readonly number[]): string[] => ids.flatMap((id) => contacts.find((one) => one.id === id)?.name ?? [])
  const { layers, overrides, holidays } = group.schedule
  return {
    name: group.name,
    duty: group.duty,
    parent: groups.find((one) => one.id === group.parentId)?.name ?? null,
    members: named(group.memberIds),
    layers: layers.map(({ contactIds, days, ...layer }) => ({ ...layer, days: [...days], contacts: named(contactIds) })),
    overrides: overrides.map(({ contactIds, ...override }) => ({ ...override, contacts: named(contactIds) })),
    holidays: [...holidays],
  }
}

function chainOf(chain: EscalationChain, groups: readonly ContactGroup[], codes: ReadonlyMap<number, string>): PlantChain {
  const { id: _id, position: _position, deviceIds, categories, steps, ...rest } = chain
  return {
    ...rest,
    categories: categories === null ? null : [...categories],
    devices: deviceIds === null ? null : deviceIds.flatMap((id) => codes.get(id) ?? []),
    // a step whose group is gone tells nobody
    steps: steps.flatMap(({ groupId, ...step }) => {
      const group = groups.find((one) => one.id === groupId)
      return group === undefined ? [] : [{ ...step, group: group.name }]
    }),
  }
}

function ruleOf(rule: StoredRule): z.infer<typeof ruleShape> {
  const { id: _id, version: _version, deviceId: _device, tagId: _tag, slot: _slot, ...rest } = rule
  return { ...rest, reAlarmMinutes: rest.reAlarmMinutes ?? null }
}

/** @returns JSON text for people: what equals its default is left out, tags stand one a line */
export function renderPlantFile(file: PlantFile): string {
  return `${layOut({
    ...file,
    ...(file.brokers === undefined ? {} : { brokers: file.brokers.map((broker) => spare(brokerShape.shape, broker)) }),
    ...(file.curves === undefined ? {} : { curves: file.curves.map((curve) => spare(curveShape.shape, curve)) }),
    ...(file.devices === undefined
      ? {}
      : {
          devices: file.devices.map(({ tags, demo, ...device }) => ({
            ...spare(deviceShape.shape, device),
            ...(demo ? { demo } : {}),
            ...(tags.length === 0 ? {} : { tags: tags.map(spareTag) }),
          })),
        }),
    ...(file.contacts === undefined
      ? {}
      : {
          contacts: file.contacts.map(({ devices, ...contact }) => ({
            ...spare(contactShape.shape, contact),
            ...(devices === null ? {} : { devices }),
          })),
        }),
    ...(file.messaging === undefined ? {} : { messaging: spare(messagingShape.shape, file.messaging) }),
    ...(file.contactGroups === undefined ? {} : { contactGroups: file.contactGroups.map(spareGroup) }),
    ...(file.chains === undefined
      ? {}
      : {
          chains: file.chains.map(({ devices, steps, ...chain }) => ({
            ...spare(chainShape, chain),
            ...(devices === null ? {} : { devices }),
            steps: steps.map(({ group, ...step }) => ({ group, ...spare(stepShape, step) })),
          })),
        }),
  })}\n`
}

function spareGroup({ parent, members, layers, overrides, holidays, ...group }: PlantGroup): Record<string, unknown> {
  return {
    ...spare(groupShape, group),
    ...(parent === null ? {} : { parent }),
    ...(members.length === 0 ? {} : { members }),
    ...(layers.length === 0 ? {} : { layers: layers.map(({ contacts, ...layer }) => ({ ...spare(layerShape, layer), contacts })) }),
    ...(overrides.length === 0 ? {} : { overrides }),
    ...(holidays.length === 0 ? {} : { holidays }),
  }
}

function spareTag({ rules, ...tag }: PlantTag): Record<string, unknown> {
  return { ...spare(tagShape.shape, tag), ...(rules.length === 0 ? {} : { rules: rules.map((rule) => spare(ruleShape.shape, rule)) }) }
}

/** Leaves out what equals its default. */
function spare(shape: Readonly<Record<string, z.ZodType>>, item: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept = Object.entries(item).filter(([key, value]) => {
    const fallback = shape[key]?.safeParse(undefined)
    return fallback?.success !== true || JSON.stringify(fallback.data) !== JSON.stringify(value)
  })
  return Object.fromEntries(kept)
}

const WIDTH = 160

/** JSON that keeps on one line what fits on it. */
function layOut(value: unknown, indent = ''): string {
  const flat = inline(value)
  if (indent !== '' && indent.length + flat.length <= WIDTH) return flat
  const deeper = `${indent}  `
  if (Array.isArray(value) && value.length > 0) {
    return `[\n${value.map((item) => `${deeper}${layOut(item, deeper)}`).join(',\n')}\n${indent}]`
  }
  if (typeof value === 'object' && value !== null && Object.keys(value).length > 0) {
    const lines = Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => `${deeper}${JSON.stringify(key)}: ${layOut(item, deeper)}`)
    return `{\n${lines.join(',\n')}\n${indent}}`
  }
  return flat
}

function inline(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[${value.map(inline).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const parts = Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => `${JSON.stringify(key)}: ${inline(item)}`)
    return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`
  }
  return JSON.stringify(value)
}
