import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BYTE_ORDERS } from '#drivers/modbus/core/decode.ts'
import { findNumber } from '#drivers/modbus/core/find-number.ts'
import { interpretBlock } from '#drivers/modbus/core/interpret.ts'
import { createDriver } from '#drivers/modbus/driver.ts'
import type { RegisterRead } from '#drivers/modbus/read-registers.ts'
import { DriverError } from '#base/errors.ts'
import { systemClock } from '#host/clock.ts'
import { modbusPlan, type WantedTag } from '../support/modbus-device.ts'
import { recordedContext } from '../support/session-context.ts'
import { startPymodbus } from '../support/modbus-peers.ts'

async function read(connection: Readonly<Record<string, unknown>>, tags: readonly WantedTag[]): Promise<unknown[]> {
  await using session = await createDriver().connect(modbusPlan(connection, tags), recordedContext())
  const samples = await session.poll?.(systemClock.now(), new AbortController().signal)
  assert.ok(samples)
  return samples.map((sample) => (sample.value === null ? `exception ${sample.statusCode}` : sample.value))
}

test('pymodbus: every data type, byte order and function code', async () => {
  await using server = await startPymodbus()
  const orders = ['ABCD', 'CDAB', 'BADC', 'DCBA']
  const types = ['float', 'int32', 'uint32', 'double', 'int64', 'uint64']
  const offsets = [0, 2, 4, 6, 10, 14]
  const wide = orders.flatMap((byteOrder, n) =>
    types.map((dataType, i): WantedTag => [`HR${100 + n * 40 + (offsets[i] ?? 0)}`, { dataType, byteOrder }]),
  )
  const values = [123.5, -123456789, 4000000000, -2.25, -9007199254740995n, 18446744073709551615n]
  assert.deepEqual(await read({ port: server.port }, wide), [...values, ...values, ...values, ...values])

  const others: readonly (readonly [WantedTag, unknown])[] = [
    [['HR0', { dataType: 'int16' }], -1234],
    [['40002'], 54321],
    [['HR300', { dataType: 'string', length: 8 }], 'PUMP 01'],
    [['HR304', { dataType: 'string', length: 8, byteSwap: true }], 'PUMP 01'],
    [['HR400.3'], true],
    [['HR400.4'], false],
    [['IR5'], 1005],
    [['30100'], 1099],
    [['C0'], true],
    [['C1'], false],
    [['C3'], true],
    [['DI0'], false],
    [['DI99'], true],
  ]
  const tags = others.map(([tag]) => tag)
  const expected = others.map(([, value]) => value)
  assert.deepEqual(await read({ port: server.port }, tags), expected)
  assert.deepEqual(await read({ port: server.port, pipeline: 4 }, tags), expected)
})

test('pymodbus: holes between and under tags cost only the illegal ones', async () => {
  await using server = await startPymodbus()
  assert.deepEqual(await read({ port: server.port }, [['HR500'], ['HR502'], ['HR503'], ['HR504']]), [500, 502, 'exception 2', 504])
})

test('pymodbus: a unit that is not there is an error, no value', async () => {
  await using server = await startPymodbus()
  await assert.rejects(read({ port: server.port, unitId: 7 }, [['HR0']]), DriverError)
})

test('pymodbus: the explorer reads around its holes and finds the number on the display, in every order', async () => {
  await using server = await startPymodbus()
  const explore = async (start: number, count: number): Promise<RegisterRead> => {
    const body = { functionCode: 3, start, count }
    const action = createDriver().actions?.['read_registers']
    return (await action?.run(modbusPlan({ port: server.port }, []), body, recordedContext())) as RegisterRead
  }
  const { values, holes } = await explore(498, 10)
  assert.deepEqual(values, [null, null, 500, null, 502, null, 504, null, null, null])
  assert.deepEqual(
    holes.map((hole) => hole.address),
    [498, 499, 501, 503, 505, 506, 507],
  )
  for (const [index, byteOrder] of BYTE_ORDERS.entries()) {
    // 123.5 lies at 100, 140, 180, 220; the manual says one more
    const start = 100 + index * 40
    const block = interpretBlock([(await explore(start, 18)).values])
    assert.equal(block[0]?.readings[0]?.layout.byteOrder, byteOrder)
    const [hit] = findNumber(block, { value: 123.5, decimals: 1, digits: 4 }, 1)
    assert.deepEqual([hit?.index, hit?.distance, hit?.layout.dataType, hit?.layout.byteOrder], [0, -1, 'float', byteOrder])
  }
  const text = interpretBlock([(await explore(300, 8)).values])
  assert.ok(text[0]?.readings.some((one) => one.value === 'PUMP 01'))
})
