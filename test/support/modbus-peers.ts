import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'

/** Debian's python3-pymodbus as a server of its own on loopback, unit 1. */
export async function startPymodbus(): Promise<PeerServer> {
  return await startServer('pymodbus_server.py')
}

/** Debian's libmodbus as a server of its own on loopback, any unit. */
export async function startLibmodbus(): Promise<PeerServer> {
  return await startServer('libmodbus_server.py')
}

type PeerServer = AsyncDisposable & { readonly port: number }

async function startServer(script: string): Promise<PeerServer> {
  // Debian's own interpreter: the packages are installed for no other
  const server = spawn('/usr/bin/python3', [new URL(script, import.meta.url).pathname], { stdio: ['pipe', 'pipe', 'ignore'] })
  const exited = once(server, 'exit')
  const early = exited.then((): never => assert.fail(`${script} ended before it told its port`))
  const [line] = await Promise.race([once(server.stdout, 'data'), early])
  return {
    port: Number(String(line)),
    async [Symbol.asyncDispose]() {
      early.catch(() => undefined)
      server.stdin.end()
      await exited
    },
  }
}

/** Changes a holding register of a Modbus server from outside, as an operator panel would (function code 6). */
export async function writeRegister(port: number, register: number, value: number): Promise<void> {
  const frame = Buffer.from([0, 1, 0, 0, 0, 6, 1, 6, register >> 8, register & 255, value >> 8, value & 255])
  const socket = connect(port, '127.0.0.1')
  try {
    socket.write(frame)
    const [answer] = (await once(socket, 'data')) as [Buffer]
    assert.deepEqual([...answer.subarray(0, 12)], [...frame], 'the server echoes what it wrote')
  } finally {
    socket.destroy()
  }
}
