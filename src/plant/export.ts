import type { z } from 'zod'
import { listRules, type StoredRule } from '#store/alarm-rules.ts'
import { listBrokers } from '#store/brokers.ts'
import { listContacts } from '#store/contacts.ts'
import { listCurves } from '#store/curves.ts'
import type { Queryable } from '#store/database.ts'
import { listDevices } from '#store/devices.ts'
import { listGateways } from '#store/gateways.ts'
import { readSettings } from '#store/settings.ts'
import { listTags } from '#store/tags.ts'
import type { PlantBroker, PlantContact, PlantCurve, PlantDevice, PlantFile, PlantTag } from './plant-file.ts'
import { brokerShape, contactShape, curveShape, deviceShape, ruleShape, tagShape } from './shapes.ts'

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
      tags: (tagsOf.get(id) ?? []).map(({ id: tagId, deviceId: _, ...tag }): PlantTag => ({
        ...tag,
        formula: tag.formula ?? '',
        stateText: tag.stateText === null ? null : [...tag.stateText],
        rules: (rulesOf.get(tagId) ?? []).map(ruleOf),
      })),
    })),
    contacts: contacts.map(({ name, language, enabled, minSeverity, addresses, deviceIds }): PlantContact => ({
      name,
      language,
      enabled,
      minSeverity,
      addresses: addresses.map(({ channel, address }) => ({ channel, address })),
      devices: deviceIds === null ? null : deviceIds.flatMap((id) => codes.get(id) ?? []),
    })),
    gateways: Object.fromEntries(gateways.map(({ channel, enabled, settings }) => [channel, { enabled, settings: { ...settings } }])),
  }
}

function ruleOf(rule: StoredRule): z.infer<typeof ruleShape> {
  const { id: _id, version: _version, deviceId: _device, tagId: _tag, slot: _slot, ...rest } = rule
  return rest
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
  })}\n`
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
