import { ConfigError, Conflict, NotFound } from '#base/errors.ts'
import type { SharedConnection } from '#drivers/driver.ts'
import { secretFieldsOf } from '#drivers/secret-fields.ts'
import {
  type Broker,
  deleteBroker,
  devicesOfBroker,
  findBroker,
  insertBroker,
  renameBrokerInDevices,
  sealedBrokerSecrets,
  updateBroker,
} from '#store/brokers.ts'
import type { Database, Queryable, Transaction } from '#store/database.ts'
import { type GivenSecrets, joinSecrets, refuseElsewhere, refuseMisplaced, sealSecrets } from './secrets.ts'
import type { BrokerBody } from './shapes.ts'
import { driverOf, within } from './validate.ts'

/**
 * Adds a shared connection (`id` null) or changes one, after asking its driver; its devices follow a new code.
 * @throws ConfigError naming the field, Conflict for a code that is taken, NotFound
 */
export async function saveBroker(db: Database, id: number | null, body: BrokerBody, secrets: GivenSecrets): Promise<Broker> {
  return await db.transaction(async (tx) => await saveBrokerIn(tx, id, body, secrets))
}

/**
 * The same inside a transaction of the caller's.
 * @param secrets null (a plant file): those that are kept stay
 */
export async function saveBrokerIn(tx: Transaction, id: number | null, body: BrokerBody, secrets: GivenSecrets | null): Promise<Broker> {
  const shared = await sharedOf(body.protocol)
  const current = id === null ? undefined : await findBroker(tx, id)
  if (id !== null && current === undefined) throw new NotFound(`There is no broker ${id}.`)
  if (current !== undefined && current.protocol !== body.protocol) {
    throw new ConfigError('protocol', `${current.code} belongs to ${current.protocol}; the protocol of a ${shared.title} stays.`)
  }
  if (current !== undefined) within('settings', () => refuseElsewhere(shared.schema, current, body.settings, secrets?.given))
  const opened = secrets === null ? null : await openBrokerForm(tx, id, body.protocol, secrets)
  validateBroker(shared, body, opened)
  const sealed = secrets === null || opened === null ? undefined : sealSecrets(secrets, opened)
  if (current === undefined) return await insertBroker(tx, body, sealed ?? { sealed: null, names: [] })
  const saved = await updateBroker(tx, current.id, body, sealed)
  if (saved.code !== current.code) await renameBrokerInDevices(tx, saved.protocol, shared.field, current.code, saved.code)
  return saved
}

/** @throws Conflict while devices use it, NotFound */
export async function removeBroker(tx: Queryable, id: number): Promise<void> {
  const broker = await findBroker(tx, id)
  if (broker === undefined) throw new NotFound(`There is no broker ${id}.`)
  const { field, title } = await sharedOf(broker.protocol)
  const users = await devicesOfBroker(tx, broker.protocol, field, broker.code)
  if (users.length > 0) {
    const more = users.length > 5 ? ` and ${users.length - 5} more` : ''
    throw new Conflict(`The ${title} ${broker.code} is used by ${users.slice(0, 5).join(', ')}${more}.`, {
      remedy: 'Give these devices another one, or remove them first.',
    })
  }
  await deleteBroker(tx, id)
}

/** @throws ConfigError naming `protocol` where devices share nothing */
export async function sharedOf(protocol: string): Promise<SharedConnection<unknown>> {
  const { shared, title } = await driverOf(protocol)
  if (shared === undefined) throw new ConfigError('protocol', `Devices of ${title} have no connection that they share.`)
  return shared
}

/** The secrets of the form of a shared connection: what it gives, and what was kept. @throws ConfigError naming `settings.<field>` */
export async function openBrokerForm(
  db: Queryable,
  id: number | null,
  protocol: string,
  secrets: GivenSecrets,
): Promise<Record<string, string>> {
  const { schema } = await sharedOf(protocol)
  const kept = id === null ? undefined : (await sealedBrokerSecrets(db, { id })).get(id)
  return within('settings', () => joinSecrets(schema, secrets, kept ?? null))
}

/**
 * @param secrets opened; null where they are not at hand: then one that is missing is not complained of
 * @throws ConfigError naming `settings.<field>`
 */
export function validateBroker(
  shared: SharedConnection<unknown>,
  { settings }: Pick<BrokerBody, 'settings'>,
  secrets: Readonly<Record<string, string>> | null,
): void {
  within('settings', () => {
    refuseMisplaced(shared.schema, settings)
    try {
      shared.parse({ ...settings, ...secrets })
    } catch (error) {
      if (secrets !== null || !(error instanceof ConfigError) || !secretFieldsOf(shared.schema).includes(error.field)) throw error
    }
  })
}
