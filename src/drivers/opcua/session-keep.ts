import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { coerceNodeId, type ClientSession } from 'node-opcua-client'
// the library can go on with a session of its own only; this is how it makes one
import { ClientSessionImpl } from 'node-opcua-client/dist/private/client_session_impl.js'
import { z } from 'zod'
import type { Clock } from '#base/time.ts'
import type { OpcUaConfig } from './config.ts'

const base64 = z.string().transform((text) => Buffer.from(text, 'base64'))

/** What ActivateSession over another channel takes (Part 4, 5.7.3). The token is as good as a password while the session lives. */
const kept = z.object({
  sessionId: z.string(),
  authenticationToken: z.string(),
  name: z.string(),
  timeout: z.number(),
  serverNonce: base64,
  serverCertificate: base64,
  /** When it was last known to live; by our clock. */
  aliveAt: z.number(),
})

/** A session that lives is kept anew at each pulse, three in its time-out: what is older than this has ended, or is a copy of elsewhere. */
const FRESH = 1.5

/** Everything that makes a session another one, but for the password. */
export function sessionOwner(config: OpcUaConfig): string {
  const { endpointUrl, securityPolicy, securityMode, identity, userName, userCertificate, sessionTimeoutSeconds } = config
  const mode = securityPolicy === 'None' ? '' : securityMode
  return JSON.stringify([endpointUrl.toLowerCase(), securityPolicy, mode, identity, userName, userCertificate, sessionTimeoutSeconds])
}

/**
 * The session of one owner in a file below `<folder>/sessions`, for the process after this one: a process that is killed leaves its
 * session behind, and small controllers have few. Who goes on with it finds its subscriptions, too.
 */
export class SessionKeep {
  readonly #folder: string
  readonly #file: string
  readonly #clock: Clock
  #work: Promise<void> = Promise.resolve()

  constructor(folder: string, config: OpcUaConfig, clock: Clock) {
    this.#clock = clock
    this.#folder = join(folder, 'sessions')
    this.#file = join(this.#folder, `${createHash('sha256').update(sessionOwner(config)).digest('hex').slice(0, 32)}.json`)
  }

  /** As a session that can be activated, if the server still has it. */
  async recall(): Promise<ClientSession | undefined> {
    try {
      const { aliveAt, ...found } = kept.parse(JSON.parse(await readFile(this.#file, 'utf8')))
      const age = (this.#clock.now() - aliveAt) / 1000
      if (age < 0 || age > FRESH * found.timeout) return undefined
      const session = new ClientSessionImpl(null as never)
      return Object.assign(session, {
        ...found,
        sessionId: coerceNodeId(found.sessionId),
        authenticationToken: coerceNodeId(found.authenticationToken),
      })
    } catch {
      // none, or not whole: a new session is as good
      return undefined
    }
  }

  /** Keeps it as of its last activation, and that it lives. What cannot be written is missed only after a crash. */
  put(session: ClientSession): void {
    const { sessionId, authenticationToken, name, timeout, serverNonce, serverCertificate } = session as ClientSessionImpl
    const text = JSON.stringify({
      sessionId: sessionId.toString(),
      authenticationToken: authenticationToken?.toString() ?? '',
      name,
      timeout,
      serverNonce: base64Of(serverNonce),
      serverCertificate: base64Of(serverCertificate),
      aliveAt: this.#clock.now(),
    })
    this.#do(async () => {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 })
      await writeFile(`${this.#file}.new`, text, { mode: 0o600, flush: true })
      await rename(`${this.#file}.new`, this.#file)
    })
  }

  /** It was closed. Another one that was kept since stays. */
  async forget({ sessionId }: ClientSession): Promise<void> {
    this.#do(async () => {
      const { sessionId: found } = kept.parse(JSON.parse(await readFile(this.#file, 'utf8')))
      if (found === sessionId.toString()) await rm(this.#file, { force: true })
    })
    await this.#work
  }

  #do(task: () => Promise<void>): void {
    this.#work = this.#work.then(task).catch(() => undefined)
  }
}

/** The library's types say Buffer; a server without security sends null. */
function base64Of(bytes: unknown): string {
  return Buffer.isBuffer(bytes) ? bytes.toString('base64') : ''
}
