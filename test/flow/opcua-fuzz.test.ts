import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { asError, DriverError } from '#base/errors.ts'
import type { Sample } from '#domain/sample.ts'
import type { Session } from '#drivers/driver.ts'
import { createDriver } from '#drivers/opcua/driver.ts'
import { until } from '../support/installation.ts'
import { opcuaPlan } from '../support/opcua-device.ts'
import { PLANT } from '../support/opcua-server.ts'
import { nameOf, serve } from '../support/served-opcua.ts'
import { recordedContext } from '../support/session-context.ts'
import { TcpProxy } from '../support/tcp-proxy.ts'

const folder = mkdtempSync(join(tmpdir(), 'synctide-opcua-fuzz-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** SYNCTIDE_FUZZ=100000 SYNCTIDE_SEED=… for a long run, or to repeat one. */
const FRAMES = Number(process.env['SYNCTIDE_FUZZ'] ?? 300)
const SEED = Number(process.env['SYNCTIDE_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
/** Devices of each kind at once, each with a session of its own: most of the time is spent waiting for time-outs. */
const DEVICES = Math.min(25, 4 + Math.floor(FRAMES / 1000))

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

/** Binary encoding ids of the responses that carry values: Read, Publish (Part 6, A.2). */
const CARRIERS: readonly number[] = [634, 829]
/** Where the value part of a response begins, past the headers of chunk, sequence and service. */
const BODY = 60

/** So many chunks in a hundred are changed: of values many, of what is said while connecting few, since each of these costs a time-out. */
function percentOf(bytes: Buffer): number {
  return bytes.length > BODY && CARRIERS.includes(bytes.readUInt16LE(26)) ? 40 : 4
}

/** Changes what the server says: mostly octets of values, but anything else too: a length that lies, something missing, something twice. */
function mutated(bytes: Buffer, random: (below: number) => number): Buffer {
  const changed = Buffer.from(bytes)
  switch (random(40)) {
    case 0:
      return changed.subarray(0, random(changed.length))
    case 1:
      return Buffer.concat([changed, changed])
    case 2:
      if (changed.length >= 8) changed.writeUInt32LE(random(2 ** 32), 4)
      return changed
    case 3:
      changed[random(changed.length)] = random(256)
      return changed
    default:
      for (let left = 1 + random(4); left > 0; left--) changed[BODY + random(Math.max(1, changed.length - BODY))] = random(256)
      return changed
  }
}

test(
  `${FRAMES} mutated frames (seed ${SEED}): no crash, no leak, a bounded log, and it heals`,
  { timeout: 180_000 + FRAMES * 80 },
  async (t) => {
    const random = randomOf(SEED)
    let frames = 0
    let mutating = true
    await using server = await serve(30, { sessions: 5000 })
    await using proxy = await TcpProxy.start(server.port, (direction, bytes) => {
      if (!mutating || direction === 'sent' || random(100) >= percentOf(bytes)) return bytes
      frames++
      return mutated(bytes, random)
    })
    const said: string[] = []
    for (const name of ['log', 'warn', 'error'] as const)
      t.mock.method(console, name, (...words: unknown[]) => void said.push(String(words[0])))
    const driver = createDriver()
    const stop = new AbortController()
    const names = Array.from({ length: 30 }, (_, index) => nameOf(index))
    const tags = [...names, 'Total', 'Text', 'Levels[1]', 'Running'].map((name) => [`nsu=${PLANT};s=${name}`] as const)
    const faults = new Map<string, number>()
    /** Devices that were told the last word of the server. */
    const healed = new Set<string>()
    /** As the runtime does, but without mercy: who is thrown out comes back at once. */
    const device = async (mode: 'subscription' | 'poll', nth: number): Promise<void> => {
      const heard = (samples: readonly Sample[] = []): void => {
        if (samples.some(({ value }) => value === 'healed')) healed.add(`${mode} ${nth}`)
      }
      const context = recordedContext({ folder, signal: stop.signal, emit: heard, frame: () => undefined })
      const connection = {
        endpointUrl: `opc.tcp://127.0.0.1:${proxy.port}`,
        mode,
        samplingInterval: 0,
        connectTimeoutMillis: 500,
        sessionTimeoutSeconds: 10 + 2 * nth + Number(mode === 'poll'),
      }
      const plan = opcuaPlan(connection, tags, 300)
      while (!stop.signal.aborted) {
        let session: Session | undefined
        try {
          session = await driver.connect(plan, context)
          if (mode === 'poll') while (!stop.signal.aborted) heard(await session.poll?.(Date.now() * 1000, stop.signal))
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
    server.change(names.length, 20)
    const running = Promise.all(Array.from({ length: DEVICES }, (_, nth) => [device('subscription', nth), device('poll', nth)]).flat())
    let broken: unknown
    running.catch((error: unknown) => (broken = error))
    const wait = async (what: string, isThere: () => boolean, millis: number): Promise<void> => {
      await until(what, () => (isThere() || broken !== undefined ? true : undefined), millis, 20)
    }
    const heap = (): number => {
      globalThis.gc?.()
      return process.memoryUsage().heapUsed / 2 ** 20
    }
    try {
      await wait('a quarter', () => frames >= FRAMES / 4, 60_000 + FRAMES * 40)
      const before = heap()
      await wait('all frames', () => frames >= FRAMES, 60_000 + FRAMES * 40)
      const grown = heap() - before
      mutating = false
      proxy.cut()
      server.change(0, 0)
      server.set('Text', 'healed')
      await wait('healing', () => healed.size === 2 * DEVICES, 60_000)
      t.diagnostic(
        `${frames} frames, heap ${grown.toFixed(1)} MiB more than after a quarter, ${said.length} lines, ${proxy.connections} connections, faults ${[...faults].map(([fault, count]) => `${fault} ${count}`).join(', ')}`,
      )
      assert.ok(said.length < 250, `it said ${said.length} lines, such as ${said[0]}`)
      assert.ok(proxy.connections <= 4 * DEVICES)
      if (globalThis.gc !== undefined) assert.ok(grown < 40, `${grown} MiB`)
    } finally {
      stop.abort()
      await running
    }
  },
)
