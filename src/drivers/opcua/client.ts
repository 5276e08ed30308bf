import type { DevicePlan, ProbeReport, ProbeStep, Session, SessionContext } from '../driver.ts'
import { CertificateStore } from './certificates.ts'
import type { OpcUaConfig, OpcUaPoint } from './config.ts'
import { ConversationPool } from './conversation-pool.ts'
import { openSession } from './session.ts'

type Plan = DevicePlan<OpcUaConfig, OpcUaPoint>

/** All that touches a server, and with it the client library. */
export interface Client {
  connect(plan: Plan, context: SessionContext): Promise<Session>
}

/** @returns a client whose devices share one session a server, and one set of certificates a folder. */
export function createClient(): Client {
  const pool = new ConversationPool()
  const stores = new Map<string, CertificateStore>()
  const certificatesIn = (folder: string): CertificateStore => {
    const store = stores.get(folder) ?? new CertificateStore(folder)
    stores.set(folder, store)
    return store
  }
  return {
    async connect(plan, context) {
      return await openSession(plan, context, pool, certificatesIn(context.folder))
    },
  }
}
