import { connect as connectSocket, type Socket } from 'node:net'
import { asError, DriverError } from '#base/errors.ts'
import type { Clock, Millis } from '#base/time.ts'
import {
  encodeFrame,
  encodeReadRequest,
  exceptionText,
  readReply,
  takeFrames,
  type Frame,
  type ReadRequest,
  type Reply,
} from './core/pdu.ts'

export interface Endpoint {
  readonly host: string
  readonly port: number
}

export interface RequestOptions {
  readonly unitId: number
  /** Counted from the moment the request leaves, not from the moment it queues. */
  readonly timeoutMillis: Millis
  readonly connectTimeoutMillis: Millis
  /** Requests that may wait for their replies at once. */
  readonly pipeline: number
  readonly ignoreTransactionId: boolean
  readonly signal: AbortSignal
}

/** A reply that makes sense. */
export type LinkReply = Exclude<Reply, { readonly kind: 'malformed' }>

interface Pending {
  readonly request: ReadRequest
  readonly options: RequestOptions
  readonly resolve: (reply: LinkReply) => void
  readonly reject: (error: Error) => void
  readonly onAbort: () => void
  timer: NodeJS.Timeout | undefined
  /** It was lost with a connection that the device had closed while idle, and has been sent anew. */
  resent: boolean
}

interface Connection {
  readonly socket: Socket
  rest: Uint8Array
  replies: number
}

/** A device gets this long to answer our FIN before the socket goes all the same. */
const FAREWELL: Millis = 2000
const DROP_FAREWELL: Millis = 300
const KEEP_ALIVE_DELAY: Millis = 10_000

/**
 * The one socket to a gateway, shared by everybody who talks to a unit id behind it. Requests queue here and at most `pipeline`
 * are in flight. A socket that has missed a reply is never used again: what arrives late on it could be taken for the answer
 * to the next question. Requests that were merely waiting then travel on a new socket; only who timed out hears of it.
 */
export class Link {
  readonly endpoint: Endpoint
  readonly #clock: Clock
  readonly #queue: Pending[] = []
  readonly #inFlight = new Map<number, Pending>()
  #connection: Connection | undefined
  #opening: Promise<void> | undefined
  #retiring: Promise<void>
  #closed = false
  #transactionId = 0
  #lastSent: Millis
  #connections = 0

  /** @param after what must be over before the first connection: a predecessor's farewell to a device that serves only one */
  constructor(endpoint: Endpoint, clock: Clock, after: Promise<void>) {
    this.endpoint = endpoint
    this.#clock = clock
    this.#retiring = after
    this.#lastSent = clock.mono()
  }

  /** When the last request left, in monotonic milliseconds. */
  get lastSent(): Millis {
    return this.#lastSent
  }

  get isOpen(): boolean {
    return this.#connection !== undefined
  }

  /** Sockets opened so far. */
  get connections(): number {
    return this.#connections
  }

  /**
   * Makes sure that there is a connection.
   * @throws DriverError
   */
  async open(connectTimeoutMillis: Millis): Promise<void> {
    if (this.#closed) throw this.#closedError()
    if (this.#connection !== undefined) return
    this.#opening ??= this.#openOnce(connectTimeoutMillis)
    await this.#opening
  }

  /**
   * Sends a request when its turn comes. An exception reply is an answer, not an error.
   * @throws DriverError; or the signal's reason
   */
  async request(request: ReadRequest, options: RequestOptions): Promise<LinkReply> {
    if (this.#closed) throw this.#closedError()
    options.signal.throwIfAborted()
    return await new Promise<LinkReply>((resolve, reject) => {
      const pending: Pending = {
        request,
        options,
        resolve,
        reject,
        onAbort: () => this.#abandon(pending, asError(options.signal.reason)),
        timer: undefined,
        resent: false,
      }
      options.signal.addEventListener('abort', pending.onAbort, { once: true })
      this.#queue.push(pending)
      this.#pump()
    })
  }

  /** Ends the conversation with a FIN and rejects whatever still waits. Resolves when the socket is gone, within 2 s. */
  async close(): Promise<void> {
    this.#closed = true
    const connection = this.#connection
    this.#connection = undefined
    this.#rejectAll([...this.#takeInFlight(), ...this.#queue.splice(0)], this.#closedError())
    if (connection !== undefined) this.#retire(connection.socket, FAREWELL)
    await this.#opening?.catch(() => undefined)
    await this.#retiring
  }

  #pump(): void {
    for (let head = this.#queue[0]; head !== undefined; head = this.#queue[0]) {
      if (this.#connection === undefined) {
        this.#openForQueue(head.options.connectTimeoutMillis)
        return
      }
      const width = head.options.ignoreTransactionId || this.#anyoneIgnoresIds() ? 1 : head.options.pipeline
      if (this.#inFlight.size >= width) return
      this.#queue.shift()
      this.#send(this.#connection, head)
    }
  }

  #anyoneIgnoresIds(): boolean {
    for (const pending of this.#inFlight.values()) if (pending.options.ignoreTransactionId) return true
    return false
  }

  #openForQueue(connectTimeoutMillis: Millis): void {
    // a failure has been handed to everybody in the queue
    this.open(connectTimeoutMillis).catch(() => undefined)
  }

  async #openOnce(connectTimeoutMillis: Millis): Promise<void> {
    try {
      await this.#connect(connectTimeoutMillis)
    } catch (error) {
      this.#opening = undefined
      this.#rejectAll(this.#queue.splice(0), asError(error))
      throw error
    }
    this.#opening = undefined
    this.#pump()
  }

  #send(connection: Connection, pending: Pending): void {
    do this.#transactionId = (this.#transactionId + 1) & 0xffff
    while (this.#inFlight.has(this.#transactionId))
    const transactionId = this.#transactionId
    this.#inFlight.set(transactionId, pending)
    pending.timer = setTimeout(() => this.#abandon(pending, this.#timeoutError(pending)), pending.options.timeoutMillis)
    this.#lastSent = this.#clock.mono()
    connection.socket.write(encodeFrame({ transactionId, unitId: pending.options.unitId, pdu: encodeReadRequest(pending.request) }))
  }

  /** Gives up one request. If it was in flight its reply may still come: the socket goes, the others move to a new one. */
  #abandon(pending: Pending, error: Error): void {
    const queued = this.#queue.indexOf(pending)
    if (queued !== -1) {
      this.#queue.splice(queued, 1)
    } else {
      const others = this.#takeInFlight().filter((other) => other !== pending)
      for (const other of others) clearTimeout(other.timer)
      this.#queue.unshift(...others)
      this.#dropConnection()
    }
    this.#rejectAll([pending], error)
    this.#pump()
  }

  #onData(connection: Connection, chunk: Uint8Array): void {
    if (connection !== this.#connection) return
    const { frames, rest, broken } = takeFrames(connection.rest.length === 0 ? chunk : Buffer.concat([connection.rest, chunk]))
    connection.rest = rest
    for (const frame of frames) {
      if (!this.#onFrame(connection, frame)) return
    }
    if (broken !== null) {
      this.#failInFlight(
        new DriverError('protocol', `${this.#name()} sends something other than Modbus TCP: ${broken}`, {
          remedy: 'Check the port, and that the device speaks Modbus TCP and not Modbus RTU over TCP.',
        }),
      )
      return
    }
    this.#pump()
  }

  /** @returns false when the connection had to go */
  #onFrame(connection: Connection, frame: Frame): boolean {
    const [transactionId, pending] = this.#whoAsked(frame.transactionId)
    // the late answer to a question nobody waits for any more
    if (pending === undefined) return true
    connection.replies++
    if (frame.unitId !== pending.options.unitId) {
      this.#failInFlight(
        new DriverError('protocol', `${this.#name()} answered as unit ${frame.unitId} although unit ${pending.options.unitId} was asked`, {
          remedy: `Set the unit id to ${frame.unitId} if that is the device you mean.`,
        }),
      )
      return false
    }
    const reply = readReply(frame.pdu, pending.request)
    if (reply.kind === 'malformed') {
      const asked = describe(pending.request)
      this.#failInFlight(
        new DriverError('protocol', `${this.#name()}, unit ${frame.unitId}, answered ${asked} with ${reply.problem}`, {
          remedy:
            'A gateway that mixes up answers: lower "Requests in flight" to 1 and "Registers per request", and check for a second client.',
        }),
      )
      return false
    }
    this.#inFlight.delete(transactionId)
    settle(pending)
    pending.resolve(reply)
    return true
  }

  #whoAsked(transactionId: number): readonly [number, Pending | undefined] {
    const exact = this.#inFlight.get(transactionId)
    if (exact !== undefined) return [transactionId, exact]
    for (const [id, pending] of this.#inFlight) if (pending.options.ignoreTransactionId) return [id, pending]
    return [transactionId, undefined]
  }

  /** The device talks nonsense: nobody in flight can trust what comes next. */
  #failInFlight(error: DriverError): void {
    const lost = this.#takeInFlight()
    this.#dropConnection()
    this.#rejectAll(lost, error)
    this.#pump()
  }

  #onClose(connection: Connection, cause: Error | undefined): void {
    if (connection !== this.#connection) return
    this.#dropConnection()
    const lost = this.#takeInFlight()
    // A device that drops idle connections may do so just as we ask: nothing of the answer came, reading again is harmless.
    const idleDrop = connection.replies > 0 && connection.rest.length === 0
    const again = idleDrop ? lost.filter((pending) => !pending.resent) : []
    for (const pending of again) {
      clearTimeout(pending.timer)
      pending.resent = true
    }
    this.#queue.unshift(...again)
    const error = new DriverError('connect', `${this.#name()} closed the connection before it answered`, {
      cause,
      remedy: 'Many devices serve only one or a few connections: close other clients. If it drops idle connections, set a heartbeat.',
    })
    this.#rejectAll(
      lost.filter((pending) => !again.includes(pending)),
      error,
    )
    this.#pump()
  }

  async #connect(connectTimeoutMillis: Millis): Promise<void> {
    await this.#retiring
    if (this.#closed) throw this.#closedError()
    const { host, port } = this.endpoint
    const socket = connectSocket({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_DELAY })
    let failure: Error | undefined
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        socket.destroy()
        reject(
          new DriverError('timeout', `${this.#name()} did not accept the connection within ${connectTimeoutMillis} ms`, {
            remedy: 'Check the IP address, the cable, the power of the device and firewalls on the way.',
          }),
        )
      }, connectTimeoutMillis)
      socket.once('connect', () => {
        clearTimeout(timer)
        resolve()
      })
      socket.on('error', (error) => {
        failure = error
        clearTimeout(timer)
        reject(connectError(this.#name(), this.endpoint, error))
      })
    })
    if (this.#closed) {
      this.#retire(socket, FAREWELL)
      throw this.#closedError()
    }
    const connection: Connection = { socket, rest: new Uint8Array(0), replies: 0 }
    this.#connection = connection
    this.#connections++
    socket.on('data', (chunk) => this.#onData(connection, typeof chunk === 'string' ? Buffer.from(chunk) : chunk))
    socket.on('close', () => this.#onClose(connection, failure))
    // the device said FIN: no reply can follow, so nobody needs to wait for the time-out
    socket.on('end', () => this.#onClose(connection, failure))
  }

  #dropConnection(): void {
    const connection = this.#connection
    this.#connection = undefined
    if (connection !== undefined) this.#retire(connection.socket, DROP_FAREWELL)
  }

  /** Says FIN, swallows what still arrives, and destroys the socket at the latest after `patience`. */
  #retire(socket: Socket, patience: Millis): void {
    const gone = new Promise<void>((resolve) => {
      if (socket.closed) return resolve()
      const timer = setTimeout(() => socket.destroy(), patience)
      socket.once('close', () => {
        clearTimeout(timer)
        resolve()
      })
      socket.resume()
      socket.end()
    })
    this.#retiring = Promise.all([this.#retiring, gone]).then(() => undefined)
  }

  #takeInFlight(): Pending[] {
    const taken = [...this.#inFlight.values()]
    this.#inFlight.clear()
    return taken
  }

  #rejectAll(pending: readonly Pending[], error: Error): void {
    for (const one of pending) {
      settle(one)
      one.reject(error)
    }
  }

  #timeoutError(pending: Pending): DriverError {
    const { unitId, timeoutMillis } = pending.options
    return new DriverError(
      'timeout',
      `${this.#name()}, unit ${unitId}, did not answer ${describe(pending.request)} within ${timeoutMillis} ms`,
      {
        remedy: 'Check the unit id and that the device behind the gateway is powered; a slow device needs a longer time-out.',
      },
    )
  }

  #closedError(): DriverError {
    return new DriverError('connect', `The connection to ${this.#name()} has been closed by us`)
  }

  #name(): string {
    return `${this.endpoint.host}:${this.endpoint.port}`
  }
}

function settle(pending: Pending): void {
  clearTimeout(pending.timer)
  pending.options.signal.removeEventListener('abort', pending.onAbort)
}

function describe(request: ReadRequest): string {
  return `function code ${request.functionCode}, address ${request.start}, quantity ${request.quantity}`
}

function connectError(name: string, endpoint: Endpoint, cause: Error): DriverError {
  const code = 'code' in cause ? String(cause.code) : ''
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new DriverError('connect', `The host name "${endpoint.host}" is not known`, {
        cause,
        remedy: 'Check the spelling, or give the IP address of the device.',
      })
    case 'ECONNREFUSED':
      return new DriverError('refused', `${name} refuses the connection: nothing listens on port ${endpoint.port}`, {
        cause,
        remedy:
          'Check the port (usually 502), that Modbus TCP is switched on in the device, and that no other client holds its only connection.',
      })
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return new DriverError('connect', `There is no way to ${name}`, {
        cause,
        remedy: 'Check the IP address, the cable, and the network settings of this computer.',
      })
    default:
      return new DriverError('connect', `The connection to ${name} failed: ${cause.message || code}`, {
        cause,
        remedy: 'Check the IP address, the cable and the power of the device.',
      })
  }
}

/** @returns an exception reply as an error of the whole unit. */
export function unitError(endpoint: Endpoint, unitId: number, exceptionCode: number): DriverError {
  const who = `${endpoint.host}:${endpoint.port}, unit ${unitId}`
  if (exceptionCode === 0x0b) {
    return new DriverError('timeout', `${who}: the gateway answers, but the device behind it does not: ${exceptionText(exceptionCode)}`, {
      remedy: 'Check the unit id, the wiring behind the gateway and the power of the device.',
    })
  }
  return new DriverError('refused', `${who}: ${exceptionText(exceptionCode)}`, {
    remedy: 'Check the unit id and the settings of the gateway.',
  })
}

/** The links that are open, one per gateway, each for as long as somebody uses it. */
export class LinkPool {
  readonly #links = new Map<string, { readonly link: Link; users: number }>()
  readonly #farewells = new Map<string, Promise<void>>()

  /** Joins the gateway's link or makes it; each call is paired with one `release`. Opens nothing by itself. */
  acquire(endpoint: Endpoint, clock: Clock): Link {
    const key = keyOf(endpoint)
    const known = this.#links.get(key)
    if (known !== undefined) {
      known.users++
      return known.link
    }
    const link = new Link(endpoint, clock, this.#farewells.get(key) ?? Promise.resolve())
    this.#links.set(key, { link, users: 1 })
    return link
  }

  /** How many use the gateway's link now. */
  users(endpoint: Endpoint): number {
    return this.#links.get(keyOf(endpoint))?.users ?? 0
  }

  /** The last to leave closes the socket. */
  async release(link: Link): Promise<void> {
    const key = keyOf(link.endpoint)
    const known = this.#links.get(key)
    if (known?.link !== link) return
    known.users--
    if (known.users > 0) return
    this.#links.delete(key)
    const farewell = link.close().finally(() => {
      if (this.#farewells.get(key) === farewell) this.#farewells.delete(key)
    })
    this.#farewells.set(key, farewell)
    await farewell
  }
}

function keyOf(endpoint: Endpoint): string {
  return `${endpoint.host.toLowerCase()}:${endpoint.port}`
}
