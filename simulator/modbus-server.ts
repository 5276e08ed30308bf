import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import type { Millis } from '#base/time.ts'

/** Memory of one unit; what lies beyond the end of an array is an illegal data address. Bits are one byte each, 0 or 1. */
export interface Bank {
  readonly holding: Uint16Array
  readonly input: Uint16Array
  readonly coils: Uint8Array
  readonly discrete: Uint8Array
  /** Holes in the memory: a read that touches one of these registers (function code 3 or 4) is refused. */
  readonly holes?: ReadonlySet<number>
  /** First registers of 32-bit values that are given only whole: a read that would cut one in two is refused. */
  readonly wholes?: ReadonlySet<number>
}

/**
 * `cable`: connections drop and none is accepted; `silent`: accepts and never answers; `slow`: answers after a second;
 * `exception`: answers "server device failure"; `busy`: answers "server device busy".
 */
export type ServerFault = 'cable' | 'silent' | 'slow' | 'exception' | 'busy'

export interface ModbusServerOptions {
  /** 0 picks a free port. */
  readonly port: number
  /** By unit id; a unit id that is not here is answered with exception 0x0B, as by a gateway. */
  readonly banks: ReadonlyMap<number, Bank>
  /** Further connections are reset at once, as small PLCs do. */
  readonly maxConnections?: number
  /** A connection without a request for so long is closed. */
  readonly idleDropMillis?: Millis
  /** After a connection that ended without FIN its slot stays taken for so long. */
  readonly uncleanHoldMillis?: Millis
}

const SLOW: Millis = 1000
const HEADER = 7

/**
 * A Modbus TCP server on loopback that misbehaves on command: the demo plant, tests and benchmarks ask it. It shares no code
 * with our driver, so that it cannot share its errors.
 */
export class ModbusServer implements AsyncDisposable {
  readonly #options: ModbusServerOptions
  readonly #sockets = new Set<Socket>()
  readonly #timers = new Set<NodeJS.Timeout>()
  #server: Server
  #slotsHeld = 0
  #fault: ServerFault | null = null
  /** The port, which it keeps over a cut cable. */
  readonly port: number
  /** Requests received so far. */
  requests = 0
  /** Connections accepted so far, without those refused. */
  accepted = 0

  private constructor(options: ModbusServerOptions, server: Server, port: number) {
    this.#options = options
    this.#server = server
    this.port = port
    server.on('connection', (socket) => this.#onConnection(socket))
  }

  /** @throws Error when the port is taken */
  static async start(options: ModbusServerOptions): Promise<ModbusServer> {
    const server = await listen(options.port)
    return new ModbusServer(options, server, (server.address() as AddressInfo).port)
  }

  /** Open connections. */
  get connections(): number {
    return this.#sockets.size
  }

  /** Makes the server misbehave, or well again with null; resolves when that is in force. */
  async setFault(fault: ServerFault | null): Promise<void> {
    const before = this.#fault
    this.#fault = fault
    if (fault === 'cable' && before !== 'cable') await this.#hangUp()
    if (fault !== 'cable' && before === 'cable') {
      this.#server = await listen(this.port)
      this.#server.on('connection', (socket) => this.#onConnection(socket))
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
    if (this.#fault !== 'cable') await this.#hangUp()
  }

  async #hangUp(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#server.close(() => resolve())
    for (const socket of this.#sockets) socket.destroy()
    await promise
  }

  #onConnection(socket: Socket): void {
    socket.on('error', () => undefined)
    const { maxConnections, idleDropMillis, uncleanHoldMillis } = this.#options
    if (maxConnections !== undefined && this.#sockets.size + this.#slotsHeld >= maxConnections) {
      socket.resetAndDestroy()
      return
    }
    this.accepted++
    this.#sockets.add(socket)
    let polite = false
    let received = Buffer.alloc(0)
    socket.on('end', () => (polite = true))
    if (idleDropMillis !== undefined) {
      socket.setTimeout(idleDropMillis, () => {
        polite = true
        socket.end()
      })
    }
    socket.on('close', () => {
      this.#sockets.delete(socket)
      if (polite || uncleanHoldMillis === undefined) return
      this.#slotsHeld++
      this.#later(uncleanHoldMillis, () => this.#slotsHeld--)
    })
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, typeof chunk === 'string' ? Buffer.from(chunk) : chunk])
      while (received.length >= HEADER) {
        const length = received.readUInt16BE(4)
        if (received.readUInt16BE(2) !== 0 || length < 2 || length > 254) return void socket.destroy()
        if (received.length < 6 + length) return
        this.#onRequest(socket, received.subarray(0, 6 + length))
        received = received.subarray(6 + length)
      }
    })
  }

  #onRequest(socket: Socket, request: Buffer): void {
    this.requests++
    if (this.#fault === 'silent') return
    const pdu = this.#answer(request.readUInt8(6), request.subarray(HEADER))
    const reply = Buffer.concat([request.subarray(0, HEADER), pdu])
    reply.writeUInt16BE(pdu.length + 1, 4)
    const send = (): void => {
      if (!socket.destroyed) socket.write(reply)
    }
    if (this.#fault === 'slow') this.#later(SLOW, send)
    else send()
  }

  #answer(unitId: number, pdu: Buffer): Buffer {
    const functionCode = pdu.readUInt8(0)
    const refuse = (exceptionCode: number): Buffer => Buffer.from([functionCode | 0x80, exceptionCode])
    const bank = this.#options.banks.get(unitId)
    if (bank === undefined) return refuse(0x0b)
    if (this.#fault === 'exception') return refuse(0x04)
    if (this.#fault === 'busy') return refuse(0x06)
    if (functionCode < 1 || functionCode > 4) return refuse(0x01)
    if (pdu.length !== 5) return refuse(0x03)
    const start = pdu.readUInt16BE(1)
    const quantity = pdu.readUInt16BE(3)
    if (quantity < 1 || quantity > (functionCode < 3 ? 2000 : 125)) return refuse(0x03)
    const memory = [bank.coils, bank.discrete, bank.holding, bank.input][functionCode - 1] ?? bank.holding
    if (start + quantity > memory.length) return refuse(0x02)
    if (functionCode < 3) return Buffer.from([functionCode, Math.ceil(quantity / 8), ...packBits(memory, start, quantity)])
    for (const hole of bank.holes ?? []) if (hole >= start && hole < start + quantity) return refuse(0x02)
    const cuts = (edge: number): boolean => bank.wholes?.has(edge - 1) === true
    if (cuts(start) || cuts(start + quantity)) return refuse(0x02)
    const reply = Buffer.alloc(2 + quantity * 2)
    reply.writeUInt8(functionCode, 0)
    reply.writeUInt8(quantity * 2, 1)
    for (let i = 0; i < quantity; i++) reply.writeUInt16BE(memory[start + i] ?? 0, 2 + i * 2)
    return reply
  }

  #later(wait: Millis, action: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      action()
    }, wait)
    this.#timers.add(timer)
  }
}

function packBits(memory: Uint8Array | Uint16Array, start: number, quantity: number): Uint8Array {
  const packed = new Uint8Array(Math.ceil(quantity / 8))
  for (let i = 0; i < quantity; i++) packed[i >> 3] = (packed[i >> 3] ?? 0) | ((memory[start + i] ?? 0) << (i & 7))
  return packed
}

async function listen(port: number): Promise<Server> {
  const server = createServer({ noDelay: true })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(port, '127.0.0.1', () => {
    server.off('error', reject)
    resolve()
  })
  await promise
  return server
}
