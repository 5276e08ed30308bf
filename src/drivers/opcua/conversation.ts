import type { ClientSession } from 'node-opcua-client'
import { asError, type DriverError } from '#base/errors.ts'
import type { Clock, Millis } from '#base/time.ts'
import type { FrameDirection } from '../driver.ts'
import type { CertificateStore } from './certificates.ts'
import type { OpcUaConfig } from './config.ts'
import { connectError } from './link-errors.ts'
import { checkedServerCertificate, Link } from './link.ts'
import { Publisher } from './publisher.ts'
import type { SessionKeep } from './session-keep.ts'
import { Server } from './server.ts'

/** A link with a session on it, and the server that answers there. */
export interface Contact {
  readonly server: Server
  readonly publisher: Publisher
  /** Whether the session of the link before goes on; its subscriptions are still there then. */
  readonly resumed: boolean
}

/** A session that the server still holds although its link is gone. */
export interface Parked {
  readonly session: ClientSession
  /** Monotonic: the server forgets it then. */
  readonly until: Millis
}

/** What one conversation leaves to the next one with the same server, security and user. */
export interface Estate {
  parked: Parked | undefined
  /** Whether the process before this one may have left a session, which no attempt has shown to be of use or of none. */
  mayInherit: boolean
  /** How often an old session was tried since the last success. */
  tries: number
}

export interface ConversationParts {
  readonly certificates: CertificateStore
  readonly clock: Clock
  readonly keep: SessionKeep
  readonly estate: Estate
}

type FrameListener = (direction: FrameDirection, bytes: Uint8Array) => void

/** Who was reached before is reached soon or not at all: short attempts find the way back the moment it is there. */
const HURRY: Millis = 2000
/** Without a subscription nothing else would keep the session: a call at a third of its time-out. */
const PULSES = 3
const OLD_SESSION_TRIES = 3

/**
 * One session with one server, for everybody who needs it: the device, Test Connection, browse. A lost link is opened anew by whoever
 * asks next, over the same session where the server still has it, so that a controller's few sessions are never used up by us.
 */
export class Conversation {
  readonly config: OpcUaConfig
  readonly #certificates: CertificateStore
  readonly #clock: Clock
  readonly #frames = new Set<FrameListener>()
  #contact: Contact | undefined
  #opening: Promise<Contact> | undefined
  readonly #keep: SessionKeep
  readonly #estate: Estate
  #serverCertificate: Buffer | null = null
  #pulse: NodeJS.Timeout | undefined
  readonly #closing = new AbortController()

  constructor(config: OpcUaConfig, { certificates, clock, keep, estate }: ConversationParts) {
    this.config = config
    this.#certificates = certificates
    this.#clock = clock
    this.#keep = keep
    this.#estate = estate
  }

  /** The contact that stands now; undefined while there is none. */
  get contact(): Contact | undefined {
    return this.#contact?.server.link.isOpen === true ? this.#contact : undefined
  }

  listen(onFrame: FrameListener): Disposable {
    this.#frames.add(onFrame)
    return { [Symbol.dispose]: () => void this.#frames.delete(onFrame) }
  }

  /** The standing contact, or a new one. @throws DriverError */
  async ready(signal: AbortSignal): Promise<Contact> {
    if (this.contact !== undefined) return this.contact
    if (this.#opening === undefined) {
      this.#opening = this.#open().finally(() => (this.#opening = undefined))
      this.#opening.catch(() => undefined)
    }
    const { promise, reject } = Promise.withResolvers<never>()
    const onAbort = (): void => reject(asError(signal.reason))
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      signal.throwIfAborted()
      // one that gives up leaves the others their link
      return await Promise.race([this.#opening, promise])
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  /** Ends session and link politely. */
  async close(): Promise<void> {
    this.#closing.abort()
    clearTimeout(this.#pulse)
    await this.#opening?.catch(() => undefined)
    const link = this.#contact?.server.link
    if (link?.isOpen !== true) return
    const { session } = link
    await link.close()
    await this.#keep.forget(session)
  }

  async #open(): Promise<Contact> {
    const { signal } = this.#closing
    const patience = this.config.connectTimeoutMillis
    const connectTimeoutMillis = this.#contact === undefined ? patience : Math.min(patience, HURRY)
    const options = { config: this.config, certificates: this.#certificates, signal, connectTimeoutMillis, onFrame: this.#onFrame }
    let link: Link | undefined
    try {
      if (this.config.securityPolicy !== 'None') {
        this.#serverCertificate ??= await checkedServerCertificate(await Link.discover(options), options)
      }
      link = await Link.open(options, this.#serverCertificate)
      const resumed = await link.activate(await this.#oldSession(), signal)
      Object.assign(this.#estate, { parked: undefined, mayInherit: false, tries: 0 })
      this.#keep.put(link.session)
      const server = await Server.meet(link, signal)
      return this.#hold({ server, publisher: new Publisher(link, this.#clock), resumed })
    } catch (thrown) {
      // the server may have a new certificate: look again next time
      this.#serverCertificate = null
      if (link !== undefined) await link.close()
      throw connectError(thrown, this.config)
    }
  }

  readonly #onFrame: FrameListener = (direction, bytes) => {
    for (const listener of this.#frames) listener(direction, bytes)
  }

  /** One that the server may still have: ours of before the link was lost, or that of a process that was killed. */
  async #oldSession(): Promise<ClientSession | undefined> {
    const { parked, mayInherit, tries } = this.#estate
    // a server may hang up on it, or say nothing, each time
    if (tries >= OLD_SESSION_TRIES) return undefined
    const old = parked !== undefined && this.#clock.mono() < parked.until ? parked.session : undefined
    const found = old ?? (mayInherit ? await this.#keep.recall() : undefined)
    if (found !== undefined) this.#estate.tries = tries + 1
    return found
  }

  #hold(contact: Contact): Contact {
    const { link } = contact.server
    this.#contact = contact
    const { session } = link
    void link.ended.then(() => {
      clearTimeout(this.#pulse)
      if (this.#closing.signal.aborted) return
      this.#estate.parked = { session, until: this.#clock.mono() + session.timeout }
    })
    this.#armPulse(contact.server)
    return contact
  }

  #armPulse(server: Server): void {
    clearTimeout(this.#pulse)
    const wait = Math.min(server.link.session.timeout, this.config.sessionTimeoutSeconds * 1000) / PULSES
    this.#pulse = setTimeout(() => {
      server.pulse(this.#closing.signal).then(
        () => {
          if (!server.link.isOpen) return
          this.#keep.put(server.link.session)
          this.#armPulse(server)
        },
        (error: unknown) => server.link.destroy(asDriverError(error, this.config)),
      )
    }, wait)
  }
}

function asDriverError(error: unknown, config: OpcUaConfig): DriverError {
  return connectError(error, config)
}
