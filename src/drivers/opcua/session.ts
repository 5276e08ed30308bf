import { setTimeout as pause } from 'node:timers/promises'
import type { DevicePlan, Session, SessionContext } from '../driver.ts'
import { withoutSecrets } from './core/frame.ts'
import type { CertificateStore } from './certificates.ts'
import type { OpcUaConfig, OpcUaPoint } from './config.ts'
import type { ConversationPool } from './conversation-pool.ts'
import { PolledSession } from './polled-session.ts'
import { SubscribedSession } from './subscribed-session.ts'
import type { WatchParking } from './watch-parking.ts'

/** A disposal may take 5 s; a server that does not answer gets less. */
const FAREWELL = 4000

/**
 * Opens the device's session, by subscription or by poll.
 * @throws DriverError
 */
export async function openSession(
  plan: DevicePlan<OpcUaConfig, OpcUaPoint>,
  context: SessionContext,
  pool: ConversationPool,
  parking: WatchParking,
  certificates: CertificateStore,
): Promise<Session> {
  const conversation = await pool.acquire(plan.config, certificates, context)
  const listening = conversation.listen((direction, bytes) => {
    context.frame(direction, withoutSecrets(bytes))
    context.count(direction === 'sent' ? 'bytes_sent' : 'bytes_received', bytes.length)
  })
  const release = async (): Promise<void> => {
    listening[Symbol.dispose]()
    await Promise.race([pool.release(conversation), pause(FAREWELL)])
  }
  if (plan.config.mode === 'subscription') return await SubscribedSession.open(plan, context, conversation, parking, release)
  try {
    await conversation.ready(context.signal)
  } catch (error) {
    await release()
    throw error
  }
  return new PolledSession(plan, context, conversation, release)
}
