import { asError } from '#base/errors.ts'
import type { Micros, Millis } from '#base/time.ts'
import { listContacts } from '#store/contacts.ts'
import { listGateways } from '#store/gateways.ts'
import { findOverdue } from '#store/notify-audit.ts'
import { recordEvent } from '#store/system-events.ts'
import type { InboundContext } from './channel-reader.ts'
import { words } from './core/words.ts'
import { tellDirectly } from './tell-directly.ts'

const LOOK_MILLIS: Millis = 30_000
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
  const contacts = (await listContacts(db)).filter((one) => one.enabled && one.systemMessages)
  await tellDirectly(context, gateways, contacts, (language) => words(language).overdue)
  return true
}
