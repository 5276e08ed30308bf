import type { Millis } from '#base/time.ts'
import type { SessionContext } from '../driver.ts'
import type { CertificateStore } from './certificates.ts'
import type { OpcUaConfig } from './config.ts'
import { Conversation, type Estate } from './conversation.ts'
import { SessionKeep, sessionOwner } from './session-keep.ts'

interface Entry {
  readonly conversation: Conversation
  users: number
  /** Monotonic: somebody who browses may come back until then. */
  keepUntil: Millis
  lingering: NodeJS.Timeout | undefined
}

/** The conversations that stand, one for each server, security and user, each for as long as somebody uses it. */
export class ConversationPool {
  readonly #entries = new Map<string, Entry>()
  readonly #estates = new Map<string, Estate>()
  readonly #farewells = new Map<string, Promise<void>>()
  /** Owners of whom this process has or had a session: what the process before it left is not looked for again. */
  readonly #inherited = new Set<string>()

  /** Joins the conversation or makes it; each call is paired with one {@link release}. Opens nothing by itself. */
  async acquire(
    config: OpcUaConfig,
    certificates: CertificateStore,
    { clock, folder }: Pick<SessionContext, 'clock' | 'folder'>,
  ): Promise<Conversation> {
    const key = keyOf(config)
    // a session that is being closed still counts on the controller
    await this.#farewells.get(key)
    const known = this.#entries.get(key)
    if (known !== undefined) {
      known.users++
      clearTimeout(known.lingering)
      return known.conversation
    }
    const estate = this.#estateOf(config)
    const conversation = new Conversation(config, { certificates, clock, keep: new SessionKeep(folder, config, clock), estate })
    this.#entries.set(key, { conversation, users: 1, keepUntil: 0, lingering: undefined })
    return conversation
  }

  /**
   * The last to leave ends the conversation.
   * @param lingerMillis how long it stays for whoever comes back, as somebody does who browses
   */
  async release(conversation: Conversation, lingerMillis: Millis = 0): Promise<void> {
    const entry = this.#entries.get(keyOf(conversation.config))
    if (entry?.conversation !== conversation) return
    const now = performance.now()
    if (lingerMillis > 0) entry.keepUntil = now + lingerMillis
    entry.users--
    if (entry.users > 0) return
    if (entry.keepUntil <= now) return await this.#end(entry)
    clearTimeout(entry.lingering)
    entry.lingering = setTimeout(() => void this.#end(entry), entry.keepUntil - now)
  }

  /** Nobody comes back to browse: ends it as soon as nobody uses it. */
  async stopLingering(config: OpcUaConfig): Promise<void> {
    const entry = this.#entries.get(keyOf(config))
    if (entry === undefined) return
    entry.keepUntil = 0
    if (entry.users === 0) await this.#end(entry)
  }

  #estateOf(config: OpcUaConfig): Estate {
    const key = keyOf(config)
    const owner = sessionOwner(config)
    const estate = this.#estates.get(key) ?? { parked: undefined, mayInherit: !this.#inherited.has(owner), tries: 0 }
    this.#inherited.add(owner)
    this.#estates.set(key, estate)
    return estate
  }

  async #end(entry: Entry): Promise<void> {
    const { conversation } = entry
    const key = keyOf(conversation.config)
    clearTimeout(entry.lingering)
    if (this.#entries.get(key) !== entry) return
    this.#entries.delete(key)
    const farewell = conversation.close().finally(() => {
      if (this.#farewells.get(key) === farewell) this.#farewells.delete(key)
    })
    this.#farewells.set(key, farewell)
    await farewell
  }
}

/** Who may join: the same session with the same password. */
function keyOf(config: OpcUaConfig): string {
  return JSON.stringify([sessionOwner(config), config.password])
}
