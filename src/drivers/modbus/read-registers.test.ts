import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DriverError, InvalidRequest } from '#base/errors.ts'
import { ModbusServer, type Bank } from '../../../simulator/modbus-server.ts'
import { modbusPlan } from '../../../test/support/modbus-device.ts'
import { recordedContext } from '../../../test/support/session-context.ts'
import { createDriver } from './driver.ts'
import type { RegisterRead } from './read-registers.ts'

const bank: Bank = {
  holding: Uint16Array.from({ length: 200 }, (_, index) => index * 3),
  input: Uint16Array.from({ length: 10 }, (_, index) => 500 + index),
  coils: Uint8Array.from({ length: 40 }, (_, index) => index % 2),
  discrete: new Uint8Array(0),
  holes: new Set([13, 14, 60]),
}

async function read(port: number, body: unknown, connection: Record<string, unknown> = {}): Promise<RegisterRead> {
  const action = createDriver().actions?.['read_registers']
  assert.ok(action !== undefined)
  return (await action.run(modbusPlan({ port, ...connection }, []), body, recordedContext())) as RegisterRead
}

test('holes show as holes, everything around them is read', async () => {
  await using server = await ModbusServer.start({ port: 0, banks: new Map([[1, bank]]) })
  const { values, holes } = await read(server.port, { functionCode: 3, start: 0, count: 125 })
  assert.deepEqual(
    values,
    Array.from({ length: 125 }, (_, index) => (bank.holes?.has(index) === true ? null : index * 3)),
  )
  assert.deepEqual(
    holes.map((hole) => hole.address),
    [13, 14, 60],
  )
  assert.match(holes[0]?.problem ?? '', /illegal data address/)
})

test('holes that are known cost nothing the next time', async () => {
  await using server = await ModbusServer.start({ port: 0, banks: new Map([[1, bank]]) })
  const first = await read(server.port, { functionCode: 3, start: 0, count: 125 })
  const before = server.requests
  const again = await read(server.port, { functionCode: 3, start: 0, count: 125, skip: first.holes.map((hole) => hole.address) })
  assert.deepEqual(again.values, first.values)
  assert.equal(server.requests - before, 3)
})

test('input registers, coils, the end of the memory, a small limit of the device', async () => {
  await using server = await ModbusServer.start({ port: 0, banks: new Map([[1, bank]]) })
  const input = await read(server.port, { functionCode: 4, start: 6, count: 8 })
  assert.deepEqual(input.values, [506, 507, 508, 509, null, null, null, null])
  const coils = await read(server.port, { functionCode: 1, start: 3, count: 4 })
  assert.deepEqual(coils.values, [1, 0, 1, 0])
  const small = await read(server.port, { functionCode: 3, start: 100, count: 40 }, { maxBlock: 15 })
  assert.deepEqual(
    small.values,
    Array.from({ length: 40 }, (_, index) => (100 + index) * 3),
  )
  const none = await read(server.port, { functionCode: 2, start: 0, count: 2 })
  assert.deepEqual(none.values, [null, null])
})

test('it reads over the live connection where only one is allowed', async () => {
  await using server = await ModbusServer.start({ port: 0, banks: new Map([[1, bank]]), maxConnections: 1 })
  const driver = createDriver()
  const plan = modbusPlan({ port: server.port }, [['HR1']])
  await using session = await driver.connect(plan, recordedContext())
  const reply = (await driver.actions?.['read_registers']?.run(
    plan,
    { functionCode: 3, start: 1, count: 2 },
    recordedContext(),
  )) as RegisterRead
  assert.deepEqual(reply.values, [3, 6])
  assert.equal(server.accepted, 1)
  void session
})

test('nonsense is refused by its field; a dead device is the driver error of old', async () => {
  await using server = await ModbusServer.start({ port: 0, banks: new Map([[1, bank]]) })
  for (const [body, field] of [
    [{ functionCode: 3, start: 0, count: 126 }, 'count'],
    [{ functionCode: 16, start: 0, count: 1 }, 'functionCode'],
    [{ functionCode: 3, start: 65_530, count: 10 }, ''],
    [null, ''],
  ] as const)
    await assert.rejects(read(server.port, body), (error) => error instanceof InvalidRequest && error.field === field)
  await assert.rejects(read(server.port, { functionCode: 3, start: 0, count: 5 }, { unitId: 9 }), DriverError)
  assert.ok(server.accepted > 0)
})

test('values that a device gives only whole are no holes, wherever the span begins and ends', async () => {
  const wholes = new Set([20, 22, 30, 44, 99])
  await using server = await ModbusServer.start({ port: 0, banks: new Map([[1, { ...bank, wholes }]]) })
  for (const [start, count] of [
    [0, 125],
    [21, 24],
    [20, 80],
  ] as const) {
    const { values, holes } = await read(server.port, { functionCode: 3, start, count })
    const expected = Array.from({ length: count }, (_, index) => (bank.holes?.has(start + index) === true ? null : (start + index) * 3))
    assert.deepEqual(values, expected, `${start} and ${count} more`)
    assert.equal(holes.length, expected.filter((value) => value === null).length)
  }
})
