import { seal, unseal } from '#host/secrets.ts'
import { CHANNELS, channelOf, parseAddresses } from '#notify/channels/catalogue.ts'
import type { Channel } from '#notify/channels/channel.ts'
import { type StoredContact, saveContactWithin } from '#store/contacts.ts'
import type { Database, Queryable, Transaction } from '#store/database.ts'
import { type StoredGateway, findGateway, listGateways, saveGateway as storeGateway } from '#store/gateways.ts'
import type { ContactBody } from './shapes.ts'

export type ContactInput = ContactBody & { readonly deviceIds: readonly number[] | null }

/**
 * Adds a contact (`id` null) or changes one, after asking each address's channel.
 * @throws ConfigError naming `addresses[n].address`, Conflict for a name that is taken, NotFound
 */
export async function saveContact(db: Database, id: number | null, body: ContactInput): Promise<StoredContact> {
  return await db.transaction(async (tx) => await saveContactIn(tx, id, body))
}

/** The same inside a transaction of the caller's. */
export async function saveContactIn(tx: Transaction, id: number | null, body: ContactInput): Promise<StoredContact> {
  return await saveContactWithin(tx, id, { ...body, addresses: parseAddresses(body.addresses) })
}

/** A gateway as a form shows it: never its secrets. */
export interface ShownGateway {
  readonly channel: string
  readonly title: string
  readonly schema: Readonly<Record<string, unknown>>
  readonly configured: boolean
  readonly enabled: boolean
  readonly settings: Readonly<Record<string, unknown>>
  readonly secretsSet: readonly string[]
  readonly problem: string | null
}

/** Every channel, set up or not. @param key of the installation */
export async function showGateways(db: Queryable, key: Uint8Array): Promise<readonly ShownGateway[]> {
  const stored = new Map((await listGateways(db)).map((gateway) => [gateway.channel, gateway]))
  return CHANNELS.map((channel) => {
    const gateway = stored.get(channel.channel)
    const secrets = gateway === undefined ? {} : openSecrets(key, gateway)
    return {
      channel: channel.channel,
      title: channel.title,
      schema: channel.schema,
      configured: gateway !== undefined,
      enabled: gateway?.enabled ?? true,
      settings: gateway?.settings ?? {},
      secretsSet: channel.secretFields.filter((field) => (secrets[field] ?? '') !== ''),
      problem: gateway?.state.problem ?? null,
    }
  })
}

/**
 * Saves a gateway after asking its channel. Secrets that are left out stay as they are.
 * @throws ConfigError naming the field
 */
export async function saveGateway(
  db: Queryable,
  key: Uint8Array,
  name: string,
  body: { enabled: boolean; settings: Readonly<Record<string, unknown>>; secrets: Readonly<Record<string, string>> },
): Promise<void> {
  const channel = channelOf(name)
  const stored = await findGateway(db, name)
  const kept = stored === undefined ? {} : openSecrets(key, stored)
  const secrets = Object.fromEntries(
    channel.secretFields.flatMap((field) => {
      const value = body.secrets[field] ?? kept[field]
      return value === undefined || value === '' ? [] : [[field, value]]
    }),
  )
  const parsed = channel.parseSettings({ ...body.settings, ...secrets })
  const settings = withoutSecrets(channel, parsed)
  const sealed = Object.keys(secrets).length === 0 ? null : seal(key, JSON.stringify(secrets))
  await storeGateway(db, { channel: name, enabled: body.enabled, settings, secrets: sealed })
}

/**
 * What a plant file says of a gateway: everything but its secrets, which stay as they are.
 * @throws ConfigError when there is no such channel
 */
export async function saveGatewaySettings(
  tx: Queryable,
  name: string,
  { enabled, settings }: { enabled: boolean; settings: Readonly<Record<string, unknown>> },
): Promise<void> {
  const channel = channelOf(name)
  const stored = await findGateway(tx, name)
  await storeGateway(tx, { channel: name, enabled, settings: withoutSecrets(channel, settings), secrets: stored?.secrets ?? null })
}

function openSecrets(key: Uint8Array, { secrets }: StoredGateway): Readonly<Record<string, string>> {
  return secrets === null ? {} : (JSON.parse(unseal(key, secrets)) as Record<string, string>)
}

function withoutSecrets(channel: Channel, settings: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).filter(([field]) => !channel.secretFields.includes(field)))
}
