import { type AddressInfo, type Socket, connect, createServer } from 'node:net'
import { takeFrames } from '#drivers/modbus/core/pdu.ts'

/** Stands between a client and a Modbus TCP server and counts what the server answered. */
export interface CountingRelay extends AsyncDisposable {
  readonly port: number
  /** Answers handed back to the client so far. */
  readonly answered: () => number
}

export async function countingRelay(target: number): Promise<CountingRelay> {
  const sockets = new Set<Socket>()
  let answered = 0
  const server = createServer({ noDelay: true }, (client) => {
    const device = connect({ port: target, host: '127.0.0.1', noDelay: true })
    for (const [one, other] of [
      [client, device],
      [device, client],
    ] as const) {
      sockets.add(one)
      one.on('error', () => undefined)
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
    }
    client.pipe(device)
    let rest: Uint8Array = new Uint8Array(0)
    device.on('data', (chunk: Buffer) => {
      const taken = takeFrames(Buffer.concat([rest, chunk]))
      rest = taken.rest
      answered += taken.frames.length
      client.write(chunk)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    answered: () => answered,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
