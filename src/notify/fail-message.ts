import type { ChannelError } from '#base/errors.ts'
import type { Clock, Millis } from '#base/time.ts'
import type { Logger } from '#host/log.ts'
import type { Alarm } from '#store/alarms.ts'
import { holdCase } from '#store/cases.ts'
import { markAddress, type StoredContact } from '#store/contacts.ts'
import type { Database } from '#store/database.ts'
import { holdMessage, recordEnd, recordRetry, type LeasedMessage } from '#store/messaging.ts'
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

/** After a message could not be handed over: again later, by the contact's next channel now, or never. */
export async function failMessage(
  { db, channels, clock, owner }: DeliverContext,
  message: LeasedMessage,
  alarm: Alarm | undefined,
  contact: StoredContact,
  error: ChannelError,
): Promise<void> {
  await db.transaction(async (tx) => {
    const { caseId } = message
    const state = message.kind === 'alarm' && caseId !== null ? await holdCase(tx, caseId) : undefined
    if (!(await holdMessage(tx, message.id, owner))) return
    const usable = { channels: channels.names(), failing: channels.failing() }
    const choice = state?.state === 'open' && state.acknowledgedBy === null ? await nextChannel(tx, message, contact, usable) : undefined
    const now = clock.now()
    const next = afterFailure({
      fault: error.fault,
      retriable: error.retriable,
      retryAfterSeconds: error.retryAfterSeconds,
      tries: message.tries,
      another: choice !== undefined,
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
    if (message.kind === 'alarm' && alarm !== undefined) await endWhenNobody(tx, message, alarm, error.message, now)
  })
}
