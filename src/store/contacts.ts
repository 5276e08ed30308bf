import { Conflict, InvalidRequest, NotFound } from '#base/errors.ts'
import type { Severity } from '#domain/alarm.ts'
import type { CategoryScope } from '#domain/category.ts'
import type { MessageLanguage } from '#domain/contact.ts'
import type { Database, Queryable, Transaction } from './database.ts'
import { sqlState } from './devices.ts'

/** Somebody who is told of alarms, as stored: with what is wrong with an address. */
export interface StoredContact {
  readonly id: number
  readonly name: string
  readonly language: MessageLanguage
  readonly enabled: boolean
  readonly minSeverity: Severity
  /** In order of preference. `problem` says why an address is dead; it is not used until edited or heard from again. */
  readonly addresses: readonly StoredAddress[]
  /** null is all devices. */
  readonly deviceIds: readonly number[] | null
  readonly categories: CategoryScope
  /** Not disturbed between two times of day (`22:00`) by alarms up to a severity; critical ones always pass. null: never quiet. */
  readonly quiet: QuietHours | null
  /** Told of troubles of the system itself. */
  readonly systemMessages: boolean
}

export interface QuietHours {
  readonly from: string
  readonly to: string
  readonly severity: 'info' | 'warning'
}

export interface StoredAddress {
  readonly channel: string
  readonly address: string
  readonly problem: string | null
  /** Used from this severity on. */
  readonly minSeverity: Severity
}

export interface ContactInput extends Omit<StoredContact, 'id' | 'addresses' | 'quiet' | 'systemMessages'> {
  readonly addresses: readonly (Omit<StoredAddress, 'problem' | 'minSeverity'> & { readonly minSeverity?: Severity })[]
  readonly quiet?: QuietHours | null
  readonly systemMessages?: boolean
}

const COLUMNS = `c.id, c.name, c.language, c.enabled, c.min_severity as "minSeverity", c.quiet, c.system_messages as "systemMessages", c.categories,
  (select coalesce(jsonb_agg(jsonb_build_object('channel', a.channel, 'address', a.address, 'problem', a.problem, 'minSeverity', a.min_severity) order by a.position), '[]')
   from contact_addresses a where a.contact_id = c.id) as addresses,
  case when not c.all_devices then
    (select coalesce(jsonb_agg(d.device_id order by d.device_id), '[]') from contact_devices d where d.contact_id = c.id) end as "deviceIds"`

/** Every contact by name. */
export async function listContacts(db: Queryable): Promise<readonly StoredContact[]> {
  return await db.query<StoredContact>(`select ${COLUMNS} from contacts c order by lower(c.name)`)
}

export async function findContact(db: Queryable, id: number): Promise<StoredContact | undefined> {
  return (await db.query<StoredContact>(`select ${COLUMNS} from contacts c where c.id = $1`, [id]))[0]
}

/** @returns the contacts that have this address, in order of id */
export async function contactsAt(db: Queryable, channel: string, address: string): Promise<readonly StoredContact[]> {
  return await db.query<StoredContact>(
    `select ${COLUMNS} from contacts c
     where exists (select from contact_addresses a where a.contact_id = c.id and a.channel = $1 and a.address = $2) order by c.id`,
    [channel, address],
  )
}

/**
 * Adds or changes a contact; what was wrong with its addresses is forgotten.
 * @param id null adds one
 * @throws Conflict when the name is taken, NotFound, InvalidRequest for an address given twice or a device that is not there
 */
export async function saveContact(db: Database, id: number | null, contact: ContactInput): Promise<StoredContact> {
  return await db.transaction((tx) => saveContactWithin(tx, id, contact))
}

/** The same inside a transaction of the caller's. */
export async function saveContactWithin(tx: Transaction, id: number | null, contact: ContactInput): Promise<StoredContact> {
  try {
    const values = [
      contact.name,
      contact.language,
      contact.enabled,
      contact.minSeverity,
      contact.deviceIds === null,
      (contact.quiet ?? null) === null ? null : JSON.stringify(contact.quiet),
      contact.systemMessages ?? false,
      contact.categories === null ? null : [...contact.categories],
    ]
    const rows = await tx.query<{ id: number }>(
      id === null
        ? `insert into contacts (name, language, enabled, min_severity, all_devices, quiet, system_messages, categories)
           values ($1, $2, $3, $4, $5, $6, $7, $8) returning id`
        : `update contacts set name = $1, language = $2, enabled = $3, min_severity = $4, all_devices = $5, quiet = $6, system_messages = $7,
             categories = $8 where id = $9 returning id`,
      id === null ? values : [...values, id],
    )
    const saved = rows[0]?.id
    if (saved === undefined) throw new NotFound(`There is no contact ${id}.`)
    await tx.query('delete from contact_addresses where contact_id = $1', [saved])
    await tx.query('delete from contact_devices where contact_id = $1', [saved])
    await tx.query(
      `insert into contact_addresses (contact_id, position, channel, address, min_severity)
       select $1, place, channel, address, severity
       from unnest($2::text[], $3::text[], $4::text[]) with ordinality as input(channel, address, severity, place)`,
      [
        saved,
        contact.addresses.map((one) => one.channel),
        contact.addresses.map((one) => one.address),
        contact.addresses.map((one) => one.minSeverity ?? 'info'),
      ],
    )
    await tx.query('insert into contact_devices (contact_id, device_id) select $1, id from unnest($2::int[]) as id', [
      saved,
      [...new Set(contact.deviceIds)],
    ])
    const stored = await findContact(tx, saved)
    if (stored === undefined) throw new NotFound(`There is no contact ${saved}.`)
    return stored
  } catch (error) {
    throw refused(error, contact)
  }
}

function refused(error: unknown, contact: ContactInput): unknown {
  const state = sqlState(error)
  if (state === '23503') return new InvalidRequest('One of the devices does not exist.', { field: 'deviceIds', cause: error })
  if (state !== '23505') return error
  const constraint: unknown = error instanceof Error ? Object.getOwnPropertyDescriptor(error, 'constraint')?.value : undefined
  return constraint === 'contacts_name'
    ? new Conflict(`There is a contact ${contact.name} already.`, { cause: error, remedy: 'Give this one another name.' })
    : new InvalidRequest(`${contact.name} has the same address twice.`, { field: 'addresses', cause: error })
}

/** Removes a contact; the messages it was sent stay in the history. */
export async function deleteContact(db: Queryable, id: number): Promise<void> {
  await db.query('delete from contacts where id = $1', [id])
}

/** Says why an address is dead; null: it is alive (the person wrote from it). */
export async function markAddress(db: Queryable, channel: string, address: string, problem: string | null): Promise<void> {
  await db.query(`update contact_addresses set problem = $3 where channel = $1 and address = $2 and problem is distinct from $3`, [
    channel,
    address,
    problem,
  ])
}

/** A Telegram group that became a supergroup goes on under another id. */
export async function moveAddress(db: Queryable, channel: string, from: string, to: string): Promise<void> {
  await db.query(
    `update contact_addresses a set address = $3, problem = null where channel = $1 and address = $2
       and not exists (select from contact_addresses b where b.contact_id = a.contact_id and b.channel = $1 and b.address = $3)`,
    [channel, from, to],
  )
}

/** Binds an address to a contact: in place of its other address on this channel if there is one, else as its first choice. */
export async function bindAddress(tx: Queryable, contactId: number, channel: string, address: string): Promise<void> {
  const rows = await tx.query<{ position: number; channel: string; address: string }>(
    'select position, channel, address from contact_addresses where contact_id = $1 order by position for update',
    [contactId],
  )
  if (rows.some((row) => row.channel === channel && row.address === address)) return await markAddress(tx, channel, address, null)
  const replaced = rows.find((row) => row.channel === channel)
  if (replaced !== undefined) {
    await tx.query('update contact_addresses set address = $3, problem = null where contact_id = $1 and position = $2', [
      contactId,
      replaced.position,
      address,
    ])
    return
  }
  const first = Math.min(1, ...rows.map((row) => row.position)) - 1
  await tx.query('insert into contact_addresses (contact_id, position, channel, address) values ($1, $2, $3, $4)', [
    contactId,
    first,
    channel,
    address,
  ])
}
