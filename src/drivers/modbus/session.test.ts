import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DriverError } from '#base/errors.ts'
import { systemClock } from '#host/clock.ts'
import { ModbusServer, type Bank } from '../../../simulator/modbus-server.ts'
import { modbusPlan } from '../../../test/support/modbus-device.ts'
import { recordedContext } from '../../../test/support/session-context.ts'
import type { ProbeStep } from '../driver.ts'
import { createDriver } from './driver.ts'

const signal = new AbortController().signal
const bank = (first: number, holes: readonly number[] = []): Bank => ({
  holding: Uint16Array.from({ length: 300 }, (_, i) => first + i),
  input: Uint16Array.from({ length: 300 }, (_, i) => first + 5000 + i),
  coils: Uint8Array.from({ length: 300 }, (_, i) => i % 2),
  discrete: Uint8Array.from({ length: 300 }, (_, i) => (i % 3 === 0 ? 1 : 0)),
  holes: new Set(holes),
})

test('twenty unit ids share the one connection that the gateway allows; a dead one harms only itself', async () => {
  const units = Array.from({ length: 20 }, (_, i) => i + 1)
  await using server = await ModbusServer.start({
    port: 0,
    banks: new Map(units.filter((id) => id !== 5).map((id) => [id, bank(id * 1000)])),
    maxConnections: 1,
  })
  const driver = createDriver()
  await using open = new AsyncDisposableStack()
  const polls = await Promise.allSettled(
    units.map(async (unitId) => {
      const session = open.use(await driver.connect(modbusPlan({ port: server.port, unitId }, [['HR7']]), recordedContext()))
      return (await session.poll?.(systemClock.now(), signal))?.[0]?.value
    }),
  )
  for (const [index, poll] of polls.entries()) {
    if (index === 4) assert.ok(poll.status === 'rejected' && poll.reason instanceof DriverError)
    else assert.deepEqual(poll, { status: 'fulfilled', value: (index + 1) * 1000 + 7 })
  }
  assert.equal(server.accepted, 1)
})

test('a probe reads over the live connection where only one is allowed', async () => {
  await using server = await ModbusServer.start({ port: 0, banks: new Map([[1, bank(0)]]), maxConnections: 1 })
  const driver = createDriver()
  const plan = modbusPlan({ port: server.port }, [['HR7'], ['HR400']])
  await using session = await driver.connect(plan, recordedContext())
  const steps: ProbeStep[] = []
  const report = await driver.probe(plan, recordedContext(), (step) => steps.push(step))
  assert.deepEqual(
    steps.map(({ name, ok }) => [name, ok]),
    [
      ['resolve', true],
      ['connect', true],
      ['read', true],
    ],
  )
  assert.deepEqual(
    report.values.map(({ value, good }) => [value, good]),
    [
      ['7', true],
      ['', false],
    ],
  )
  assert.equal(server.accepted, 1)
  assert.equal((await session.poll?.(systemClock.now(), signal))?.[0]?.value, 7)
})

for (const kind of ['silent', 'exception', 'busy'] as const) {
  test(`a device that is ${kind} throws, and is read again when it is well`, async () => {
    await using server = await ModbusServer.start({ port: 0, banks: new Map([[1, bank(0)]]) })
    await using session = await createDriver().connect(modbusPlan({ port: server.port }, [['HR7'], ['HR8']], 2000), recordedContext())
    await server.setFault(kind)
    await assert.rejects(async () => session.poll?.(systemClock.now(), signal), DriverError)
    await server.setFault(null)
    const samples = await session.poll?.(systemClock.now(), signal)
    assert.deepEqual(
      samples?.map(({ value }) => value),
      [7, 8],
    )
  })
}

test('what is refused is remembered: the second round asks only for what is legal', async () => {
  await using server = await ModbusServer.start({ port: 0, banks: new Map([[1, bank(0, [3])]]) })
  const tags = [['HR0'], ['HR3'], ['HR5']] as const
  await using session = await createDriver().connect(modbusPlan({ port: server.port }, tags), recordedContext())
  await session.poll?.(systemClock.now(), signal)
  const before = server.requests
  const samples = await session.poll?.(systemClock.now(), signal)
  assert.deepEqual(
    samples?.map(({ value }) => value),
    [0, null, 5],
  )
  assert.equal(server.requests - before, 2)
})

const layouts = fc.record({
  tags: fc.array(fc.tuple(fc.constantFrom('HR', 'IR', 'C', 'DI'), fc.nat(290), fc.boolean()), { minLength: 1, maxLength: 40 }),
  holes: fc.array(fc.nat(299), { maxLength: 5 }),
  maxBlock: fc.integer({ min: 2, max: 125 }),
  maxGap: fc.nat(30),
  pipeline: fc.integer({ min: 1, max: 4 }),
})

test('any tags, limits and holes: each tag holds what the memory holds, also in the second round', async () => {
  await fc.assert(
    fc.asyncProperty(layouts, async ({ tags, holes, ...limits }) => {
      const memory = bank(0, holes)
      await using server = await ModbusServer.start({ port: 0, banks: new Map([[1, memory]]) })
      const expected = [...tags, ['HR', 299, false] as const].map(([area, at, wide]) => {
        if (area === 'C') return memory.coils[at] === 1
        if (area === 'DI') return memory.discrete[at] === 1
        if (holes.includes(at) || (wide && holes.includes(at + 1))) return null
        const words = area === 'HR' ? memory.holding : memory.input
        return wide ? (words[at] ?? 0) * 65536 + (words[at + 1] ?? 0) : words[at]
      })
      if (expected.every((value) => value === null)) return
      const wanted = [...tags, ['HR', 299, false] as const].map(
        ([area, at, wide]) => [`${area}${at}`, wide && (area === 'HR' || area === 'IR') ? { dataType: 'uint32' } : {}] as const,
      )
      await using session = await createDriver().connect(modbusPlan({ port: server.port, ...limits }, wanted), recordedContext())
      for (let round = 0; round < 2; round++) {
        const samples = await session.poll?.(systemClock.now(), signal)
        assert.deepEqual(
          samples?.map(({ value }) => value),
          expected,
        )
      }
    }),
    { numRuns: 60 },
  )
})
