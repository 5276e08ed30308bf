import { createHash, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { Aedes, type AuthenticateError } from 'aedes'
import { ConfigError } from '#base/errors.ts'
import type { BrokerConfig } from '#drivers/mqtt/broker-config.ts'
import type { Logger } from '#host/log.ts'
import { type BrokerStore, limitQueues, type QueueState, readSaved, type SavedState, savedStateOf } from './broker-store.ts'

export interface EmbeddedBrokerOptions {
  readonly config: BrokerConfig
  readonly log: Logger
  /** As {@link EmbeddedBroker.save} gave it. */
  readonly saved?: SavedState | undefined
}

export interface BrokerState {
  readonly port: number
  readonly clients: number
  /** Messages that wait for clients that are away or slow. */
  readonly queued: number
  readonly dropped: number
}

/** A client that sends no CONNECT within this is cut off. */
const GREETING_MILLIS = 10_000
const MAX_CLIENTS = 2000
const MAX_CLIENT_ID = 256
/** MQTT return code 4: bad user name or password. */
const BAD_CREDENTIALS = 4

/** An MQTT 3.1.1 broker in this process; clients that ask for 5 are told that it is not spoken. {@link MosquittoBroker} takes its place where an installation brings one. */
export class EmbeddedBroker implements AsyncDisposable {
  readonly #aedes: Aedes
  readonly #server: Server
  readonly #store: BrokerStore
  readonly #queues: QueueState
  readonly #sockets = new Set<Socket>()
  /** Ids of clients that asked to be remembered. */
  readonly #persistent: Set<string>

  private constructor(aedes: Aedes, server: Server, store: BrokerStore, queues: QueueState, persistent: Set<string>) {
    this.#aedes = aedes
    this.#server = server
    this.#store = store
    this.#queues = queues
    this.#persistent = persistent
  }

  /** Port 0 takes a free one. @throws ConfigError naming `port` when it cannot be had */
  static async start({ config, log, saved }: EmbeddedBrokerOptions): Promise<EmbeddedBroker> {
    const aedes = await Aedes.createBroker({
      connectTimeout: GREETING_MILLIS,
      maxClientsIdLength: MAX_CLIENT_ID,
      authenticate: (_client, username, password, done) => {
        if (isAllowed(config, username, password)) done(null, true)
        else
          done(Object.assign(new Error('wrong user name or password'), { returnCode: BAD_CREDENTIALS }) satisfies AuthenticateError, null)
      },
      // topics of the broker itself are not for clients to write
      authorizePublish: (_client, packet, done) => done(packet.topic.startsWith('$SYS/') ? new Error('$SYS is read only') : null),
    })
    // its typings leave out the store that every broker has
    const store = (aedes as unknown as { persistence: BrokerStore }).persistence
    const queues = limitQueues(store, (clientId) => log.warn('broker.queue_full', { client: clientId }))
    if (saved !== undefined) await readSaved(store, saved)
    const persistent = new Set(saved?.clients.map(({ id }) => id))
    aedes.on('client', (client) => void (client.clean ? persistent.delete(client.id) : persistent.add(client.id)))
    aedes.on('clientError', (client, error) => log.debug('broker.client_failed', { client: client.id, reason: error.message }))
    aedes.on('connectionError', (client, error) => log.debug('broker.connection_failed', { client: client.id, reason: error.message }))
    const server = createServer({ noDelay: true, keepAlive: true }, (socket) => self.#accept(socket))
    server.maxConnections = MAX_CLIENTS
    const self = new EmbeddedBroker(aedes, server, store, queues, persistent)
    await listen(server, config)
    return self
  }

  get state(): BrokerState {
    const address = this.#server.address()
    return {
      port: typeof address === 'object' && address !== null ? address.port : 0,
      clients: this.#aedes.connectedClients,
      queued: this.#queues.messages,
      dropped: this.#queues.dropped,
    }
  }

  /** What must survive a restart: retained messages, and what waits for clients that come back. */
  async save(): Promise<SavedState> {
    return await savedStateOf(this.#store, this.#persistent)
  }

  /** Ends every connection and stops listening. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    await new Promise<void>((resolve) => this.#aedes.close(() => resolve()))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('error', () => undefined)
    this.#aedes.handle(socket)
  }
}

function isAllowed(config: BrokerConfig, username: string | undefined, password: Uint8Array | undefined): boolean {
  if (config.username === '') return true
  // both are always compared, in a time that tells nothing
  const name = isSame(config.username, username ?? '')
  return isSame(config.password.reveal(), password ?? '') && name
}

function isSame(wanted: string, given: string | Uint8Array): boolean {
  const digest = (one: string | Uint8Array): Uint8Array => createHash('sha256').update(one).digest()
  return timingSafeEqual(digest(wanted), digest(given))
}

async function listen(server: Server, config: BrokerConfig): Promise<void> {
  const host = config.openToNetwork ? undefined : '127.0.0.1'
  try {
    server.listen(config.port, host)
    await once(server, 'listening')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    const why =
      code === 'EADDRINUSE'
        ? 'is taken by another program'
        : code === 'EACCES'
          ? 'is not allowed for this account'
          : `cannot be had (${code})`
    throw new ConfigError('port', `Port ${config.port} ${why}`, { cause, remedy: 'Choose another port for the bundled broker.' })
  }
}
