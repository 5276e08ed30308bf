import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { type IPublishPacket, MqttClient } from 'mqtt'
import { asError, DriverError } from '#base/errors.ts'
import type { Clock, Micros, Millis } from '#base/time.ts'
import { Acknowledger } from './acknowledger.ts'
import type { BrokerConfig } from './broker-config.ts'
import { CONNECT_TIMEOUT, openBrokerSocket } from './broker-socket.ts'
import { forbiddenError, hungUpError, loginError, notGreetedError, unsteadyError } from './link-errors.ts'

/** One message as the broker sent it. */
export interface Received {
  readonly topic: string
  readonly payload: Uint8Array
  readonly qos: number
  /** What the broker kept for new subscribers: of unknown age. */
  readonly retained: boolean
  /** When it came, where that was not just now. */
  readonly at?: Micros
}

/** The one who stands behind a link and shares it out among devices. */
export interface LinkUser {
  /** Told for each message in order; must not throw for what is in it. */
  received(message: Received): void
  /** Resolves when everything received so far is safe. */
  accepted(): Promise<void>
  /** Logged in, before any message. @param sessionKept the broker kept our subscriptions, and what came for them */
  entered(sessionKept: boolean): void
  /** Logged in and subscribed. */
  up(): void
  /** No connection, again after each failed attempt. */
  down(problem: DriverError): void
  /** The broker does not grant a filter. */
  refused(filter: string, problem: DriverError): void
}

export interface LinkOptions {
  readonly config: BrokerConfig
  readonly clientId: string
  /** Whether the broker forgets us when the connection ends. */
  readonly clean: boolean
  readonly clock: Clock
  /** What the broker publishes in our name when we vanish; asked for before each login. */
  readonly will?: () => Publication
}

export interface Publication {
  readonly topic: string
  readonly payload: string | Uint8Array
  readonly qos: 0 | 1
  readonly retain: boolean
}

/** Waits before the attempts after a failure; the first comes at once, since most breaks are short. */
const BACKOFF: readonly Millis[] = [0, 1000, 2000, 5000, 10_000, 30_000]
/** A wrong password does not get better by asking soon, and asking often locks the account. */
const BACKOFF_AUTH: Millis = 60_000
/** A connection that lived so long was no accident. */
const STEADY: Millis = 10_000
/** Ended by the broker so often soon after the login: more than an accident, such as another program with our client id. */
const TAKEOVERS = 3
/** Devices that are configured anew come back within this: their subscriptions stay meanwhile. */
const UNSUBSCRIBE_DELAY: Millis = 3000
const FILTERS_A_PACKET = 100
const FAREWELL: Millis = 2000
/** MQTT 5 only; as long as a persistent session of 3.1.1 that brokers commonly keep. */
const SESSION_EXPIRY_SECONDS = 7 * 86_400
const MAX_IN_FLIGHT = 100

/**
 * The one connection to a broker: logs in, subscribes what is claimed, comes back by itself after a break, and acknowledges a message
 * only after its user has it safe.
 */
export class Link {
  readonly clientId: string
  readonly #options: LinkOptions
  readonly #user: LinkUser
  /** Filters by how many want them, and the highest quality of service among those. */
  readonly #claims = new Map<string, { users: number; qos: 0 | 1 }>()
  readonly #leaving = new Map<string, NodeJS.Timeout>()
  readonly #closing = new AbortController()
  readonly #running: Promise<void>
  #wake = new AbortController()
  #wasLetIn = false
  #client: MqttClient | undefined
  #problem: DriverError | undefined
  #settled = Promise.withResolvers<void>()
  #logins = 0
  /** Resolves, to no grants at all, when the present connection ends. */
  #gone: Promise<readonly unknown[]> = Promise.resolve([])

  /** Begins to connect at once. */
  constructor(options: LinkOptions, user: LinkUser) {
    this.#options = options
    this.#user = user
    this.clientId = options.clientId
    this.#running = this.#run()
  }

  get isUp(): boolean {
    return this.#client !== undefined
  }

  /** Why it is down; undefined while it is up or was never tried. */
  get problem(): DriverError | undefined {
    return this.#problem
  }

  /** How often the broker let us in. */
  get logins(): number {
    return this.#logins
  }

  /** Resolves when it is up or its first attempt has failed. Rejects with the signal's reason. */
  async settled(signal: AbortSignal): Promise<void> {
    const { promise, reject } = Promise.withResolvers<never>()
    const onAbort = (): void => reject(asError(signal.reason))
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
    await Promise.race([this.#settled.promise, promise]).finally(() => signal.removeEventListener('abort', onAbort))
  }

  /** Ends the wait before the next attempt: somebody wants to know now. */
  retryNow(): void {
    this.#wake.abort()
  }

  /** Claims filters; the broker is asked at once, even for known ones, since that brings their retained messages. */
  subscribe(filters: readonly string[], qos: 0 | 1): void {
    for (const filter of filters) {
      clearTimeout(this.#leaving.get(filter))
      this.#leaving.delete(filter)
      const claim = this.#claims.get(filter)
      if (claim === undefined) this.#claims.set(filter, { users: 1, qos })
      else {
        claim.users++
        if (qos > claim.qos) claim.qos = qos
      }
    }
    if (this.#client !== undefined) void this.#subscribeNow(this.#client, filters)
  }

  /** Gives up one claim each; the broker is told a little later, unless somebody claims them again. */
  unsubscribe(filters: readonly string[]): void {
    for (const filter of filters) {
      const claim = this.#claims.get(filter)
      if (claim === undefined || --claim.users > 0) continue
      const forget = (): void => {
        this.#leaving.delete(filter)
        this.#claims.delete(filter)
        this.#client?.unsubscribe(filter, () => undefined)
      }
      this.#leaving.set(filter, setTimeout(forget, UNSUBSCRIBE_DELAY))
    }
  }

  /** Resolves when the broker has it (QoS 1) or it has been sent (QoS 0). @throws DriverError when there is no connection */
  async publish({ topic, payload, qos, retain }: Publication): Promise<void> {
    const client = this.#client
    if (client === undefined) throw this.#problem ?? hungUpError(this.#options.config)
    try {
      await client.publishAsync(topic, typeof payload === 'string' ? payload : Buffer.from(payload), { qos, retain })
    } catch (cause) {
      throw hungUpError(this.#options.config, asError(cause))
    }
  }

  /** Says goodbye: a will is not published. @param last published before, as far as the broker still takes it */
  async close(last?: Publication): Promise<void> {
    for (const timer of this.#leaving.values()) clearTimeout(timer)
    const client = this.#client
    if (client !== undefined) {
      const bye = async (): Promise<void> => {
        if (last !== undefined) await this.publish(last).catch(() => undefined)
        await client.endAsync(false)
      }
      await Promise.race([bye(), pause(FAREWELL, undefined, { ref: false })])
    }
    this.#closing.abort(hungUpError(this.#options.config))
    this.#wake.abort()
    client?.end(true)
    await this.#running
  }

  async #run(): Promise<void> {
    let failures = 0
    let takeovers = 0
    while (!this.#closing.signal.aborted) {
      let problem: DriverError
      try {
        const { client, gone } = await this.#login()
        this.#gone = gone.then(() => [])
        const since = this.#options.clock.mono()
        this.#wasLetIn = true
        await this.#welcome(client)
        problem = await gone
        const steady = this.#options.clock.mono() - since >= STEADY
        if (steady) failures = 0
        takeovers = steady ? 0 : takeovers + 1
        if (takeovers >= TAKEOVERS && problem.fault === 'connect')
          problem = unsteadyError(this.#options.config, this.clientId, takeovers, problem)
      } catch (thrown) {
        problem = thrown instanceof DriverError ? thrown : loginError(this.#options.config, this.clientId, asError(thrown))
      }
      this.#client = undefined
      if (this.#closing.signal.aborted) break
      this.#problem = problem
      this.#user.down(problem)
      this.#settled.resolve()
      await this.#rest(problem, failures++)
    }
    this.#settled.resolve()
  }

  async #rest(problem: DriverError, failures: number): Promise<void> {
    const usual = BACKOFF[Math.min(failures, BACKOFF.length - 1)] ?? 0
    const wait = (problem.retriable ? usual : BACKOFF_AUTH) * (0.8 + 0.4 * Math.random())
    this.#wake = new AbortController()
    await pause(wait, undefined, { signal: AbortSignal.any([this.#wake.signal, this.#closing.signal]) }).catch(() => undefined)
  }

  /** @returns a client that the broker has let in, and a promise of why that ended. @throws DriverError */
  async #login(): Promise<{ client: MqttClient; gone: Promise<DriverError> }> {
    const { config, will } = this.#options
    const socket = await openBrokerSocket(config, this.#closing.signal)
    const acknowledger = new Acknowledger(async () => await this.#user.accepted())
    const client = this.#newClient(socket, will?.())
    acknowledger.attach(client, (packet) => this.#user.received(messageOf(packet)))
    const { promise: gone, resolve: end } = Promise.withResolvers<DriverError>()
    let cause: Error | undefined
    let entering = true
    const entered = new Promise<void>((resolve, reject) => {
      client.on('connect', (packet) => {
        this.#user.entered(packet.sessionPresent)
        entering = false
        resolve()
      })
      client.on('error', (error) => {
        cause ??= error
        // after an error only a new connection is trusted
        socket.destroy()
      })
      client.on('disconnect', (packet) => (cause ??= Object.assign(new Error('thrown out'), { code: packet.reasonCode })))
      client.on('close', () => {
        const error = this.#whyGone(cause, entering)
        acknowledger.stop()
        client.end(true)
        reject(error)
        end(error)
      })
    })
    await entered
    return { client, gone }
  }

  #whyGone(cause: Error | undefined, entering: boolean): DriverError {
    const { config } = this.#options
    const reset = cause !== undefined && 'code' in cause && (cause.code === 'ECONNRESET' || cause.code === 'EPIPE')
    // one that let us in before is a broker: it is going away
    if (entering && (cause === undefined || reset)) return this.#wasLetIn ? hungUpError(config, cause) : notGreetedError(config)
    return cause === undefined ? hungUpError(config) : loginError(config, this.clientId, cause)
  }

  #newClient(socket: Socket, will: Publication | undefined): MqttClient {
    const { config, clean, clientId } = this.#options
    const version5 = config.version === '5'
    const expiry = clean ? 0 : SESSION_EXPIRY_SECONDS
    return new MqttClient(() => socket, {
      clientId,
      clean,
      protocolId: 'MQTT',
      protocolVersion: version5 ? 5 : 4,
      keepalive: config.keepaliveSeconds,
      connectTimeout: CONNECT_TIMEOUT,
      reconnectPeriod: 0,
      resubscribe: false,
      queueQoSZero: false,
      // its words for developers cost a tenth of a message's time even where nobody reads them
      log: () => undefined,
      ...(config.username === '' ? {} : { username: config.username }),
      ...(config.password.reveal() === '' ? {} : { password: config.password.reveal() }),
      ...(version5 ? { properties: { sessionExpiryInterval: expiry, receiveMaximum: MAX_IN_FLIGHT } } : {}),
      ...(will === undefined ? {} : { will: { ...will, payload: Buffer.from(will.payload) } }),
    })
  }

  async #welcome(client: MqttClient): Promise<void> {
    this.#client = client
    this.#problem = undefined
    this.#logins++
    await this.#subscribeNow(client, [...this.#claims.keys()])
    if (this.#client !== client || !client.connected) return
    this.#user.up()
    this.#settled.resolve()
  }

  async #subscribeNow(client: MqttClient, filters: readonly string[]): Promise<void> {
    for (let from = 0; from < filters.length && client.connected; from += FILTERS_A_PACKET) {
      const some = filters.slice(from, from + FILTERS_A_PACKET).filter((filter) => this.#claims.has(filter))
      if (some.length === 0) continue
      const wanted = Object.fromEntries(some.map((filter) => [filter, { qos: this.#claims.get(filter)?.qos ?? 0 }]))
      const { promise, resolve } = Promise.withResolvers<readonly unknown[]>()
      // the error of a refused filter is told by its code in the packet; that of a broken connection by its end
      client.subscribe(wanted, (_error, _granted, packet) => resolve(packet?.granted ?? []))
      const granted = await Promise.race([promise, this.#gone])
      some.forEach((filter, index) => {
        const code = granted[index]
        if (typeof code === 'number' && code >= 128) this.#user.refused(filter, forbiddenError(this.#options.config, filter))
      })
    }
  }
}

function messageOf(packet: IPublishPacket): Received {
  const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload
  return { topic: packet.topic, payload, qos: packet.qos, retained: packet.retain }
}
