import { NotFound } from '#base/errors.ts'
import type { Device, Tag } from '#domain/device.ts'
import { deleteRules, insertRules, listRules, type RuleInput, updateRules } from '#store/alarm-rules.ts'
import { listBrokers } from '#store/brokers.ts'
import { lockConfiguration } from '#store/config-version.ts'
import { deleteContact, listContacts } from '#store/contacts.ts'
import { deleteCurve, listCurves } from '#store/curves.ts'
import type { Database, Transaction } from '#store/database.ts'
import { deleteChain, deleteGroup, listChains, listGroups, saveChain, saveGroup } from '#store/escalation.ts'
import { listDevices, updateDevice } from '#store/devices.ts'
import { saveSettings } from '#store/settings.ts'
import { deleteTags, insertTags, listTags, updateTags } from '#store/tags.ts'
import { removeBroker, saveBrokerIn } from './brokers.ts'
import { removeDevice, saveDevice } from './configure.ts'
import { saveCurve } from './curves.ts'
import { type Change, type Step, difference } from './difference.ts'
import { exportPlant } from './export.ts'
import { saveContactIn, saveGatewaySettings, saveTemplates } from './people.ts'
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
import { checkPlantFile } from './plan.ts'

/**
 * Makes the site what the file says, all or nothing.
 * @param raw JSON text, or what it parses to
 * @returns what was changed
 * @throws ConfigError with the place of everything that cannot be; nothing was changed then
 */
export async function applyPlant(db: Database, raw: unknown): Promise<readonly Change[]> {
  return await editPlant(db, () => raw)
}

/**
 * Reads the plant, lets `edit` say what it shall be, and makes it so, in one transaction that nobody else's change can enter.
 * @param afterwards still inside the transaction, when everything is done
 */
export async function editPlant(
  db: Database,
  edit: (plant: PlantFile) => unknown,
  afterwards?: (tx: Transaction, before: PlantFile, changes: readonly Change[]) => Promise<void>,
): Promise<readonly Change[]> {
  return await db.transaction(async (tx) => {
    await lockConfiguration(tx)
    const before = await exportPlant(tx)
    const changes = difference(before, await checkPlantFile(tx, edit(before), before))
    const known = await readKnown(tx)
    for (const steps of batches(changes.map((change) => change.step))) await perform(tx, known, steps)
    await insertRules(tx, known.later)
    await afterwards?.(tx, before, changes)
    return changes
  })
}

type TagStep = Extract<Step, { on: 'tag' }>
type RuleStep = Extract<Step, { on: 'rule' }>
/** What is done at once: neighbours that do the same to tags of one device, and all rules. */
type Batch =
  | { readonly on: 'tags'; readonly steps: readonly TagStep[] }
  | { readonly on: 'rules'; readonly steps: readonly RuleStep[] }
  | Step

function batches(steps: readonly Step[]): Batch[] {
  const grouped: { key: string; steps: Step[] }[] = []
  // rules only speak of tags that stay: they may wait until all tags are done
  for (const step of [...steps.filter((one) => one.on !== 'rule'), ...steps.filter((one) => one.on === 'rule')]) {
    const key = step.on === 'tag' ? `tag ${step.device} ${step.after === null}` : step.on === 'rule' ? 'rule' : ''
    const last = grouped.at(-1)
    if (key !== '' && last?.key === key) last.steps.push(step)
    else grouped.push({ key, steps: [step] })
  }
  return grouped.flatMap(({ key, steps }): Batch[] => {
    if (key === 'rule') return [{ on: 'rules', steps: steps.filter((step) => step.on === 'rule') }]
    return key === '' ? steps : [{ on: 'tags', steps: steps.filter((step) => step.on === 'tag') }]
  })
}

/** Devices and tags by name, kept true while changes are performed. */
interface Known {
  readonly devices: Map<string, Device>
  readonly tags: Map<string, Tag>
  /** Rules that name other tags, which may not be there yet. */
  readonly later: RuleInput[]
}

async function readKnown(tx: Transaction): Promise<Known> {
  const devices = await listDevices(tx, 'all')
  const tags = await listTags(tx, 'all')
  return {
    devices: new Map(devices.map((device) => [device.code.toLowerCase(), device])),
    tags: new Map(tags.map((tag) => [tagKey(tag.deviceId, tag.name), tag])),
    later: [],
  }
}

async function perform(tx: Transaction, known: Known, step: Batch): Promise<void> {
  switch (step.on) {
    case 'tags':
      return await performTags(tx, known, step.steps)
    case 'rules':
      return await performRules(tx, known, step.steps)
    case 'site':
      return await saveSettings(tx, { site: step.after })
    case 'reportByException':
      return await saveSettings(tx, { reportByException: step.after })
    case 'broker':
      return await performBroker(tx, step.code, step.after)
    case 'curve':
      return await performCurve(tx, step.name, step.after)
    case 'device':
      return await performDevice(tx, known, step.code, step.after)
    case 'tag':
      return await performTags(tx, known, [step])
    case 'rule':
      return await performRules(tx, known, [step])
    case 'contact':
      return await performContact(tx, known, step.name, step.after)
    case 'messageTemplates':
      return await saveTemplates(tx, step.after)
    case 'messaging':
      return await performMessaging(tx, step.after)
    case 'contactGroup':
      return await performGroup(tx, step.name, step.after)
    case 'chain':
      return await performChain(tx, known, step.name, step.position, step.after)
    case 'gateway':
      return await saveGatewaySettings(tx, step.channel, step.after)
  }
}

async function performBroker(tx: Transaction, code: string, after: PlantBroker | null): Promise<void> {
  const current = (await listBrokers(tx)).find((broker) => broker.code.toLowerCase() === code.toLowerCase())
  if (after !== null) await saveBrokerIn(tx, current?.id ?? null, after, null)
  else if (current !== undefined) await removeBroker(tx, current.id)
}

async function performCurve(tx: Transaction, name: string, after: PlantCurve | null): Promise<void> {
  const current = (await listCurves(tx)).find((curve) => curve.name.toLowerCase() === name.toLowerCase())
  if (after !== null) await saveCurve(tx, current?.id ?? null, after)
  else if (current !== undefined) await deleteCurve(tx, current.id)
}

async function performDevice(tx: Transaction, known: Known, code: string, after: PlantDevice | null): Promise<void> {
  const current = known.devices.get(code.toLowerCase())
  if (after === null) {
    if (current !== undefined) await removeDevice(tx, 'all', current.id)
    known.devices.delete(code.toLowerCase())
    return
  }
  const { tags, ...body } = after
  // the file was checked as a whole: tags that change later must not be asked now whether they fit the new connection
  const device =
    current?.protocol === body.protocol
      ? await updateDevice(tx, current.id, body)
      : await saveDevice(tx, 'all', current?.id ?? null, body, null)
  known.devices.set(device.code.toLowerCase(), device)
  if (current !== undefined) return
  await addAll(tx, known, device, tags)
}

/** Steps of one device that all remove, or all add and change; the file was checked as a whole, so the driver is not asked again. */
async function performTags(tx: Transaction, known: Known, steps: readonly TagStep[]): Promise<void> {
  const [first] = steps
  if (first === undefined) return
  const device = deviceNamed(known, first.device)
  const removed: number[] = []
  const changed: (PlantTag & { id: number })[] = []
  const added: PlantTag[] = []
  for (const { name, after } of steps) {
    const current = known.tags.get(tagKey(device.id, name))
    if (after !== null && current === undefined) added.push(after)
    else if (after !== null && current !== undefined) changed.push({ ...after, id: current.id })
    else if (current !== undefined) {
      removed.push(current.id)
      known.tags.delete(tagKey(device.id, name))
    }
  }
  await deleteTags(tx, device.id, removed)
  for (const tag of await updateTags(tx, device.id, changed.map(bodyOf))) known.tags.set(tagKey(device.id, tag.name), tag)
  await addAll(tx, known, device, added)
}

async function addAll(tx: Transaction, known: Known, device: Device, tags: readonly PlantTag[]): Promise<void> {
  const added = await insertTags(tx, device.id, tags.map(bodyOf))
  for (const tag of added) known.tags.set(tagKey(device.id, tag.name), tag)
  const rules = added.flatMap((tag, index) => (tags[index]?.rules ?? []).map((rule) => ({ ...rule, tagId: tag.id })))
  const namesOther = (rule: RuleInput): boolean => rule.xTag !== '' || rule.suppressTag !== ''
  known.later.push(...rules.filter(namesOther))
  await insertRules(
    tx,
    rules.filter((rule) => !namesOther(rule)),
  )
}

/** Removals first, so that the four slots of a tag are free. */
async function performRules(tx: Transaction, known: Known, steps: readonly RuleStep[]): Promise<void> {
  const existing = new Map((await listRules(tx, 'all')).map((rule) => [`${rule.tagId}/${rule.name.toLowerCase()}`, rule.id]))
  const removed: number[] = []
  const changed: (RuleInput & { id: number })[] = []
  const added: RuleInput[] = []
  for (const { device, tag, name, after } of steps) {
    const tagId = tagNamed(known, deviceNamed(known, device), tag).id
    const id = existing.get(`${tagId}/${name.toLowerCase()}`)
    if (after !== null) {
      if (id === undefined) added.push({ ...after, tagId })
      else changed.push({ ...after, tagId, id })
    } else if (id !== undefined) removed.push(id)
  }
  await deleteRules(tx, removed)
  await updateRules(tx, changed)
  await insertRules(tx, added)
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

async function performGroup(tx: Transaction, name: string, after: PlantGroup | null): Promise<void> {
  const groups = await listGroups(tx)
  const current = groups.find((group) => same(group.name, name))
  if (after === null) {
    if (current !== undefined) await deleteGroup(tx, current.id)
    return
  }
  const contacts = await listContacts(tx)
  const ids = (names: readonly string[]): number[] =>
    names.map((one) => {
      const found = contacts.find((contact) => same(contact.name, one))
      if (found === undefined) throw new NotFound(`${after.name}: there is no contact ${one}.`)
      return found.id
    })
  const parent = after.parent === null ? undefined : groups.find((group) => same(group.name, after.parent ?? ''))
  if (after.parent !== null && parent === undefined) throw new NotFound(`${after.name}: there is no group ${after.parent}.`)
  await saveGroup(tx, current?.id ?? null, {
    name: after.name,
    duty: after.duty,
    parentId: parent?.id ?? null,
    memberIds: ids(after.members),
    schedule: {
      layers: after.layers.map(({ contacts: names, ...layer }) => ({ ...layer, contactIds: ids(names) })),
      overrides: after.overrides.map(({ contacts: names, ...override }) => ({ ...override, contactIds: ids(names) })),
      holidays: after.holidays,
    },
  })
}

async function performChain(tx: Transaction, known: Known, name: string, position: number, after: PlantChain | null): Promise<void> {
  const current = (await listChains(tx)).find((chain) => same(chain.name, name))
  if (after === null) {
    if (current !== undefined) await deleteChain(tx, current.id)
    return
  }
  const groups = await listGroups(tx)
  const { devices, steps, ...rest } = after
  await saveChain(tx, current?.id ?? null, {
    ...rest,
    position,
    deviceIds: devices === null ? null : devices.map((code) => deviceNamed(known, code).id),
    steps: steps.map(({ group, ...step }) => {
      const found = groups.find((one) => same(one.name, group))
      if (found === undefined) throw new NotFound(`${after.name}: there is no group ${group}.`)
      return { ...step, groupId: found.id }
    }),
  })
}

async function performMessaging(tx: Transaction, { replyLanguages, systemAlarms: route }: PlantMessaging): Promise<void> {
  if (route.to === 'contacts') return await saveSettings(tx, { replyLanguages, systemRoute: route })
  const found = (await (route.to === 'group' ? listGroups(tx) : listChains(tx))).find((one) => same(one.name, route.name))
  if (found === undefined) throw new NotFound(`System alarms: there is no ${route.to} ${route.name}.`)
  await saveSettings(tx, { replyLanguages, systemRoute: { to: route.to, id: found.id } })
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

function bodyOf<Item extends PlantTag>({ rules: _, ...body }: Item): Omit<Item, 'rules'> {
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
