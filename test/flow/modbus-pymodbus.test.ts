import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDriver } from '#drivers/modbus/driver.ts'
import { DriverError } from '#base/errors.ts'
import { systemClock } from '#host/clock.ts'
import { modbusPlan, type WantedTag } from '../support/modbus-device.ts'
import { recordedContext } from '../support/session-context.ts'
import { startPymodbus } from '../support/pymodbus.ts'

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
