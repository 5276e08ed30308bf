import { createServer, type AddressInfo, type Socket } from 'node:net'
import { takeFrames, type Frame } from '#drivers/modbus/core/pdu.ts'

/** What the liar does with request number `nth` (from 0, over all connections). */
export type Lie = (request: Frame, socket: Socket, nth: number) => void

export interface LiarServer extends AsyncDisposable {
  readonly port: number
  /** Every request received, in order. */
  readonly requests: readonly Frame[]
  /** Connections accepted so far. */
  readonly connections: () => number
}

/** A Modbus TCP server that answers exactly what a test tells it to, down to the byte. */
export async function liarServer(lie: Lie): Promise<LiarServer> {
  const requests: Frame[] = []
  const sockets = new Set<Socket>()
  let accepted = 0
  const server = createServer({ noDelay: true }, (socket) => {
    accepted++
    sockets.add(socket)
    let rest: Uint8Array = new Uint8Array(0)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    socket.on('data', (chunk) => {
      const taken = takeFrames(Buffer.concat([rest, typeof chunk === 'string' ? Buffer.from(chunk) : chunk]))
      rest = taken.rest
      for (const frame of taken.frames) {
        requests.push(frame)
        lie(frame, socket, requests.length - 1)
      }
    })
  })
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    connections: () => accepted,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      const closed = Promise.withResolvers<void>()
      server.close(() => closed.resolve())
      await closed.promise
    },
  }
}
