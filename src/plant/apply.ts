import { NotFound } from '#base/errors.ts'
import type { Device, Tag } from '#domain/device.ts'
import { listRules } from '#store/alarm-rules.ts'
import { lockConfiguration } from '#store/config-version.ts'
import { deleteContact, listContacts } from '#store/contacts.ts'
import type { Database, Transaction } from '#store/database.ts'
import { listDevices } from '#store/devices.ts'
import { saveSettings } from '#store/settings.ts'
import { listTags } from '#store/tags.ts'
import { addTags, removeDevice, removeRule, removeTag, saveDevice, saveRule, saveTag } from './configure.ts'
import { type Change, type Step, difference } from './difference.ts'
import { exportPlant } from './export.ts'
import { saveContactIn, saveGatewaySettings } from './people.ts'
import type { PlantContact, PlantDevice, PlantFile, PlantTag } from './plant-file.ts'
import type { RuleBody } from './shapes.ts'
import { checkPlantFile } from './plan.ts'

/**
 * Makes the site what the file says, all or nothing.
 * @param raw JSON text, or what it parses to
 * @returns what was changed
 * @throws ConfigError with the place of everything that cannot be; nothing was changed then
 */
export async function applyPlant(db: Database, raw: unknown): Promise<readonly Change[]> {
  const file = await checkPlantFile(raw)
  return await editPlant(db, () => file)
}

/** Reads the plant, lets `edit` say what it shall be, and makes it so, in one transaction that nobody else's change can enter. */
export async function editPlant(db: Database, edit: (plant: PlantFile) => PlantFile): Promise<readonly Change[]> {
  return await db.transaction(async (tx) => {
    await lockConfiguration(tx)
    const before = await exportPlant(tx)
    const changes = difference(before, await checkPlantFile(edit(before)))
    const known = await readKnown(tx)
    for (const change of changes) await perform(tx, known, change.step)
    return changes
  })
}

/** Devices and tags by name, kept true while changes are performed. */
interface Known {
  readonly devices: Map<string, Device>
  readonly tags: Map<string, Tag>
}

async function readKnown(tx: Transaction): Promise<Known> {
  const devices = await listDevices(tx, 'all')
  const tags = await listTags(tx, 'all')
  return {
    devices: new Map(devices.map((device) => [device.code.toLowerCase(), device])),
    tags: new Map(tags.map((tag) => [tagKey(tag.deviceId, tag.name), tag])),
  }
}

async function perform(tx: Transaction, known: Known, step: Step): Promise<void> {
  switch (step.on) {
    case 'site':
      return await saveSettings(tx, { site: step.after })
    case 'reportByException':
      return await saveSettings(tx, { reportByException: step.after })
    case 'device':
      return await performDevice(tx, known, step.code, step.after)
    case 'tag':
      return await performTag(tx, known, deviceNamed(known, step.device), step.name, step.after)
    case 'rule':
      return await performRule(tx, tagNamed(known, deviceNamed(known, step.device), step.tag), step.name, step.after)
    case 'contact':
      return await performContact(tx, known, step.name, step.after)
    case 'gateway':
      return await saveGatewaySettings(tx, step.channel, step.after)
  }
}

async function performDevice(tx: Transaction, known: Known, code: string, after: PlantDevice | null): Promise<void> {
  const current = known.devices.get(code.toLowerCase())
  if (after === null) {
    if (current !== undefined) await removeDevice(tx, 'all', current.id)
    known.devices.delete(code.toLowerCase())
    return
  }
  const { tags, ...body } = after
  const device = await saveDevice(tx, 'all', current?.id ?? null, body)
  known.devices.set(device.code.toLowerCase(), device)
  if (current !== undefined) return
  const added = await addTags(tx, 'all', device.id, tags.map(bodyOf))
  for (const [index, tag] of added.entries()) await addRules(tx, tag, tags[index]?.rules ?? [])
}

async function performTag(tx: Transaction, known: Known, device: Device, name: string, after: PlantTag | null): Promise<void> {
  const current = known.tags.get(tagKey(device.id, name))
  if (after === null) {
    if (current !== undefined) await removeTag(tx, 'all', current.id)
    known.tags.delete(tagKey(device.id, name))
    return
  }
  if (current !== undefined) {
    known.tags.set(tagKey(device.id, name), await saveTag(tx, 'all', current.id, bodyOf(after)))
    return
  }
  for (const tag of await addTags(tx, 'all', device.id, [bodyOf(after)])) await addRules(tx, tag, after.rules)
}

async function performRule(tx: Transaction, tag: Tag, name: string, after: RuleBody | null): Promise<void> {
  const rules = await listRules(tx, 'all', { tagId: tag.id })
  const current = rules.find((rule) => rule.name.toLowerCase() === name.toLowerCase())
  if (after !== null) await saveRule(tx, 'all', current?.id ?? null, { ...after, tagId: tag.id })
  else if (current !== undefined) await removeRule(tx, 'all', current.id)
}

async function performContact(tx: Transaction, known: Known, name: string, after: PlantContact | null): Promise<void> {
  const current = (await listContacts(tx)).find((contact) => contact.name.toLowerCase() === name.toLowerCase())
  if (after === null) {
    if (current !== undefined) await deleteContact(tx, current.id)
    return
  }
  const { devices, ...body } = after
  const deviceIds = devices === null ? null : devices.map((code) => deviceNamed(known, code).id)
  await saveContactIn(tx, current?.id ?? null, { ...body, deviceIds })
}

async function addRules(tx: Transaction, tag: Tag, rules: readonly RuleBody[]): Promise<void> {
  for (const rule of rules) await saveRule(tx, 'all', null, { ...rule, tagId: tag.id })
}

function bodyOf({ rules: _, ...body }: PlantTag): Omit<PlantTag, 'rules'> {
  return body
}

function tagKey(deviceId: number, name: string): string {
  return `${deviceId}/${name.toLowerCase()}`
}

function deviceNamed(known: Known, code: string): Device {
  const device = known.devices.get(code.toLowerCase())
  if (device === undefined) throw new NotFound(`There is no device ${code}.`)
  return device
}

function tagNamed(known: Known, device: Device, name: string): Tag {
  const tag = known.tags.get(tagKey(device.id, name))
  if (tag === undefined) throw new NotFound(`${device.code} has no tag ${name}.`)
  return tag
}
