import { ChannelError, asError } from '#base/errors.ts'
import { toldReason } from '#domain/told-reason.ts'
import { lockForTransaction } from '#store/advisory-lock.ts'
import { getAlarms, type Alarm } from '#store/alarms.ts'
import { holdCases } from '#store/cases.ts'
import { findContact, moveAddress, type StoredContact } from '#store/contacts.ts'
import type { Queryable, Transaction } from '#store/database.ts'
import { holdMessages } from '#store/message-leases.ts'
import {
  keepBodies,
  readdress,
  recordEnd,
  recordHanded,
  recordRetry,
  releaseMoved,
  releaseWaiting,
  type LeasedMessage,
  type MessageKind,
} from '#store/messaging.ts'
import { readSettings } from '#store/settings.ts'
import type { ChannelSession } from './channels/channel.ts'
import { endMessage, failMessage, SEND_MILLIS, type DeliverContext, waitForChannel } from './fail-message.ts'
import { render, type Rendered } from './render.ts'

/** A message with the alarm that it tells of; undefined: it is about the system itself. */
interface Item {
  readonly message: LeasedMessage
  readonly alarm: Alarm | undefined
}

/**
 * Sends one leased message, or several in one to the same person by the same way, or says on record why not. Never throws for what the
 * channel does.
 */
export async function deliver(context: DeliverContext, messages: readonly LeasedMessage[]): Promise<void> {
  const { db, clock, owner } = context
  const due = await sendable(context, messages)
  const first = due[0]?.message
  if (first === undefined) return
  const contact = first.contactId === null ? undefined : await findContact(db, first.contactId)
  if (contact?.enabled !== true) {
    for (const { message, alarm } of due) await endMessage(context, message, alarm, 'cancelled', toldReason('contact_gone'))
    return
  }
  const address = addressNow(first, contact)
  const items = due.map((one) => ({ ...one, message: { ...one.message, address: address ?? first.address } }))
  if (address !== undefined && address !== first.address) await readdress(db, idsOf(items), owner, address)
  const session = context.channels.get(first.channel)
  const fail = async (error: ChannelError): Promise<void> => {
    await context.channels.failed(first.channel, error)
    context.log.warn('notify.not_handed', {
      message: first.id,
      alarm: first.alarmEventId,
      channel: first.channel,
      tries: first.tries,
      error,
    })
    for (const { message, alarm } of items) await failMessage(context, message, alarm, contact, error)
    // what failed may have been set right while it was tried
    if (context.channels.get(first.channel) !== session) await releaseWaiting(db, first.channel, clock.now())
    await releaseMoved(db, clock.now())
  }
  if (address === undefined) return await fail(new ChannelError('rejected', toldReason('address_gone')))
  // one duplicate beats silence; a second one does not, and a message that ends every process is not sent for ever
  if (first.uncertainTries > 1) return await fail(new ChannelError('rejected', toldReason('sent_twice')))
  if (session === undefined) {
    const remedy = 'Set it up under Configuration, Gateways.'
    return await fail(
      new ChannelError('auth', `${toldReason('channel_not_set_up', { channel: first.channel })}.`, { remedy, retriable: true }),
    )
  }
  if (context.channels.failing().has(first.channel)) {
    for (const { message } of items) await waitForChannel(context, message, contact)
    // it may have come back while we looked
    if (!context.channels.failing().has(first.channel)) await releaseWaiting(db, first.channel, clock.now())
    return
  }
  const { site, messageTemplates: templates } = await readSettings(db)
  const renderOf = async (tx: Queryable, of: readonly Item[]): Promise<Rendered> =>
    await render(tx, of, contact, site, { now: clock.now(), session, templates })
  const rendered = await renderOf(db, items)
  await keepBodies(db, idsOf(items), owner, rendered.body)
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(SEND_MILLIS)])
  try {
    // a network that hangs is found out here, where no acknowledgement waits for us
    if (context.channels.stale(first.channel)) {
      await session.check(signal)
      await context.channels.worked(first.channel)
    }
    await db.transaction(async (tx) => {
      const still = await holdItems(context, tx, items)
      if (still.length === 0) return
      const fresh = still.length === items.length ? rendered : await renderOf(tx, still)
      if (fresh !== rendered) await keepBodies(tx, idsOf(still), owner, fresh.body)
      await handOver(context, tx, still, session, fresh, signal)
    })
    await context.channels.worked(first.channel)
    await settle(context, items, session, rendered, signal)
  } catch (error) {
    if (context.signal.aborted) {
      // it may have left: whoever comes next knows at once, without waiting for the lease to end
      for (const { message } of items)
        await recordRetry(db, message.id, owner, { reason: toldReason('interrupted'), nextAt: clock.now(), uncertain: true })
      return
    }
    if (error instanceof ChannelError) return await fail(error)
    if (signal.aborted) return await fail(new ChannelError('unreachable', toldReason('no_answer', { channel: first.channel })))
    throw error
  }
}

/** Where its contact is reached by now: it may have been corrected. A note goes where what it is about went. @returns undefined when nowhere */
function addressNow({ kind, channel, address }: LeasedMessage, { addresses }: StoredContact): string | undefined {
  const ours = addresses.filter((one) => one.channel === channel)
  if (kind === 'acknowledged' || kind === 'cleared' || ours.some((one) => one.address === address)) return address
  return ours.find((one) => one.problem === null)?.address
}

/** What is not too late, and whose alarm is still there. */
async function sendable(context: DeliverContext, messages: readonly LeasedMessage[]): Promise<readonly Item[]> {
  const { db, clock, owner } = context
  const ids = messages.flatMap((one) => one.alarmEventId ?? [])
  const alarms = new Map((ids.length === 0 ? [] : await getAlarms(db, 'all', ids)).map((alarm) => [alarm.id, alarm]))
  const items: Item[] = []
  for (const message of messages) {
    const alarm = message.alarmEventId === null ? undefined : alarms.get(message.alarmEventId)
    if (clock.now() > message.notAfter) await endMessage(context, message, alarm, 'expired', toldReason('too_late'))
    else if (message.kind !== 'system' && alarm === undefined) await recordEnd(db, message.id, owner, 'cancelled', toldReason('alarm_gone'))
    else if (message.kind === 'cleared' && alarm !== undefined && alarm.clearedAt === null && !alarm.latched)
      await recordEnd(db, message.id, owner, 'cancelled', toldReason('resumed'))
    else items.push({ message, alarm })
  }
  return items
}

/**
 * The cases stay locked while the message is handed over: an acknowledgement waits for that moment, and once it is in no message
 * leaves any more.
 */
async function holdItems({ channels, owner }: DeliverContext, tx: Transaction, items: readonly Item[]): Promise<readonly Item[]> {
  const channel = items[0]?.message.channel ?? ''
  // one modem, one queue, whoever sends; waited for before an acknowledgement can wait for us
  if (channels.isSerial(channel)) await lockForTransaction(tx, `send ${channel}`)
  const ids = items.flatMap(({ message }) => (isAboutCase(message.kind) ? (message.caseId ?? []) : []))
  const cases = await holdCases(tx, ids)
  const wanted: Item[] = []
  for (const item of items) {
    const { id, kind, caseId } = item.message
    const now = caseId === null ? undefined : cases.get(caseId)
    // what the last of a chain are told waits longer than the chain does
    const open = now?.state === 'open' || now?.state === 'exhausted'
    if (!isAboutCase(kind) || (open && now.acknowledgedBy === null)) wanted.push(item)
    else {
      const by = now?.acknowledgedBy ?? ''
      await recordEnd(tx, id, owner, 'cancelled', by === '' ? toldReason('case_closed') : toldReason('acknowledged', { by }))
    }
  }
  const held = await holdMessages(tx, idsOf(wanted), owner)
  return wanted.filter((one) => held.has(one.message.id))
}

function idsOf(items: readonly Item[]): readonly number[] {
  return items.map((one) => one.message.id)
}

/** Told no longer than somebody is needed. */
function isAboutCase(kind: MessageKind): boolean {
  return kind === 'alarm' || kind === 'exhausted'
}

async function handOver(
  { clock, log }: DeliverContext,
  tx: Transaction,
  items: readonly Item[],
  session: ChannelSession,
  rendered: Rendered,
  signal: AbortSignal,
): Promise<void> {
  const uncertain = items.some((one) => one.message.uncertain)
  // the one before us may have handed it over and died before it could say so
  const known = uncertain ? await session.find?.(rendered.outgoing, signal) : undefined
  const receipt = known ?? (await session.send(rendered.outgoing, signal))
  const now = clock.now()
  const messages = items.map((one) => one.message)
  await recordHanded(tx, messages, { at: now, ...receipt, handedAt: now })
  for (const { channel, address } of messages.slice(0, 1)) {
    if (receipt.chat !== address) await moveAddress(tx, channel, address, receipt.chat)
  }
  for (const { id, kind, alarmEventId: alarm, channel, tries } of messages)
    log.info('notify.handed', { message: id, kind, alarm, channel, tries })
}

/** A note that somebody acknowledged takes the button off the message it is about. */
async function settle(
  { log }: DeliverContext,
  items: readonly Item[],
  session: ChannelSession,
  { original }: Rendered,
  signal: AbortSignal,
): Promise<void> {
  const [only] = items
  if (only === undefined || original === null || (only.alarm?.acknowledgedBy ?? null) === null) return
  const { address, channel } = only.message
  await session
    .settle?.(address, original, signal)
    .catch((error: unknown) => log.debug('notify.button_stays', { channel, error: asError(error) }))
}
