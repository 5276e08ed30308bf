import type { Micros } from '#base/time.ts'
import type { MessageLanguage } from '#domain/contact.ts'
import type { Queryable } from './database.ts'
import { sqlTime } from './time.ts'

/** What an acknowledge link was made for. */
export interface AcknowledgeToken {
  readonly alarmEventId: number
  readonly contactId: number
  readonly contactName: string
  readonly language: MessageLanguage
  readonly expiresAt: Micros
}

/** @param hash SHA-256 of the token; the token itself is never stored */
export async function saveAcknowledgeToken(
  db: Queryable,
  hash: Uint8Array,
  token: { alarmEventId: number; contactId: number; expiresAt: Micros },
): Promise<void> {
  await db.query('insert into acknowledge_tokens (token_hash, alarm_event_id, contact_id, expires_at) values ($1, $2, $3, $4)', [
    Buffer.from(hash),
    token.alarmEventId,
    token.contactId,
    sqlTime(token.expiresAt),
  ])
}

export async function findAcknowledgeToken(db: Queryable, hash: Uint8Array): Promise<AcknowledgeToken | undefined> {
  const rows = await db.query<AcknowledgeToken>(
    `select t.alarm_event_id as "alarmEventId", t.contact_id as "contactId", c.name as "contactName", c.language, t.expires_at as "expiresAt"
     from acknowledge_tokens t join contacts c on c.id = t.contact_id where t.token_hash = $1`,
    [Buffer.from(hash)],
  )
  return rows[0]
}

export async function markTokenUsed(db: Queryable, hash: Uint8Array, at: Micros): Promise<void> {
  await db.query('update acknowledge_tokens set used_at = coalesce(used_at, $2) where token_hash = $1', [Buffer.from(hash), sqlTime(at)])
}

/** Clears links of both kinds that ended before an instant. */
export async function deleteExpiredTokens(db: Queryable, before: Micros): Promise<void> {
  await db.query('delete from acknowledge_tokens where expires_at < $1', [sqlTime(before)])
  await db.query('delete from pairing_tokens where expires_at < $1', [sqlTime(before)])
}

export async function savePairingToken(
  db: Queryable,
  hash: Uint8Array,
  token: { contactId: number; channel: string; expiresAt: Micros },
): Promise<void> {
  await db.query('insert into pairing_tokens (token_hash, contact_id, channel, expires_at) values ($1, $2, $3, $4)', [
    Buffer.from(hash),
    token.contactId,
    token.channel,
    sqlTime(token.expiresAt),
  ])
}

/** Uses a pairing token up. @returns the contact it was made for, or undefined when it is unknown, used or too old */
export async function usePairingToken(tx: Queryable, hash: Uint8Array, channel: string, now: Micros): Promise<number | undefined> {
  const rows = await tx.query<{ contactId: number; valid: boolean }>(
    'delete from pairing_tokens where token_hash = $1 and channel = $2 returning contact_id as "contactId", expires_at > $3 as valid',
    [Buffer.from(hash), channel, sqlTime(now)],
  )
  const row = rows[0]
  return row?.valid === true ? row.contactId : undefined
}
