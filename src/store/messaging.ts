import type { Micros } from '#base/time.ts'
import { InvalidRequest } from '#base/errors.ts'
import type { DeviceScope } from '#domain/user.ts'
import type { Queryable } from './database.ts'
import { idsOf } from './devices.ts'
import { sqlTime, sqlTimeOrNull } from './time.ts'

/** `exhausted`: nobody answered an alarm. `system`: a trouble of the system itself, without an alarm. */
export type MessageKind = 'alarm' | 'cleared' | 'acknowledged' | 'exhausted' | 'system'

/** A message to be sent. `attempt` counts the rounds of its case, `tries` those of the message. */
export interface NewMessage {
  /** null for `system` only. */
  readonly caseId: number | null
  readonly alarmEventId: number | null
  readonly kind: MessageKind
  readonly contactId: number
  readonly contactName: string
  readonly channel: string
  readonly address: string
  readonly attempt: number
  readonly state: 'queued' | 'suppressed'
  /** Why it goes there, or why not. */
  readonly reason: string | null
  readonly notAfter: Micros
  /** Most urgent first: 0 a critical alarm, 1 a warning, 2 an information; 3, also when left out, what is no alarm. */
  readonly urgency?: number
  /** Not before; left out: now. */
  readonly nextAt?: Micros
  /** Told in one message with others that are due with it. */
  readonly bundled?: boolean
  /** Of `system`: what it says. */
  readonly body?: string
}

/** A message that this process may send until its lease ends. */
export interface LeasedMessage extends Omit<NewMessage, 'state' | 'contactId' | 'nextAt' | 'urgency' | 'bundled' | 'body'> {
  readonly urgency: number
  readonly bundled: boolean
  readonly body: string
  readonly id: number
  readonly contactId: number | null
  /** This try included. */
  readonly tries: number
  /** The try before this one ended without a receipt: it may have arrived. */
  readonly uncertain: boolean
  /** How many tries ended so. */
  readonly uncertainTries: number
  readonly createdAt: Micros
}

/** One row of the messaging history, for people. */
export interface Message {
  readonly id: number
  readonly alarmEventId: number | null
  readonly kind: string
  readonly contactName: string
  readonly channel: string
  readonly address: string
  readonly attempt: number
  readonly state: string
  readonly reason: string | null
  readonly body: string
  readonly createdAt: Micros
  readonly handedAt: Micros | null
  /** The provider's name for it. */
  readonly providerId: string | null
  /** SMS it was sent in; null where that is not counted. */
  readonly parts: number | null
}

/** Of {@link LeasedMessage}, but for `uncertain` and `createdAt`. */
export const LEASED = `m.id, m.case_id as "caseId", m.alarm_event_id as "alarmEventId", m.kind, m.contact_id as "contactId",
       m.contact_name as "contactName", m.channel, m.address, m.attempt, m.reason, m.not_after as "notAfter", m.tries, m.urgency, m.bundled, m.body, m.uncertain_tries as "uncertainTries",`

/** Adds messages; one that is there already (same case, attempt, contact, channel and kind) stays as it is. */
export async function queueMessages(tx: Queryable, messages: readonly NewMessage[]): Promise<void> {
  for (const one of messages) {
    await tx.query(
      `insert into messaging_history (case_id, alarm_event_id, kind, contact_id, contact_name, channel, address, attempt, body, state, reason, not_after, urgency, next_at, bundled)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $15, $9, $10, $11, $12, coalesce($13, now()), $14) on conflict (case_id, attempt, contact_id, channel, kind) do nothing`,
      [
        one.caseId,
        one.alarmEventId,
        one.kind,
        one.contactId,
        one.contactName,
        one.channel,
        one.address,
        one.attempt,
        one.state,
        one.reason,
        sqlTime(one.notAfter),
        one.urgency ?? 3,
        sqlTimeOrNull(one.nextAt ?? null),
        one.bundled ?? false,
        one.body ?? '',
      ],
    )
  }
}

/**
 * How many messages of a kind somebody got by a way in the last while (several alarms in one count once), and when the bundle that leaves
 * within as long does: one that waits for the end of quiet hours gathers nothing.
 */
export async function recentMessages(
  db: Queryable,
  { kind, contactId, channel }: Pick<NewMessage, 'kind' | 'contactId' | 'channel'>,
  { now, window }: { readonly now: Micros; readonly window: Micros },
): Promise<{ count: number; bundleAt: Micros | null }> {
  const [row] = await db.query<{ count: number; bundleAt: Micros | null }>(
    `select count(distinct coalesce(provider_id, id::text)) filter (where state <> 'suppressed' and state <> 'cancelled' and not (bundled and state = 'queued')) as count,
       min(next_at) filter (where bundled and state = 'queued' and next_at > $3 and next_at <= $5) as "bundleAt"
     from messaging_history where contact_id = $1 and channel = $2 and kind = $6 and (created_at >= $4 or (bundled and state = 'queued'))`,
    [contactId, channel, sqlTime(now), sqlTime(now - window), sqlTime(now + window), kind],
  )
  return row ?? { count: 0, bundleAt: null }
}

/** A channel works again, or does not any more: what waits for it is looked at at once. */
export async function releaseWaiting(db: Queryable, channel: string, now: Micros): Promise<void> {
  await db.query(
    `update messaging_history set next_at = $2 where channel = $1 and state in ('queued', 'unknown') and (not bundled or tries > 0) and next_at > $2`,
    [channel, sqlTime(now)],
  )
}

/** Addresses were corrected: what waits to be tried again at one that its contact does not have any more is looked at at once. Notes stay with what they are about. */
export async function releaseMoved(db: Queryable, now: Micros): Promise<void> {
  await db.query(
    `update messaging_history m set next_at = $1
     where state in ('queued', 'unknown') and kind in ('alarm', 'exhausted', 'system') and not bundled and next_at > $1
       and not exists (select from contact_addresses a where a.contact_id = m.contact_id and a.channel = m.channel and a.address = m.address)`,
    [sqlTime(now)],
  )
}

/** Sends it to where its contact is reached by now, if the lease is still ours. */
export async function readdress(db: Queryable, ids: readonly number[], owner: string, address: string): Promise<void> {
  await db.query(`update messaging_history set address = $3 where id = any($1::bigint[]) and state = 'leased' and lease_owner = $2`, [
    [...ids],
    owner,
    address,
  ])
}

/** Puts on record what is about to be sent, without its secrets, for those whose lease is still ours. */
export async function keepBodies(db: Queryable, ids: readonly number[], owner: string, body: string): Promise<void> {
  await db.query(`update messaging_history set body = $3 where id = any($1::bigint[]) and state = 'leased' and lease_owner = $2`, [
    [...ids],
    owner,
    body,
  ])
}

/**
 * The receipt: the provider took it, one message for all of these. `at` is by the provider's clock where it tells one: answers carry the time
 * of the same clock.
 */
export async function recordHanded(
  tx: Queryable,
  messages: readonly LeasedMessage[],
  receipt: { providerId: string; chat: string; handedAt: Micros; at: Micros; parts?: number | undefined },
): Promise<void> {
  const ids = messages.map((one) => one.id)
  await tx.query(
    `update messaging_history set state = 'handed', provider_id = $2, handed_at = $3, lease_owner = null, lease_until = null, address = $4, parts = $5
     where id = any($1::bigint[])`,
    [ids, receipt.providerId, sqlTime(receipt.handedAt), receipt.chat, receipt.parts ?? null],
  )
  await tx.query(
    `insert into message_targets (channel, chat, provider_message_id, alarm_event_id, contact_id, sent_at)
     select channel, $2, $3, alarm_event_id, contact_id, $4 from messaging_history where id = any($1::bigint[]) and alarm_event_id is not null
     on conflict do nothing`,
    [ids, receipt.chat, receipt.providerId, sqlTime(receipt.at)],
  )
}

/** What the provider told later. Told twice or out of order, only the furthest counts. @returns the message when this is news */
export async function recordFate(
  tx: Queryable,
  channel: string,
  providerId: string,
  fate: { state: 'delivered' | 'read' | 'failed'; reason: string | null; parts: number | null; at: Micros },
): Promise<LeasedMessage | undefined> {
  const before = { delivered: ['handed'], read: ['handed', 'delivered'], failed: ['handed'] }[fate.state]
  const rows = await tx.query<LeasedMessage>(
    `update messaging_history m set state = $3, reason = coalesce($4, reason), parts = coalesce($5, parts), fate_at = $6
     where channel = $1 and provider_id = $2 and state = any($7::text[])
     returning ${LEASED}
       false as uncertain, m.created_at as "createdAt"`,
    [channel, providerId, fate.state, fate.reason, fate.parts, sqlTime(fate.at), before],
  )
  return rows[0]
}

/** It will be tried again at `nextAt`. */
export async function recordRetry(
  tx: Queryable,
  id: number,
  owner: string,
  retry: { reason: string; nextAt: Micros; uncertain: boolean },
): Promise<void> {
  await tx.query(
    `update messaging_history set state = $3, reason = $4, next_at = $5, lease_owner = null, lease_until = null
     where id = $1 and state = 'leased' and lease_owner = $2`,
    [id, owner, retry.uncertain ? 'unknown' : 'queued', retry.reason, sqlTime(retry.nextAt)],
  )
}

/** It was not tried: it waits until `nextAt` as it was before it was leased. */
export async function recordWait(
  tx: Queryable,
  message: LeasedMessage,
  owner: string,
  { reason, nextAt }: { reason: string; nextAt: Micros },
): Promise<void> {
  await tx.query(
    `update messaging_history set state = $3, reason = $4, next_at = $5, lease_owner = null, lease_until = null, tries = tries - 1,
       uncertain_tries = uncertain_tries - $6
     where id = $1 and state = 'leased' and lease_owner = $2`,
    [message.id, owner, message.uncertain ? 'unknown' : 'queued', reason, sqlTime(nextAt), message.uncertain ? 1 : 0],
  )
}

/** It is over for this message. */
export async function recordEnd(
  tx: Queryable,
  id: number,
  owner: string,
  state: 'failed' | 'cancelled' | 'expired',
  reason: string,
): Promise<void> {
  await tx.query(
    `update messaging_history set state = $3, reason = $4, lease_owner = null, lease_until = null
     where id = $1 and state = 'leased' and lease_owner = $2`,
    [id, owner, state, reason],
  )
}

/** What was tried so far in one round of a case to tell one thing. */
export async function messagesOfCase(
  db: Queryable,
  caseId: number,
  attempt: number,
  kind: MessageKind,
): Promise<readonly { contactId: number | null; channel: string; state: string }[]> {
  return await db.query(
    `select contact_id as "contactId", channel, state from messaging_history where case_id = $1 and attempt = $2 and kind = $3 order by id`,
    [caseId, attempt, kind],
  )
}

/** Where an alarm arrived, or arrives just now: each contact, by which channel, and the message there. */
export interface Told {
  readonly contactId: number
  readonly contactName: string
  readonly channel: string
  readonly address: string
  /** null while its sending is under way. */
  readonly providerId: string | null
  readonly caseId: number
}

export async function listTold(db: Queryable, alarmEventId: number): Promise<readonly Told[]> {
  return await db.query<Told>(
    `select distinct on (contact_id, channel, address) contact_id as "contactId", contact_name as "contactName", channel, address,
       provider_id as "providerId", case_id as "caseId"
     from messaging_history where alarm_event_id = $1 and kind = 'alarm' and state in ('leased', 'handed', 'delivered', 'read') and contact_id is not null
     order by contact_id, channel, address, handed_at desc nulls last`,
    [alarmEventId],
  )
}

const COLUMNS = `m.id, m.alarm_event_id as "alarmEventId", m.kind, m.contact_name as "contactName", m.channel, m.address, m.attempt, m.state,
  m.reason, m.body, m.created_at as "createdAt", m.handed_at as "handedAt", m.provider_id as "providerId", m.parts`

/**
 * Messaging history, newest first, of alarms in scope.
 * @throws InvalidRequest for a cursor that is none
 */
export async function listMessages(
  db: Queryable,
  scope: DeviceScope,
  page: { limit?: number | undefined; cursor?: string | undefined } = {},
): Promise<{ messages: readonly Message[]; cursor: string | null }> {
  const limit = Math.min(Math.max(page.limit ?? 100, 1), 1000)
  if (page.cursor !== undefined && !/^\d{1,15}$/.test(page.cursor)) {
    throw new InvalidRequest('This is not a cursor of the messaging history.', { field: 'cursor' })
  }
  const rows = await db.query<Message>(
    `select ${COLUMNS} from messaging_history m left join alarm_events e on e.id = m.alarm_event_id
     where ($1::int[] is null or e.device_id = any($1)) and ($2::bigint is null or m.id < $2) order by m.id desc limit $3`,
    [idsOf(scope), page.cursor ?? null, limit + 1],
  )
  const messages = rows.slice(0, limit)
  const last = messages.at(-1)
  return { messages, cursor: rows.length > limit && last !== undefined ? String(last.id) : null }
}

/** Everybody who was told of one alarm, oldest first; empty when it is out of scope. */
export async function messagesOfAlarm(db: Queryable, scope: DeviceScope, alarmEventId: number): Promise<readonly Message[]> {
  return await db.query<Message>(
    `select ${COLUMNS} from messaging_history m join alarm_events e on e.id = m.alarm_event_id
     where m.alarm_event_id = $1 and ($2::int[] is null or e.device_id = any($2)) order by m.id`,
    [alarmEventId, idsOf(scope)],
  )
}

/** Whether somebody was told of a trouble of the system since then. */
export async function systemTold(db: Queryable, code: string, since: Micros): Promise<boolean> {
  const rows = await db.query(
    `select 1 from messaging_history m join alarm_events e on e.id = m.alarm_event_id
     where e.kind = 'system' and e.name = $1 and m.handed_at >= $2 limit 1`,
    [code, sqlTime(since)],
  )
  return rows.length > 0
}
