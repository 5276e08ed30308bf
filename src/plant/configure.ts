import { ConfigError, NotFound } from '#base/errors.ts'
import type { Tag } from '#domain/device.ts'
import type { DeviceScope } from '#domain/user.ts'
import { listBrokers } from '#store/brokers.ts'
import { type SavedRule, getRule, removeRule as deleteRule, saveRule as storeRule } from '#store/alarm-rules.ts'
import type { Queryable } from '#store/database.ts'
import { type StoredDevice, deleteDevice, findDevice, insertDevice, listDevices, sealedSecrets, updateDevice } from '#store/devices.ts'
import { deleteTag, findTag, insertTags, listTags, updateTag } from '#store/tags.ts'
import { checkFedBy } from './feeds.ts'
import { checkFormulas } from './formulas.ts'
import { type GivenSecrets, joinSecrets, refuseElsewhere, sealSecrets } from './secrets.ts'
import type { DeviceBody, RuleBody, TagBody } from './shapes.ts'
import { driverOf, placed, validateDevice, validateShared, within } from './validate.ts'

/**
 * Saves a device after asking its driver; its tags must still be readable with the new connection.
 * @param id null adds one
 * @param secrets null (a plant file): those that are kept stay
 * @throws ConfigError naming the field, Conflict for a code that is taken, NotFound out of scope
 */
export async function saveDevice(
  db: Queryable,
  scope: DeviceScope,
  id: number | null,
  body: DeviceBody & { demo?: boolean },
  secrets: GivenSecrets | null = null,
): Promise<StoredDevice> {
  // a plant file was checked as a whole: what feeds a device may come after it
  if (secrets !== null) await checkFeeds(db, id, body)
  const codes = (await listBrokers(db, { protocol: body.protocol })).map((broker) => broker.code)
  if (id === null) {
    const opened = secrets === null ? null : await openForm(db, null, body.protocol, secrets)
    await validateDevice(body.protocol, body.connection, [], opened)
    await validateShared(body.protocol, body.connection, codes)
    const sealed = secrets === null || opened === null ? undefined : sealSecrets(secrets, opened)
    return await insertDevice(db, { demo: false, ...body }, sealed)
  }
  const current = await findDevice(db, scope, id)
  if (current === undefined) throw noDevice(id)
  if (current.protocol !== body.protocol) {
    throw new ConfigError('protocol', `${current.code} speaks ${current.protocol}; the protocol of a device stays.`, {
      remedy: 'Add a new device for the other protocol.',
    })
  }
  await refuseOtherPlace(current, body.connection, secrets?.given)
  const opened = secrets === null ? null : await openForm(db, id, body.protocol, secrets)
  await validateDevice(body.protocol, body.connection, await listTags(db, scope, { deviceId: id }), opened)
  await validateShared(body.protocol, body.connection, codes)
  const sealed = secrets === null || opened === null ? undefined : sealSecrets(secrets, opened)
  return await updateDevice(db, id, { demo: current.demo, ...body }, sealed)
}

async function checkFeeds(db: Queryable, id: number | null, { code, fedBy }: DeviceBody): Promise<void> {
  if (fedBy === '') return
  const others = (await listDevices(db, 'all')).filter((one) => one.id !== id)
  checkFedBy({ code, fedBy }, [...others.map((one) => ({ code: one.code, fedBy: one.fedBy ?? '' })), { code, fedBy }])
}

/**
 * The secrets of a form that is being filled in: what it gives, and what the device has kept.
 * @param id of the device that is being edited; null for a new one
 * @throws ConfigError naming `connection.<field>`
 */
export async function openForm(db: Queryable, id: number | null, protocol: string, secrets: GivenSecrets): Promise<Record<string, string>> {
  const { connectionSchema } = await driverOf(protocol)
  const kept = id === null ? undefined : (await sealedSecrets(db, { id })).get(id)
  return within('connection', () => joinSecrets(connectionSchema, secrets, kept ?? null))
}

/** @throws ConfigError naming `connection.<field>` when a secret that the device keeps would go to another address */
export async function refuseOtherPlace(
  { protocol, connection, secretsSet }: StoredDevice,
  wanted: Readonly<Record<string, unknown>>,
  given: GivenSecrets['given'] = {},
): Promise<void> {
  const { connectionSchema } = await driverOf(protocol)
  within('connection', () => refuseElsewhere(connectionSchema, { settings: connection, secretsSet }, wanted, given))
}

/** Removes a device with its tags and rules; its samples and the history of its alarms stay. */
export async function removeDevice(db: Queryable, scope: DeviceScope, id: number): Promise<void> {
  if ((await findDevice(db, scope, id)) === undefined) throw noDevice(id)
  await deleteDevice(db, id)
}

/**
 * Adds tags, all or none.
 * @throws ConfigError naming `tags[n].field`, Conflict for a name that is taken, NotFound out of scope
 */
export async function addTags(db: Queryable, scope: DeviceScope, deviceId: number, bodies: readonly TagBody[]): Promise<readonly Tag[]> {
  const device = await findDevice(db, scope, deviceId)
  if (device === undefined) throw noDevice(deviceId)
  await validateDevice(device.protocol, device.connection, bodies, null)
  await validateFormulas(db, scope, device.code, bodies)
  return await insertTags(db, deviceId, bodies)
}

/** @throws ConfigError naming the field, Conflict for a name that is taken, NotFound out of scope */
export async function saveTag(db: Queryable, scope: DeviceScope, id: number, body: TagBody): Promise<Tag> {
  const current = await findTag(db, scope, id)
  const device = current === undefined ? undefined : await findDevice(db, scope, current.deviceId)
  if (current === undefined || device === undefined) throw new NotFound(`There is no tag ${id}.`)
  try {
    await validateDevice(device.protocol, device.connection, [body], null)
    await validateFormulas(db, scope, device.code, [body], current.name)
  } catch (error) {
    throw unplaced(error)
  }
  return await updateTag(db, id, body)
}

/**
 * Formulas name tags that there are, within the author's scope, and go round in no circle.
 * @param former name of the one tag that is being edited
 */
async function validateFormulas(
  db: Queryable,
  scope: DeviceScope,
  code: string,
  bodies: readonly TagBody[],
  former?: string,
): Promise<void> {
  if (bodies.every((body) => body.formula === '')) return
  const codes = new Map((await listDevices(db, scope)).map((device) => [device.id, device.code]))
  const kept = (await listTags(db, scope)).map(({ deviceId, name, formula = '' }) => ({
    name: `${codes.get(deviceId) ?? ''}:${name}`,
    formula,
  }))
  const given = bodies.map(({ name, formula }) => ({ name: `${code}:${name}`, formula }))
  const others = kept.filter((one) => one.name !== `${code}:${former ?? ''}`)
  checkFormulas([...others, ...given], given, (tag, error) => placed(`tags[${given.indexOf(tag)}]`, error))
}

/** Removes a tag and its rules; its samples and the history of its alarms stay. */
export async function removeTag(db: Queryable, scope: DeviceScope, id: number): Promise<void> {
  if ((await findTag(db, scope, id)) === undefined) throw new NotFound(`There is no tag ${id}.`)
  await deleteTag(db, id)
}

/**
 * Adds a rule to its tag (up to four), or changes one.
 * @param id null adds one
 */
export async function saveRule(
  db: Queryable,
  scope: DeviceScope,
  id: number | null,
  body: RuleBody & { tagId: number },
): Promise<SavedRule> {
  return await storeRule(db, scope, body, id ?? undefined)
}

export async function removeRule(db: Queryable, scope: DeviceScope, id: number): Promise<void> {
  if ((await getRule(db, scope, id)) === undefined) throw new NotFound(`There is no rule ${id}.`)
  await deleteRule(db, scope, id)
}

function noDevice(id: number): NotFound {
  return new NotFound(`There is no device ${id}.`)
}

/** A form of one tag knows its fields as `address`, not as `tags[0].address`. */
function unplaced(error: unknown): unknown {
  if (!(error instanceof ConfigError) || !error.field.startsWith('tags[0].')) return error
  return new ConfigError(error.field.slice('tags[0].'.length), error.message, {
    cause: error,
    ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
  })
}
