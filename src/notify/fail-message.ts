import type { ChannelError } from '#base/errors.ts'
import type { Clock, Millis } from '#base/time.ts'
import { toldReason } from '#domain/told-reason.ts'
import type { Logger } from '#host/log.ts'
import type { Alarm } from '#store/alarms.ts'
import { holdCase } from '#store/cases.ts'
import { markAddress, type StoredContact } from '#store/contacts.ts'
import type { Database, Transaction } from '#store/database.ts'
import { holdMessages } from '#store/message-leases.ts'
import { recordEnd, recordRetry, recordWait, type LeasedMessage } from '#store/messaging.ts'
import { channelOf } from './channels/catalogue.ts'
import { afterFailure } from './core/retry.ts'
import { endWhenNobody, nextChannel, takeNextChannel } from './next-channel.ts'
import type { OpenChannels } from './open-channels.ts'

export interface DeliverContext {
  readonly db: Database
  readonly log: Logger
  readonly clock: Clock
  readonly channels: OpenChannels
  /** Whose leases these are. */
  readonly owner: string
  readonly signal: AbortSignal
}

/** A send that takes longer is given up; shorter than a lease. */
export const SEND_MILLIS: Millis = 20_000

/** A message of a channel that does not work looks again this often whether there is another way. */
const CIRCUIT_MILLIS: Millis = 30_000

/**
 * Its channel does not work: nothing is tried by it. The contact's next channel that works takes the message over now; where there is none it
 * waits, and leaves as soon as the channel has proved that it works again.
 */
export async function waitForChannel(
  { db, channels, clock, owner }: DeliverContext,
  message: LeasedMessage,
  contact: StoredContact,
): Promise<void> {
  const title = channelOf(message.channel).title
  await db.transaction(async (tx) => {
    const wanted = await stillWanted(tx, message)
    if ((await holdMessages(tx, [message.id], owner)).size === 0) return
    const failing = channels.failing()
    const choice = wanted ? await nextChannel(tx, message, contact, { channels: channels.names(), failing }) : undefined
    if (choice === undefined || failing.has(choice.channel)) {
      const nextAt = clock.now() + CIRCUIT_MILLIS * 1000
      return await recordWait(tx, message, owner, { reason: toldReason('waits_for_channel', { channel: title }), nextAt })
    }
    await recordEnd(tx, message.id, owner, 'failed', toldReason('channel_down', { channel: title }))
    await takeNextChannel(tx, message, contact, choice, toldReason('channel_down', { channel: title }))
  })
}

/** Whether somebody has yet to hear of it, and another way may be taken. Its case stays locked: it comes before the message. */
async function stillWanted(tx: Transaction, { kind, caseId }: LeasedMessage): Promise<boolean> {
  if ((kind !== 'alarm' && kind !== 'exhausted') || caseId === null) return false
  const now = await holdCase(tx, caseId)
  return now !== undefined && now.acknowledgedBy === null && (now.state === 'open' || now.state === 'exhausted')
}

/** It is over for this message without a try. Whoever is next in its chain is told at once. */
export async function endMessage(
  { db, clock, owner }: DeliverContext,
  message: LeasedMessage,
  alarm: Alarm | undefined,
  state: 'cancelled' | 'expired',
  reason: string,
): Promise<void> {
  await db.transaction(async (tx) => {
    const wanted = await stillWanted(tx, message)
    if ((await holdMessages(tx, [message.id], owner)).size === 0) return
    await recordEnd(tx, message.id, owner, state, reason)
    if (wanted && message.kind === 'alarm' && alarm !== undefined) await endWhenNobody(tx, message, alarm, reason, clock.now())
  })
}

/** After a message could not be handed over: again later, by the contact's next channel now, or never. */
export async function failMessage(
  { db, channels, clock, owner }: DeliverContext,
  message: LeasedMessage,
  alarm: Alarm | undefined,
  contact: StoredContact,
  error: ChannelError,
): Promise<void> {
  await db.transaction(async (tx) => {
    const wanted = await stillWanted(tx, message)
    if ((await holdMessages(tx, [message.id], owner)).size === 0) return
    const failing = channels.failing()
    const choice = wanted ? await nextChannel(tx, message, contact, { channels: channels.names(), failing }) : undefined
    const now = clock.now()
    const next = afterFailure({
      fault: error.fault,
      retriable: error.retriable,
      retryAfterSeconds: error.retryAfterSeconds,
      tries: message.tries,
      another: choice === undefined ? 'none' : failing.has(choice.channel) ? 'failing' : 'works',
      failing: failing.has(message.channel),
      now,
      notAfter: message.notAfter,
      jitter: Math.random(),
    })
    if (next.step === 'retry') {
      await recordRetry(tx, message.id, owner, { reason: error.message, nextAt: next.at, uncertain: false })
      return
    }
    await recordEnd(tx, message.id, owner, 'failed', error.message)
    if (next.dead) await markAddress(tx, message.channel, message.address, error.message)
    if (next.step === 'channel' && choice !== undefined) return await takeNextChannel(tx, message, contact, choice, error.message)
    if (wanted && message.kind === 'alarm' && alarm !== undefined) await endWhenNobody(tx, message, alarm, error.message, now)
  })
}
