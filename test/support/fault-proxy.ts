import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** A TCP relay on loopback that misbehaves on command, for what loopback itself never does. */
export class FaultProxy implements AsyncDisposable {
  readonly port: number
  readonly #server: Server
  readonly #pairs = new Set<Pair>()
  #targetPort: number
  #refusing = false
  #mood: Mood = { delayMillis: 0, hole: false, oneByteAtATime: false }
  /** Connections accepted so far. */
  accepted = 0

  private constructor(server: Server, targetPort: number) {
    this.#server = server
    this.#targetPort = targetPort
    this.port = (server.address() as AddressInfo).port
    server.on('connection', (socket) => this.#relay(socket))
  }

  static async start(targetPort: number): Promise<FaultProxy> {
    const server = createServer({ noDelay: true, allowHalfOpen: true })
    await listen(server, 0)
    return new FaultProxy(server, targetPort)
  }

  /** Connections that clients have open now. */
  get connections(): number {
    return [...this.#pairs].filter((pair) => !pair.client.destroyed).length
  }

  /** Where new connections lead from now on. */
  setTarget(port: number): void {
    this.#targetPort = port
  }

  /** Every byte comes so much later, either way; 0 for none. */
  delay(millis: number): void {
    this.#mood = { ...this.#mood, delayMillis: millis }
  }

  /** A pulled cable: nothing comes through, nobody is told, new connections are accepted by nobody. What was sent meanwhile is lost. */
  hole(on: boolean): void {
    // what is lost of a stream can never be put right: these connections stay deaf
    if (!on && this.#mood.hole) for (const pair of this.#pairs) pair.deaf = true
    this.#mood = { ...this.#mood, hole: on }
  }

  /** Writes each byte by itself. */
  oneByteAtATime(on: boolean): void {
    this.#mood = { ...this.#mood, oneByteAtATime: on }
  }

  /** Ends all connections with a reset, both ways. */
  cut(): void {
    for (const pair of this.#pairs) {
      pair.client.resetAndDestroy()
      pair.target.resetAndDestroy()
    }
  }

  /** The device lost its power: its side is gone, ours never hears of it. */
  halfOpen(): void {
    for (const pair of this.#pairs) {
      pair.deaf = true
      pair.target.resetAndDestroy()
    }
  }

  /** New connections are refused (reset as soon as they are made), those that stand are cut. */
  refuse(on: boolean): void {
    this.#refusing = on
    if (on) this.cut()
  }

  /** Sends the clients what their device never said. */
  say(bytes: Uint8Array): void {
    for (const { client } of this.#pairs) if (client.writable) client.write(bytes)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => void this.#server.close(() => resolve()))
    this.cut()
    await closed
  }

  #relay(client: Socket): void {
    this.accepted += 1
    client.on('error', () => undefined)
    if (this.#refusing) {
      client.resetAndDestroy()
      return
    }
    const target = connect({ port: this.#targetPort, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
    const pair: Pair = { client, target, deaf: false }
    this.#pairs.add(pair)
    target.on('error', () => undefined)
    this.#pump(client, target, pair)
    this.#pump(target, client, pair)
    client.on('close', () => {
      this.#pairs.delete(pair)
      target.destroy()
    })
    target.on('close', () => {
      if (!pair.deaf && !this.#mood.hole) client.destroy()
    })
  }

  #pump(from: Socket, to: Socket, pair: Pair): void {
    // in order, however long each takes
    let before = Promise.resolve()
    const later = (work: () => Promise<void> | void): void => {
      const { delayMillis } = this.#mood
      const due = delayMillis === 0 ? Promise.resolve() : pause(delayMillis)
      before = Promise.all([before, due]).then(async () => {
        if (!pair.deaf && !this.#mood.hole && to.writable) await work()
      })
    }
    from.on('data', (chunk: Buffer) => {
      later(async () => {
        if (!this.#mood.oneByteAtATime) {
          to.write(chunk)
          return
        }
        for (let at = 0; at < chunk.length && to.writable; at += 1) {
          to.write(chunk.subarray(at, at + 1))
          // each in a segment of its own
          await new Promise((resolve) => setImmediate(resolve))
        }
      })
    })
    from.on('end', () => later(() => void to.end()))
  }
}

interface Pair {
  readonly client: Socket
  readonly target: Socket
  /** Nothing comes through any more. */
  deaf: boolean
}

interface Mood {
  readonly delayMillis: number
  readonly hole: boolean
  readonly oneByteAtATime: boolean
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve())
  })
}
