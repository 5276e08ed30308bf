import type { BrowsePage, BrowseRequest, DevicePlan, ProbeReport, ProbeStep, Session, SessionContext } from '../driver.ts'
import { Browser } from './browse.ts'
import { CertificateStore } from './certificates.ts'
import type { OpcUaConfig, OpcUaPoint } from './config.ts'
import { ConversationPool } from './conversation-pool.ts'
import type { Conversation } from './conversation.ts'
import { connectError } from './link-errors.ts'
import type { LinkOptions } from './link.ts'
import { probeServer } from './probe.ts'
import type { Server } from './server.ts'
import { openSession } from './session.ts'
import { WatchParking } from './watch-parking.ts'

type Plan = DevicePlan<OpcUaConfig, OpcUaPoint>

/** Who browses asks again soon; meanwhile the session stays. */
const LINGER_MILLIS = 30_000

/** All that touches a server: its devices share one session a server, and one set of certificates a folder. */
export class Client {
  readonly #pool = new ConversationPool()
  readonly #parking = new WatchParking()
  readonly #stores = new Map<string, CertificateStore>()
  readonly #browsers = new WeakMap<Server, Browser>()

  /** @throws DriverError */
  async connect(plan: Plan, context: SessionContext): Promise<Session> {
    return await openSession(plan, context, this.#pool, this.#parking, this.certificatesIn(context.folder))
  }

  async probe(plan: Plan, context: SessionContext, onStep: (step: ProbeStep) => void): Promise<ProbeReport> {
    const conversation = await this.#join(plan, context)
    try {
      return await probeServer(plan, context, conversation, this.linkOptions(plan, context), onStep)
    } finally {
      await this.#pool.release(conversation)
    }
  }

  /** @throws DriverError, InvalidRequest */
  async browse(plan: Plan, request: BrowseRequest, context: SessionContext): Promise<BrowsePage> {
    const conversation = await this.#join(plan, context)
    try {
      const { server } = await conversation.ready(context.signal)
      const browser = this.#browsers.get(server) ?? new Browser(server)
      this.#browsers.set(server, browser)
      return await browser.page(request, context.signal)
    } catch (error) {
      context.signal.throwIfAborted()
      throw connectError(error, plan.config)
    } finally {
      await this.#pool.release(conversation, LINGER_MILLIS)
    }
  }

  certificatesIn(folder: string): CertificateStore {
    const store = this.#stores.get(folder) ?? new CertificateStore(folder)
    this.#stores.set(folder, store)
    return store
  }

  linkOptions(plan: Plan, context: SessionContext): LinkOptions {
    return { config: plan.config, certificates: this.certificatesIn(context.folder), signal: context.signal }
  }

  async #join(plan: Plan, context: SessionContext): Promise<Conversation> {
    context.signal.addEventListener('abort', () => void this.#pool.stopLingering(plan.config), { once: true })
    return await this.#pool.acquire(plan.config, this.certificatesIn(context.folder), context)
  }
}
