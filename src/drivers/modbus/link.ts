import type { Socket } from 'node:net'
import { asError, type DriverError } from '#base/errors.ts'
import type { Clock, Millis } from '#base/time.ts'
import { encodeFrame, encodeReadRequest, readReply, takeFrames, type ReadRequest, type Reply, type TakenFrame } from './core/pdu.ts'
import type { FrameDirection } from '../driver.ts'
import { DEVICE, closedError, hungUpError, malformedError, notModbusError, silenceError, wrongUnitError } from './link-errors.ts'
import { openTcp, type Endpoint } from '../open-tcp.ts'

export interface RequestOptions {
  readonly unitId: number
  /** Counted from the moment the request leaves, not from the moment it queues. */
  readonly timeoutMillis: Millis
  readonly connectTimeoutMillis: Millis
  /** Requests that may wait for their replies at once. */
  readonly pipeline: number
  readonly ignoreTransactionId: boolean
  /** Told of the request as it leaves and of its reply as it came. */
  readonly onFrame?: ((direction: FrameDirection, bytes: Uint8Array) => void) | undefined
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
  gathering: boolean
  /** Answers with a transaction id that nobody waits for, since the last request left. */
  strangers: number
}

/** A device gets this long to answer our FIN before the socket goes all the same. */
const FAREWELL: Millis = 2000
const DROP_FAREWELL: Millis = 300

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
  readonly #closing = new AbortController()
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
   * Makes sure that there is a connection. An abort ends only the waiting: others may want the connection.
   * @throws DriverError; or the signal's reason
   */
  async open(connectTimeoutMillis: Millis, signal?: AbortSignal): Promise<void> {
    this.#closing.signal.throwIfAborted()
    signal?.throwIfAborted()
    if (this.#connection !== undefined) return
    this.#opening ??= this.#openOnce(connectTimeoutMillis)
    if (signal === undefined) return await this.#opening
    const aborted = Promise.withResolvers<never>()
    const onAbort = (): void => aborted.reject(asError(signal.reason))
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      await Promise.race([this.#opening, aborted.promise])
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  /**
   * Sends a request when its turn comes. An exception reply is an answer, not an error.
   * @throws DriverError; or the signal's reason
   */
  async request(request: ReadRequest, options: RequestOptions): Promise<LinkReply> {
    this.#closing.signal.throwIfAborted()
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
    // ends an attempt to connect at once: nobody may wait for its time-out
    this.#closing.abort(closedError(this.endpoint))
    const connection = this.#connection
    this.#connection = undefined
    this.#rejectAll([...this.#takeInFlight(), ...this.#queue.splice(0)], closedError(this.endpoint))
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
    const { request, options } = pending
    const { unitId, timeoutMillis } = options
    this.#inFlight.set(transactionId, pending)
    connection.strangers = 0
    pending.timer = setTimeout(
      () => this.#abandon(pending, silenceError(this.endpoint, unitId, request, timeoutMillis, connection.strangers)),
      timeoutMillis,
    )
    this.#lastSent = this.#clock.mono()
    const bytes = encodeFrame({ transactionId, unitId, pdu: encodeReadRequest(request) })
    options.onFrame?.('sent', bytes)
    if (options.pipeline > 1) gather(connection)
    connection.socket.write(bytes)
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
      this.#failInFlight(notModbusError(this.endpoint, broken))
      return
    }
    this.#pump()
  }

  /** @returns false when the connection had to go */
  #onFrame(connection: Connection, frame: TakenFrame): boolean {
    const [transactionId, pending] = this.#whoAsked(frame.transactionId)
    // the late answer to a question nobody waits for any more, or a gateway that counts for itself
    if (pending === undefined) {
      connection.strangers++
      return true
    }
    connection.replies++
    pending.options.onFrame?.('received', frame.bytes)
    if (frame.unitId !== pending.options.unitId) {
      this.#failInFlight(wrongUnitError(this.endpoint, pending.options.unitId, frame.unitId))
      return false
    }
    const reply = readReply(frame.pdu, pending.request)
    if (reply.kind === 'malformed') {
      this.#failInFlight(malformedError(this.endpoint, frame.unitId, pending.request, reply.problem))
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
    const error = hungUpError(this.endpoint, cause)
    this.#rejectAll(
      lost.filter((pending) => !again.includes(pending)),
      error,
    )
    this.#pump()
  }

  async #connect(connectTimeoutMillis: Millis): Promise<void> {
    await this.#retiring
    const socket = await openTcp(this.endpoint, DEVICE, connectTimeoutMillis, this.#closing.signal)
    if (this.#closing.signal.aborted) {
      this.#retire(socket, FAREWELL)
      this.#closing.signal.throwIfAborted()
    }
    let failure: Error | undefined
    socket.on('error', (error) => (failure = error))
    const connection: Connection = { socket, rest: new Uint8Array(0), replies: 0, gathering: false, strangers: 0 }
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
}

/** Requests that leave in the same turn travel in one packet. */
function gather(connection: Connection): void {
  if (connection.gathering) return
  connection.gathering = true
  connection.socket.cork()
  process.nextTick(() => {
    connection.gathering = false
    connection.socket.uncork()
  })
}

function settle(pending: Pending): void {
  clearTimeout(pending.timer)
  pending.options.signal.removeEventListener('abort', pending.onAbort)
}
