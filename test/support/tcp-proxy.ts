import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { FrameDirection } from '#drivers/driver.ts'

/** Sees what passes, and may give something else to be passed; `sent` is what the client sent. */
type Tap = (direction: FrameDirection, bytes: Buffer) => Buffer

/**
 * A cable that can be pulled: in a hole nothing gets through either way, no end of a connection either, and new connections get no
 * answer. When it is put back, connections that both sides kept go on where they were, as TCP's retransmissions would have it.
 */
export class TcpProxy implements AsyncDisposable {
  readonly port: number
  readonly #server: Server
  readonly #target: number | string
  readonly #tap: Tap
  readonly #pairs = new Set<Pair>()
  #hole = false

  private constructor(server: Server, port: number, target: number | string, tap: Tap) {
    this.#server = server
    this.port = port
    this.#target = target
    this.#tap = tap
    server.on('connection', (near) => this.#join(near))
  }

  static async start(target: number | string, tap: Tap = (_, bytes) => bytes): Promise<TcpProxy> {
    const server = createServer({ pauseOnConnect: true })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    return new TcpProxy(server, typeof address === 'object' && address !== null ? address.port : 0, target, tap)
  }

  get connections(): number {
    return this.#pairs.size
  }

  pull(): void {
    this.#hole = true
    for (const pair of this.#pairs) pair.hold()
  }

  putBack(): void {
    this.#hole = false
    for (const pair of this.#pairs) pair.letThrough()
  }

  /** Ends every connection, as a switch that restarts. */
  cut(): void {
    for (const pair of this.#pairs) pair.destroy()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut()
    const closed = once(this.#server, 'close')
    this.#server.close()
    await closed
  }

  #join(near: Socket): void {
    const pair = new Pair(near, this.#target, this.#tap, () => this.#pairs.delete(pair))
    this.#pairs.add(pair)
    if (!this.#hole) pair.letThrough()
  }
}

class Pair {
  readonly #near: Socket
  readonly #target: number | string
  readonly #tap: Tap
  readonly #onEnd: () => void
  #far: Socket | undefined
  #holding = true
  /** An end that the other side has not heard of yet. */
  #ended = false

  constructor(near: Socket, target: number | string, tap: Tap, onEnd: () => void) {
    this.#near = near
    this.#target = target
    this.#tap = tap
    this.#onEnd = onEnd
    near.on('error', () => undefined)
    near.on('close', () => this.#end())
  }

  hold(): void {
    this.#holding = true
    this.#near.pause()
    this.#far?.pause()
  }

  letThrough(): void {
    this.#holding = false
    if (this.#ended) return this.destroy()
    if (this.#far === undefined) {
      this.#far = connect({ ...placeOf(this.#target), noDelay: true })
      const far = this.#far
      far.on('error', () => undefined)
      far.on('close', () => this.#end())
      far.on('data', (bytes: Buffer) => this.#near.write(this.#tap('received', bytes)))
      this.#near.on('data', (bytes: Buffer) => far.write(this.#tap('sent', bytes)))
    }
    this.#near.resume()
    this.#far.resume()
  }

  destroy(): void {
    this.#near.destroy()
    this.#far?.destroy()
    this.#onEnd()
  }

  #end(): void {
    this.#ended = true
    if (!this.#holding) this.destroy()
  }
}

/** A port of this machine, or the path of a socket. */
function placeOf(target: number | string): { port: number; host: string } | { path: string } {
  return typeof target === 'string' ? { path: target } : { port: target, host: '127.0.0.1' }
}
