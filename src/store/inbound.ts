import type { Micros } from '#base/time.ts'
import type { Queryable } from './database.ts'
import { sqlTime } from './time.ts'

/** Something that arrived, as it came. */
export interface StoredInbound {
  readonly id: number
  readonly channel: string
  readonly raw: unknown
  readonly receivedAt: Micros
}

/** Keeps what arrived before anybody reads it. What arrived before under the same id is not kept again. */
export async function keepInbound(
  tx: Queryable,
  channel: string,
  updates: readonly { readonly id: string; readonly raw: unknown }[],
  at: Micros,
): Promise<void> {
  await tx.query(
    `insert into inbound_messages (channel, provider_message_id, raw, received_at)
     select $1, input.id, input.raw, $3 from jsonb_to_recordset($2::jsonb) as input(id text, raw jsonb)
     on conflict (channel, provider_message_id) do nothing`,
    [channel, JSON.stringify(updates, (_name, value: unknown) => (typeof value === 'string' ? storable(value) : value)), sqlTime(at)],
  )
}

/** PostgreSQL takes neither NUL nor half a character: one such letter in one message must not keep back all that came with it. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD')
}

/** Takes the oldest message that was not read yet; locked until the transaction ends. */
export async function takeInbound(tx: Queryable, channel: string): Promise<StoredInbound | undefined> {
  const rows = await tx.query<StoredInbound>(
    `select id, channel, raw, received_at as "receivedAt" from inbound_messages where channel = $1 and outcome is null
     order by id limit 1 for update skip locked`,
    [channel],
  )
  return rows[0]
}

export async function finishInbound(
  tx: Queryable,
  id: number,
  outcome: string,
  detail: { contactId?: number | null } & Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const { contactId = null, ...rest } = detail
  await tx.query(
    'update inbound_messages set outcome = $2, detail = $3, contact_id = (select id from contacts where id = $4) where id = $1',
    [id, outcome, JSON.stringify(rest), contactId],
  )
}

/** How many answers of this outcome went to a contact since an instant; keeps us from talking with a machine. */
export async function countOutcomes(db: Queryable, contactId: number, outcomes: readonly string[], since: Micros): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    `select count(*) as count from inbound_messages where contact_id = $1 and outcome = any($2::text[]) and received_at >= $3`,
    [contactId, [...outcomes], sqlTime(since)],
  )
  return row?.count ?? 0
}

/** When a contact last wrote to us on a channel; undefined: never, or long ago. */
export async function lastHeard(db: Queryable, channel: string, contactId: number): Promise<Micros | undefined> {
  const [row] = await db.query<{ at: Micros | null }>(
    `select max(received_at) as at from inbound_messages where channel = $1 and contact_id = $2 and outcome not in ('fate', 'gone', 'moved')`,
    [channel, contactId],
  )
  return row?.at ?? undefined
}

/** Tells whoever reads a channel that something came. */
export async function announceInbound(db: Queryable, channel: string): Promise<void> {
  await db.query(`select pg_notify('inbound', $1)`, [channel])
}

/** An alarm that a chat was told of. */
export interface ToldAlarm {
  readonly eventId: number
  readonly displayNumber: number
  readonly kind: string
  readonly name: string
  readonly deviceCode: string
  /** The provider's id of the message that told. */
  readonly message: string
  readonly sentAt: Micros
  readonly acknowledgedBy: string | null
  readonly closed: boolean
}

/**
 * What this chat was told since an instant, and what is still unacknowledged whenever it was told; oldest first. An alarm told twice
 * comes twice.
 */
export async function listToldAlarms(db: Queryable, channel: string, chat: string, since: Micros): Promise<readonly ToldAlarm[]> {
  return await db.query<ToldAlarm>(
    `select e.id as "eventId", e.display_number as "displayNumber", e.kind, e.name, e.device_code as "deviceCode", t.provider_message_id as message,
       t.sent_at as "sentAt", e.acknowledged_by as "acknowledgedBy", e.closed_at is not null as closed
     from message_targets t join alarm_events e on e.id = t.alarm_event_id
     where t.channel = $1 and t.chat = $2 and (t.sent_at >= $3 or e.acknowledged_at is null) order by t.sent_at, e.id`,
    [channel, chat, sqlTime(since)],
  )
}
