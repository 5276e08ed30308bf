import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import type { Millis } from '#base/time.ts'
import {
  encodeDataReply,
  encodeExceptionReply,
  encodeFrame,
  ExceptionCode,
  readRequest,
  takeFrames,
  type Frame,
  type FunctionCode,
} from '#drivers/modbus/core/pdu.ts'

/**
 * What can be wrong with a server: `cable` swallows every question; `freeze` answers with the registers as they were;
 * `exception` refuses every question with that code; `slow` answers after a delay.
 */
export type ServerFault =
  | { readonly kind: 'cable' }
  | { readonly kind: 'freeze' }
  | { readonly kind: 'exception'; readonly exceptionCode: number }
  | { readonly kind: 'slow'; readonly delayMillis: Millis }

export interface ModbusServerOptions {
  /** 0 picks a free port. */
  readonly port?: number
  /** Further connections are reset at once, as small PLCs do. */
  readonly maxConnections?: number
  /** A connection without a request for so long is closed. */
  readonly idleDropMillis?: Millis
  /** After a connection that ended without FIN its slot stays taken for so long. */
  readonly uncleanHoldMillis?: Millis
}

/** The registers and bits of one unit; only what has been put exists, the rest is an illegal data address. */
export class RegisterBank {
  readonly #areas = new Map<FunctionCode, { readonly bytes: Uint8Array; readonly exists: Uint8Array }>()
  frozen = false

  /** Puts registers (function code 3 or 4), two bytes each as they go over the wire, from address `start` counted from 0. */
  putRegisters(functionCode: 3 | 4, start: number, bytes: Uint8Array): void {
    if (this.frozen) return
    const area = this.#area(functionCode)
    area.bytes.set(bytes, start * 2)
    area.exists.fill(1, start, start + bytes.length / 2)
  }

  /** Puts a coil (function code 1) or discrete input (2). */
  putBit(functionCode: 1 | 2, address: number, on: boolean): void {
    if (this.frozen) return
    const area = this.#area(functionCode)
    area.bytes[address] = on ? 1 : 0
    area.exists[address] = 1
  }

  /** @returns the data of a reply, or undefined where an address does not exist. */
  read(functionCode: FunctionCode, start: number, quantity: number): Uint8Array | undefined {
    const area = this.#area(functionCode)
    if (area.exists.subarray(start, start + quantity).includes(0)) return undefined
    if (functionCode >= 3) return area.bytes.slice(start * 2, (start + quantity) * 2)
    const packed = new Uint8Array(Math.ceil(quantity / 8))
    for (let i = 0; i < quantity; i++) packed[i >> 3] = (packed[i >> 3] ?? 0) | ((area.bytes[start + i] ?? 0) << (i & 7))
    return packed
  }

  #area(functionCode: FunctionCode): { readonly bytes: Uint8Array; readonly exists: Uint8Array } {
    let area = this.#areas.get(functionCode)
    if (area === undefined) {
      area = { bytes: new Uint8Array(functionCode >= 3 ? 0x20000 : 0x10000), exists: new Uint8Array(0x10000) }
      this.#areas.set(functionCode, area)
    }
    return area
  }
}

/** A Modbus TCP server on loopback that can misbehave on command: the demo plant, the tests and the benchmarks ask it. */
export class ModbusServer implements AsyncDisposable {
  readonly #server: Server
  readonly #options: ModbusServerOptions
  readonly #units = new Map<number, RegisterBank>()
  readonly #sockets = new Set<Socket>()
  readonly #holds = new Set<NodeJS.Timeout>()
  readonly #delays = new Set<NodeJS.Timeout>()
  #fault: ServerFault | null = null
  /** Requests answered, with data or an exception. */
  answered = 0
  /** Connections accepted and not refused. */
  accepted = 0

  private constructor(options: ModbusServerOptions) {
    this.#options = options
    this.#server = createServer({ noDelay: true }, (socket) => this.#onConnection(socket))
  }

  /** @throws Error when the port is taken */
  static async listen(options: ModbusServerOptions = {}): Promise<ModbusServer> {
    const server = new ModbusServer(options)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    server.#server.once('error', reject)
    server.#server.listen(options.port ?? 0, '127.0.0.1', resolve)
    await promise
    return server
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get connections(): number {
    return this.#sockets.size
  }

  /** The memory of a unit id, made when first asked for; other unit ids are not answered as behind a silent gateway. */
  unit(unitId: number): RegisterBank {
    let bank = this.#units.get(unitId)
    if (bank === undefined) this.#units.set(unitId, (bank = new RegisterBank()))
    return bank
  }

  /** Makes the server misbehave, or behave again with null. */
  setFault(fault: ServerFault | null): void {
    this.#fault = fault
    for (const bank of this.#units.values()) bank.frozen = fault?.kind === 'freeze'
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of [...this.#holds, ...this.#delays]) clearTimeout(timer)
    for (const socket of this.#sockets) socket.destroy()
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#server.close(() => resolve())
    await promise
  }

  #onConnection(socket: Socket): void {
    const { maxConnections, idleDropMillis, uncleanHoldMillis } = this.#options
    if (maxConnections !== undefined && this.#sockets.size + this.#holds.size >= maxConnections) {
      socket.on('error', () => undefined)
      socket.resetAndDestroy()
      return
    }
    this.accepted++
    this.#sockets.add(socket)
    let polite = false
    let rest: Uint8Array = new Uint8Array(0)
    if (idleDropMillis !== undefined) {
      socket.setTimeout(idleDropMillis, () => {
        polite = true
        socket.end()
        socket.destroy()
      })
    }
    socket.on('error', () => undefined)
    socket.on('end', () => (polite = true))
    socket.on('close', () => {
      this.#sockets.delete(socket)
      if (polite || uncleanHoldMillis === undefined || !this.#server.listening) return
      const hold = setTimeout(() => this.#holds.delete(hold), uncleanHoldMillis)
      this.#holds.add(hold)
    })
    socket.on('data', (chunk) => {
      const taken = takeFrames(Buffer.concat([rest, typeof chunk === 'string' ? Buffer.from(chunk) : chunk]))
      rest = taken.rest
      for (const frame of taken.frames) this.#onRequest(socket, frame)
      if (taken.broken !== null) socket.destroy()
    })
  }

  #onRequest(socket: Socket, frame: Frame): void {
    const bank = this.#units.get(frame.unitId)
    if (bank === undefined || this.#fault?.kind === 'cable') return
    const reply = encodeFrame({ ...frame, pdu: this.#answer(frame, bank) })
    if (this.#fault?.kind !== 'slow') return this.#send(socket, reply)
    const timer = setTimeout(() => {
      this.#delays.delete(timer)
      this.#send(socket, reply)
    }, this.#fault.delayMillis)
    this.#delays.add(timer)
  }

  #answer(frame: Frame, bank: RegisterBank): Uint8Array {
    const request = readRequest(frame.pdu)
    const functionCode = frame.pdu[0] ?? 0
    if (this.#fault?.kind === 'exception') return encodeExceptionReply(functionCode, this.#fault.exceptionCode)
    if ('exceptionCode' in request) return encodeExceptionReply(functionCode, request.exceptionCode)
    const data = bank.read(request.functionCode, request.start, request.quantity)
    if (data === undefined) return encodeExceptionReply(functionCode, ExceptionCode.IllegalDataAddress)
    return encodeDataReply(request.functionCode, data)
  }

  #send(socket: Socket, reply: Uint8Array): void {
    if (socket.destroyed) return
    this.answered++
    socket.write(reply)
  }
}
