import { createServer, type AddressInfo, type Server } from 'node:net'
import { AddressSpace, type VariablePlan } from './address-space.ts'
import { Channel, type ServiceCall } from './channel.ts'
import { Status, type DataValue } from './node.ts'
import { Services } from './services.ts'

/** `cable`: connections drop and none is accepted; `silent`: accepts and never answers; `slow`: answers after a second. */
export type OpcUaServerFault = 'cable' | 'silent' | 'slow'

export interface OpcUaServerOptions {
  /** 0 picks a free port. */
  readonly port: number
  /** Of the variables. */
  readonly namespaceUri: string
  /** The folder that holds them. */
  readonly folder: string
  readonly variables: readonly VariablePlan[]
}

const SLOW_MILLIS = 1000

/**
 * A small OPC UA server on loopback, like a PLC's: security policy None, anonymous, read, browse and subscribe. It shares no code with our
 * driver nor with the library below it, so that it cannot share their errors, and costs the demo next to no memory.
 */
export class OpcUaServer implements AsyncDisposable {
  readonly port: number
  readonly #space: AddressSpace
  readonly #services: Services
  readonly #channels = new Set<Channel>()
  #server: Server
  #fault: OpcUaServerFault | null = null
  #opened = 0

  private constructor(options: OpcUaServerOptions, server: Server, port: number) {
    this.port = port
    this.#server = server
    this.#space = new AddressSpace(options.namespaceUri, options.folder, options.variables)
    this.#services = new Services(this.#space, { endpointUrl: this.endpointUrl, applicationUri: options.namespaceUri })
    this.#attach(server)
  }

  /** @throws Error when the port is taken */
  static async start(options: OpcUaServerOptions): Promise<OpcUaServer> {
    const server = await listen(options.port)
    return new OpcUaServer(options, server, (server.address() as AddressInfo).port)
  }

  get endpointUrl(): string {
    return `opc.tcp://127.0.0.1:${this.port}`
  }

  /** @throws Error for an unknown id */
  set(id: string, value: boolean | number, sourceTime: number, status: number = Status.Good): void {
    const node = this.#space.variable(id)
    if (node === undefined) throw new Error(`the server has no variable ${id}`)
    const { dataType } = node
    const data = { type: dataType as DataValue['type'], value, status, sourceTime }
    node.data = data
    this.#services.changed(node, data)
  }

  /** Makes the server misbehave, or well again with null; resolves when that is in force. */
  async setFault(fault: OpcUaServerFault | null): Promise<void> {
    const before = this.#fault
    this.#fault = fault
    if (fault === 'cable' && before !== 'cable') await this.#hangUp()
    if (fault !== 'cable' && before === 'cable') {
      this.#server = await listen(this.port)
      this.#attach(this.#server)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#services[Symbol.dispose]()
    if (this.#fault !== 'cable') await this.#hangUp()
  }

  #attach(server: Server): void {
    server.on('connection', (socket) => {
      const channel = new Channel(socket, ++this.#opened, (call) => this.#onCall(call))
      this.#channels.add(channel)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        this.#channels.delete(channel)
        this.#services.gone(channel)
      })
      socket.on('data', (chunk) => {
        if (this.#fault === 'silent') return
        try {
          channel.take(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
        } catch {
          // whoever speaks something else is not answered
          socket.destroy()
        }
      })
    })
  }

  #onCall(call: ServiceCall): void {
    if (this.#fault !== 'slow') return this.#services.answer(call)
    setTimeout(() => this.#services.answer(call), SLOW_MILLIS)
  }

  async #hangUp(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#server.close(() => resolve())
    for (const { socket } of this.#channels) socket.destroy()
    await promise
  }
}

async function listen(port: number): Promise<Server> {
  const server = createServer()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(port, '127.0.0.1', () => {
    server.off('error', reject)
    resolve()
  })
  await promise
  return server
}
