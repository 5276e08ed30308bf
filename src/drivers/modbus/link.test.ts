import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import { DriverError } from '#base/errors.ts'
import { systemClock } from '#host/clock.ts'
import { liarServer } from '../../../test/support/liar-server.ts'
import { encodeDataReply, encodeFrame, type Frame } from './core/pdu.ts'
import { LinkPool } from './link-pool.ts'
import { Link, type RequestOptions } from './link.ts'

const request = { functionCode: 3, start: 0, quantity: 1 } as const
const options: RequestOptions = {
  unitId: 1,
  timeoutMillis: 150,
  connectTimeoutMillis: 2000,
  pipeline: 1,
  ignoreTransactionId: false,
  signal: new AbortController().signal,
}
const register = (value: number): Uint8Array => encodeDataReply(3, Uint8Array.of(value >> 8, value))
const answer = (frame: Frame, value: number, change: Partial<Frame> = {}): Uint8Array =>
  encodeFrame({ transactionId: frame.transactionId, unitId: frame.unitId, pdu: register(value), ...change })
const fault =
  (name: string) =>
  (error: unknown): boolean =>
    error instanceof DriverError && error.fault === name && error.remedy !== undefined

async function connected(port: number, work: (link: Link) => Promise<void>): Promise<void> {
  const link = new Link({ host: '127.0.0.1', port }, systemClock, Promise.resolve())
  try {
    await work(link)
  } finally {
    await link.close()
  }
}

const nonsense: readonly (readonly [string, (frame: Frame, socket: Socket) => void])[] = [
  ['the wrong unit id', (frame, socket) => socket.write(answer(frame, 7, { unitId: 9 }))],
  ['a reply that is too short', (frame, socket) => socket.write(answer(frame, 7, { pdu: Uint8Array.of(3, 1, 7) }))],
  ['a reply that is too long', (frame, socket) => socket.write(answer(frame, 7, { pdu: Uint8Array.of(3, 4, 0, 7, 0, 8) }))],
  ['another function code', (frame, socket) => socket.write(answer(frame, 7, { pdu: Uint8Array.of(4, 2, 0, 7) }))],
  ['garbage', (_, socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')],
]
for (const [what, lie] of nonsense) {
  test(`${what} is refused, and the next request travels on a new socket`, async () => {
    await using server = await liarServer((frame, socket, nth) => (nth === 0 ? lie(frame, socket) : socket.write(answer(frame, 42))))
    await connected(server.port, async (link) => {
      await assert.rejects(link.request(request, options), fault('protocol'))
      assert.deepEqual(await link.request(request, { ...options, timeoutMillis: 5000 }), { kind: 'data', data: Buffer.from([0, 42]) })
      assert.equal(server.connections(), 2)
    })
  })
}

test('the late reply to an earlier request is never taken for the next one', async () => {
  const late: (() => void)[] = []
  await using server = await liarServer((frame, socket, nth) => {
    if (nth === 0) late.push(() => void socket.write(answer(frame, 9000)))
    else {
      for (const send of late) send()
      socket.write(answer(frame, 42))
    }
  })
  await connected(server.port, async (link) => {
    await assert.rejects(link.request(request, options), fault('timeout'))
    assert.deepEqual(await link.request(request, { ...options, timeoutMillis: 5000 }), { kind: 'data', data: Buffer.from([0, 42]) })
    assert.equal(server.connections(), 2)
  })
})

test('a frame with an unknown transaction id is passed over, on the same socket, byte by byte', async () => {
  await using server = await liarServer((frame, socket) => {
    const bytes = Buffer.concat([answer(frame, 9000, { transactionId: frame.transactionId ^ 0x5555 }), answer(frame, 42)])
    for (const byte of bytes) socket.write(Uint8Array.of(byte))
  })
  await connected(server.port, async (link) => {
    assert.deepEqual(await link.request(request, { ...options, timeoutMillis: 5000 }), { kind: 'data', data: Buffer.from([0, 42]) })
    assert.equal(server.connections(), 1)
  })
})

test('a gateway that always answers with an id of its own is told from a silent device', async () => {
  await using server = await liarServer((frame, socket) =>
    socket.write(answer(frame, 7, { transactionId: (frame.transactionId + 1) & 0xffff })),
  )
  await connected(server.port, async (link) => {
    await assert.rejects(link.request(request, options), fault('protocol'))
    await assert.rejects(link.request(request, options), /with another transaction id/)
    const reply = await link.request(request, { ...options, timeoutMillis: 5000, ignoreTransactionId: true })
    assert.deepEqual(reply, { kind: 'data', data: Buffer.from([0, 7]) })
  })
})

test('a connection dropped before the answer fails at once, long before the time-out', async () => {
  await using server = await liarServer((_, socket) => socket.end(Uint8Array.of(0, 1, 0)))
  await connected(server.port, async (link) => {
    await assert.rejects(link.request(request, { ...options, timeoutMillis: 60_000 }), fault('connect'))
  })
})

test('a connection that the device dropped when idle is opened again without an error', async () => {
  await using server = await liarServer((frame, socket, nth) => (nth === 1 ? socket.end() : socket.write(answer(frame, nth))))
  await connected(server.port, async (link) => {
    await link.request(request, options)
    assert.deepEqual(await link.request(request, { ...options, timeoutMillis: 5000 }), { kind: 'data', data: Buffer.from([0, 2]) })
  })
})

test('pipelined replies in reverse order reach who asked', async () => {
  const held: (() => void)[] = []
  await using server = await liarServer((frame, socket) => {
    held.unshift(() => void socket.write(answer(frame, frame.pdu[2] ?? 0)))
    if (held.length === 4) for (const send of held) send()
  })
  await connected(server.port, async (link) => {
    const replies = await Promise.all(
      [10, 20, 30, 40].map((start) => link.request({ ...request, start }, { ...options, timeoutMillis: 5000, pipeline: 4 })),
    )
    assert.deepEqual(
      replies.map((reply) => (reply.kind === 'data' ? reply.data[1] : null)),
      [10, 20, 30, 40],
    )
  })
})

test('an abort ends the request with its reason and costs the socket', async () => {
  const aborter = new AbortController()
  await using server = await liarServer((frame, socket, nth) => {
    if (nth === 0) aborter.abort(new Error('enough'))
    else socket.write(answer(frame, 42))
  })
  await connected(server.port, async (link) => {
    await assert.rejects(link.request(request, { ...options, timeoutMillis: 60_000, signal: aborter.signal }), { message: 'enough' })
    await link.request(request, { ...options, timeoutMillis: 5000 })
    assert.equal(server.connections(), 2)
  })
})

test('closing rejects who waits, in flight and in the queue', async () => {
  const arrived = Promise.withResolvers<void>()
  await using server = await liarServer(() => arrived.resolve())
  await connected(server.port, async (link) => {
    const waiting = [1, 2].map((start) => link.request({ ...request, start }, { ...options, timeoutMillis: 60_000 }))
    const outcome = Promise.allSettled(waiting)
    await arrived.promise
    await link.close()
    for (const one of await outcome) assert.ok(one.status === 'rejected' && one.reason instanceof DriverError)
    await assert.rejects(link.request(request, options), DriverError)
  })
})

test('a port where nothing listens is refused with a remedy', async () => {
  const server = await liarServer(() => undefined)
  await server[Symbol.asyncDispose]()
  await connected(server.port, async (link) => {
    await assert.rejects(link.open(2000), fault('refused'))
  })
})

test('the pool shares one link until the last user leaves', async () => {
  await using server = await liarServer((frame, socket) => socket.write(answer(frame, 1)))
  const pool = new LinkPool()
  const endpoint = { host: '127.0.0.1', port: server.port }
  const [one, two] = [pool.acquire(endpoint, systemClock), pool.acquire(endpoint, systemClock)]
  assert.equal(one, two)
  await one.open(2000)
  await pool.release(one)
  assert.ok(two.isOpen)
  await pool.release(two)
  assert.ok(!two.isOpen)
  assert.equal(pool.users(endpoint), 0)
})
