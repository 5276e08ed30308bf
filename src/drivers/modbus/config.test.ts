import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigError } from '#base/errors.ts'
import { parseConfig } from './config.ts'

test('a heartbeat stored as HR0 is the first register whatever the address offset; others follow it', () => {
  const startOf = (heartbeatAddress: string, addressOffset: number): number =>
    parseConfig({ host: 'plc', heartbeatAddress, addressOffset }).heartbeat.start
  for (const [text, fromZero, fromOne] of [
    ['HR0', 0, 0],
    ['HR1', 1, 0],
    ['40001', 0, 0],
    ['HR100', 100, 99],
  ] as const) {
    assert.deepEqual([startOf(text, 0), startOf(text, 1)], [fromZero, fromOne], text)
  }
  assert.throws(
    () => startOf('XY7', 1),
    (error) => error instanceof ConfigError && error.field === 'heartbeatAddress',
  )
})
