import { ChannelError, asError } from '#base/errors.ts'
import type { Clock, Millis } from '#base/time.ts'
import type { Logger } from '#host/log.ts'
import { getAlarm, type Alarm } from '#store/alarms.ts'
import { holdCase } from '#store/cases.ts'
import { findContact, markAddress, moveAddress, type StoredContact } from '#store/contacts.ts'
import type { Database } from '#store/database.ts'
import { lockForTransaction } from '#store/advisory-lock.ts'
import { holdMessage, keepBody, recordEnd, recordHanded, recordRetry, type LeasedMessage } from '#store/messaging.ts'
import { readSettings } from '#store/settings.ts'
import type { ChannelSession } from './channels/channel.ts'
import { afterFailure } from './core/retry.ts'
import { endWhenNobody, nextChannel, takeNextChannel } from './next-channel.ts'
import type { OpenChannels } from './open-channels.ts'
import { render, type Rendered } from './render.ts'

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

/** Sends one leased message, or says on record why not. Never throws for what the channel does. */
export async function deliver(context: DeliverContext, message: LeasedMessage): Promise<void> {
  const { db, clock, owner } = context
  if (clock.now() > message.notAfter) return await recordEnd(db, message.id, owner, 'expired', 'Could not be sent in time.')
  const alarm = await getAlarm(db, 'all', message.alarmEventId)
  const contact = message.contactId === null ? undefined : await findContact(db, message.contactId)
  if (alarm === undefined || contact?.enabled !== true) {
    return await recordEnd(
      db,
      message.id,
      owner,
      'cancelled',
      alarm === undefined ? 'The alarm is gone.' : 'The contact was removed or disabled.',
    )
  }
  // one duplicate beats silence; a second one does not
  if (message.uncertain && message.tries > 2) {
    return await fail(context, message, alarm, contact, new ChannelError('rejected', 'Sent twice without a receipt; it may have arrived.'))
  }
  const session = context.channels.get(message.channel)
  if (session === undefined) {
    const error = new ChannelError('auth', `${message.channel} is not set up.`, {
      remedy: 'Set it up under Configuration, Gateways.',
      retriable: true,
    })
    return await fail(context, message, alarm, contact, error)
  }
  const { site } = await readSettings(db)
  const rendered = await render(db, message, alarm, contact, site, { now: clock.now(), session })
  if (!(await keepBody(db, message.id, owner, rendered.body))) return
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(SEND_MILLIS)])
  try {
    // a network that hangs is found out here, where no acknowledgement waits for us
    if (context.channels.stale(message.channel)) {
      await session.check(signal)
      await context.channels.worked(message.channel)
    }
    await sendUnderLock(context, message, session, rendered, signal)
    if (alarm.acknowledgedBy !== null && rendered.original !== null) {
      await session
        .settle?.(message.address, rendered.original, signal)
        .catch((error: unknown) => context.log.debug('notify.button_stays', { channel: message.channel, error: asError(error) }))
    }
  } catch (error) {
    if (context.signal.aborted) {
      // it may have left: whoever comes next knows at once, without waiting for the lease to end
      return await recordRetry(db, message.id, owner, { reason: 'Interrupted by a stop.', nextAt: clock.now(), uncertain: true })
    }
    if (error instanceof ChannelError) return await fail(context, message, alarm, contact, error)
    if (signal.aborted)
      return await fail(context, message, alarm, contact, new ChannelError('unreachable', `${message.channel} did not answer in time.`))
    throw error
  }
}

/**
 * The case stays locked while the message is handed over: an acknowledgement waits for that moment, and once it is in no message
 * leaves any more.
 */
async function sendUnderLock(
  context: DeliverContext,
  message: LeasedMessage,
  session: ChannelSession,
  rendered: Rendered,
  signal: AbortSignal,
): Promise<void> {
  const { db, clock, owner, log } = context
  await db.transaction(async (tx) => {
    // one modem, one queue, whoever sends; waited for before an acknowledgement can wait for us
    if (context.channels.isSerial(message.channel)) await lockForTransaction(tx, `send ${message.channel}`)
    if (message.kind === 'alarm') {
      const now = await holdCase(tx, message.caseId)
      if (now?.state !== 'open' || now.acknowledgedBy !== null) {
        const by = now?.acknowledgedBy ?? ''
        const reason = by === '' ? 'The case is closed.' : `Acknowledged by ${by}`
        return await recordEnd(tx, message.id, owner, 'cancelled', reason)
      }
    }
    if (!(await holdMessage(tx, message.id, owner))) return
    // the one before us may have handed it over and died before it could say so
    const known = message.uncertain ? await session.find?.(rendered.outgoing, signal) : undefined
    const receipt = known ?? (await session.send(rendered.outgoing, signal))
    const now = clock.now()
    await recordHanded(tx, message, { at: now, ...receipt, handedAt: now })
    if (receipt.chat !== message.address) await moveAddress(tx, message.channel, message.address, receipt.chat)
    log.info('notify.handed', {
      message: message.id,
      kind: message.kind,
      alarm: message.alarmEventId,
      channel: message.channel,
      tries: message.tries,
    })
  })
  await context.channels.worked(message.channel)
}

async function fail(
  context: DeliverContext,
  message: LeasedMessage,
  alarm: Alarm,
  contact: StoredContact,
  error: ChannelError,
): Promise<void> {
  const { db, channels, clock, log, owner } = context
  await channels.failed(message.channel, error)
  log.warn('notify.not_handed', { message: message.id, alarm: message.alarmEventId, channel: message.channel, tries: message.tries, error })
  await db.transaction(async (tx) => {
    const state = message.kind === 'alarm' ? await holdCase(tx, message.caseId) : undefined
    if (!(await holdMessage(tx, message.id, owner))) return
    const choice =
      state?.state === 'open' && state.acknowledgedBy === null
        ? await nextChannel(tx, message, contact, { channels: channels.names(), failing: channels.failing() })
        : undefined
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
    if (next.step === 'channel' && choice !== undefined) {
      await takeNextChannel(tx, message, contact, choice, error.message)
      return
    }
    if (message.kind === 'alarm') await endWhenNobody(tx, message, alarm, error.message, now)
  })
}
