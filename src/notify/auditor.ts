import { asError } from '#base/errors.ts'
import type { Micros, Millis } from '#base/time.ts'
import type { MessageLanguage } from '#domain/contact.ts'
import { listContacts } from '#store/contacts.ts'
import { listGateways } from '#store/gateways.ts'
import { findOverdue } from '#store/notify-audit.ts'
import { recordEvent } from '#store/system-events.ts'
import { channelOf } from './channels/catalogue.ts'
import type { InboundContext } from './channel-reader.ts'
import { chooseChannel } from './core/plan.ts'
import { words } from './core/words.ts'
import { openSettings } from './gateways.ts'
import { createToken } from './token.ts'

const LOOK_MILLIS: Millis = 30_000
const SEND_MILLIS: Millis = 20_000
/** What was due so long ago should have been done. */
const PATIENCE: Micros = 60_000_000
/** The same trouble is told again after so long. */
const AGAIN: Micros = 3_600_000_000

/**
 * Looks after the engine from another process: what is overdue is said in the log and on the screens, and to whoever looks after the
 * system, by the first way that works, without the engine. Runs until the signal aborts.
 */
export async function runAuditor(context: InboundContext, lookMillis: Millis = LOOK_MILLIS): Promise<void> {
  const { log, clock, signal } = context
  let told = Number.NEGATIVE_INFINITY
  while (!signal.aborted) {
    try {
      const again = clock.now() - told > AGAIN
      if (again && (await audit(context))) told = clock.now()
    } catch (error) {
      log.warn('inbound.not_audited', { error: asError(error) })
    }
    await pause(lookMillis, signal)
  }
}

async function pause(millis: Millis, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, millis)
  const stop = (): void => resolve()
  signal.addEventListener('abort', stop)
  if (!signal.aborted) await promise
  signal.removeEventListener('abort', stop)
  clearTimeout(timer)
}

/** @returns whether something is overdue */
async function audit(context: InboundContext): Promise<boolean> {
  const { db, log, clock } = context
  const overdue = await findOverdue(db, clock.now() - PATIENCE)
  if (overdue.cases + overdue.messages + overdue.intents === 0) return false
  log.error('inbound.messages_overdue', { ...overdue })
  await recordEvent(db, { code: 'notify.overdue', severity: 'critical', detail: { ...overdue } })
  const gateways = (await listGateways(db)).filter((one) => one.enabled)
  const channels = new Set(gateways.map((one) => one.channel))
  for (const contact of (await listContacts(db)).filter((one) => one.enabled && one.systemMessages)) {
    const failed = new Set<string>()
    for (;;) {
      const choice = chooseChannel(contact, { channels, failing: new Set() }, failed)
      if (choice === undefined) break
      try {
        await tell(context, gateways, choice, words(contact.language).overdue, contact.language)
        break
      } catch (error) {
        failed.add(choice.channel)
        log.warn('inbound.overdue_not_told', { channel: choice.channel, error: asError(error) })
      }
    }
  }
  return true
}

async function tell(
  { key, signal }: InboundContext,
  gateways: Awaited<ReturnType<typeof listGateways>>,
  { channel, address }: { channel: string; address: string },
  text: string,
  language: MessageLanguage,
): Promise<void> {
  const gateway = gateways.find((one) => one.channel === channel)
  if (gateway === undefined) return
  await using session = channelOf(channel).open(openSettings(key, gateway))
  const message = {
    address,
    language,
    subject: `SyncTide: ${text}`,
    text: `⚠️ ${text}`,
    lines: [text],
    key: `synctide-audit-${createToken().token}`,
  }
  const rest = { thread: null, replyTo: null, acknowledge: null, silent: false, lastsSeconds: 3600, heardAt: null }
  await session.send({ ...message, ...rest }, AbortSignal.any([signal, AbortSignal.timeout(SEND_MILLIS)]))
}
