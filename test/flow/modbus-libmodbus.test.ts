import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { createDriver } from '#drivers/modbus/driver.ts'
import { systemClock } from '#host/clock.ts'
import { type Bank, ModbusServer } from '../../simulator/modbus-server.ts'
import { modbusPlan, type WantedTag } from '../support/modbus-device.ts'
import { startLibmodbus } from '../support/modbus-peers.ts'
import { recordedContext } from '../support/session-context.ts'

test('libmodbus as the device: every function code and type, what lies beyond its end, several requests at once', async () => {
  await using server = await startLibmodbus()
  const wanted: readonly (readonly [WantedTag, unknown])[] = [
    [['HR0', { dataType: 'int16' }], -1234],
    [['40002'], 54321],
    [['HR100', { dataType: 'float' }], 123.5],
    [['HR102', { dataType: 'int32' }], -123456789],
    [['HR104', { dataType: 'double' }], -2.25],
    [['HR108', { dataType: 'uint64' }], 18446744073709551615n],
    [['HR120', { dataType: 'string', length: 8 }], 'PUMP 01'],
    [['HR399'], 399],
    [['HR400'], 'exception 2'],
    [['IR149'], 1149],
    [['C98'], true],
    [['C99'], false],
    [['DI199'], false],
    [['DI198'], true],
  ]
  const driver = createDriver()
  for (const pipeline of [1, 4]) {
    const plan = modbusPlan(
      { port: server.port, pipeline },
      wanted.map(([tag]) => tag),
    )
    await using session = await driver.connect(plan, recordedContext())
    const samples = (await session.poll?.(systemClock.now(), new AbortController().signal)) ?? []
    const found = samples.map(({ value, statusCode }) => (value === null ? `exception ${statusCode}` : value))
    assert.deepEqual(
      found,
      wanted.map(([, value]) => value),
    )
  }
})

test('mbpoll as the client: what the server of our demo plant holds, and its exceptions', async () => {
  const holding = Uint16Array.from({ length: 200 }, (_, index) => index * 300)
  const float = Buffer.alloc(4)
  float.writeFloatBE(123.5)
  holding.set([float.readUInt16BE(0), float.readUInt16BE(2)], 50)
  const bank: Bank = {
    holding,
    input: Uint16Array.from({ length: 20 }, (_, index) => 1000 + index),
    coils: Uint8Array.from({ length: 30 }, (_, index) => index % 2),
    discrete: Uint8Array.from({ length: 30 }, (_, index) => Number(index % 3 === 0)),
  }
  await using server = await ModbusServer.start({ port: 0, banks: new Map([[1, bank]]) })
  const poll = async (...what: readonly string[]): Promise<{ values: number[]; said: string }> => {
    const args = ['-m', 'tcp', '-0', '-1', '-p', String(server.port), ...what, '127.0.0.1']
    const { stdout, stderr } = await promisify(execFile)('mbpoll', args).catch(
      (error: unknown) => error as { stdout: string; stderr: string },
    )
    const values = [...stdout.matchAll(/^\[\d+\]:\s+(-?[\d.]+)/gm)].map(([, value]) => Number(value))
    return { values, said: stdout + stderr }
  }
  const first = (values: ArrayLike<number>, count: number): number[] => Array.from(values).slice(0, count)
  assert.deepEqual((await poll('-r', '0', '-c', '40')).values, first(holding, 40))
  assert.deepEqual((await poll('-r', '50', '-c', '1', '-t', '4:float', '-B')).values, [123.5])
  assert.deepEqual((await poll('-r', '0', '-c', '20', '-t', '3')).values, first(bank.input, 20))
  assert.deepEqual((await poll('-r', '0', '-c', '30', '-t', '0')).values, first(bank.coils, 30))
  assert.deepEqual((await poll('-r', '0', '-c', '30', '-t', '1')).values, first(bank.discrete, 30))
  assert.match((await poll('-r', '199', '-c', '2')).said, /Illegal data address/)
  assert.match((await poll('-a', '7', '-r', '0')).said, /Target device failed to respond/)
})
