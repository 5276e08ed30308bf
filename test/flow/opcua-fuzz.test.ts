import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { asError, DriverError } from '#base/errors.ts'
import type { Session } from '#drivers/driver.ts'
import { createDriver } from '#drivers/opcua/driver.ts'
import { opcuaPlan } from '../support/opcua-device.ts'
import { PLANT, TestServer } from '../support/opcua-server.ts'
import { recordedContext } from '../support/session-context.ts'
import { TcpProxy } from '../support/tcp-proxy.ts'

const folder = mkdtempSync(join(tmpdir(), 'synctide-opcua-fuzz-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** SYNCTIDE_FUZZ=100000 SYNCTIDE_SEED=… for a long run, or to repeat one. */
const FRAMES = Number(process.env['SYNCTIDE_FUZZ'] ?? 400)
const SEED = Number(process.env['SYNCTIDE_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
/** So many chunks in a hundred are changed. */
const PERCENT = 20

/** mulberry32: small, and the same everywhere. */
function randomOf(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** Changes what the server says: octets anywhere, a length that lies, something missing, something twice. */
function mutated(bytes: Buffer, random: (below: number) => number): Buffer {
  const changed = Buffer.from(bytes)
  switch (random(6)) {
    case 0:
      return changed.subarray(0, random(changed.length))
    case 1:
      return Buffer.concat([changed, changed])
    case 2:
      if (changed.length >= 8) changed.writeUInt32LE(random(2 ** 32), 4)
      return changed
    default:
      for (let left = 1 + random(4); left > 0; left--)
        changed[random(4) === 0 ? random(changed.length) : Math.min(24 + random(changed.length), changed.length - 1)] = random(256)
      return changed
  }
}

test(
  `${FRAMES} mutated frames (seed ${SEED}): no crash, no leak, a bounded log, and it heals`,
  { timeout: 60_000 + FRAMES * 40 },
  async (t) => {
    const random = randomOf(SEED)
    let frames = 0
    let mutating = true
    await using server = await TestServer.start({ variables: 30, maxSessions: 5000 })
    await using proxy = await TcpProxy.start(server.port, (direction, bytes) => {
      if (!mutating || direction === 'sent' || random(100) >= PERCENT) return bytes
      frames++
      return mutated(bytes, random)
    })
    const said: string[] = []
    for (const name of ['log', 'warn', 'error'] as const)
      t.mock.method(console, name, (...words: unknown[]) => void said.push(String(words[0])))
    const driver = createDriver()
    const stop = new AbortController()
    const names = Array.from({ length: 30 }, (_, index) => `P${String(index + 1).padStart(4, '0')}`)
    const tags = [...names, 'Total', 'Text', 'Levels[1]', 'Running'].map((name) => [`nsu=${PLANT};s=${name}`] as const)
    const faults = new Map<string, number>()
    let newest: unknown
    /** As the runtime does, but without mercy: who is thrown out comes back at once. */
    const device = async (mode: 'subscription' | 'poll'): Promise<void> => {
      const context = recordedContext({
        folder,
        signal: stop.signal,
        emit: (samples) => void (newest = samples.at(-1)?.value ?? newest),
        frame: () => undefined,
      })
      const connection = {
        endpointUrl: `opc.tcp://127.0.0.1:${proxy.port}`,
        mode,
        samplingInterval: 0,
        connectTimeoutMillis: 500,
        sessionTimeoutSeconds: 10 + Number(mode === 'poll'),
      }
      const plan = opcuaPlan(connection, tags, 300)
      while (!stop.signal.aborted) {
        let session: Session | undefined
        try {
          session = await driver.connect(plan, context)
          for (; mode === 'poll' && !stop.signal.aborted;) await session.poll?.(Date.now() * 1000, stop.signal)
          await Promise.race([session.closed, new Promise((resolve) => stop.signal.addEventListener('abort', resolve))])
        } catch (thrown) {
          const error = asError(thrown)
          if (stop.signal.aborted) break
          assert.ok(error instanceof DriverError, `no words for people: ${error.stack}`)
          faults.set(error.fault, (faults.get(error.fault) ?? 0) + 1)
        }
        await session?.[Symbol.asyncDispose]()
      }
    }
    const changing = setInterval(() => {
      for (const name of names) server.set(name, Math.random())
    }, 20)
    const running = Promise.all([device('subscription'), device('poll')])
    const reached = async (count: number): Promise<void> => {
      while (frames < count) await Promise.race([running, new Promise((resolve) => setTimeout(resolve, 20))])
    }
    const heap = (): number => {
      globalThis.gc?.()
      return process.memoryUsage().heapUsed / 2 ** 20
    }
    try {
      await reached(FRAMES / 4)
      const before = heap()
      await reached(FRAMES)
      const grown = heap() - before
      mutating = false
      proxy.cut()
      server.set('Text', 'healed')
      clearInterval(changing)
      while (newest !== 'healed') {
        server.set('Text', `${Math.random()}`)
        server.set('Text', 'healed')
        await Promise.race([running, new Promise((resolve) => setTimeout(resolve, 50))])
      }
      t.diagnostic(
        `${frames} frames, heap ${grown.toFixed(1)} MiB more than after a quarter, ${said.length} lines, ${proxy.connections} connections, faults ${[...faults].map(([fault, count]) => `${fault} ${count}`).join(', ')}`,
      )
      assert.ok(said.length < 250, `it said ${said.length} lines, such as ${said[0]}`)
      assert.ok(proxy.connections <= 4)
      if (globalThis.gc !== undefined) assert.ok(grown < 40, `${grown} MiB`)
    } finally {
      clearInterval(changing)
      stop.abort()
      await running
    }
  },
)
