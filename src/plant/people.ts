import { channelOf, parseAddresses } from '#notify/channels/catalogue.ts'
import { checkTemplates } from '#notify/core/check-templates.ts'
import type { MessageTemplate } from '#notify/core/template.ts'
import { saveSettings } from '#store/settings.ts'
import { type StoredContact, saveContactWithin } from '#store/contacts.ts'
import type { Database, Queryable, Transaction } from '#store/database.ts'
import { findGateway, saveGateway } from '#store/gateways.ts'
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
  const addresses = parseAddresses(body.addresses)
  const kept = addresses.map((one, index) => ({ ...one, minSeverity: body.addresses[index]?.minSeverity ?? 'info' }))
  return await saveContactWithin(tx, id, { ...body, addresses: kept })
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
  const { secretFields } = channelOf(name)
  const stored = await findGateway(tx, name)
  const shown = Object.fromEntries(Object.entries(settings).filter(([field]) => !secretFields.includes(field)))
  await saveGateway(tx, { channel: name, enabled, settings: shown, secrets: stored?.secrets ?? null })
}

/** @throws ConfigError naming `templates[n].text` */
export async function saveTemplates(tx: Queryable, templates: readonly MessageTemplate[]): Promise<void> {
  checkTemplates(templates)
  await saveSettings(tx, { messageTemplates: templates })
}
