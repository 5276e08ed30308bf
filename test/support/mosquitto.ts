import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { until } from './installation.ts'

const run = promisify(execFile)

export interface Mosquitto extends AsyncDisposable {
  readonly port: number
  /** Of its certificates and the like. */
  readonly folder: string
  /** What it logged. */
  readonly log: () => string
  /** Publishes with Debian's mosquitto_pub. @returns when the broker has it */
  publish(topic: string, payload: string | Uint8Array, ...options: readonly string[]): Promise<void>
  /** As a power cut does. */
  kill(): Promise<void>
  restart(): Promise<void>
  signal(name: 'SIGSTOP' | 'SIGCONT'): void
}

/** Debian's mosquitto on loopback, on a port of its own. @param lines of its configuration; FOLDER stands for its folder */
export async function startMosquitto(
  lines: readonly string[] = ['allow_anonymous true'],
  prepare?: (folder: string) => Promise<void>,
): Promise<Mosquitto> {
  const folder = mkdtempSync(join(tmpdir(), 'synctide-mosquitto-'))
  const port = await freePort()
  const config = join(folder, 'mosquitto.conf')
  await prepare?.(folder)
  const own = lines.map((line) => line.replaceAll('FOLDER', folder))
  writeFileSync(config, [`listener ${port} 127.0.0.1`, 'user root', ...own, ''].join('\n'))
  let output = ''
  let child: ChildProcess | undefined
  const start = async (): Promise<void> => {
    child = spawn('/usr/sbin/mosquitto', ['-c', config, '-v'], { stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout?.on('data', (chunk) => (output += String(chunk)))
    child.stderr?.on('data', (chunk) => (output += String(chunk)))
    const early = once(child, 'exit').then(() => assert.fail(`mosquitto ended: ${output}`))
    early.catch(() => undefined)
    await Promise.race([until('mosquitto listens', async () => ((await listens(port)) ? true : undefined)), early])
  }
  const kill = async (): Promise<void> => {
    const running = child
    child = undefined
    if (running === undefined || running.exitCode !== null) return
    running.kill('SIGKILL')
    await once(running, 'exit')
  }
  await start()
  return {
    port,
    folder,
    log: () => output,
    async publish(topic, payload, ...options) {
      const publishing = run('mosquitto_pub', ['-h', '127.0.0.1', '-p', String(port), '-t', topic, '-s', ...options])
      publishing.child.stdin?.end(payload)
      await publishing
    },
    kill,
    restart: start,
    signal: (name) => void child?.kill(name),
    async [Symbol.asyncDispose]() {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  assert.ok(typeof address === 'object' && address !== null)
  return address.port
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
