import assert from 'node:assert/strict'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { test } from 'node:test'
import { DriverError } from '#base/errors.ts'
import { systemClock } from '#host/clock.ts'
import { QualityFlag, QualityReason, hasFlag, reasonOf, severityOf } from '#domain/sample.ts'
import { Iec104Station, type StationPoint } from '../../../simulator/iec104-station.ts'
import { iec104Plan } from '../../../test/support/iec104-device.ts'
import { until } from '../../../test/support/installation.ts'
import { recordedContext, type RecordedContext } from '../../../test/support/session-context.ts'
import { createDriver } from './driver.ts'

const points: readonly StationPoint[] = [
  { commonAddress: 1, objectAddress: 100, type: 'single', value: 1 },
  { commonAddress: 1, objectAddress: 200, type: 'float', value: 21.5 },
  { commonAddress: 1, objectAddress: 300, type: 'counter', value: 77 },
]
const addresses = ['1/100', '1/200', '1/300']
const historical = (context: RecordedContext): number => context.emitted.filter(isHistorical).length
const isHistorical = ({ quality }: { readonly quality: number }): boolean => hasFlag(quality, QualityFlag.Historical)
const values = (context: RecordedContext, tagId: number): unknown[] =>
  context.emitted.filter((sample) => sample.tagId === tagId).map((sample) => sample.value)
const count = (context: RecordedContext, name: string): number => context.counts.get(name) ?? 0

test('the start: interrogations, then events with their own time', async () => {
  await using station = await Iec104Station.start({ port: 0, points })
  const context = recordedContext()
  const before = systemClock.now()
  await using _ = await createDriver().connect(iec104Plan({ port: station.port }, addresses), context)
  await context.until(() => context.emitted.length === 3, 'a value of each tag')
  assert.deepEqual(
    context.emitted.map(({ tagId, value, quality }) => [tagId, value, quality]),
    [
      [1, true, QualityFlag.TimeSubstituted],
      [2, 21.5, QualityFlag.TimeSubstituted],
      [3, 77, QualityFlag.TimeSubstituted],
    ],
  )
  for (const { sourceTimestamp } of context.emitted) assert.ok(sourceTimestamp >= before && sourceTimestamp <= systemClock.now())
  const at = Math.floor(Date.now()) * 1000
  station.set(1, 100, 0, at)
  station.set(1, 200, -3.25, at + 1000, 0x01)
  await context.until(() => context.emitted.length === 5, 'both events')
  assert.deepEqual(context.emitted.slice(3, 4), [{ tagId: 1, sourceTimestamp: at, value: false, quality: 0, statusCode: null }])
  assert.equal(reasonOf(context.emitted[4]?.quality ?? 0), QualityReason.Overflow)
})

test('events from while nobody listened are history, with their time; the interrogated value stays the current one', async () => {
  await using station = await Iec104Station.start({ port: 0, points })
  const from = Math.floor(Date.now()) * 1000 - 60_000_000
  for (let nth = 0; nth < 500; nth++) station.set(1, 200, nth, from + nth * 1000)
  const context = recordedContext()
  await using _ = await createDriver().connect(iec104Plan({ port: station.port }, ['1/200']), context)
  await context.until(() => context.emitted.length === 501, 'everything')
  const replayed = context.emitted.filter(isHistorical)
  assert.deepEqual(
    replayed.map(({ sourceTimestamp, value }) => [sourceTimestamp, value]),
    Array.from({ length: 500 }, (_, nth) => [from + nth * 1000, nth]),
  )
  assert.deepEqual(
    context.emitted.filter((sample) => !isHistorical(sample)).map(({ value }) => value),
    [499],
  )
  assert.equal(count(context, 'historical_events'), 500)
})

test('cut again and again in the middle of a replay: nothing is missing, nothing is there twice', async () => {
  await using station = await Iec104Station.start({ port: 0, points, objectsPerTelegram: 3 })
  const from = Math.floor(Date.now()) * 1000 - 60_000_000
  for (let nth = 0; nth < 2000; nth++) station.set(1, 200, nth, from + nth * 1000)
  const learned = new Map<string, unknown>()
  const all: number[] = []
  let duplicates = 0
  for (let cuts = 0; station.buffered > 0; cuts++) {
    assert.ok(cuts < 100, 'it comes to an end')
    // every other time no acknowledgement gets through: what was under way is repeated
    await station.setFault(cuts % 2 === 0 ? 'deaf' : null)
    // as after a crash of the process: what was remembered is all there is
    const context = recordedContext({ learned })
    const session = await createDriver().connect(iec104Plan({ port: station.port }, ['1/200']), context)
    const left = station.buffered
    const came = (): number => historical(context) + count(context, 'duplicates_removed')
    const enough = (): boolean => (cuts % 2 === 0 ? came() >= Math.min(left, 15) : station.buffered <= Math.max(0, left - 150))
    await until('some events', () => (enough() ? true : undefined))
    station.cut()
    await session.closed
    await session[Symbol.asyncDispose]()
    all.push(...context.emitted.filter(isHistorical).map(({ value }) => Number(value)))
    duplicates += count(context, 'duplicates_removed')
  }
  assert.deepEqual(
    all,
    Array.from({ length: 2000 }, (_, nth) => nth),
  )
  assert.ok(duplicates > 0, 'the station did repeat some')
})

test('nothing is acknowledged before it is safe', async () => {
  await using station = await Iec104Station.start({ port: 0, points })
  const safe = Promise.withResolvers<void>()
  const context = recordedContext({ accepted: () => safe.promise })
  await using _ = await createDriver().connect(iec104Plan({ port: station.port, interrogationMinutes: 0, w: 1 }, addresses), context)
  for (let nth = 0; nth < 1000; nth++) station.set(1, 200, nth)
  await context.until(() => count(context, 'asdus_received') >= 12, 'a whole window')
  assert.equal(station.buffered, 1000)
  safe.resolve()
  await context.until(() => values(context, 2).includes(999), 'the rest')
})

test('the end: what is safe is acknowledged, STOPDT, FIN', async () => {
  await using station = await Iec104Station.start({ port: 0, points })
  const context = recordedContext()
  const session = await createDriver().connect(iec104Plan({ port: station.port }, addresses), context)
  station.set(1, 200, 5)
  await context.until(() => values(context, 2).includes(5), 'the event')
  await session[Symbol.asyncDispose]()
  assert.equal(await session.closed, undefined)
  assert.equal(station.isStarted, false)
  assert.equal(station.buffered, 0)
  const words = context.frames.map(({ direction, bytes }) => createDriver().describeFrame?.(direction, bytes))
  assert.deepEqual(words.slice(-3), [words.at(-3), 'U STOPDT act', 'U STOPDT con'])
  assert.match(words.at(-3) ?? '', /^S N\(R\)/)
})

test('a common address that the station does not know is named, with the one that it has', async () => {
  await using station = await Iec104Station.start({ port: 0, points })
  const context = recordedContext()
  await using _ = await createDriver().connect(iec104Plan({ port: station.port }, ['7/100']), context)
  await context.until(() => context.absences.some((problem) => problem !== null), 'a word')
  assert.match(context.absences.at(-1) ?? '', /does not know common address 7\. Look up/)
  station.set(1, 100, 0)
  await context.until(() => count(context, 'objects_received') > 0, 'data of another common address')
  assert.notEqual(context.absences.at(-1), null)
})

test('one unknown common address of two costs only its own tags', async () => {
  await using station = await Iec104Station.start({ port: 0, points })
  const context = recordedContext()
  await using _ = await createDriver().connect(iec104Plan({ port: station.port }, ['1/100', '7/100']), context)
  await context.until(() => context.emitted.length >= 2, 'both')
  assert.deepEqual(values(context, 1), [true])
  const [lost] = context.emitted.filter(({ tagId }) => tagId === 2)
  assert.equal(reasonOf(lost?.quality ?? 0), QualityReason.BadAddress)
  assert.ok(context.absences.every((problem) => problem === null))
})

test('addresses of another size are found out and told', async () => {
  await using station = await Iec104Station.start({ port: 0, points })
  const context = recordedContext()
  const driver = createDriver()
  await using _ = await driver.connect(iec104Plan({ port: station.port, causeSize: 1, objectAddressSize: 2 }, ['1/100']), context)
  station.set(1, 100, 0)
  await context.until(() => context.absences.length > 0, 'a word')
  assert.match(context.absences.at(-1) ?? '', /would fit .*2, 2, 3/)
})

test('types that we do not know and telegrams that make no sense are counted and acknowledged; the link stays', async () => {
  await using station = await Iec104Station.start({ port: 0, points })
  const context = recordedContext()
  await using session = await createDriver().connect(iec104Plan({ port: station.port }, addresses), context)
  await context.until(() => context.emitted.length === 3, 'a value of each tag')
  station.report(127, 3, 1, [[1, 2, 3, 4]])
  station.report(30, 3, 1, [[1, 2, 3, 4]])
  station.report(1, 3 | 0x80, 1, [[100, 0, 0, 0]])
  for (let nth = 0; nth < 20; nth++) station.report(45, 7, 1, [[1, 0, 0, 1]])
  station.set(1, 200, 9)
  await context.until(() => values(context, 2).includes(9), 'what came after')
  assert.deepEqual(
    ['unknown_types', 'malformed_asdus', 'test_asdus'].map((name) => count(context, name)),
    [21, 1, 1],
  )
  assert.deepEqual(values(context, 1), [true], 'a test is not from the process')
  assert.equal(session.facts?.()['Unknown types'], 21)
})

test('a station that restarts is asked again', async () => {
  await using station = await Iec104Station.start({ port: 0, points })
  const context = recordedContext()
  await using _ = await createDriver().connect(iec104Plan({ port: station.port }, addresses), context)
  await context.until(() => context.emitted.length === 3, 'a value of each tag')
  station.sayRestarted(1)
  await context.until(() => context.emitted.length === 6, 'and once more')
  assert.equal(station.seen.interrogations, 2)
})

test('the clock of the station is set in its zone, with the summer-time bit', async () => {
  await using station = await Iec104Station.start({ port: 0, points })
  const at = Date.parse('2026-07-01T12:34:56.789Z') * 1000
  const context = recordedContext({ clock: { now: () => at, mono: () => performance.now() } })
  await using _ = await createDriver().connect(
    iec104Plan({ port: station.port, clockSyncMinutes: 60, timeZone: 'Europe/Lisbon' }, addresses),
    context,
  )
  await context.until(() => station.seen.clockSyncs.length === 1 && context.emitted.length === 3, 'the synchronization')
  assert.deepEqual(station.seen.clockSyncs[0], Array.from(Buffer.from('d5dd228d61071a', 'hex')))
})

test('a change that is reported twice is stored once, with its time', async () => {
  await using station = await Iec104Station.start({ port: 0, points, doubleReports: true, objectsPerTelegram: 1 })
  const context = recordedContext()
  await using _ = await createDriver().connect(iec104Plan({ port: station.port }, ['1/100']), context)
  await context.until(() => context.emitted.length === 1, 'the interrogation')
  station.set(1, 100, 0)
  // the first time nobody can know that the other report follows
  await context.until(() => context.emitted.length === 3, 'both reports')
  for (let nth = 1; nth <= 20; nth++) station.set(1, 100, nth % 2)
  await context.until(() => count(context, 'double_reports_joined') >= 20, 'twenty changes')
  const changes = context.emitted.slice(3)
  assert.deepEqual(
    changes.map(({ value }) => value),
    Array.from({ length: 20 }, (_, nth) => nth % 2 === 0),
  )
  assert.ok(changes.every(({ quality }) => quality === 0))
})

test('a test frame that is not answered ends the link; so does garbage', async () => {
  for (const [fault, kind] of [
    ['mute', 'timeout'],
    ['garbage', 'protocol'],
  ] as const) {
    await using station = await Iec104Station.start({ port: 0, points })
    const context = recordedContext()
    await using session = await createDriver().connect(iec104Plan({ port: station.port, t1: 1.5, t2: 1, t3: 1 }, addresses), context)
    await context.until(() => context.emitted.length === 3, 'a value of each tag')
    await station.setFault(fault)
    const error = await session.closed
    assert.equal(error?.fault, kind, fault)
    assert.ok(error.remedy)
  }
})

test('a short communication time-out asks for signs of life sooner', async () => {
  await using station = await Iec104Station.start({ port: 0, points })
  let beats = 0
  const context = recordedContext({ alive: () => void beats++ })
  await using session = await createDriver().connect(iec104Plan({ port: station.port }, addresses, 5), context)
  assert.equal(session.facts?.()['t0, t1, t2, t3 (s)'], '30, 15, 10, 2')
  await context.until(() => context.emitted.length === 3 && beats > 0, 'a beat')
})

test('two devices of one station share its link: each hears its own, nothing is lost while one joins, and the last ends it', async () => {
  const other: StationPoint = { commonAddress: 2, objectAddress: 100, type: 'single', value: 0 }
  await using station = await Iec104Station.start({ port: 0, points: [...points, other] })
  const driver = createDriver()
  const first = recordedContext()
  const second = recordedContext()
  const planOf = (id: number, wanted: readonly string[], more: Readonly<Record<string, unknown>> = {}) => {
    const plan = iec104Plan({ port: station.port, commonAddress: id, ...more }, wanted)
    return {
      ...plan,
      device: { ...plan.device, id, code: `RTU-0${id}` },
      points: plan.points.map((one) => ({ ...one, tag: { ...one.tag, id: 10 * id + one.tag.id } })),
    }
  }
  const a = await driver.connect(planOf(1, addresses), first)
  await first.until(() => first.emitted.length === 3, 'its values')
  await assert.rejects(
    driver.connect(planOf(3, ['2/100'], { t1: 20 }), recordedContext()),
    (error) => error instanceof DriverError && error.fault === 'busy' && /RTU-01/.test(error.message),
  )
  const joining = driver.connect(planOf(2, ['100']), second)
  for (let value = 0; value < 50; value++) station.set(1, 200, value)
  const b = await joining
  await second.until(() => second.emitted.length > 0, 'the value of the other')
  await first.until(() => values(first, 12).includes(49), 'what happened meanwhile')
  assert.deepEqual(
    Array.from({ length: 50 }, (_, value) => values(first, 12).filter((one) => one === value).length >= 1),
    Array.from({ length: 50 }, () => true),
  )
  assert.equal(b.facts?.()['Link shared with'], 'RTU-01')

  station.set(2, 100, 1)
  await second.until(() => values(second, 21).at(-1) === true, 'an event of the second')
  assert.equal(
    first.emitted.some(({ tagId }) => tagId > 20),
    false,
  )
  await a[Symbol.asyncDispose]()
  assert.equal(station.isStarted, true)
  station.set(2, 100, 0)
  await second.until(() => values(second, 21).at(-1) === false, 'the second goes on')
  await b[Symbol.asyncDispose]()
  assert.equal(station.isStarted, false)
  await using _ = await driver.connect(planOf(1, addresses), recordedContext())
})

test('a link that breaks is told to every device that shares it, and nothing is acknowledged that one of them has not safe', async () => {
  const other: StationPoint = { commonAddress: 2, objectAddress: 100, type: 'single', value: 0 }
  await using station = await Iec104Station.start({ port: 0, points: [...points, other] })
  const driver = createDriver()
  const plan = iec104Plan({ port: station.port }, ['1/100'])
  const held = Promise.withResolvers<void>()
  let holding = false
  const second = recordedContext({ accepted: async () => (holding ? await held.promise : undefined) })
  const a = await driver.connect(plan, recordedContext())
  const points2 = iec104Plan({ port: station.port }, ['2/100']).points.map((one) => ({ ...one, tag: { ...one.tag, id: 99 } }))
  const b = await driver.connect({ ...plan, device: { ...plan.device, id: 2, code: 'RTU-02' }, points: points2 }, second)
  await second.until(() => second.emitted.length > 0, 'its value')
  holding = true
  station.set(1, 100, 0)
  station.set(2, 100, 1)
  await second.until(() => second.emitted.at(-1)?.value === true, 'the event')
  assert.ok(station.buffered > 0)
  held.resolve()
  holding = false
  station.cut()
  for (const session of [a, b]) assert.ok((await session.closed) instanceof DriverError)
  await a[Symbol.asyncDispose]()
  await b[Symbol.asyncDispose]()
})

/** A server that says the same to everybody. */
async function scripted(onConnection: (socket: Socket) => void): Promise<AsyncDisposable & { readonly port: number }> {
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    onConnection(socket)
  })
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      const closed = Promise.withResolvers<void>()
      server.close(() => closed.resolve())
      await closed.promise
    },
  }
}

const failures: readonly (readonly [what: string, (socket: Socket) => void, RegExp, remedy: RegExp])[] = [
  ['closes at once', (socket) => socket.destroy(), /is accepted, but it closed/, /list of controlling stations/],
  ['says nothing', () => undefined, /did not confirm STARTDT/, /list of controlling stations/],
  [
    'is a web server',
    (socket) => void socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'),
    /does not speak IEC 60870-5-104/,
    /Check the host and the port/,
  ],
]
for (const [what, onConnection, reason, remedy] of failures) {
  test(`a station that ${what} is told as that`, async () => {
    await using server = await scripted(onConnection)
    await assert.rejects(
      createDriver().connect(iec104Plan({ port: server.port, t1: 1.2, t2: 1 }, addresses), recordedContext()),
      (error) => error instanceof DriverError && reason.test(error.message) && remedy.test(error.remedy ?? ''),
    )
  })
}

test('byte by byte, and data in the same breath as the confirmation', async () => {
  const bytes = Buffer.from(
    '68040b000000' + '680e000000000101030001006400000168120200000001020300010064000001650000816804 4300 0000'.replaceAll(' ', ''),
    'hex',
  )
  await using server = await scripted((socket) => {
    socket.once('data', () => {
      for (const byte of bytes) socket.write(Uint8Array.of(byte))
    })
  })
  const context = recordedContext()
  await using _ = await createDriver().connect(iec104Plan({ port: server.port }, ['1/100', '1/101']), context)
  await context.until(() => context.emitted.length >= 2, 'the data')
  assert.equal(context.emitted[0]?.value, true)
  assert.equal(severityOf(context.emitted[0]?.quality ?? 2), 0)
})

test('a wrong sequence number ends the link at once', async () => {
  await using server = await scripted((socket) => {
    socket.once('data', () => socket.write(Buffer.from('68040b000000680e02000000010103000100640000 01'.replaceAll(' ', ''), 'hex')))
  })
  const session = await createDriver().connect(iec104Plan({ port: server.port }, addresses), recordedContext())
  const error = await session.closed
  assert.match(error?.message ?? '', /frame 1 came where 0 was expected/)
  await session[Symbol.asyncDispose]()
})

test('an abort while connecting ends it at once', async () => {
  await using server = await scripted(() => undefined)
  const stop = new AbortController()
  const connecting = createDriver().connect(iec104Plan({ port: server.port }, addresses), recordedContext({ signal: stop.signal }))
  stop.abort()
  await assert.rejects(connecting)
})
